"""What is shipped in the sales data appears in the store: carrier, tracking number and items, each parcel once."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counterfoil.dispatch.queue import next_due_at
from counterfoil.dispatch.shipment_requests import load_parcel, new_shipment
from counterfoil.sales.models import OrderAddress, OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.status import override_hold, put_on_hold
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, correct_parcel, process_shipment, void_parcel
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebShipment
from counterfoil.stores.updates.descriptions import describe, preloaded
from tests.dispatch.factories import (
    assign,
    creation,
    imported,
    lines_of,
    log_text,
    put,
    reads,
    ship,
    shipments_in,
    writes,
)
from tests.factories import connect, fresh, run_sync, sales_order, updates
from tests.sales.factories import placed
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_parcel_becomes_a_shipment_with_its_items_and_tracking(store: SandboxStore) -> None:
    """The carrier in the store's words, from the carrier list, whatever its case."""
    order_id, integration = imported(store)
    ship(order_id, 1, 3, carrier="ups", service="Ground", tracking_number="1Z999", tracking_link="https://t.example/1")
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    lines = lines_of(order_id)
    assert [(item["order_product_id"], item["quantity"]) for item in made["items"]] == [
        (lines[0].source_id, 1),
        (lines[1].source_id, 3),
    ]
    assert made["order_address_id"] == lines[0].ship_to.source_id
    assert (made["shipping_provider"], made["tracking_carrier"], made["shipping_method"]) == ("ups", "ups", "Ground")
    assert (made["tracking_number"], made["tracking_link"]) == ("1Z999", "https://t.example/1")
    kept = WebShipment.objects.get()
    assert (kept.bigcommerce_shipment_id, kept.parcel) == (made["id"], Parcel.objects.get())
    assert creation(order_id).state == UpdateState.SENT


def test_without_a_service_the_shipment_goes_by_the_order_s_ship_via(store: SandboxStore) -> None:
    """And no carrier needs no provider."""
    order_id, integration = imported(store)
    SalesOrder.objects.update(ship_via="By bike")
    ship(order_id)
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    assert (made["shipping_method"], made["shipping_provider"], made["tracking_number"]) == ("By bike", "", "")


@pytest.mark.parametrize(("behaviour", "expected"), [("moves", 1), ("stays", 2)])
def test_a_parcel_costs_one_write_where_the_store_moves_the_status_itself_and_two_where_not(
    store: SandboxStore, behaviour: str, expected: int
) -> None:
    """The shipment first, then the status, with two reads in the pass; the peers take three calls of each shipment."""
    store.set(status_after_shipment=behaviour)
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=2, Partially_Shipped=3)
    WebIntegration.objects.update(paused=True)  # so that nothing but the updates asks the store
    ship(order_id, tracking_number="1Z1")
    run_sync(integration)
    assert len(writes(store)) == expected
    assert writes(store)[0] == "POST shipment"
    assert reads(store) == 2
    assert store.status(order_id) == 2


def test_two_parcels_of_an_order_go_out_in_one_pass_in_their_order(store: SandboxStore) -> None:
    """The status after both, once."""
    store.set(status_after_shipment="stays")
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=2, Partially_Shipped=3)
    ship(order_id, 2, 1, tracking_number="A")
    ship(order_id, tracking_number="B")
    run_sync(integration)
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == ["A", "B"]
    assert writes(store) == ["POST shipment", "POST shipment", "PUT order"]
    assert store.status(order_id) == 2


def test_an_unknown_carrier_is_named_in_the_method_and_the_log_says_so(store: SandboxStore) -> None:
    """It is sent as custom with the given link, or without one."""
    order_id, integration = imported(store)
    ship(order_id, 1, carrier="Foo", service="Express", tracking_number="5", tracking_link="https://foo.example/5")
    ship(order_id, 1, carrier="Foo", tracking_number="6")
    run_sync(integration)
    first, second = shipments_in(store, order_id)
    assert (first["shipping_method"], first["shipping_provider"], first["tracking_carrier"]) == ("Foo Express", "", "")
    assert second["shipping_method"] == "Foo"
    assert "“Foo” isn’t in the carrier list: sent with only the tracking URL you entered." in log_text()
    assert "“Foo” isn’t in the carrier list: sent without a link." in log_text()


def test_further_boxes_stand_in_the_comments_of_the_shipment_they_belong_to(store: SandboxStore) -> None:
    """One shipment, whatever the number of boxes; a box that is voided leaves the comments."""
    order_id, integration = imported(store)
    order, line = sales_order(order_id), lines_of(order_id)[0]
    boxes = [ParcelDraft(Tracking("UPS", "", "1Z2")), ParcelDraft(Tracking(tracking_link="https://t.example/3"))]
    process_shipment(order.pk, [ParcelDraft(Tracking("UPS", "", "1Z1"), {line.pk: 2}), *boxes], by="clerk")
    assert [update.kind for update in updates(order_id)][1:] == [UpdateKind.CREATE]
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    assert made["comments"] == "Further box: UPS 1Z2\nFurther box: https://t.example/3"
    assert "2 further boxes are in the shipment's comments." in log_text()
    void_parcel(Parcel.objects.get(tracking_number="1Z2").pk, by="clerk", reason="lost")
    run_sync(integration)
    assert shipments_in(store, order_id)[0]["comments"] == "Further box: https://t.example/3"
    assert writes(store) == ["POST shipment", "PUT shipment"]


def test_a_correction_before_sending_costs_no_call_of_its_own(store: SandboxStore) -> None:
    """The shipment is made with the values of the moment in which it is sent."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="wrong")
    correct_parcel(parcel.pk, Tracking("FedEx", "", "right"), by="clerk")
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    assert (made["tracking_number"], made["shipping_provider"]) == ("right", "fedex")
    assert len(writes(store)) == 1


def test_a_correction_after_sending_corrects_the_shipment(store: SandboxStore) -> None:
    """Several of them, made before it is sent, cost one call."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1")
    run_sync(integration)
    store.clear_calls()
    for number in ("2", "3"):
        correct_parcel(parcel.pk, Tracking("UPS", "", number), by="clerk")
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    assert (made["tracking_number"], made["shipping_provider"]) == ("3", "ups")
    assert len(writes(store)) == 1
    assert WebShipment.objects.get().tracking_number == "3"


def test_a_parcel_voided_before_sending_is_not_sent(store: SandboxStore) -> None:
    """Neither it nor its end."""
    order_id, integration = imported(store)
    void_parcel(ship(order_id, 1).pk, by="clerk", reason="not packed")
    run_sync(integration)
    assert writes(store) == []
    assert creation(order_id).state == UpdateState.NOT_NEEDED


@pytest.mark.parametrize("gone", [False, True])
def test_a_voided_parcel_is_deleted_in_the_store(store: SandboxStore, gone: bool) -> None:
    """Where someone deleted it there already, that is as well."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    if gone:
        store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    correct_parcel(parcel.pk, Tracking(tracking_number="late"), by="clerk")
    void_parcel(parcel.pk, by="clerk", reason="came back")
    store.clear_calls()
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert writes(store) == ["DELETE shipment"]
    assert WebShipment.objects.get().gone_at is not None
    assert [(each.kind, each.state) for each in updates(order_id)[2:]] == [
        (UpdateKind.CORRECT, UpdateState.NOT_NEEDED),
        (UpdateKind.VOID, UpdateState.SENT),
    ]


def test_an_order_made_by_hand_is_never_sent(store: SandboxStore) -> None:
    """It writes no update at all."""
    _, integration = imported(store, push_status=True)
    order = placed(import_id=None)
    before = StoreUpdate.objects.count()
    line = order.lines.first()
    assert line is not None
    line.ship_to = OrderAddress.objects.create(order=order, kind="ship_to", position=9)
    line.save()
    process_shipment(order.pk, [ParcelDraft(Tracking(), {line.pk: 1})], by="clerk")
    parcel = Parcel.objects.get()
    correct_parcel(parcel.pk, Tracking(tracking_number="1Z"), by="clerk")
    void_parcel(parcel.pk, by="clerk", reason="came back")
    assert StoreUpdate.objects.count() == before
    run_sync(integration)
    assert writes(store) == []


def test_a_store_with_push_off_gets_shipments_and_no_mapped_status(store: SandboxStore) -> None:
    """Push governs the mapping only; a paused store gets them too."""
    store.set(status_after_shipment="stays")
    order_id, integration = imported(store)
    assign(integration, Shipped=2, Released=8)
    WebIntegration.objects.update(paused=True)
    put(order_id, "Released")
    ship(order_id)
    run_sync(integration)
    assert writes(store) == ["POST shipment"]


def test_an_order_on_hold_ships_nothing_until_a_manager_says_so(store: SandboxStore) -> None:
    """Its unsent shipments wait, without asking the store again and again."""
    order_id, integration = imported(store)
    ship(order_id)
    order = sales_order(order_id)
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    assert store.calls() == []
    assert next_due_at(integration) is None
    assert fresh(integration).state.due_at > timezone.now() + timedelta(seconds=20)
    override_hold(order.pk, by="manager", why="paid by phone")
    run_sync(integration)
    assert writes(store) == ["POST shipment"]


def test_an_order_cancelled_between_import_and_shipping_gets_nothing(store: SandboxStore) -> None:
    """Neither a shipment nor a status is written over Cancelled; it was cancelled after the clerk shipped it."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=2)
    ship(order_id)
    store.edit(order_id, status_id=5)
    run_sync(integration)
    assert writes(store) == []
    assert store.status(order_id) == 5


def test_what_waited_for_the_end_of_a_hold_goes_out_at_once(
    store: SandboxStore, django_capture_on_commit_callbacks: Any
) -> None:
    """Nobody waits for the next poll."""
    order_id, integration = imported(store)
    order = sales_order(order_id)
    put_on_hold(order.pk, "It was cancelled.", by="BigCommerce")
    later = timezone.now() + timedelta(hours=1)
    StoreState.objects.update(due_at=later)
    with django_capture_on_commit_callbacks(execute=True):
        put_on_hold(order.pk, "", by="BigCommerce")
    assert fresh(integration).state.due_at < later


def test_a_parcel_to_an_address_that_the_store_does_not_know_is_not_sent(store: SandboxStore) -> None:
    """It is said before any call."""
    order_id, integration = imported(store)
    ship(order_id)
    OrderAddress.objects.update(source_id=None)
    run_sync(integration)
    assert "The parcel's address isn’t known to BigCommerce." in attention()[0].sentence
    assert writes(store) == []


def test_a_parcel_with_an_item_that_the_store_does_not_know_is_not_sent(store: SandboxStore) -> None:
    """As a line that was added here by hand; the sentence names it."""
    order_id, integration = imported(store)
    ship(order_id)
    line = lines_of(order_id)[0]
    OrderLine.objects.filter(pk=line.pk).update(source_id=None)
    run_sync(integration)
    assert f"{line.part_number} isn’t an item BigCommerce knows." in attention()[0].sentence
    assert writes(store) == []


@pytest.mark.parametrize("arrived", [False, True])
def test_a_parcel_in_doubt_that_failed_and_is_voided_is_looked_for_and_then_deleted(
    store: SandboxStore, arrived: bool
) -> None:
    """Whether its request was carried out or not, nothing of it stands in the store in the end."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z9")
    asked = msgspec.to_builtins(new_shipment(load_parcel(parcel.pk)))
    StoreUpdate.objects.filter(parcel=parcel).update(
        state=UpdateState.FAILED,
        asked_at=timezone.now() - timedelta(minutes=5),
        asked=asked,
        reason_code="defect",
        reason="An error in Counterfoil stopped this update.",
        failed_since=timezone.now(),
        ended_at=timezone.now(),
    )
    if arrived:
        items = [{"order_product_id": line.source_id, "quantity": line.quantity} for line in lines_of(order_id)]
        address = asked["order_address_id"]
        store.ship(order_id, order_address_id=address, items=items, tracking_number="1Z9")
    void_parcel(parcel.pk, by="clerk", reason="not packed")
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert writes(store) == ["DELETE shipment"] * arrived
    ended = (UpdateState.SENT, UpdateState.SENT) if arrived else (UpdateState.NOT_NEEDED, UpdateState.NOT_NEEDED)
    assert tuple(each.state for each in updates(order_id)[1:]) == ended
    assert attention() == []


def test_an_update_says_what_it_changes(store: SandboxStore) -> None:
    """In a clerk's words, with the same number of statements however many there are."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 2, carrier="UPS", tracking_number="1Z1")
    run_sync(integration)
    correct_parcel(parcel.pk, Tracking("UPS", "", "1Z2"), by="clerk")
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="x")
    name = lines_of(order_id)[0].part_number
    assert [describe(update) for update in preloaded(StoreUpdate.objects.order_by("pk"))] == [
        "Set the status Awaiting Shipment",
        f"Create the shipment UPS 1Z2 (2 × {name})",
        f"Correct the shipment UPS 1Z2 (2 × {name})",
        f"Delete the shipment UPS 1Z2 (2 × {name})",
    ]


def test_shipping_takes_few_statements_whatever_the_number_of_parcels(store: SandboxStore) -> None:
    """What one more parcel adds to a pass."""
    integration = connect(store)
    ids = store.place(6, kind="guest")
    run_sync(integration)
    WebIntegration.objects.update(paused=True)

    def sending(orders: list[int]) -> int:
        for order_id in orders:
            ship(order_id, tracking_number="1Z")
        with CaptureQueriesContext(connection) as captured:
            run_sync(integration)
        return len([query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]])

    sending(ids[:1])
    assert sending(ids[1:3]) * -1 + sending(ids[3:]) <= 16


# Unknown outcomes
