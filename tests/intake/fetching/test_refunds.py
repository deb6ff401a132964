"""Refunds made in the store: read in batches, counted, and no reason to stop where they cannot be read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.status import override_hold
from counterfoil.sales.shipping.external_shipments import note_refunded
from counterfoil.stores.attention.actions import retry, skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder, WebRefund
from tests.dispatch.factories import imported, lines_of, log_text, ship, shipments_in, writes
from tests.factories import connect, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.fetching.test_store_changes import TIME_ENOUGH, quantities
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db


def refund(store: SandboxStore, order_id: int, place: int, quantity: int) -> dict[str, Any]:
    """So many of one line are refunded in the store."""
    line = in_store(store, order_id)["products"][place]
    return store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": quantity})


def test_a_partial_refund_lowers_what_is_open(store: SandboxStore) -> None:
    """Amount and reason are kept, who and how many stand in the history; the rest is shipped as ever."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 2)
    run_sync(integration)
    kept = WebRefund.objects.get()
    there = store.order(order_id)["refunds"][0]
    assert (kept.bigcommerce_refund_id, float(kept.amount)) == (there["id"], float(there["total_amount"]))
    assert quantities(order_id) == [(0, 0, 2), (0, 2, 1)]
    assert lines_of(order_id)[1].refunded == 2
    assert not sales_order(order_id).is_held
    changes = sales_order(order_id).changes.filter(by="BigCommerce")
    assert {(each.before, each.after) for each in changes} == {("0", "2")}
    ship(order_id)
    run_sync(integration)
    assert [item["quantity"] for item in shipments_in(store, order_id)[0]["items"]] == [2, 1]


def test_a_second_refund_is_seen_though_the_status_stays(store: SandboxStore) -> None:
    """By the time of modification; what was refunded before counts once."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    run_sync(integration)
    store.set(**TIME_ENOUGH)
    refund(store, order_id, 1, 1)
    run_sync(integration)
    assert WebRefund.objects.count() == 2
    assert quantities(order_id)[1] == (0, 2, 1)


def test_a_refund_is_seen_where_the_status_went_on(store: SandboxStore) -> None:
    """The payment status tells it."""
    order_id, integration = imported(store)
    store.set(**TIME_ENOUGH)
    refund(store, order_id, 1, 1)
    store.edit(order_id, status_id=StatusId.AWAITING_SHIPMENT)
    run_sync(integration)
    assert quantities(order_id)[1] == (0, 1, 2)


def test_a_refund_of_what_was_shipped_cancels_nothing(store: SandboxStore) -> None:
    """It came back; nothing of it is open."""
    order_id, integration = imported(store)
    ship(order_id)
    run_sync(integration)
    refund(store, order_id, 0, 1)
    run_sync(integration)
    assert quantities(order_id) == [(2, 0, 0), (3, 0, 0)]
    assert lines_of(order_id)[0].refunded == 1


def test_an_order_refunded_whole_is_held_with_nothing_open(store: SandboxStore) -> None:
    """Each line is cancelled, and nothing is written to the store."""
    order_id, integration = imported(store, push_status=True)
    store.refund(order_id)
    run_sync(integration)
    assert quantities(order_id) == [(0, 2, 0), (0, 3, 0)]
    assert sales_order(order_id).is_held
    assert writes(store) == []


def test_many_refunds_take_few_calls(store: SandboxStore) -> None:
    """Fifty orders a call."""
    integration = connect(store)
    store.set(plan="enterprise")
    ids = store.place(60, kind="guest")
    run_sync(integration)
    for order_id in ids:
        refund(store, order_id, 0, 1)
    store.clear_calls()
    run_sync(integration)
    assert paths(store.calls()).count("GET /v3/orders/payment_actions/refunds") == 2
    assert WebRefund.objects.count() == 60


def test_without_the_permission_for_refunds_everything_else_goes_on(store: SandboxStore) -> None:
    """One line in the log, one call; it is asked again after a while, not with each pass."""
    order_id, integration = imported(store)
    store.fault("GET", "refunds", status=403, body={"status": 403, "title": "You don’t have a required scope"})
    refund(store, order_id, 1, 1)
    (other,) = store.place(1, kind="guest")
    for _ in range(3):
        run_sync(integration)
    assert sales_order(other)
    assert paths(store.calls()).count("GET /v3/orders/payment_actions/refunds") == 1
    assert log_text().count("Refunds can’t be read") == 1
    assert attention() == []
    store.clear_faults()
    StoreState.objects.update(refunds_refused_at=F("refunds_refused_at") - timedelta(hours=2))
    run_sync(integration)
    assert quantities(order_id)[1] == (0, 1, 2)
    assert fresh(integration).state.refunds_refused_at is None


def answers(store: SandboxStore, asked: int, **change: Any) -> None:
    """Whenever this order's refunds are asked for, the store's answer is one like this."""
    there = {"id": 7, "order_id": asked, "total_amount": 1.1, "items": []} | change
    query = rf"in=([0-9,]*,)?{asked}(,|&|$)"
    store.fault("GET", "refunds", query=query, status=200, body={"data": [there], "meta": {}})


def hold_of(order_id: int) -> str:
    """Why an order is on hold."""
    return sales_order(order_id).hold_reason


def test_a_refund_as_stores_write_it_lowers_what_is_open(store: SandboxStore) -> None:
    """A sum as floating point writes it and no id: one of three is refunded, two are open; it is kept once."""
    order_id, integration = imported(store)
    line = in_store(store, order_id)["products"][1]
    item = {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1}
    refund(store, order_id, 1, 1)
    answers(store, order_id, id=None, order_id=str(order_id), total_amount=3.3000000000000003, items=[item, {}])
    run_sync(integration)
    assert quantities(order_id)[1] == (0, 1, 2)
    assert "Refunded in the store: 3.30 " in log_text()
    WebOrder.objects.update(refunds_to_read=True)
    run_sync(integration)
    assert str(WebRefund.objects.get().amount) == "3.3"
    assert quantities(order_id)[1] == (0, 1, 2)


def test_two_refunds_without_an_id_that_say_the_same_are_two(store: SandboxStore) -> None:
    """Each counts."""
    order_id, integration = imported(store)
    line = in_store(store, order_id)["products"][1]
    item = {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1}
    twin = {"order_id": order_id, "total_amount": 2, "items": [item]}
    refund(store, order_id, 1, 2)
    store.fault("GET", "refunds", status=200, body={"data": [twin, twin]})
    run_sync(integration)
    assert WebRefund.objects.count() == 2
    assert quantities(order_id)[1] == (0, 2, 1)


def test_one_refund_that_cannot_be_read_hides_no_other(store: SandboxStore) -> None:
    """One call reads those of all other orders, and says of which order this one is."""
    integration = connect(store)
    ids = store.place(4, kind="guest")
    run_sync(integration)
    for order_id in ids:
        refund(store, order_id, 0, 1)
    found = [each for order_id in ids for each in store.order(order_id)["refunds"]]
    found[2] = found[2] | {"total_amount": "much"}
    store.fault("GET", "refunds", status=200, body={"data": found})
    store.clear_calls()
    run_sync(integration)
    assert paths(store.calls()).count("GET /v3/orders/payment_actions/refunds") == 1
    read = set(WebRefund.objects.values_list("web_order__bigcommerce_order_id", flat=True))
    assert read == {*ids} - {ids[2]}
    assert "list of refunds couldn’t be read: total_amount is much" in log_text()


def test_a_refund_that_does_not_say_of_which_order_it_is_hides_no_other(store: SandboxStore) -> None:
    """The batch is halved, down to the order that it is of."""
    integration = connect(store)
    ids = store.place(4, kind="guest")
    run_sync(integration)
    for order_id in ids:
        refund(store, order_id, 0, 1)
    answers(store, ids[2], order_id=None, total_amount=None)
    run_sync(integration)
    read = set(WebRefund.objects.values_list("web_order__bigcommerce_order_id", flat=True))
    assert read == {*ids} - {ids[2]}
    assert [item.import_id for item in attention()] == [f"WEB-{ids[2]}"]


def test_a_refund_without_an_order_is_that_of_the_order_that_was_asked_for(store: SandboxStore) -> None:
    """Where there was but one."""
    order_id, integration = imported(store)
    refund(store, order_id, 0, 1)
    answers(store, order_id, order_id=None)
    run_sync(integration)
    assert WebRefund.objects.get().web_order == web_order(order_id)
    assert attention() == []


def test_an_order_whose_refund_cannot_be_read_needs_attention_before_it_ships(store: SandboxStore) -> None:
    """It is on hold with a sentence and a next step, read again on every sync, and free as soon as it was read."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    answers(store, order_id, total_amount="much")
    for _ in range(2):
        run_sync(integration)
    (item,) = attention()
    assert (item.code, item.import_id) == ("refunds", f"WEB-{order_id}")
    assert "total_amount is much, which is not an amount" in item.sentence
    assert "read again on every sync" in item.next_step
    with pytest.raises(Refused, match="refunds in BigCommerce couldn’t be read"):
        ship(order_id)
    assert log_text().count("total_amount is much") == 1
    store.clear_faults()
    run_sync(integration)
    assert quantities(order_id)[1] == (0, 1, 2)
    assert (attention(), hold_of(order_id)) == ([], "")
    ship(order_id)
    run_sync(integration)
    assert [item["quantity"] for item in shipments_in(store, order_id)[0]["items"]] == [2, 2]


def test_a_parcel_waits_for_a_refund_that_was_made_meanwhile(store: SandboxStore) -> None:
    """It is read before the parcel is sent; while it cannot be, the parcel waits until a manager lets it go."""
    order_id, integration = imported(store)
    ship(order_id, 2, 2)
    refund(store, order_id, 1, 1)
    answers(store, order_id, total_amount=[])
    for _ in range(2):
        run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert {item.code for item in attention()} == {"refunds", "on_hold"}
    override_hold(sales_order(order_id).pk, by="manager", why="It left already.")
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1


def test_a_parcel_goes_out_in_the_same_sync_that_reads_the_refund(store: SandboxStore) -> None:
    """Nobody has to do anything."""
    order_id, integration = imported(store)
    ship(order_id, 2, 2)
    refund(store, order_id, 1, 1)
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1


def test_a_store_that_is_paused_is_shipped_from_all_the_same(store: SandboxStore) -> None:
    """Nothing is read of it, so a refund is not waited for."""
    order_id, integration = imported(store)
    ship(order_id, 2, 2)
    refund(store, order_id, 1, 1)
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1


def test_an_answer_that_breaks_off_again_and_again_holds_the_order(store: SandboxStore) -> None:
    """The first time it only needs attention: it may be trouble of a moment. Everything else goes on meanwhile."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    (other,) = store.place(1, kind="guest")
    store.fault("GET", "refunds", status=502)
    run_sync(integration)
    assert sales_order(other)
    assert ([item.code for item in attention()], hold_of(order_id)) == (["refunds"], "")
    run_sync(integration)
    assert "couldn’t be read" in hold_of(order_id)
    store.clear_faults()
    run_sync(integration)
    assert (attention(), hold_of(order_id)) == ([], "")


def test_a_hold_by_an_older_version_is_lifted_by_reading_the_refunds(store: SandboxStore) -> None:
    """Its sentence had other words."""
    order_id, integration = imported(store)
    answers(store, order_id, total_amount=None)
    refund(store, order_id, 1, 1)
    run_sync(integration)
    earlier = "Its refunds in BigCommerce could not be read, so it is not known what is still to be shipped."
    assert SalesOrder.objects.filter(hold_reason__contains="couldn’t be read").update(hold_reason=earlier) == 1
    store.clear_faults()
    run_sync(integration)
    assert (attention(), hold_of(order_id)) == ([], "")


def test_a_hold_by_the_store_is_not_lifted_by_reading_the_refunds(store: SandboxStore) -> None:
    """Nor does a refund that cannot be read take its place."""
    order_id, integration = imported(store)
    answers(store, order_id, total_amount=None)
    store.refund(order_id)
    run_sync(integration)
    assert hold_of(order_id) == "The order was refunded in the store."
    store.clear_faults()
    run_sync(integration)
    assert hold_of(order_id) == "The order was refunded in the store."
    assert attention() == []


def test_what_is_noted_of_refunds_is_no_failed_import(store: SandboxStore) -> None:
    """Skipping it ends the reading; the hold is a manager's to lift."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    answers(store, order_id, total_amount=None)
    run_sync(integration)
    kept = web_order(order_id)
    assert (kept.reason_code, kept.is_behind, kept.state) == ("refunds", False, "imported")
    assert skip(kept.import_id, why="Looked at it", by="clerk") == 1
    assert not web_order(order_id).refunds_to_read
    run_sync(integration)
    assert attention() == []
    assert hold_of(order_id)


def test_retrying_reads_the_refunds_at_once_as_for_anything_that_needs_attention(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    answers(store, order_id, total_amount=None)
    run_sync(integration)
    store.clear_faults()
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    assert (attention(), quantities(order_id)[1]) == ([], (0, 1, 2))


def test_the_parts_of_a_kit_that_was_refunded_are_not_shipped(store: SandboxStore) -> None:
    """The store names the kit; its parts are lines of their own."""
    (order_id,) = store.place(1, kind="kit")
    integration = connect(store)
    run_sync(integration)
    kit, *parts = lines_of(order_id)
    assert [part.parent_position for part in parts if part.parent_position is not None]
    note_refunded(kit.order_id, {kit.source_id or 0: kit.quantity}, by="BigCommerce")
    whole, *after = lines_of(order_id)
    open_parts = [part.open for part in after if part.parent_position == whole.position]
    assert (whole.open, set(open_parts)) == (0, {0})


def test_a_refund_that_the_list_of_refunds_shows_late_is_seen(store: SandboxStore) -> None:
    """The order shows it at once: until its refunds are listed nothing of it is shipped."""
    order_id, integration = imported(store, quantities=(2, 3))
    refund(store, order_id, 1, 3)
    ship(order_id, tracking_number="1Z")
    store.fault("GET", "refunds", status=200, body={"data": [], "meta": {}}, times=1)
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert web_order(order_id).refunds_to_read
    run_sync(integration)
    assert WebRefund.objects.count() == 1
    assert lines_of(order_id)[1].refunded == 3


def test_an_order_edited_after_its_refund_was_read_waits_no_longer_than_lists_lag(store: SandboxStore) -> None:
    """It has no refund that is new, and after two minutes none is waited for."""
    order_id, integration = imported(store)
    refund(store, order_id, 1, 1)
    run_sync(integration)
    store.set(**TIME_ENOUGH)
    store.edit(order_id, customer_message="Ring twice")
    run_sync(integration)
    assert web_order(order_id).refunds_to_read
    store.set(clock_offset_seconds=240.0)
    run_sync(integration)
    assert not web_order(order_id).refunds_to_read
