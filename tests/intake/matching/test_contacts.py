"""The people of an order become contacts of its client, each once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.contacts import people_of, resolve_contacts
from counterfoil.sales.models import AddressKind, Client, Contact
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.text.normalize import fold
from tests.factories import connect, in_store, run_sync, sales_order
from tests.intake.matching.buyers import NOBODY, ada
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def ship_to(first_name: str = "", last_name: str = "", **more: Any) -> AddressDraft:
    """Where something goes."""
    return AddressDraft(**{"kind": AddressKind.SHIP_TO, "first_name": first_name, "last_name": last_name} | more)


@pytest.fixture
def client_id() -> int:
    return Client.objects.create(name="Lovelace & Co").pk


def settle(client_id: int, buyer: Buyer, *addresses: AddressDraft) -> Contact:
    """The order's contact."""
    return resolve_contacts(client_id, people_of(buyer, addresses))


def known() -> list[tuple[str, str, str]]:
    """Name, e-mail and phone of each contact."""
    return [(each.name, each.email, each.phone) for each in Contact.objects.order_by("pk")]


def test_whom_it_is_shipped_to_is_a_contact_too(client_id: int) -> None:
    """With the phone; the e-mail that the store writes on every address stays the buyer's."""
    bob = ship_to("Bob", "Byron", email="ada@example.com", phone="030 39770")
    assert settle(client_id, ada(), bob).name == "Ada Lovelace"
    assert sorted(known()) == [
        ("Ada Lovelace", "ada@example.com", "+49 30 901820"),
        ("Bob Byron", "", "030 39770"),
    ]


def test_an_e_mail_of_their_own_is_kept(client_id: int) -> None:
    """Somebody else's address with somebody else's e-mail."""
    settle(client_id, ada(), ship_to("Bob", "Byron", email="bob@example.com"))
    assert ("Bob Byron", "bob@example.com", "") in known()


def test_nobody_is_made_twice(client_id: int) -> None:
    """Neither the buyer as her own recipient, nor one recipient of two parcels, nor at the next order."""
    addresses = [ship_to(" ada ", "LOVELACE"), ship_to("Bob", "Byron"), ship_to("bob", "byron", phone="030 39770")]
    for _ in range(2):
        settle(client_id, ada(), *addresses)
    assert {name for name, _, _ in known()} == {"Ada Lovelace", "Bob Byron"}
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    [ship_to(), ship_to(email="x@example.com"), ship_to("Store", "Berlin", kind=AddressKind.PICKUP)],
    ids=["nobody named", "an e-mail alone", "pickup"],
)
def test_an_address_that_names_nobody_makes_no_contact(client_id: int, address: AddressDraft) -> None:
    """A place of pickup is the store's own."""
    settle(client_id, ada(), address)
    assert Contact.objects.count() == 1


def test_several_buyers_of_a_company_are_contacts_of_one_client(client_id: int) -> None:
    """Each by their e-mail; two of one name and two e-mails are two."""
    one = settle(client_id, ada())
    two = settle(client_id, ada(first_name="Bob", email="bob@example.com"))
    three = settle(client_id, ada(email="other-ada@example.com"))
    assert len({one.pk, two.pk, three.pk}) == 3
    assert settle(client_id, ada(email="BOB@example.com", first_name="Robert")) == two


def test_a_contact_takes_what_it_lacked(client_id: int) -> None:
    """The e-mail and the phone of a later order; what is there already stays."""
    first = settle(client_id, ada(email="", phone=""))
    assert settle(client_id, ada()) == first
    settle(client_id, ada(phone="030 1"))
    assert known() == [("Ada Lovelace", "ada@example.com", "+49 30 901820")]


def test_a_recipient_who_buys_for_himself_is_the_same_contact(client_id: int) -> None:
    """He was known by name, and now by e-mail."""
    settle(client_id, ada(), ship_to("Bob", "Byron"))
    bob = settle(client_id, ada(first_name="Bob", last_name="Byron", email="bob@example.com", phone=""))
    assert Contact.objects.count() == 2
    assert bob.email == "bob@example.com"


def test_a_buyer_without_a_name_is_a_contact_all_the_same(client_id: int) -> None:
    """The order has someone to write to, or a blank that stays one."""
    assert settle(client_id, NOBODY) == settle(client_id, NOBODY)


def test_twenty_recipients_take_as_many_statements_as_one(client_id: int) -> None:
    """One to look, one to write."""
    counted = []
    for number in (1, 20):
        addresses = [ship_to(f"R{number}", f"Byron{each}") for each in range(number)]
        with CaptureQueriesContext(connection) as queries:
            settle(client_id, ada(email=f"{number}@example.com"), *addresses)
        counted.append(len(queries))
    assert counted == [2, 2]


def test_an_imported_order_s_recipients_are_contacts_of_its_client(store: SandboxStore) -> None:
    """As the store's consignments name them."""
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(connect(store))
    here = sales_order(order_id)
    names = {contact.name for contact in here.client.contacts.all()}
    recipients = {address.name for address in here.addresses.filter(kind=AddressKind.SHIP_TO) if address.name}
    assert len(recipients) > 1
    assert recipients <= names
    assert here.contact.email == in_store(store, order_id)["billing_address"]["email"]


def test_two_people_of_one_name_and_one_known_without_an_e_mail(client_id: int) -> None:
    """The first of them is the known one from then on; the other is a contact with the next order."""
    Contact.objects.create(client_id=client_id, first_name="Ada", last_name="Lovelace", name_key=fold("Ada Lovelace"))
    other = ship_to("Ada", "Lovelace", email="other@example.com")
    settle(client_id, ada(), other)
    assert [(name, email) for name, email, _ in known()] == [("Ada Lovelace", "ada@example.com")]
    settle(client_id, ada(), other)
    assert [email for _, email, _ in known()] == ["ada@example.com", "other@example.com"]
