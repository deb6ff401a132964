"""Refunds made in the store: read in batches, counted in the books, and no reason to stop where they cannot be read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from counterfoil.bigcommerce import StatusId
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, WebRefund
from tests.dispatch.house import imported, lines_of, log_text, ship, shipments_in, writes
from tests.house import connect, fresh, in_store, sales_order, turn
from tests.intake.test_what_the_store_says import TIME_ENOUGH, quantities
from tests.store import SandboxStore, paths

pytestmark = pytest.mark.django_db


def refund(store: SandboxStore, order_id: int, place: int, quantity: int) -> dict[str, Any]:
    """So many of one line are refunded in the store."""
    line = in_store(store, order_id)["products"][place]
    return store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": quantity})


def test_a_partial_refund_lowers_what_is_open(store: SandboxStore) -> None:
    """Amount and reason are kept, who and how many stand in the history; the rest is shipped as ever."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 2)
    turn(integration)
    kept = WebRefund.objects.get()
    there = store.order(order_id)["refunds"][0]
    assert (kept.bigcommerce_refund_id, float(kept.amount)) == (there["id"], float(there["total_amount"]))
    assert quantities(order_id) == [(0, 0, 2), (0, 2, 1)]
    assert lines_of(order_id)[1].refunded == 2
    assert not sales_order(order_id).is_held
    changes = sales_order(order_id).changes.filter(by="BigCommerce")
    assert {(each.before, each.after) for each in changes} == {("0", "2")}
    ship(order_id)
    turn(integration)
    assert [item["quantity"] for item in shipments_in(store, order_id)[0]["items"]] == [2, 1]


def test_a_second_refund_is_seen_though_the_status_stays(store: SandboxStore) -> None:
    """By the time of modification; what was refunded before counts once."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    turn(integration)
    store.set(**TIME_ENOUGH)
    refund(store, order_id, 1, 1)
    turn(integration)
    assert WebRefund.objects.count() == 2
    assert quantities(order_id)[1] == (0, 2, 1)


def test_a_refund_is_seen_where_the_status_went_on(store: SandboxStore) -> None:
    """The payment status tells it."""
    order_id, integration = imported(store)
    store.set(**TIME_ENOUGH)
    refund(store, order_id, 1, 1)
    store.edit(order_id, status_id=StatusId.AWAITING_SHIPMENT)
    turn(integration)
    assert quantities(order_id)[1] == (0, 1, 2)


def test_a_refund_of_what_was_shipped_cancels_nothing(store: SandboxStore) -> None:
    """It came back; nothing of it is open."""
    order_id, integration = imported(store)
    ship(order_id)
    turn(integration)
    refund(store, order_id, 0, 1)
    turn(integration)
    assert quantities(order_id) == [(2, 0, 0), (3, 0, 0)]
    assert lines_of(order_id)[0].refunded == 1


def test_an_order_refunded_whole_is_held_with_nothing_open(store: SandboxStore) -> None:
    """Each line is cancelled, and nothing is written to the store."""
    order_id, integration = imported(store, push_status=True)
    store.refund(order_id)
    turn(integration)
    assert quantities(order_id) == [(0, 2, 0), (0, 3, 0)]
    assert sales_order(order_id).is_held
    assert writes(store) == []


def test_many_refunds_take_few_calls(store: SandboxStore) -> None:
    """Fifty orders a call."""
    integration = connect(store)
    store.set(plan="enterprise")
    ids = store.place(60, kind="guest")
    turn(integration)
    for order_id in ids:
        refund(store, order_id, 0, 1)
    store.clear_calls()
    turn(integration)
    assert paths(store.calls()).count("GET /v3/orders/payment_actions/refunds") == 2
    assert WebRefund.objects.count() == 60


def test_without_the_permission_for_refunds_everything_else_goes_on(store: SandboxStore) -> None:
    """One line in the log, one call; it is asked again after a while, not with each pass."""
    order_id, integration = imported(store)
    store.fault("GET", "refunds", status=403, body={"status": 403, "title": "You don't have a required scope"})
    refund(store, order_id, 1, 1)
    (other,) = store.place(1, kind="guest")
    for _ in range(3):
        turn(integration)
    assert sales_order(other)
    assert paths(store.calls()).count("GET /v3/orders/payment_actions/refunds") == 1
    assert log_text().count("Refunds cannot be read") == 1
    assert attention() == []
    store.clear_faults()
    StoreState.objects.update(refunds_refused_at=F("refunds_refused_at") - timedelta(hours=2))
    turn(integration)
    assert quantities(order_id)[1] == (0, 1, 2)
    assert fresh(integration).state.refunds_refused_at is None


def test_one_refund_that_cannot_be_read_hides_no_other(store: SandboxStore) -> None:
    """The batch is halved, down to the order that is passed over."""
    integration = connect(store)
    ids = store.place(4, kind="guest")
    turn(integration)
    for order_id in ids:
        refund(store, order_id, 0, 1)
    store.fault("GET", "refunds", query=f"in=([0-9,]*,)?{ids[2]}(,|&|$)", status=200, body={"data": [{"id": "x"}]})
    turn(integration)
    read = set(WebRefund.objects.values_list("web_order__bigcommerce_order_id", flat=True))
    assert read == {*ids} - {ids[2]}
    assert "list of refunds could not be read" in log_text()
