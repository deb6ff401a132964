"""A store that was emptied counts anew: an order of another day is another order, and updates no sales order."""

from typing import Any

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.checking import check
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry_group, skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import (
    DifferenceKind,
    LogEntry,
    StoreState,
    UpdateState,
    WebhookEvent,
    WebOrder,
    WebShipment,
)
from counterfoil.stores.weborders.locate import find_order
from tests.dispatch.factories import assign, creation, imported, lines_of, make_due, put, ship, shipments_in, writes
from tests.factories import DOWNLOADED, NEW, connect, fresh, in_store, run_sync, sales_order, updates, web_order
from tests.intake.reconciliation.test_run import reconcile
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
WORDS = "BigCommerce now has a different order under this number, placed on 2026-03-03 10:00 UTC."


def replace(store: SandboxStore, order_id: int, **header: Any) -> dict[str, Any]:
    """The store was emptied, and someone has placed another order under the number; returns the first one."""
    first = store.api("GET", f"/v2/orders/{order_id}?include=consignments,consignments.line_items,fees").json()
    store.delete(order_id)
    store.place_raw(first | {"date_created": "Tue, 03 Mar 2026 10:00:00 +0000"} | header, order_id)
    store.clear_calls()
    return dict(first)


def the_order_as_it_was(order_id: int) -> tuple[Any, ...]:
    """What must not follow a stranger."""
    order = sales_order(order_id)
    lines = [(line.quantity, line.shipped, line.refunded) for line in lines_of(order_id)]
    return order.order_date, order.total, order.hold_reason, order.status_id, lines


def the_one_reason() -> str:
    """Under Needs attention stands the order, with a next step."""
    (item,) = [each for each in attention() if each.kind == "order"]
    assert item.code == "another_order"
    assert "connect it as a new web integration" in item.next_step
    assert "and a new database" in item.next_step  # one store belongs to one web integration of a database
    return item.sentence


def test_a_stranger_under_an_old_number_never_updates_the_sales_order(store: SandboxStore) -> None:
    """A person is told of both, and the sales data stays as it is; the stranger is told nothing."""
    order_id, integration = imported(store, staff_notes=True)
    before = the_order_as_it_was(order_id)
    replace(store, order_id, status_id=int(NEW), customer_message="A stranger's")
    run_sync(integration)
    assert the_one_reason().startswith(WORDS)
    assert the_order_as_it_was(order_id) == before
    assert SalesOrder.objects.count() == 1
    assert writes(store) == []


@pytest.mark.parametrize("status", [StatusId.CANCELLED, StatusId.REFUNDED, StatusId.PARTIALLY_REFUNDED, 7, 2])
def test_what_becomes_of_a_stranger_does_not_touch_the_sales_order(store: SandboxStore, status: int) -> None:
    """Neither held nor shipped nor refunded; the poll tells, and nothing else is read."""
    order_id, integration = imported(store)
    before = the_order_as_it_was(order_id)
    replace(store, order_id, status_id=int(status), items_shipped=5, payment_status="refunded")
    run_sync(integration)
    run_sync(integration)
    assert the_one_reason().startswith(WORDS)
    assert the_order_as_it_was(order_id) == before
    assert all(call["path"] in ("/v2/orders", "/v2/orders/count") for call in store.calls())


def test_a_parcel_does_not_go_to_a_stranger(store: SandboxStore) -> None:
    """The clerk is told with the parcel, and can give it up; the status goes nowhere either."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=StatusId.SHIPPED, Partially_Shipped=StatusId.PARTIALLY_SHIPPED)
    replace(store, order_id, status_id=int(DOWNLOADED))
    ship(order_id, tracking_number="1Z")
    for _ in range(3):
        run_sync(integration)
        make_due()
    assert writes(store) == []
    assert creation(order_id).state == UpdateState.FAILED
    assert WORDS in creation(order_id).reason
    retry_group()
    run_sync(integration)
    assert writes(store) == []
    skip(web_order(order_id).import_id, why="emptied", by="Max")
    run_sync(integration)
    assert writes(store) == []
    assert {each.state for each in updates(order_id)[1:]} <= {UpdateState.SKIPPED, UpdateState.NOT_NEEDED}


def test_a_correction_and_a_void_do_not_reach_a_stranger(store: SandboxStore) -> None:
    """Its shipments may have the numbers of ours."""
    order_id, integration = imported(store)
    first, second = ship(order_id, 1, tracking_number="1Z"), ship(order_id, 0, 1, tracking_number="2Z")
    run_sync(integration)
    replace(store, order_id, status_id=2)
    correct_parcel(first.pk, Tracking(tracking_number="1ZZ"), by="clerk")
    void_parcel(second.pk, by="clerk", reason="wrong")
    run_sync(integration)
    assert writes(store) == []
    assert [each.state for each in updates(order_id)[-2:]] == [UpdateState.FAILED, UpdateState.WAITING]
    assert WebShipment.objects.filter(gone_at=None).count() == 2


def test_a_mapped_status_does_not_go_to_a_stranger(store: SandboxStore) -> None:
    """It is not needed: the order says what is wrong."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    replace(store, order_id, status_id=int(DOWNLOADED))
    put(order_id, "Released")
    run_sync(integration)
    assert writes(store) == []
    assert updates(order_id)[-1].state == UpdateState.NOT_NEEDED
    the_one_reason()


def test_a_request_in_doubt_is_not_looked_for_at_a_stranger(store: SandboxStore) -> None:
    """Its answer was lost, and then the store was emptied."""
    order_id, integration = imported(store, quantities=(9,))
    ship(order_id, 2, tracking_number="1Z")
    store.fault("POST", "shipments$", cut="before", times=1)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENDING
    replace(store, order_id, status_id=int(DOWNLOADED))
    make_due()
    run_sync(integration)
    assert writes(store) == []
    assert creation(order_id).state == UpdateState.FAILED


def test_a_status_in_doubt_is_not_taken_from_a_stranger(store: SandboxStore) -> None:
    """The list does not show it yet: the order itself tells who it is."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.fault("PUT", f"/orders/{order_id}$", cut="before", times=1)
    run_sync(integration)
    store.set(list_lag_seconds=600.0)
    replace(store, order_id, status_id=int(StatusId.AWAITING_PICKUP))
    make_due()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.NOT_NEEDED
    the_one_reason()


def test_an_event_of_a_stranger_is_noted(store: SandboxStore) -> None:
    """A webhook tells of it before the lists do."""
    order_id, integration = imported(store)
    before = the_order_as_it_was(order_id)
    replace(store, order_id, status_id=int(NEW))
    StoreState.objects.update(seen_until=None)
    store.set(ignored_filters=["sort"])
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    run_sync(integration)
    the_one_reason()
    assert the_order_as_it_was(order_id) == before


def test_a_reconciliation_finds_a_stranger(store: SandboxStore) -> None:
    """It is no later version of the imported order."""
    order_id, integration = imported(store)
    before = the_order_as_it_was(order_id)
    replace(store, order_id, date_created=same_day(order_id), status_id=int(StatusId.CANCELLED), total_inc_tax="1.00")
    (difference,) = reconcile(integration).differences.all()
    assert (difference.kind, difference.is_off) == (DifferenceKind.GONE, True)
    assert "BigCommerce now has a different order under this number" in difference.sentence
    assert "connect it as a new web integration" in difference.next_step
    assert the_order_as_it_was(order_id) == before
    the_one_reason()


def same_day(order_id: int) -> str:
    """Half a minute before or after the order was placed, as the store writes it."""
    placed_at = sales_order(order_id).order_date
    return f"{placed_at:%a, %d %b %Y %H:%M}:{'00' if placed_at.second > 29 else '59'} +0000"


def test_where_is_order_says_that_the_number_is_another_s(store: SandboxStore) -> None:
    """Also after someone has skipped the reason."""
    order_id, integration = imported(store)
    replace(store, order_id, status_id=int(NEW))
    run_sync(integration)
    skip(web_order(order_id).import_id, why="known", by="Max")
    (place,), silent = find_order(order_id, lock_wait=1, seconds=10)
    assert silent == []
    assert place.imported
    assert place.reason.startswith(WORDS)
    assert "connect it as a new web integration" in place.next_step


def test_someone_who_asks_for_the_order_does_not_get_a_stranger(store: SandboxStore) -> None:
    """*Import this one* reads it, and leaves the sales order alone."""
    order_id, integration = imported(store)
    before = the_order_as_it_was(order_id)
    replace(store, order_id, status_id=int(StatusId.CANCELLED))
    run_sync(integration, order_id=order_id)
    the_one_reason()
    assert the_order_as_it_was(order_id) == before
    assert writes(store) == []


def test_a_stranger_is_said_once_and_costs_no_call_with_each_pass(store: SandboxStore) -> None:
    """It stands in a new order status for ever."""
    order_id, integration = imported(store)
    replace(store, order_id, status_id=int(NEW))
    run_sync(integration)
    run_sync(integration)
    store.clear_calls()
    assert run_sync(integration).api_calls == 2
    assert LogEntry.objects.filter(text__startswith=WORDS).count() == 1


def test_the_order_itself_shown_again_goes_on(store: SandboxStore) -> None:
    """Someone set the date back, or the store was restored."""
    order_id, integration = imported(store)
    first = replace(store, order_id, status_id=int(NEW))
    run_sync(integration)
    store.delete(order_id)
    store.place_raw(first, order_id)
    run_sync(integration)
    assert attention() == []
    assert web_order(order_id).other_placed_at is None
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert "POST shipment" in writes(store)


@pytest.mark.django_db(transaction=True)
def test_check_names_a_stranger_that_nobody_saw_once_it_was_seen_a_person_knows_of_it(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    replace(store, order_id, status_id=int(StatusId.CANCELLED))
    (found,) = check([fresh(integration)], lock_wait=5).findings
    assert "BigCommerce now has a different order under this number" in found.sentence
    run_sync(integration)
    assert check([fresh(integration)], lock_wait=5).holds


def test_an_order_that_is_not_imported_may_be_any(store: SandboxStore) -> None:
    """Its number is free: the new order is imported."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="guest", status_id=int(StatusId.PENDING))
    WebOrder.objects.create(integration=integration, bigcommerce_order_id=order_id, import_id=f"WEB-{order_id}")
    replace(store, order_id, status_id=int(NEW))
    run_sync(integration)
    assert sales_order(order_id).order_date.day == 3
    assert in_store(store, order_id) is not None


def test_the_shipments_of_a_stranger_are_not_read_not_even_where_someone_asks_for_them(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    replace(store, order_id, status_id=2)
    WebOrder.objects.update(shipments_to_read=True, refunds_to_read=True)
    run_sync(integration)
    assert not any("shipments" in call["path"] or "refunds" in call["path"] for call in store.calls())
    assert shipments_in(store, order_id) == []
