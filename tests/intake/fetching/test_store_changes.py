"""What the store says of imported orders: stopped, shipped by others, refunded, edited."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder, StatusRole
from counterfoil.sales.orders.status import override_hold
from counterfoil.sales.shipping.shipments import Tracking, cancel_open, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState, WebIntegration, WebShipment
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes
from counterfoil.stores.weborders.external_shipments import take_over_web_shipment
from counterfoil.web.orders.store_tab import was_edited
from tests.dispatch.factories import (
    creation,
    imported,
    let_pass,
    lines_of,
    log_text,
    ship,
    ship_there,
    shipments_in,
    writes,
)
from tests.factories import NEW, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db
STOPPED = {
    StatusId.CANCELLED: "The order was cancelled in the store.",
    StatusId.REFUNDED: "The order was refunded in the store.",
    StatusId.DECLINED: "The order was declined in the store.",
    StatusId.DISPUTED: "The order is disputed in the store.",
}
TIME_ENOUGH = {"clock_offset_seconds": 60.0}  # a later second by the store's clock


def quantities(order_id: int) -> list[tuple[int, int, int]]:
    """Of each line: shipped, cancelled, open."""
    return [(line.shipped, line.cancelled, line.open) for line in lines_of(order_id)]


def look_now(integration: WebIntegration) -> list[str]:
    """One light list; returns the SQL it took."""
    with (
        open_session(fresh(integration), seconds=60) as there,
        CaptureQueriesContext(
            connection,
        ) as captured,
    ):
        poll_changes(there.integration, there.api)
    return [each["sql"] for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]]


@pytest.mark.parametrize(("status", "reason"), STOPPED.items())
def test_an_order_stopped_in_the_store_before_it_is_shipped_is_held(
    store: SandboxStore, status: StatusId, reason: str
) -> None:
    """Nothing of it can be shipped, and nothing is written over the store's status (rule 12)."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=status)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == reason
    with pytest.raises(Refused, match=f"The order is on hold. {reason}"):
        ship(order_id)
    assert writes(store) == []
    assert f"On hold: {reason}" in log_text()


@pytest.mark.parametrize("status", STOPPED)
def test_what_was_shipped_here_and_not_sent_waits_while_the_order_is_held(
    store: SandboxStore, status: StatusId
) -> None:
    """It is seen before anything is sent; when the store lifts it, the shipment goes out."""
    order_id, integration = imported(store)
    ship(order_id)
    store.edit(order_id, status_id=status)
    run_sync(integration)
    assert writes(store) == []
    assert in_store(store, order_id)["status_id"] == status
    store.edit(order_id, status_id=StatusId.AWAITING_SHIPMENT)
    run_sync(integration)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ""
    assert len(shipments_in(store, order_id)) == 1
    assert "No longer on hold: it is Awaiting Shipment in the store." in log_text()


def test_a_paused_store_s_orders_are_held_too(store: SandboxStore) -> None:
    """Pausing stops imports; what was shipped is still sent, so what was cancelled is still seen first."""
    order_id, integration = imported(store)
    WebIntegration.objects.update(paused=True)
    ship(order_id)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    assert sales_order(order_id).is_held
    assert writes(store) == []


def test_an_override_stands_until_the_store_says_something_else(store: SandboxStore) -> None:
    """Looking again at the same status ends nothing; cancelled and then refunded is a new reason."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    override_hold(sales_order(order_id).pk, by="Max", why="The shopper called")
    store.edit(order_id, customer_message="please hurry")
    run_sync(integration)
    assert not sales_order(order_id).is_held
    store.edit(order_id, status_id=StatusId.REFUNDED)
    run_sync(integration)
    assert sales_order(order_id).is_held


def test_a_hold_for_another_reason_is_left_alone(store: SandboxStore) -> None:
    """Only what the store has stopped is lifted by the store."""
    order_id, integration = imported(store)
    SalesOrder.objects.update(hold_reason="A colleague asks to wait.")
    store.edit(order_id, status_id=StatusId.AWAITING_PICKUP)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == "A colleague asks to wait."


def test_a_cancelled_order_that_someone_wants_is_imported_on_hold(store: SandboxStore) -> None:
    """*Import this one* imports it; it is not shipped by mistake."""
    (order_id,) = store.place(1, kind="guest", status_id=int(StatusId.CANCELLED))
    run_sync(connect(store), order_id=order_id)
    assert sales_order(order_id).is_held


def test_looking_takes_as_many_statements_whatever_the_number_of_orders(store: SandboxStore) -> None:
    """One for the page and one for the store's state, also where the orders are held already."""
    integration = connect(store)
    ids = store.place(12, kind="guest")
    run_sync(integration)
    assert len(look_now(integration)) == 2
    for order_id in ids:
        store.edit(order_id, status_id=StatusId.CANCELLED)
    look_now(integration)
    assert len(look_now(integration)) == 2
    assert SalesOrder.objects.exclude(hold_reason="").count() == 12


def test_what_others_shipped_is_counted_shown_and_never_sent_back(store: SandboxStore) -> None:
    """Found with the next look: quantities follow, the order status follows by role, nothing is written."""
    order_id, integration = imported(store)
    ship_there(store, order_id, 1, tracking_number="THEIRS")
    run_sync(integration)
    (found,) = WebShipment.objects.all()
    assert (found.parcel, found.tracking_number, found.gone_at) == (None, "THEIRS", None)
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    assert sales_order(order_id).status.role == StatusRole.PARTIALLY_SHIPPED
    assert not Parcel.objects.exists()
    assert writes(store) == []
    assert "Found in BigCommerce, not created here: the shipment " in log_text()


def test_a_shipment_of_others_is_read_once(store: SandboxStore) -> None:
    """The next pass takes its two calls again."""
    order_id, integration = imported(store)
    ship_there(store, order_id, 1)
    run_sync(integration)
    store.clear_calls()
    assert run_sync(integration).api_calls == 2


def test_our_own_shipments_are_not_read_back(store: SandboxStore) -> None:
    """What we sent accounts for what the store says is shipped: no call, nothing counted twice."""
    order_id, integration = imported(store)
    ship(order_id, 1)
    run_sync(integration)
    run_sync(integration)
    assert "/v2/orders/{order_id}/shipments" not in [path for path in paths(store.calls()) if path.startswith("GET")]
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    ship_there(store, order_id, 1, 1)
    run_sync(integration)
    assert quantities(order_id) == [(2, 0, 0), (1, 0, 2)]
    assert WebShipment.objects.filter(parcel=None).count() == 1


def test_one_click_takes_a_shipment_over(store: SandboxStore) -> None:
    """A parcel with its items, carrier and tracking, to its address, made when it was made there; never sent."""
    order_id, integration = imported(store)
    made = ship_there(store, order_id, 1, 2, tracking_number="THEIRS", shipping_provider="ups")
    run_sync(integration)
    found = WebShipment.objects.get()
    parcel = take_over_web_shipment(found.pk, by="Ada")
    lines = lines_of(order_id)
    assert {item.line_id: item.quantity for item in parcel.items.all()} == {lines[0].pk: 1, lines[1].pk: 2}
    assert (parcel.carrier, parcel.tracking_number, parcel.taken_over) == ("UPS", "THEIRS", True)
    assert parcel.ship_to is not None
    assert parcel.ship_to.source_id == made["order_address_id"]
    assert (parcel.shipment.processed_by, parcel.shipment.processed_at) == ("Ada", found.made_at)
    assert quantities(order_id) == [(1, 0, 1), (2, 0, 1)]
    run_sync(integration)
    assert writes(store) == []
    with pytest.raises(Refused, match=r"This shipment was already taken over\."):
        take_over_web_shipment(found.pk, by="Ada")


def test_shipments_of_others_are_always_taken_over_where_the_option_says_so(store: SandboxStore) -> None:
    """Without a click; what is left is shipped here, and both stand in the sales data."""
    order_id, integration = imported(store, take_over_shipments=True)
    ship_there(store, order_id, 2, tracking_number="THEIRS")
    run_sync(integration)
    ship(order_id, tracking_number="OURS")
    run_sync(integration)
    assert list(Parcel.objects.order_by("pk").values_list("tracking_number", "taken_over")) == [
        ("THEIRS", True),
        ("OURS", False),
    ]
    assert quantities(order_id) == [(2, 0, 0), (3, 0, 0)]
    assert len(shipments_in(store, order_id)) == 2


def test_what_was_shipped_before_the_import_is_found_with_it(store: SandboxStore) -> None:
    """In the same pass: the shipments are read, the rest is open."""
    integration = connect(store, take_over_shipments=True)
    (order_id,) = store.place(1, kind="guest")
    line = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": line["id"], "quantity": 5}])
    ship_there(store, order_id, 2, tracking_number="BEFORE")
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert quantities(order_id)[0] == (2, 0, 3)
    assert Parcel.objects.get().tracking_number == "BEFORE"
    assert sales_order(order_id).status.role == StatusRole.PARTIALLY_SHIPPED


def test_a_correction_by_others_shows_on_the_parcel_that_was_taken_over(store: SandboxStore) -> None:
    """Read with the next shipment of that order; it is theirs to correct."""
    order_id, integration = imported(store, take_over_shipments=True)
    made = ship_there(store, order_id, 1, tracking_number="TYPO")
    run_sync(integration)
    store.api("PUT", f"/v2/orders/{order_id}/shipments/{made['id']}", {"tracking_number": "RIGHT"})
    ship_there(store, order_id, 1)
    run_sync(integration)
    assert Parcel.objects.earliest("pk").tracking_number == "RIGHT"


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_shipment_that_others_take_back_is_open_again(store: SandboxStore, taken_over: bool) -> None:
    """Where it was taken over its parcel is voided; what we shipped ourselves stays shipped."""
    order_id, integration = imported(store, take_over_shipments=taken_over)
    ship(order_id, 1)
    run_sync(integration)
    made = ship_there(store, order_id, 1, 2)
    run_sync(integration)
    assert quantities(order_id) == [(2, 0, 0), (2, 0, 1)]
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    run_sync(integration)
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    assert WebShipment.objects.get(bigcommerce_shipment_id=made["id"]).gone_at is not None
    assert Parcel.objects.filter(taken_over=True, voided_at=None).count() == 0
    with pytest.raises(Refused):
        take_over_web_shipment(WebShipment.objects.get(bigcommerce_shipment_id=made["id"]).pk, by="Ada")


def test_our_shipment_deleted_by_someone_needs_a_person(store: SandboxStore) -> None:
    """The parcel may have left: a retry makes the shipment again, once."""
    order_id, integration = imported(store)
    parcel = ship(order_id, 1, tracking_number="OURS")
    run_sync(integration)
    let_pass(timedelta(minutes=5))
    (made,) = shipments_in(store, order_id)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    run_sync(integration)
    (item,) = attention()
    assert (item.code, item.sentence) == ("deleted_in_store", "Someone deleted the shipment in BigCommerce.")
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    run_sync(integration)
    assert [each["tracking_number"] for each in shipments_in(store, order_id)] == ["OURS"]
    assert WebShipment.objects.get(parcel=parcel).gone_at is None
    assert attention() == []


def test_our_shipment_deleted_by_someone_may_be_voided(store: SandboxStore) -> None:
    """If it did not leave: its items are open again, and nothing is asked any more."""
    order_id, integration = imported(store)
    parcel = ship(order_id, 1)
    run_sync(integration)
    let_pass(timedelta(minutes=5))
    (made,) = shipments_in(store, order_id)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{made['id']}")
    run_sync(integration)
    void_parcel(parcel.pk, by="Ada", reason="never left")
    run_sync(integration)
    assert quantities(order_id)[0] == (0, 0, 2)
    assert attention() == []
    assert shipments_in(store, order_id) == []


def test_a_shipment_of_ours_whose_answer_was_lost_is_not_taken_for_others(store: SandboxStore) -> None:
    """While its outcome is unknown nothing is counted, taken over or shown; then it is ours."""
    order_id, integration = imported(store, take_over_shipments=True)
    parcel = ship(order_id, 1)
    store.fault("POST", "shipments", cut="after", times=1)
    run_sync(integration)
    run_sync(integration)
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    assert not Parcel.objects.filter(taken_over=True).exists()
    let_pass(timedelta(minutes=2))
    run_sync(integration)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert WebShipment.objects.get().parcel == parcel
    assert quantities(order_id) == [(1, 0, 1), (0, 0, 3)]
    assert len(shipments_in(store, order_id)) == 1


def test_never_more_is_counted_than_was_ordered_and_not_cancelled(store: SandboxStore) -> None:
    """Ours and theirs shipped the same two: both are known, two are shipped, and a person is asked about ours."""
    order_id, integration = imported(store)
    cancel_open(sales_order(order_id).pk, {lines_of(order_id)[1].pk: 2}, by="Ada", reason="sold out")
    parcel = ship(order_id, 2)
    ship_there(store, order_id, 2, 3)
    run_sync(integration)
    run_sync(integration)
    assert quantities(order_id) == [(2, 0, 0), (1, 2, 0)]
    void_parcel(parcel.pk, by="Ada", reason="shipped twice")
    run_sync(integration)
    assert quantities(order_id)[0] == (2, 0, 0)
    assert attention() == []


def test_shipments_that_cannot_be_read_now_are_read_later(store: SandboxStore) -> None:
    """The pass goes on; an order that was deleted in the store is given up with a line in the log."""
    order_id, integration = imported(store)
    ship_there(store, order_id, 1)
    store.fault("GET", "shipments", status=503, times=1)
    run_sync(integration)
    assert quantities(order_id)[0] == (0, 0, 2)
    run_sync(integration)
    assert quantities(order_id)[0] == (1, 0, 1)
    ship_there(store, order_id, 1)
    store.fault("GET", "shipments", status=404, times=1)
    run_sync(integration)
    assert not web_order(order_id).shipments_to_read
    assert "BigCommerce doesn’t have this order." in log_text()


def test_an_order_edited_in_the_store_after_import_says_so_until_it_is_imported_again(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    assert not was_edited(web_order(order_id))
    store.set(**TIME_ENOUGH)
    store.edit(order_id, customer_message="Ring twice")
    run_sync(integration)
    assert was_edited(web_order(order_id))
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert not was_edited(web_order(order_id))


def test_our_own_shipments_are_no_edits(store: SandboxStore) -> None:
    """Making, correcting and deleting a shipment changes the order's date in the store, and is nobody's edit."""
    order_id, integration = imported(store)
    parcel = ship(order_id, 1)
    store.set(clock_offset_seconds=60.0)
    run_sync(integration)
    run_sync(integration)
    assert not was_edited(web_order(order_id))
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="Ada")
    store.set(clock_offset_seconds=120.0)
    run_sync(integration)
    run_sync(integration)
    assert not was_edited(web_order(order_id))
    void_parcel(parcel.pk, by="Ada", reason="lost")
    store.set(clock_offset_seconds=180.0)
    run_sync(integration)
    run_sync(integration)
    assert not was_edited(web_order(order_id))
    store.set(clock_offset_seconds=240.0)
    store.edit(order_id, customer_message="Ring twice")
    run_sync(integration)
    assert was_edited(web_order(order_id))


@pytest.mark.parametrize(("kind", "closed"), [("digital", True), ("pickup", False), ("guest", False)])
def test_by_option_an_order_with_nothing_to_ship_is_closed_when_it_is_imported(
    store: SandboxStore, kind: str, closed: bool
) -> None:
    """Downloads are delivered by the store. What is picked up waits for the shopper, what is shipped for a parcel."""
    (order_id,) = store.place(1, kind=kind)
    kept = [line["id"] for line in in_store(store, order_id)["products"] if line["type"] == "digital"]
    if kind == "digital":
        others = [line for line in in_store(store, order_id)["products"] if line["id"] not in kept]
        store.edit(order_id, lines=[{"id": line["id"], "quantity": 0} for line in others])
    run_sync(connect(store, close_unshippable=True))
    assert (sales_order(order_id).status.role == StatusRole.SHIPPED) == closed
    assert (not OrderLine.objects.filter(quantity__gt=F("shipped")).exists()) == closed


def test_without_the_option_nothing_is_closed_by_itself(store: SandboxStore) -> None:
    """A person does it."""
    (order_id,) = store.place(1, kind="digital")
    run_sync(connect(store))
    assert sales_order(order_id).status.role == StatusRole.INITIAL
