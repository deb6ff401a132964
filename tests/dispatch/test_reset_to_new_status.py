"""An order that was set back to a new order status is imported before its shipment goes out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.dispatch.sender import Sent, send_due
from counterfoil.sales.models import OrderChange
from counterfoil.stores.attention.actions import skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import READ_SEPARATELY, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes
from tests.dispatch.factories import assign, creation, imported, let_pass, make_due, put, ship, shipments_in, writes
from tests.factories import NEW, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_an_edit_that_came_with_a_new_status_is_imported_before_the_shipment_goes(store: SandboxStore) -> None:
    """In one sync: the shipment would move the order on, and the edit would never be read."""
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert OrderChange.objects.filter(order=sales_order(order_id)).exists()
    assert web_order(order_id).modified_read is not None
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == 1


def test_from_a_paused_store_it_is_shipped_all_the_same(store: SandboxStore) -> None:
    """Nothing is imported there, and what was shipped is sent."""
    order_id, integration = imported(store)
    WebIntegration.objects.update(paused=True)
    store.edit(order_id, status_id=NEW)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT


def test_an_order_that_is_set_back_right_after_our_shipment_is_read_before_the_next_one(store: SandboxStore) -> None:
    """No look came between: our own write is not taken for its last change, though a mapped status waits."""
    order_id, integration = imported(store, quantities=(4,), push_status=True)
    assign(integration, Partially_Shipped=StatusId.PARTIALLY_SHIPPED)
    store.set(status_after_shipment="stays")
    ship(order_id, 1, tracking_number="1Z")
    store.fault("GET", "/orders$", skip=1, status=503)
    run_sync(integration)
    assert writes(store) == ["POST shipment"]
    store.clear_faults()
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    ship(order_id, 1, tracking_number="2Z")
    make_due()
    run_sync(integration)
    assert OrderChange.objects.filter(order=sales_order(order_id), field="customer message").exists()
    make_due()
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2
    assert store.status(order_id) == StatusId.PARTIALLY_SHIPPED
    assert attention() == []


def test_an_order_that_is_set_back_in_the_second_of_our_shipment_is_read_before_the_next_one(
    store: SandboxStore,
) -> None:
    """Its date tells nothing then, and a mapped status that waits answers no import."""
    order_id, integration = imported(store, quantities=(4,), push_status=True)
    assign(integration, Partially_Shipped=StatusId.PARTIALLY_SHIPPED)
    store.set(status_after_shipment="stays", clock_speed=0.0001, clock_offset_seconds=30.0)
    ship(order_id, 1, tracking_number="1Z")
    store.fault("GET", "/orders$", skip=1, status=503)
    run_sync(integration)
    assert writes(store) == ["POST shipment"]
    store.clear_faults()
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    ship(order_id, 1, tracking_number="2Z")
    for _ in range(2):
        make_due()
        run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"
    assert len(shipments_in(store, order_id)) == 2


@pytest.mark.parametrize("reason", READ_SEPARATELY)
def test_what_needs_a_person_beside_the_order_says_nothing_about_its_import(store: SandboxStore, reason: str) -> None:
    """It was set back in the second of our shipment, and something else of it needs a person since then."""
    order_id, integration = imported(store, quantities=(4,))
    store.set(clock_speed=0.0001, clock_offset_seconds=30.0)
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    WebOrder.objects.update(reason_code=reason, reason="Look at it.", reason_since=timezone.now())
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    ship(order_id, 1, tracking_number="2Z")
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"
    assert len(shipments_in(store, order_id)) == 2


@pytest.mark.usefixtures("due_when_we_say_so")
def test_a_shipment_in_doubt_is_not_repeated_before_the_order_that_was_set_back_is_imported(
    store: SandboxStore,
) -> None:
    """It had not been made: to make it now would move the order on, and the edit would never be read."""
    order_id, integration = imported(store)
    ship(order_id, tracking_number="1Z")
    store.fault("POST", "shipments$", cut="before", times=1)
    run_sync(integration)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    make_due()
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"
    let_pass(timedelta(minutes=2))
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == 1


def with_a_new_address(store: SandboxStore, order_id: int) -> None:
    """Someone sets the order back with a new address, and no list shows it yet."""
    store.set(list_lag_seconds=600.0)
    (address, *_) = store.order(order_id)["addresses"]
    store.edit(order_id, status_id=NEW, addresses=[{"id": address["id"], "street_1": "1 New Street"}])


def test_a_shipment_that_was_quicker_than_a_new_address_needs_a_person(store: SandboxStore) -> None:
    """The answer to the shipment shows the address: the clerk reads it, and where the parcel should go."""
    order_id, integration = imported(store)
    with_a_new_address(store, order_id)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    (item,) = attention()
    assert item.code == "address_changed"
    assert item.sentence.startswith("BigCommerce has a different address for a parcel that was shipped: ")
    assert ", 1 New Street, " in item.sentence
    assert "set the order back to a new order status in BigCommerce" in item.next_step
    skip(web_order(order_id).import_id, why="The carrier knows", by="clerk")
    assert attention() == []


def test_it_needs_a_person_also_after_the_order_was_read_again(store: SandboxStore) -> None:
    """Nothing of it was imported then: the shipment has moved it on."""
    order_id, integration = imported(store)
    with_a_new_address(store, order_id)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert web_order(order_id).read_again == ""
    assert [item.code for item in attention()] == ["address_changed"]


def test_an_address_that_was_corrected_here_is_no_other_address_there(store: SandboxStore) -> None:
    """BigCommerce has what it had when the order was read."""
    order_id, integration = imported(store)
    sales_order(order_id).addresses.update(street_1="2 Other Street")
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert attention() == []


@pytest.mark.parametrize("shown", [None, "", [], "12 Main St", {"street_1": 7, "form_fields": 3}, {"city": "X"}])
def test_an_address_that_cannot_be_read_stops_nothing(store: SandboxStore, shown: object) -> None:
    """Nothing else depends on it."""
    order_id, integration = imported(store)
    store.fault("POST", "shipments$", alter={"shipping_address": shown})
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT


def test_an_edit_that_came_with_a_new_status_is_imported_before_a_status_of_ours_goes(store: SandboxStore) -> None:
    """A status of ours would take the order out of the new ones, and the edit would never be read."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    with open_session(fresh(integration), seconds=60) as there:
        poll_changes(there.integration, there.api)
    put(order_id, "Released")
    with open_session(fresh(integration), seconds=60) as there:
        send_due(there, Sent())
    assert store.status(order_id) == NEW
    run_sync(integration)
    assert OrderChange.objects.filter(order=sales_order(order_id), field="customer message").exists()
    assert store.status(order_id) == 8
