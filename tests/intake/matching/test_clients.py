"""Who bought: each combination of rules has one outcome, and a key has one owner."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.clients import Match, MatchOptions, RejectedCandidate, match_client
from counterfoil.sales.models import Client, ClientKey, MatchRule
from tests.intake.matching.buyers import NOBODY, ada, order_by, settle
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db

OTHER_PHONE = "+49 30 39770"


@dataclass(frozen=True)
class Case:
    """Orders that came before, the order that comes now, and what is to become of it.

    `fits` is the number of the earlier order whose client it gets; None: it gets a new one.
    """

    name: str
    before: Sequence[Buyer]
    now: Buyer
    rule: MatchRule
    fits: int | None
    options: dict[str, Any] = field(default_factory=dict)
    others: Sequence[tuple[MatchRule, int | None]] = ()

    def __str__(self) -> str:
        return self.name


STRANGER = ada(first_name="Bob", last_name="Byron", email="bob@example.com", phone=OTHER_PHONE, street_1="Elsewhere 2")
CASES = (
    Case("nobody was here before", [], ada(), MatchRule.NEW, None),
    Case("a stranger shares nothing", [STRANGER], ada(), MatchRule.NEW, None),
    Case(
        "the customer ID decides, though everything else is another's",
        [ada(customer_id=5), STRANGER],
        ada(customer_id=5, last_name="Byron", email="bob@example.com", phone=OTHER_PHONE),
        MatchRule.CUSTOMER,
        0,
        others=[(MatchRule.EMAIL, 1)],
    ),
    Case("a guest has no customer ID", [ada(email="", phone="")], ada(email="", phone=""), MatchRule.NEW, None),
    Case("the e-mail decides for a guest", [ada()], ada(last_name="King", phone=""), MatchRule.EMAIL, 0),
    Case("the e-mail is read without case", [ada()], ada(email=" ADA@Example.com ", phone=""), MatchRule.EMAIL, 0),
    Case("a guest who registers keeps the client", [ada()], ada(customer_id=5), MatchRule.EMAIL, 0),
    Case("who is registered may buy as a guest", [ada(customer_id=5)], ada(), MatchRule.EMAIL, 0),
    Case(
        "two customers of one e-mail stay two",
        [ada(customer_id=5, phone="")],
        ada(customer_id=6, phone=""),
        MatchRule.NEW,
        None,
        others=[(MatchRule.EMAIL, 0)],
    ),
    Case(
        "the e-mail is not asked when it is switched off",
        [ada()],
        ada(phone=""),
        MatchRule.NEW,
        None,
        {"match_by_email": False},
    ),
    Case(
        "an e-mail that is none decides nothing",
        [ada(email="none", phone="")],
        ada(email="none", phone=""),
        MatchRule.NEW,
        None,
    ),
    Case("the phone decides with the last name", [ada()], ada(email="a.l@example.com"), MatchRule.PHONE, 0),
    Case(
        "the phone is read with the billing country", [ada()], ada(email="", phone="030/90 18-20"), MatchRule.PHONE, 0
    ),
    Case("two strangers with one phone stay two", [ada()], ada(email="", last_name="Byron"), MatchRule.NEW, None),
    Case(
        "without a last name a phone decides nothing",
        [ada(email="", last_name="")],
        ada(email="", last_name=""),
        MatchRule.NEW,
        None,
    ),
    Case(
        "a phone that is none decides nothing",
        [ada(email="", phone="1234")],
        ada(email="", phone="1234"),
        MatchRule.NEW,
        None,
    ),
    Case(
        "the phone is not asked when it is switched off",
        [ada()],
        ada(email=""),
        MatchRule.NEW,
        None,
        {"match_by_phone": False},
    ),
    Case(
        "a phone that more than three share decides nothing",
        [ada(email="", last_name=name) for name in ("A", "B", "C", "D")],
        ada(email="", last_name="A"),
        MatchRule.NEW,
        None,
        others=[(MatchRule.PHONE, None)],
    ),
    Case(
        "a phone that three share still decides",
        [ada(email="", last_name=name) for name in ("A", "B", "C")],
        ada(email="", last_name="A"),
        MatchRule.PHONE,
        0,
    ),
    *(
        Case(
            f"a last name “{last_name}” is none, so the phone and the address decide nothing",
            [ada(email="", last_name=last_name)],
            ada(email="", last_name=last_name),
            MatchRule.NEW,
            None,
            {"match_by_address": True},
        )
        for last_name in ("-", ".", "N/A", "none")
    ),
    Case(
        "a last name that looks like none decides",
        [ada(last_name="Na")],
        ada(email="", last_name="NA"),
        MatchRule.PHONE,
        0,
    ),
    Case(
        "an address line that is none decides nothing",
        [ada(email="", phone="", street_1="N/A")],
        ada(email="", phone="", street_1="N/A"),
        MatchRule.NEW,
        None,
        {"match_by_address": True},
    ),
    Case("the address is off by default", [ada(email="", phone="")], ada(email="", phone=""), MatchRule.NEW, None),
    Case(
        "the address decides where it is switched on, however it is written",
        [ada(email="", phone="")],
        ada(email="", phone="", street_1=" unter-den LINDEN 1.", postcode="10 117", last_name="LOVELACE"),
        MatchRule.ADDRESS,
        0,
        {"match_by_address": True},
    ),
    Case(
        "an address with another postcode is another",
        [ada(email="", phone="")],
        ada(email="", phone="", postcode="10118"),
        MatchRule.NEW,
        None,
        {"match_by_address": True},
    ),
    Case(
        "neighbors of another name stay two",
        [ada(email="", phone="")],
        ada(email="", phone="", last_name="Byron"),
        MatchRule.NEW,
        None,
        {"match_by_address": True},
    ),
    Case(
        "whom several rules name goes to the first rule's client, and the others are told",
        [STRANGER, ada(email="", street_1="", phone="+49 30 18170"), ada(email="", phone="", postcode="1")],
        ada(email="bob@example.com", phone="+49 30 18170", postcode="1"),
        MatchRule.EMAIL,
        0,
        {"match_by_address": True},
        others=[(MatchRule.PHONE, 1), (MatchRule.ADDRESS, 2)],
    ),
    Case(
        "a client passed over by the first rule leaves it to the next",
        [ada(customer_id=5, phone=""), ada(email="", phone=OTHER_PHONE)],
        ada(customer_id=6, phone=OTHER_PHONE),
        MatchRule.PHONE,
        1,
        others=[(MatchRule.EMAIL, 0)],
    ),
    Case("who tells nothing is new each time", [NOBODY], NOBODY, MatchRule.NEW, None),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_combination_of_rules_has_its_outcome(case: Case) -> None:
    """The first rule that names a client decides; what it passed over is told (rule 6)."""
    integration = saved(**case.options)
    before = [settle(integration, buyer).client_id for buyer in case.before]
    now = settle(integration, case.now)
    assert now.match.rule is case.rule
    if case.fits is None:
        assert now.client_id not in before
    else:
        assert now.client_id == before[case.fits]
    told = [(each.rule, each.client_id) for each in now.match.others]
    assert told == [(rule, None if which is None else before[which]) for rule, which in case.others]


def test_a_client_passed_over_says_why() -> None:
    """Another customer of the store is not taken by e-mail, and the page can say so."""
    integration = saved()
    settle(integration, ada(customer_id=5))
    (other,) = settle(integration, ada(customer_id=6, phone="")).match.others
    assert other.why == "It is customer 5 of this store; this order is customer 6's."
    assert (other.name, other.value) == ("Ada Lovelace", "ada@example.com")


def test_another_store_s_client_is_found_by_e_mail_only_where_that_is_switched_on() -> None:
    """Off by default: two stores of one merchant may have customers in common, or not."""
    first, apart = saved(), saved(code="B-", store_hash="b")
    across = saved(code="C-", store_hash="c", match_across_stores=True)
    one = settle(first, ada())
    assert settle(apart, ada()).match.rule is MatchRule.NEW
    found = settle(across, ada())
    assert (found.client_id, found.match.rule) == (one.client_id, MatchRule.ACROSS)
    again = settle(across, ada())
    assert (again.client_id, again.match.rule) == (one.client_id, MatchRule.EMAIL)


def test_this_store_s_own_client_goes_before_another_store_s() -> None:
    """The other store's is told as passed over."""
    first, across = saved(), saved(code="C-", store_hash="c", match_across_stores=True)
    elsewhere = settle(first, ada())
    across.match_across_stores = False
    here = settle(across, ada())
    across.match_across_stores = True
    found = settle(across, ada())
    assert (found.client_id, found.match.rule) == (here.client_id, MatchRule.EMAIL)
    assert [(each.rule, each.client_id) for each in found.match.others] == [(MatchRule.ACROSS, elsewhere.client_id)]


def test_a_customer_of_this_store_is_not_taken_for_another_by_way_of_another_store() -> None:
    """The client that customer 5 of this store has is not customer 6's, whatever the other store's e-mail says."""
    first, across = saved(), saved(code="C-", store_hash="c", match_across_stores=True)
    settle(first, ada(phone=""))
    assert settle(across, ada(customer_id=5, phone="")).match.rule is MatchRule.ACROSS
    assert settle(across, ada(customer_id=6, phone="")).match.rule is MatchRule.NEW


def test_guests_whom_no_rule_finds_are_booked_to_one_client_and_teach_it_nothing() -> None:
    """So that a guest who registers later is no longer one of the crowd."""
    guests = Client.objects.create(name="Web shop guests")
    integration = saved(guest_client=guests)
    known = settle(integration, ada(customer_id=5))
    one = settle(integration, ada(email="one@example.com", last_name="One", phone=""))
    two = settle(integration, ada(email="two@example.com", last_name="Two", phone=""))
    assert (one.client_id, two.client_id) == (guests.pk, guests.pk)
    assert one.match.rule is MatchRule.GUEST
    assert one.contact != two.contact
    assert not ClientKey.objects.filter(client=guests).exists()
    assert settle(integration, ada(email="ADA@example.com", phone="")).client_id == known.client_id
    registered = settle(integration, ada(customer_id=9, email="one@example.com", last_name="One", phone=""))
    assert registered.match.rule is MatchRule.NEW


def test_a_match_tells_all_keys_and_which_of_them_are_new() -> None:
    """What goes to the client of the guests teaches it none."""
    guests = Client.objects.create(name="Web shop guests")
    keys = ((MatchRule.EMAIL, "ada@example.com"), (MatchRule.PHONE, "+4930901820 lovelace"))
    assert match_client("WEB-", ada(), MatchOptions(guest_client_id=guests.pk)) == Match(
        guests.pk, MatchRule.GUEST, "", keys
    )
    assert match_client("WEB-", ada(), MatchOptions()) == Match(None, MatchRule.NEW, "", keys, keys)


def test_a_phone_that_does_not_decide_says_so() -> None:
    """Among the others, next to the client whom the order got, and the phone is no key of it."""
    integration = saved()
    for name in ("Lovelace", "Byron", "King", "Noel"):
        settle(integration, ada(last_name=name, email=f"{name}@example.com"))
    found = match_client("WEB-", ada(email=""), MatchOptions())
    assert found.others == (
        RejectedCandidate(
            MatchRule.PHONE,
            "+4930901820 lovelace",
            None,
            "",
            "More than 3 clients share this phone number, so it isn’t used.",
        ),
    )
    assert (found.client_id, found.keys, found.new_keys) == (None, (), ())


def test_a_guest_without_any_key_is_booked_to_the_guests_client_too() -> None:
    """There is nothing to ask about, but there is where to go."""
    guests = Client.objects.create(name="Web shop guests")
    assert settle(saved(guest_client=guests), NOBODY).client_id == guests.pk


def test_a_buyer_without_a_name_is_called_by_what_else_is_known() -> None:
    """The other name, the e-mail, the customer ID; a customer is never called a guest."""
    integration = saved()
    buyers = (
        ada(first_name="Madonna", last_name="-", company="N/A"),
        ada(first_name=".", last_name="none", email="x@example.com"),
        replace(NOBODY, customer_id=5),
        NOBODY,
    )
    names = [Client.objects.get(pk=settle(integration, buyer).client_id).name for buyer in buyers]
    assert names == ["Madonna", "x@example.com", "Customer 5", "Unnamed guest"]


def test_a_contact_is_called_without_what_is_no_name() -> None:
    """So one and the same Madonna orders with a dash and without."""
    integration = saved()
    with_dash = settle(integration, ada(first_name="Madonna", last_name="-"))
    without = settle(integration, ada(first_name="Madonna", last_name=""))
    assert (with_dash.contact.name, without.contact) == ("Madonna", with_dash.contact)


def test_the_sales_order_keeps_how_its_client_was_found() -> None:
    """Rule, value, who else was named, and all keys of the buyer."""
    integration = saved()
    other = order_by(integration, ada(email="", last_name="King", phone=OTHER_PHONE))
    order_by(integration, ada())
    order = order_by(integration, ada(last_name="King", phone=OTHER_PHONE))
    order.refresh_from_db()
    assert (order.matched_by, order.match_value) == ("email", "ada@example.com")
    assert order.match_others == [
        {"rule": "phone", "value": "+493039770 king", "client_id": other.client_id, "name": "Ada King", "why": ""}
    ]
    assert order.match_keys == [["email", "ada@example.com"], ["phone", "+493039770 king"]]


def test_a_known_client_learns_the_keys_that_are_new() -> None:
    """A phone that came with a known e-mail finds the client the next time."""
    integration = saved()
    one = settle(integration, ada(phone=""))
    settle(integration, ada())
    assert settle(integration, ada(email="")).client_id == one.client_id
