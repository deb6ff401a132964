"""Whatever buyers come, in whatever order and from however many workers: the promises about clients and their keys."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.buyers import resolve_buyer, resolve_contact
from counterfoil.intake.matching.clients import MatchOptions, match_client
from counterfoil.sales.clients.merge import merge
from counterfoil.sales.clients.reassign_order import reassign_order
from counterfoil.sales.models import Client, ClientKey, Contact, SalesOrder
from counterfoil.stores.models import Conflict, WebIntegration
from tests.conftest import restore_the_migrations_rows
from tests.database_locks import waits_for_us
from tests.intake.matching.buyers import ADA, ReimportedOrder, ada, order_by, settle
from tests.platform.process_helpers import eventually
from tests.stores.factories import saved

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PHONES = ["", "+49 30 901820", "030 901820", "+1 212 555 0100", "no phone"]
EMAILS = ["", "a@example.com", "A@EXAMPLE.COM", "b@example.com", "not an e-mail"]
BUYERS = st.builds(
    Buyer,
    customer_id=st.integers(0, 2),
    company=st.just(""),
    first_name=st.sampled_from(["", "Ada", "Bob"]),
    last_name=st.sampled_from(["", "Lovelace", "LOVELACE ", "Müller", "Muller"]),
    email=st.sampled_from(EMAILS),
    phone=st.sampled_from(PHONES),
    country_code=st.sampled_from(["DE", "US", ""]),
    street_1=st.sampled_from(["", "High Street 1", "high-street 1"]),
    postcode=st.sampled_from(["", "1"]),
)
OPTIONS = st.fixed_dictionaries(
    {name: st.booleans() for name in ("match_by_email", "match_by_phone", "match_by_address", "match_across_stores")}
)


def groups(integration: WebIntegration, buyers: Sequence[Buyer]) -> list[int]:
    """For each order the client it went to, in a database that knows nobody; taken back."""
    with transaction.atomic():
        found = [resolve_buyer(integration, buyer).client_id for buyer in buyers]
        transaction.set_rollback(True)
    return found


def persons(number: int) -> list[Buyer]:
    """Strangers: of each, everything is another's or nobody's."""
    return [
        ada(
            customer_id=each + 1,
            last_name=f"Name{chr(65 + each)}",
            email=f"p{each}@example.com",
            phone=f"+49 30 9018{each}0",
            street_1=f"Street {each}",
        )
        for each in range(number)
    ]


class Promises(TestCase):
    """Each example has a database of its own."""

    @FEW
    @given(buyer=BUYERS, options=OPTIONS)
    @example(buyer=ADA, options={})
    def test_the_same_order_twice_finds_the_same_client(self, buyer: Buyer, options: dict[str, Any]) -> None:
        """Whenever anything of the order is a key; who tells nothing is new each time."""
        integration = saved(**options)
        first = settle(integration, buyer)
        again = settle(integration, buyer)
        assert (again.client_id == first.client_id) == bool(first.match.keys)
        assert again.match.new_keys == ()
        assert again.contact == first.contact or not first.match.keys

    @FEW
    @given(one=BUYERS, two=BUYERS, options=OPTIONS)
    def test_of_two_orders_it_does_not_matter_which_comes_first(
        self, one: Buyer, two: Buyer, options: dict[str, Any]
    ) -> None:
        """They have one client or two, either way round."""
        integration = saved(**options)
        forth, back = groups(integration, [one, two]), groups(integration, [two, one])
        assert (forth[0] == forth[1]) == (back[0] == back[1])

    @FEW
    @given(st.data())
    def test_order_of_arrival_changes_nothing_but_which_record_is_first(self, data: st.DataObject) -> None:
        """Orders of several people, each with the e-mail and some of the rest: one client for each of them."""
        integration = saved(match_by_address=True)
        orders = data.draw(
            st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=10)
        )
        shuffled = data.draw(st.permutations(orders))
        for arrived in (orders, shuffled):
            clients = groups(integration, [_sketch(*order) for order in arrived])
            who = {(order[0], client) for order, client in zip(arrived, clients, strict=True)}
            assert len(who) == len({person for person, _ in who}) == len({client for _, client in who})

    @FEW
    @given(buyers=st.lists(BUYERS, max_size=12), options=OPTIONS)
    def test_no_key_has_two_owners_and_no_client_two_customer_ids_by_itself(
        self, buyers: list[Buyer], options: dict[str, Any]
    ) -> None:
        """Two customers of a store become one client only where a person says so."""
        integration = saved(**options)
        for buyer in buyers:
            settle(integration, buyer)
        keys = ClientKey.objects.values_list("source", "rule", "value")
        assert max(Counter(keys).values(), default=1) == 1
        customers = Counter(ClientKey.objects.filter(rule="customer").values_list("client", flat=True))
        assert max(customers.values(), default=1) == 1

    @FEW
    @given(buyers=st.lists(BUYERS, min_size=2, max_size=8))
    def test_what_an_order_matched_by_is_a_key_that_its_client_holds(self, buyers: list[Buyer]) -> None:
        """So that the page's explanation can be looked up."""
        integration = saved()
        for buyer in buyers:
            settled = settle(integration, buyer)
            held = set(ClientKey.objects.filter(client=settled.client_id).values_list("rule", "value"))
            if settled.match.value:
                assert (settled.match.rule.value, settled.match.value) in held

    @FEW
    @given(
        versions=st.lists(BUYERS, min_size=2, max_size=4),
        others=st.lists(BUYERS, max_size=4),
        options=OPTIONS,
        shared=st.booleans(),
    )
    def test_an_order_imported_again_is_whose_the_buyer_s_next_order_is(
        self, versions: list[Buyer], others: list[Buyer], options: dict[str, Any], shared: bool
    ) -> None:
        """Whenever the store has given it to a customer; and all promises about keys and contacts hold."""
        restore_the_migrations_rows()
        guests = Client.objects.create(name="Guests") if shared else None
        integration = saved(**options, guest_client=guests)
        again = ReimportedOrder(integration, versions[0])
        for other in others:
            settle(integration, other)
        for before, after in pairwise(versions):
            again.again(after)
            order = again.order
            assert order.contact is not None
            assert order.contact.client == order.client
            if after.customer_id not in (0, before.customer_id):
                assert settle(integration, after).client_id == order.client_id
        assert not Conflict.objects.exists()
        assert guests is None or not guests.keys.exists()
        customers = Counter(ClientKey.objects.filter(rule="customer").values_list("client", flat=True))
        assert max(customers.values(), default=1) == 1


def _sketch(person: int, customer: bool, phone: bool, street: bool) -> Buyer:
    """An order of this person, with the e-mail and what of the rest is told."""
    whole = persons(4)[person]
    return ada(
        customer_id=whole.customer_id if customer else 0,
        last_name=whole.last_name,
        email=whole.email,
        phone=whole.phone if phone else "",
        street_1=whole.street_1 if street else "",
    )


def statements(act: Callable[[], object]) -> int:
    """How many SQL statements an act takes, transaction control left out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return len([query for query in captured.captured_queries if not query["sql"].startswith(control)])


def many_clients(integration: WebIntegration, number: int) -> None:
    """So many strangers, each with keys of all kinds."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH stranger AS (
                INSERT INTO sales_client (name, fields)
                SELECT 'Stranger ' || each, '{}' FROM generate_series(0, %s - 1) AS each RETURNING id, name
            )
            INSERT INTO sales_clientkey (client_id, source, rule, value)
            SELECT id, %s, rule, start || substr(name, 10) || ending FROM stranger
            CROSS JOIN (VALUES ('customer', '9', ''), ('email', 's', '@x.org'), ('phone', '+4930', ' stranger'))
                AS kind (rule, start, ending)
            """,
            [number, integration.code],
        )


@pytest.mark.django_db
@pytest.mark.parametrize("number", [10, 10_000])
@pytest.mark.parametrize(
    "options", [{}, {"match_across_stores": True, "match_by_address": True}], ids=["default", "all"]
)
def test_matching_takes_one_statement_whatever_the_number_of_clients(number: int, options: dict[str, Any]) -> None:
    """With 10 clients and with 10,000; and the whole of a known buyer takes three."""
    integration = saved(**options)
    many_clients(integration, number)
    settle(integration, ada(customer_id=7))
    chosen = MatchOptions.of(integration)
    assert statements(lambda: match_client(integration.code, ada(customer_id=7), chosen)) == 1
    assert statements(lambda: match_client(integration.code, ada(email="new@x.org"), chosen)) == 1
    assert statements(lambda: settle(integration, ada(customer_id=7))) == 2  # the client, the contact


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and a connection of its own, all let loose at the same moment; what each gave back."""
    gate = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            results[place] = act()
        except BaseException as error:  # noqa: BLE001 (told by the test that waits for it)
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_client_of_one_buyer() -> None:
    """No key has two owners, nobody fails, and no client without keys is left over."""
    integration = saved()
    for round_ in range(25):
        buyer = ada(customer_id=round_ + 1, email=f"p{round_}@example.com", last_name=f"L{round_}")
        guest = ada(email=f"p{round_}@example.com", last_name=f"L{round_}")
        found = at_once(
            lambda buyer=buyer: settle(integration, buyer).client_id,
            lambda guest=guest: settle(integration, guest).client_id,
            lambda buyer=buyer: settle(integration, buyer).client_id,
        )
        assert len(set(found)) == 1, found
        assert Client.objects.count() == Contact.objects.count() == round_ + 1


@pytest.mark.django_db(transaction=True)
def test_two_stores_at_once_make_one_client_where_e_mails_count_across_stores() -> None:
    """Their keys do not meet, so the one waits for the other."""
    first = saved(match_across_stores=True)
    second = saved(code="B-", store_hash="b", match_across_stores=True)
    for round_ in range(25):
        buyer = ada(email=f"p{round_}@example.com")
        found = at_once(
            lambda buyer=buyer: settle(first, buyer).client_id, lambda buyer=buyer: settle(second, buyer).client_id
        )
        assert len(set(found)) == 1, found


@pytest.mark.django_db(transaction=True)
def test_an_order_that_comes_while_its_client_is_merged_is_not_left_behind() -> None:
    """It goes to the client that stays, whoever is first."""
    integration = saved()
    for round_ in range(15):
        buyer = ada(email=f"p{round_}@example.com", phone="")
        drop = order_by(integration, buyer).client
        keep = Client.objects.create(name="Keep")
        found = at_once(
            lambda buyer=buyer: order_by(integration, buyer),
            lambda keep=keep, drop=drop: merge(keep.pk, drop.pk, by="Ada"),
            lambda buyer=buyer: order_by(integration, buyer),
        )
        assert not [each for each in found if isinstance(each, BaseException)], found
        assert (keep.orders.count(), drop.orders.count(), drop.contacts.count()) == (3, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_contact_that_a_re_import_adds_while_its_client_is_merged_goes_along() -> None:
    """The re-import holds its order; the merge waits for it."""
    integration = saved()
    order = order_by(integration, ada())
    drop, keep = order.client, Client.objects.create(name="Keep")
    holds = threading.Event()

    def imports_again() -> None:
        with transaction.atomic():
            held = SalesOrder.objects.select_for_update().get(pk=order.pk)
            holds.set()
            eventually(waits_for_us)
            resolve_contact(held.client_id, ada(first_name="Bob", email="bob@example.com"))

    def merges() -> None:
        assert holds.wait(10)
        merge(keep.pk, drop.pk, by="Ada")

    assert at_once(imports_again, merges) == [None, None]
    assert keep.contacts.count() == 2
    assert drop.contacts.count() == 0


@pytest.mark.django_db(transaction=True)
def test_orders_that_come_while_one_is_moved_find_one_client_or_the_other() -> None:
    """Nobody fails, and afterwards all the buyer's keys are one client's."""
    integration = saved()
    for round_ in range(15):
        buyer = ada(customer_id=round_ + 1, email=f"p{round_}@example.com", phone="")
        order = order_by(integration, buyer)
        right = Client.objects.create(name="Right")
        found = at_once(
            lambda buyer=buyer: order_by(integration, buyer).client_id,
            lambda order=order, right=right: reassign_order(order.pk, right.pk, by="Ada").client_id,
            lambda buyer=buyer: order_by(integration, buyer).client_id,
        )
        assert set(found) <= {order.client_id, right.pk}, found
        assert settle(integration, buyer).client_id == right.pk
        assert right.keys.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_imported_again_while_a_person_moves_it_goes_to_one_of_the_two() -> None:
    """Nobody fails and nobody waits for ever; where the person was first, both are shown."""
    integration = saved()
    for round_ in range(15):
        customer = order_by(integration, ada(customer_id=round_ + 1, email=f"c{round_}@example.com", phone="")).client
        again = ReimportedOrder(integration, ada(email=f"p{round_}@example.com", phone=""))
        right = Client.objects.create(name="Right")
        found = at_once(
            lambda again=again, number=round_ + 1: again.again(replace(again.buyer, customer_id=number)),
            lambda again=again, right=right: reassign_order(again.placed.pk, right.pk, by="Ada"),
        )
        assert not [each for each in found if isinstance(each, BaseException)], found
        assert again.order.client == right
        shown = Conflict.objects.filter(web_order=again.web_order).values_list("theirs", flat=True)
        assert list(shown) in ([], [f"Ada Lovelace ({customer.pk})"])


@pytest.mark.django_db
def test_two_strangers_with_one_phone_stay_two() -> None:
    """A household, a company's switchboard: the phone alone says nothing."""
    integration = saved()
    one = settle(integration, ada(email="one@example.com", last_name="One"))
    two = settle(integration, ada(email="two@example.com", last_name="Two"))
    assert one.client_id != two.client_id
    assert settle(integration, ada(email="", last_name="Two")).client_id == two.client_id
