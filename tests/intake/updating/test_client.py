"""An order that is imported again with another buyer: whose it is then (design, rules 6 and 8)."""

from dataclasses import replace

import pytest

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.clients.contacts import add_contact, choose_contact
from counterfoil.sales.clients.match_explanation import why_this_client
from counterfoil.sales.clients.merge import merge
from counterfoil.sales.clients.reassign_order import client_title, reassign_order
from counterfoil.sales.models import Client, ClientChange, ClientKey, FieldDefinition, MatchRule
from counterfoil.sales.orders.create import create_order
from counterfoil.stores.models import Conflict, WebIntegration
from tests.dispatch.factories import imported, ship
from tests.factories import NEW, connect, run_sync, sales_order
from tests.intake.matching.buyers import NOBODY, ReimportedOrder, ada, order_by, settle
from tests.sales.factories import draft
from tests.sandbox_store import SandboxStore
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db

BOB = ada(first_name="Bob", last_name="Byron", email="bob@example.com", phone="+49 30 39770", street_1="Elsewhere 2")


@pytest.fixture
def integration() -> WebIntegration:
    return saved()


def conflicts() -> dict[str, tuple[str, str]]:
    """What waits for a person: field → ours, theirs."""
    return {each.field: (each.ours, each.theirs) for each in Conflict.objects.all()}


def keys_of(client: Client) -> set[str]:
    """The values that the client is recognised by."""
    return set(ClientKey.objects.filter(client=client).values_list("value", flat=True))


def test_a_guest_who_registered_is_found_by_the_customer_id(integration: WebIntegration) -> None:
    """Whatever else the customer's next order says."""
    again = ReimportedOrder(integration, ada())
    before = again.order.client
    again.again(ada(customer_id=5))
    assert again.order.client == before
    following = settle(integration, replace(BOB, customer_id=5))
    assert (following.client_id, following.match.rule) == (before.pk, MatchRule.CUSTOMER)
    change = again.order.changes.get(field="customer")
    assert (change.by, change.before, change.after) == ("BigCommerce", "guest", "5")


@pytest.mark.parametrize("buyer", [ada(email="", phone=""), NOBODY, ada(email="", last_name="-")])
def test_a_guest_who_registered_and_has_no_other_key_is_found_by_the_customer_id(
    integration: WebIntegration, buyer: Buyer
) -> None:
    """The order itself is the link."""
    again = ReimportedOrder(integration, buyer)
    again.again(replace(buyer, customer_id=5))
    assert settle(integration, ada(customer_id=5)).client_id == again.order.client_id


def test_a_guest_s_order_goes_to_the_client_that_the_customer_has_already(integration: WebIntegration) -> None:
    """With what the guest was recognised by, where no other order needs it; all histories tell."""
    customer = order_by(integration, ada(customer_id=5, email="", phone="")).client
    again = ReimportedOrder(integration, ada(company="Analytical Engines"))
    guest = again.order.client
    assert guest != customer
    again.again(ada(customer_id=5))
    order = again.order
    assert (order.client, order.contact.client) == (customer, customer)
    assert (order.matched_by, order.match_value) == ("customer", "5")
    assert why_this_client(order).sentence == "Store customer 5 is this client."
    assert (keys_of(guest), settle(integration, ada(phone="")).client_id) == (set(), customer.pk)
    change = order.changes.get(field="client")
    assert (change.by, change.before, change.after) == ("BigCommerce", client_title(guest), client_title(customer))
    told = ClientChange.objects.filter(what=f"order {order.name}", by="BigCommerce")
    assert {each.client_id for each in told} == {guest.pk, customer.pk}


def test_a_guest_with_other_orders_keeps_what_they_are_recognised_by(integration: WebIntegration) -> None:
    """Only the order that the store gave to the customer goes there."""
    customer = order_by(integration, ada(customer_id=5, email="", phone="")).client
    other = order_by(integration, ada())
    again = ReimportedOrder(integration, ada())
    again.again(ada(customer_id=5))
    assert again.order.client == customer
    other.refresh_from_db()
    assert settle(integration, ada()).client_id == other.client_id != customer.pk


@pytest.mark.parametrize("is_known", [False, True])
def test_an_order_that_the_store_gave_to_another_customer_goes_to_that_customer_s_client(
    integration: WebIntegration, is_known: bool
) -> None:
    """Found or made, though e-mail and phone are still the first customer's; they stay with it."""
    again = ReimportedOrder(integration, ada(customer_id=5))
    first = again.order.client
    second = order_by(integration, replace(BOB, customer_id=6)).client if is_known else None
    again.again(ada(customer_id=6))
    order = again.order
    assert order.client != first
    assert second in (None, order.client)
    assert settle(integration, replace(BOB, customer_id=6)).client_id == order.client_id
    assert settle(integration, ada(customer_id=5)).client_id == first.pk
    assert "ada@example.com" in keys_of(first)


def test_a_guest_at_another_customer_s_client_who_registers_gets_a_client_of_their_own(
    integration: WebIntegration,
) -> None:
    """The e-mail found customer 5, but the store says that the buyer is customer 6."""
    order_by(integration, ada(customer_id=5))
    again = ReimportedOrder(integration, ada())
    first = again.order.client
    again.again(ada(customer_id=6))
    assert again.order.client != first
    assert settle(integration, ada(customer_id=6)).client_id == again.order.client_id
    (other,) = why_this_client(again.order).others
    assert "customer 5" in other.why


def test_a_customer_who_is_deleted_in_the_store_keeps_the_client(integration: WebIntegration) -> None:
    """The store names nobody else, so nothing moves."""
    again = ReimportedOrder(integration, ada(customer_id=5))
    before = again.order.client
    again.again(ada())
    again.again(ada(email=""))
    assert again.order.client == before
    assert conflicts() == {}


def test_a_corrected_e_mail_finds_the_client_next_time(integration: WebIntegration) -> None:
    """It is taught, and the explanation names no key that the order does not have any more."""
    order_by(integration, ada(phone=""))
    again = ReimportedOrder(integration, ada())
    before = again.order.client
    again.again(ada(email="ada.l@example.com"))
    assert again.order.client == before
    assert settle(integration, ada(email="ada.l@example.com", phone="")).client_id == before.pk
    assert (again.order.matched_by, again.order.match_value) == ("phone", "+4930901820 lovelace")
    assert ["email", "ada.l@example.com"] in again.order.match_keys


def test_an_e_mail_that_another_client_has_takes_the_order_there(integration: WebIntegration) -> None:
    """A guest ordered with a typing error that is corrected now."""
    right = order_by(integration, ada(phone="")).client
    again = ReimportedOrder(integration, ada(email="aad@example.com", phone=""))
    assert again.order.client != right
    again.again(ada(phone=""))
    assert (again.order.client, again.order.matched_by) == (right, "email")


def test_an_e_mail_that_another_client_has_takes_no_customer_s_order(integration: WebIntegration) -> None:
    """The customer ID decides before it."""
    order_by(integration, BOB)
    again = ReimportedOrder(integration, ada(customer_id=5))
    before = again.order.client
    again.again(ada(customer_id=5, email="bob@example.com"))
    assert again.order.client == before


def test_a_guest_of_whom_nothing_is_left_is_another_buyer(integration: WebIntegration) -> None:
    """No key of Bob is taught to Ada's client."""
    again = ReimportedOrder(integration, ada())
    before = again.order.client
    again.again(BOB)
    assert again.order.client.name == "Bob Byron"
    assert "bob@example.com" not in keys_of(before)
    assert settle(integration, ada()).client_id == before.pk


def test_a_company_s_other_buyer_stays_with_the_company(integration: WebIntegration) -> None:
    """The contact changes, and the client is the same."""
    again = ReimportedOrder(integration, ada(company="Analytical Engines"))
    before = again.order.client
    again.again(replace(BOB, company="Analytical engines"))
    assert (again.order.client, str(again.order.contact)) == (before, "Bob Byron")


def test_an_order_that_only_names_another_street_stays(integration: WebIntegration) -> None:
    """Nothing about the client is recorded."""
    again = ReimportedOrder(integration, ada())
    again.again(ada(street_1="Elsewhere 2", postcode="2"))
    assert not again.order.changes.filter(field__in=["client", "contact", "customer"]).exists()


@pytest.mark.parametrize("is_on", [True, False])
def test_a_guest_under_the_guests_client_who_registers_gets_a_client_of_their_own(is_on: bool) -> None:
    """It learns all that the shared client was not taught, though the option may be off now."""
    guests = Client.objects.create(name="Guests")
    integration = saved(guest_client=guests)
    again = ReimportedOrder(integration, ada())
    assert again.order.client == guests
    if not is_on:
        integration.guest_client = None
        integration.save()
    again.again(ada(customer_id=5))
    own = again.order.client
    assert (own.name, again.order.contact.client, keys_of(guests)) == ("Ada Lovelace", own, set())
    assert settle(integration, ada()).client_id == settle(integration, ada(customer_id=5)).client_id == own.pk


def test_a_guest_under_the_guests_client_who_corrects_the_e_mail_stays_there_and_teaches_nothing() -> None:
    """Until the e-mail is one that a client has."""
    guests = Client.objects.create(name="Guests")
    integration = saved(guest_client=guests)
    bob = order_by(integration, replace(BOB, customer_id=7)).client
    again = ReimportedOrder(integration, ada())
    again.again(ada(email="ada.l@example.com"))
    assert (again.order.client, keys_of(guests)) == (guests, set())
    again.again(ada(email="bob@example.com"))
    assert again.order.client == bob


def test_a_client_that_was_merged_is_found_as_what_it_became(integration: WebIntegration) -> None:
    """And a merge alone protects no order from going to the client of its customer."""
    customer = order_by(integration, replace(BOB, customer_id=5)).client
    became = order_by(integration, ada(email="x@example.com", phone="", last_name="King")).client
    merge(became.pk, customer.pk, by="Ada")
    again = ReimportedOrder(integration, ada())
    other = Client.objects.create(name="Lovelace & Co")
    merge(other.pk, again.order.client_id, by="Ada")
    again.again(ada(customer_id=5))
    assert again.order.client == became
    assert conflicts() == {}


@pytest.mark.parametrize(
    "switched",
    [{"match_by_email": False}, {"match_by_phone": False}, {"match_by_email": False, "match_by_phone": False}],
)
def test_rules_that_are_switched_off_are_not_asked_again_either(switched: dict[str, bool]) -> None:
    """Bob's e-mail and phone say nothing then."""
    integration = saved(**switched)
    order_by(integration, BOB)
    again = ReimportedOrder(integration, ada())
    before = again.order.client
    email, phone = switched.get("match_by_email", True), switched.get("match_by_phone", True)
    again.again(ada(**({} if email else {"email": BOB.email}), **({} if phone else {"phone": BOB.phone})))
    assert again.order.client == before


def test_an_order_that_a_person_moved_waits_for_a_person(integration: WebIntegration) -> None:
    """Both clients are shown; nothing is taught and nothing is moved."""
    customer = order_by(integration, replace(BOB, customer_id=5)).client
    again = ReimportedOrder(integration, ada())
    ours = reassign_order(again.order.pk, None, by="Ada").client
    updated = again.again(ada(customer_id=5))
    assert (again.order.client, updated.conflicts) == (ours, 1)
    assert conflicts() == {"client": (client_title(ours), client_title(customer))}
    again.again(ada(customer_id=5, street_1="Elsewhere 2"))
    assert list(conflicts()) == ["client"]
    again.again(ada())
    assert conflicts() == {}


def test_a_client_that_is_yet_to_be_made_waits_for_a_person_too(integration: WebIntegration) -> None:
    """It is made when somebody picks it."""
    again = ReimportedOrder(integration, ada(customer_id=5))
    ours = reassign_order(again.order.pk, None, by="Ada").client
    number = Client.objects.count()
    again.again(ada(customer_id=6))
    assert conflicts() == {"client": (client_title(ours), "Ada Lovelace (a new client)")}
    assert Client.objects.count() == number


def test_an_order_that_a_person_moved_teaches_the_client_that_they_chose(integration: WebIntegration) -> None:
    """A guest registers, and no client is this customer yet."""
    again = ReimportedOrder(integration, ada())
    ours = reassign_order(again.order.pk, None, by="Ada").client
    again.again(ada(customer_id=5))
    assert (again.order.client, again.order.matched_by, conflicts()) == (ours, "person", {})
    assert settle(integration, replace(BOB, customer_id=5)).client_id == ours.pk


def test_a_contact_that_a_person_chose_keeps_the_order_from_moving(integration: WebIntegration) -> None:
    """It is the client's, and would be lost."""
    order_by(integration, replace(BOB, customer_id=5))
    again = ReimportedOrder(integration, ada())
    ours = add_contact(again.order.client_id, {"last_name": "Babbage"}, by="Ada")
    choose_contact(again.placed.pk, ours.pk, by="Ada")
    again.again(ada(customer_id=5))
    assert again.order.contact == ours
    assert list(conflicts()) == ["client"]


def test_the_new_client_s_fields_are_filled_and_the_former_one_s_are_not(integration: WebIntegration) -> None:
    """What the store says of customer 6 is nothing about customer 5."""
    FieldDefinition.objects.create(scope="client", name="segment", label="Segment", type="text")
    again = ReimportedOrder(integration, ada(customer_id=5))
    before = again.order.client
    again.again(ada(customer_id=6), segment="Schools")
    before.refresh_from_db()
    assert (before.fields, again.order.client.fields) == ({}, {"segment": "Schools"})


def test_an_order_without_an_explanation_moves_as_well(integration: WebIntegration) -> None:
    """It came before keys were kept."""
    again = ReimportedOrder(integration, ada())
    order = again.order
    order.matched_by, order.match_value, order.match_keys, order.contact = "", "", [], None
    order.save()
    customer = order_by(integration, replace(BOB, customer_id=5)).client
    again.again(ada(customer_id=5))
    assert again.order.client == customer


def reset(store: SandboxStore, order_id: int, integration: WebIntegration, **changes: object) -> None:
    """Someone edits the order in the store and sets it back to a new order status; it is imported again."""
    store.edit(order_id, status_id=NEW, **changes)
    run_sync(integration)


def test_the_next_order_of_a_guest_who_registered_is_the_same_client_s(store: SandboxStore) -> None:
    """Shipped or not: the parcels have nothing to do with it."""
    order_id, integration = imported(store)
    client = sales_order(order_id).client
    ship(order_id)
    run_sync(integration)
    reset(store, order_id, integration, customer_id=5)
    (following,) = store.place(1, kind="guest")
    stranger = {"first_name": "Bob", "last_name": "Byron", "email": "b@example.com", "phone": "", "company": ""}
    store.edit(following, customer_id=5, billing_address=stranger)
    run_sync(integration)
    assert sales_order(following).client == sales_order(order_id).client == client


def test_two_orders_of_a_guest_that_come_at_once_go_to_the_same_client(store: SandboxStore) -> None:
    """The one is imported again, the other for the first time, in one pass."""
    order_id, integration = imported(store)
    (following,) = store.place(1, kind="guest")
    store.edit(following, customer_id=5, billing_address={"email": "other@example.com", "phone": ""})
    reset(store, order_id, integration, customer_id=5)
    assert sales_order(following).client == sales_order(order_id).client


@pytest.mark.parametrize("ours", [True, False])
def test_a_person_picks_whose_order_it_is(store: SandboxStore, ours: bool) -> None:
    """Kept here, or the store's: then client, contact and explanation follow, and the store is followed again."""
    order_id, integration = imported(store)
    chosen = reassign_order(sales_order(order_id).pk, None, by="Ada").client
    (other,) = store.place(1, kind="guest")
    store.edit(other, customer_id=5, billing_address={"email": "other@example.com", "phone": "", "company": ""})
    run_sync(integration)
    customer = sales_order(other).client
    reset(store, order_id, integration, customer_id=5)
    assert conflicts() == {"client": (client_title(chosen), client_title(customer))}
    resolve_conflict(Conflict.objects.get().pk, ours=ours, by="Ada")
    order = sales_order(order_id)
    assert conflicts() == {}
    assert order.client == (chosen if ours else customer)
    assert order.contact is not None
    assert order.contact.client == order.client
    assert order.matched_by == ("person" if ours else "customer")
    if not ours:
        change = order.changes.get(field="client", after=client_title(customer))
        assert (change.by, change.why) == ("Ada", "The store's value was chosen")
        reset(store, order_id, integration, customer_id=6)
        assert sales_order(order_id).client not in (chosen, customer)
        assert conflicts() == {}


def test_who_takes_the_store_s_client_over_the_own_contact_leaves_both_to_the_store(store: SandboxStore) -> None:
    """The next change there is taken over by itself."""
    order_id, integration = imported(store)
    ours = add_contact(sales_order(order_id).client_id, {"last_name": "Babbage"}, by="Ada")
    choose_contact(sales_order(order_id).pk, ours.pk, by="Ada")
    (other,) = store.place(1, kind="guest")
    store.edit(other, customer_id=5, billing_address={"email": "other@example.com", "phone": "", "company": ""})
    run_sync(integration)
    reset(store, order_id, integration, customer_id=5)
    resolve_conflict(Conflict.objects.get(field="client").pk, ours=False, by="Ada")
    assert sales_order(order_id).client == sales_order(other).client
    assert sales_order(order_id).contact != ours
    grace = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"}
    reset(store, order_id, integration, billing_address=grace)
    assert (str(sales_order(order_id).contact), conflicts()) == ("Grace Hopper", {})


def test_a_client_that_is_to_be_made_is_made_when_it_is_picked(store: SandboxStore) -> None:
    """Once; a second press finds nothing to do."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="guest")
    store.edit(order_id, customer_id=5)
    run_sync(integration)
    chosen = reassign_order(sales_order(order_id).pk, None, by="Ada").client
    reset(store, order_id, integration, customer_id=6)
    conflict = Conflict.objects.get()
    resolve_conflict(conflict.pk, ours=False, by="Ada")
    resolve_conflict(conflict.pk, ours=False, by="Ada")
    client = sales_order(order_id).client
    assert client != chosen
    assert "6" in keys_of(client)


def test_an_order_made_by_hand_is_nobody_s_key(integration: WebIntegration) -> None:
    """A client with an order made by hand keeps what it is recognised by."""
    customer = order_by(integration, replace(BOB, customer_id=5)).client
    again = ReimportedOrder(integration, ada())
    before = again.order.client
    create_order(draft(), client_id=before.pk, contact=None, matched_by=None, products={})
    again.again(ada(customer_id=5))
    assert again.order.client == customer
    assert "ada@example.com" in keys_of(before)
