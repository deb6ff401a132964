"""Two clients become one: everything moves, nothing is forgotten, and the one that is gone is never found again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from counterfoil.sales.clients.merge import STAYS_BEHIND, merge, merge_preview
from counterfoil.sales.db.foreign_keys import references_to
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, ClientChange, ClientKey, Contact, OrderChange, OrderStatus, SalesOrder
from counterfoil.stores.models import WebIntegration
from tests.intake.matching.buyers import ada, order_by, settle
from tests.scale import at_full_size
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db

PLAIN = {"sales.SalesOrder.client", "sales.ClientKey.client", "sales.Client.merged_into"}


def statements(act: Callable[[], object]) -> int:
    """How many SQL statements an act takes, transaction control left out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return len([query for query in captured.captured_queries if not query["sql"].startswith(control)])


def a_client(name: str = "Lovelace", **contacts: str) -> Client:
    """A client; `contacts` are names, each with an e-mail or "" ."""
    client = Client.objects.create(name=name)
    for called, email in contacts.items():
        Contact.objects.create(client=client, first_name=called, email=email, name_key=called, email_key=email)
    return client


def with_orders(client: Client, number: int) -> Client:
    """So many orders of the client, each with a contact of its own."""
    contacts = Contact.objects.bulk_create(
        [Contact(client=client, first_name=f"C{i}", name_key=f"{client.pk}c{i}") for i in range(number)]
    )
    common = {
        "order_date": "2026-01-02T00:00:00Z",
        "status_id": OrderStatus.objects.get(role="initial").pk,
        "currency": "USD",
    }
    SalesOrder.objects.bulk_create(
        [SalesOrder(client=client, contact=contact, subtotal=0, total=0, **common) for contact in contacts]
    )
    return client


def people(client: Client) -> list[tuple[str, str]]:
    """First name and e-mail of each contact."""
    return sorted(client.contacts.values_list("first_name", "email"))


def test_orders_contacts_and_keys_go_to_the_client_that_stays() -> None:
    """And the next order of either buyer finds it."""
    integration = saved()
    keep = order_by(integration, ada()).client
    order = order_by(integration, ada(first_name="Bob", last_name="Byron", email="bob@example.com", phone=""))
    merge(keep.pk, order.client_id, by="Ada")
    order.refresh_from_db()
    assert order.client == keep
    assert order.contact in keep.contacts.all()
    assert settle(integration, ada(email="bob@example.com", phone="")).client_id == keep.pk
    assert settle(integration, ada()).client_id == keep.pk


def test_the_client_that_is_gone_stays_as_a_row_that_says_so() -> None:
    """It has nothing left, and its history says where all went."""
    keep, drop = a_client(), with_orders(a_client("Byron"), 2)
    merge(keep.pk, drop.pk, by="Ada", why="The same person")
    drop.refresh_from_db()
    assert drop.merged_into == keep
    assert [what.count() for what in (drop.orders, drop.contacts, drop.keys)] == [0, 0, 0]
    change = ClientChange.objects.get(client=drop)
    assert (change.by, change.what) == ("Ada", "merged into another client")
    assert change.why == "The same person. Moved: 2 contacts, 2 sales orders"
    assert ClientChange.objects.get(client=keep).before == f"Byron ({drop.pk})"


def test_each_order_s_history_says_that_its_client_was_merged() -> None:
    """Who looks at an order a year later sees whose it was."""
    keep, drop = a_client(), with_orders(a_client("Byron"), 3)
    merge(keep.pk, drop.pk, by="Ada")
    changes = OrderChange.objects.filter(field="client", before=f"Byron ({drop.pk})", after=f"Lovelace ({keep.pk})")
    assert changes.filter(order__client=keep, by="Ada").count() == 3


def test_one_person_at_both_clients_is_one_contact_afterwards() -> None:
    """Same e-mail, or same name where one of the two has none; the orders follow."""
    keep = a_client(ada="ada@x.org", bob="", eve="eve@x.org")
    drop = a_client("Byron", augusta="ada@x.org", bob="bob@x.org", eve="other@x.org", zoe="")
    augusta = drop.contacts.get(first_name="augusta")
    order = with_orders(drop, 1).orders.get()
    SalesOrder.objects.filter(pk=order.pk).update(contact=augusta)
    merge(keep.pk, drop.pk, by="Ada")
    assert people(keep) == [
        ("C0", ""), ("ada", "ada@x.org"), ("bob", "bob@x.org"), ("eve", "eve@x.org"), ("eve", "other@x.org"),
        ("zoe", ""),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.contact.first_name == "ada"


def test_two_of_one_name_are_not_guessed_at() -> None:
    """Where it is not clear which of two namesakes it is, both stay."""
    keep = a_client(bob="one@x.org")
    Contact.objects.create(client=keep, first_name="bob", name_key="bob", email="two@x.org", email_key="two@x.org")
    drop = a_client("Byron", bob="")
    merge(keep.pk, drop.pk, by="Ada")
    assert people(keep) == [("bob", ""), ("bob", "one@x.org"), ("bob", "two@x.org")]


def test_the_preview_says_what_will_move_and_what_to_look_at() -> None:
    """Counts, contacts that become one, keys, and that the store takes them for two customers."""
    integration = saved()
    keep = settle(integration, ada(customer_id=5, phone="")).client_id
    drop = settle(integration, ada(customer_id=6, phone="")).client_id
    Client.objects.filter(pk=keep).update(fields={"vat": "DE1"})
    Client.objects.filter(pk=drop).update(fields={"vat": "DE2", "since": "2020"})
    shown = merge_preview(keep, drop)
    assert {(each.what, each.count) for each in shown.moves} == {("contact", 1), ("client key", 1)}
    assert [(pair.gone.client_id, pair.stays.client_id) for pair in shown.joined] == [(drop, keep)]
    assert [(key.rule, key.value) for key in shown.keys] == [("customer", "6")]
    assert shown.warnings == ("Both are customers of WEB-: 5 and 6.", "vat: “DE1” stays, “DE2” goes.")
    assert Client.objects.filter(merged_into=None).count() == 2
    merge(keep, drop, by="Ada")
    assert Client.objects.get(pk=keep).fields == {"vat": "DE1", "since": "2020"}
    assert settle(integration, ada(customer_id=6, phone="")).client_id == keep


def test_a_client_is_not_merged_twice_nor_with_itself() -> None:
    """Each refusal says why."""
    keep, drop, third = a_client(), a_client("Byron"), a_client("King")
    merge(keep.pk, drop.pk, by="Ada")
    for pair, words in (
        ((keep.pk, keep.pk), "into itself"),
        ((third.pk, drop.pk), "was merged into Lovelace"),
        ((drop.pk, third.pk), "was merged into Lovelace"),
        ((keep.pk, 999_999), "no client 999999"),
    ):
        with pytest.raises(Refused, match=words):
            merge(*pair, by="Ada")


def test_what_was_merged_before_points_to_the_last_one() -> None:
    """A chain of merges is never longer than one step."""
    first, second, third = a_client("A"), a_client("B"), a_client("C")
    merge(second.pk, first.pk, by="Ada")
    merge(third.pk, second.pk, by="Ada")
    first.refresh_from_db()
    assert first.merged_into == third


def test_the_guests_client_may_be_merged_and_guests_go_where_it_went() -> None:
    """Also by a worker that has read the web integration before."""
    guests, keep = a_client("Guests"), a_client("Walk-in")
    integration = saved(guest_client=guests)
    merge(keep.pk, guests.pk, by="Ada")
    assert settle(integration, ada()).client_id == keep.pk
    assert WebIntegration.objects.get().guest_client == keep


def test_no_reference_to_a_client_is_forgotten() -> None:
    """Each table that points to clients moves by itself; one that could collide is to be thought about here first."""
    found = {f"{field.model._meta.label}.{field.name}" for field in references_to(Client)}
    moving = found - {f"{model._meta.label}.client" for model in STAYS_BEHIND}
    assert moving == PLAIN | {"sales.Contact.client", "stores.WebIntegration.guest_client"}
    assert {f"{field.model._meta.label}.{field.name}" for field in references_to(Contact)} == {
        "sales.ClientChange.contact",
        "sales.SalesOrder.contact",
    }


def test_a_merge_of_5000_orders_takes_as_many_statements_as_one_of_two() -> None:
    """A fixed number, whatever the number of orders and contacts."""
    counted = []
    for number in (2, at_full_size(5000, 500)):
        keep, drop = a_client(ada="a@x.org"), with_orders(a_client("B", ada="a@x.org"), number)
        counted.append(statements(lambda keep=keep, drop=drop: merge(keep.pk, drop.pk, by="Ada")))
        assert (keep.orders.count(), keep.contacts.count()) == (number, number + 1)
    few, many = counted
    assert few == many <= 25


def belongs(model: type[Any], **values: object) -> Callable[[Client], object]:
    """Something of a client, made."""
    return lambda client: model.objects.create(client=client, **values)


@pytest.mark.parametrize(
    "act",
    [
        lambda client: with_orders(client, 1),
        belongs(Contact, name_key="ada"),
        belongs(ClientKey, source="WEB-", rule="customer", value="5"),
    ],
    ids=["order", "contact", "key"],
)
def test_the_database_lets_nothing_belong_to_a_merged_client(act: Callable[[Client], object]) -> None:
    """Whoever tries, by whatever way."""
    gone = Client.objects.create(name="Gone", merged_into=a_client())
    with pytest.raises(IntegrityError, match="nothing_belongs_to_a_merged_client"):
        in_a_transaction_of_its_own(act, gone)


def in_a_transaction_of_its_own(act: Callable[[Client], object], client: Client) -> None:
    """Acts, and checks what is checked when a transaction ends."""
    with transaction.atomic():
        act(client)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_client_is_not_merged_into_itself_by_anybody() -> None:
    """The database says no."""
    client = a_client()
    with pytest.raises(IntegrityError, match="client_is_not_merged_into_itself"), transaction.atomic():
        Client.objects.filter(pk=client.pk).update(merged_into=client)
