"""Orders that a reconciliation finds stopped in the store: held here, unless someone has decided already."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.errors import Refused
from counterfoil.sales.orders.status import override_hold, put_on_hold
from counterfoil.stores.models import DifferenceKind, WebhookEvent
from counterfoil.stores.weborders import changes
from counterfoil.stores.weborders.holds import ORDER_GONE
from tests.dispatch.factories import imported, log_text, make_due, writes
from tests.factories import in_store, run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import CANCELLED, catch_up, late, ship_unseen
from tests.intake.reconciliation.test_run import go_on, reconcile
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_an_order_that_a_reconciliation_finds_stopped_is_held(store: SandboxStore) -> None:
    """No look has shown it: the report and the log say so, and nothing of it is shipped."""
    order_id, integration = imported(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    catch_up(store)
    ship_unseen(order_id)
    found = reconcile(integration)
    difference = found.differences.get(kind=DifferenceKind.STATUS)
    assert difference.sentence == f"{CANCELLED} This wasn’t known before. The order is now on hold here."
    assert not difference.is_off
    assert sales_order(order_id).hold_reason == CANCELLED
    assert f"On hold: {CANCELLED}" in log_text()
    make_due()
    run_sync(integration)
    assert writes(store) == []


def test_a_reconciliation_that_breaks_off_before_the_hold_finds_the_order_again(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen is looked for no more: it is noted with the hold, or not at all."""
    order_id, integration = imported(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    catch_up(store)
    with monkeypatch.context() as patch:
        patch.setattr(changes, "update_holds", _breaks_off)
        with pytest.raises(OperationalError):
            reconcile(integration)
    go_on(integration)
    assert sales_order(order_id).hold_reason == CANCELLED


def _breaks_off(*_: object) -> None:
    raise OperationalError("The connection is lost.")


def test_a_reconciliation_leaves_what_a_manager_released(store: SandboxStore) -> None:
    """The store's status was seen before, and someone has decided."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    put_on_hold(sales_order(order_id).pk, "", by="Max")
    reconcile(integration)
    assert not sales_order(order_id).is_held


def test_a_refund_that_only_a_reconciliation_shows_is_read(store: SandboxStore) -> None:
    """No poll has shown it, and none will: what was refunded is not shipped all the same."""
    order_id, integration = imported(store, quantities=(2, 3))
    store.set(list_lag_seconds=600.0)
    line = in_store(store, order_id)["products"][0]
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1})
    run_sync(integration)
    catch_up(store)
    ship_unseen(order_id)
    reconcile(integration)
    assert web_order(order_id).refunds_to_read
    store.set(list_lag_seconds=600.0)  # the next poll does not show it either
    run_sync(integration)
    assert web_order(order_id).refunds.count() == 1


@pytest.mark.parametrize("archived_orders", ["listed", "left_out"])
def test_an_order_archived_in_the_store_is_held(store: SandboxStore, archived_orders: str) -> None:
    """A list shows it as deleted, or a reconciliation misses it."""
    store.set(archived_orders=archived_orders)
    order_id, integration = imported(store)
    store.api("DELETE", f"/v2/orders/{order_id}")
    if archived_orders == "left_out":
        reconcile(integration)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE
    with pytest.raises(Refused):
        ship_unseen(order_id)
    override_hold(sales_order(order_id).pk, by="Ada", why="The shopper wants it")
    reconcile(integration)
    run_sync(integration)
    assert not sales_order(order_id).is_held
    assert log_text().count(ORDER_GONE) == 1


def test_an_order_on_hold_that_was_archived_is_held_for_that(store: SandboxStore) -> None:
    """Else it could be shipped once the first hold ends, and no list shows it again."""
    order_id, integration = imported(store)
    put_on_hold(sales_order(order_id).pk, "Ask the shopper", by="Ada")
    store.api("DELETE", f"/v2/orders/{order_id}")
    reconcile(integration)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE


def test_an_order_that_the_store_tells_was_archived_is_held(store: SandboxStore) -> None:
    """No list shows it any more: two minutes after the message it is read by itself."""
    store.set(archived_orders="left_out")
    order_id, integration = imported(store)
    store.api("DELETE", f"/v2/orders/{order_id}")
    told_at = timezone.now() - timedelta(minutes=3)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id, at=told_at)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE


def test_an_archived_order_of_which_nothing_is_to_be_shipped_is_left_alone(store: SandboxStore) -> None:
    """Merchants archive what is done with."""
    order_id, integration = imported(store)
    ship_unseen(order_id)
    run_sync(integration)
    store.set(archived_orders="listed", clock_offset_seconds=60.0)
    store.api("DELETE", f"/v2/orders/{order_id}")
    run_sync(integration)
    assert not sales_order(order_id).is_held
