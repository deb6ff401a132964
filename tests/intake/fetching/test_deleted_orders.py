"""Orders deleted in the store, where a list is late or the store contradicts itself: held until it is sure."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderChange
from counterfoil.sales.orders.status import override_hold, put_on_hold
from counterfoil.stores.models import StoreState, WebhookEvent, WebIntegration, WebOrder
from counterfoil.stores.weborders.holds import BY, ORDER_GONE, hold_deleted
from counterfoil.stores.weborders.refunds import ON_HOLD
from tests.dispatch.factories import imported, log_text
from tests.factories import run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import ship_unseen, some_time_passes
from tests.intake.reconciliation.test_run import reconcile
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def delete_unlisted(store: SandboxStore, order_id: int, **fault: int) -> None:
    """The store says that it does not have an order; lists still show it."""
    store.fault("GET", f"/orders/{order_id}$", **{"status": 404, **fault})


def hold_passes() -> None:
    """The hold began more than two minutes ago."""
    OrderChange.objects.filter(field="hold").update(at=F("at") - timedelta(minutes=3))


def test_a_list_that_still_shows_a_deleted_order_lifts_no_hold(store: SandboxStore) -> None:
    """However long it does: the order is asked by itself, which the log says once."""
    order_id, integration = imported(store)
    delete_unlisted(store, order_id)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE
    run_sync(integration)
    hold_passes()
    some_time_passes(minutes=3)
    run_sync(integration)
    store.delete(order_id)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE
    assert log_text().count("doesn’t have this order") == 1


def test_an_order_that_is_there_again_a_moment_later_is_held_until_that_is_sure(store: SandboxStore) -> None:
    """A store that contradicts itself is asked for two minutes; then the hold ends though no list shows the order."""
    order_id, integration = imported(store)
    delete_unlisted(store, order_id, times=1)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    run_sync(integration)
    assert (sales_order(order_id).hold_reason, web_order(order_id).addresses_to_read) == (ORDER_GONE, True)
    hold_passes()
    StoreState.objects.update(seen_until=timezone.now() + timedelta(hours=1), glanced_at=timezone.now())
    run_sync(integration)
    assert (sales_order(order_id).hold_reason, web_order(order_id).addresses_to_read) == ("", False)


@pytest.mark.parametrize("path", ["$", "/shipments"])
def test_one_wrong_answer_holds_no_order_for_good(store: SandboxStore, path: str) -> None:
    """In a store where nothing else happens: the order is read until the hold is two minutes old, and once then."""
    order_id, integration = imported(store)
    store.fault("GET", f"/orders/{order_id}{path}", status=404, times=1)
    WebOrder.objects.update(addresses_to_read=True, shipments_to_read=path != "$")
    StoreState.objects.update(seen_until=timezone.now() + timedelta(hours=1), glanced_at=timezone.now())
    run_sync(integration)
    assert (sales_order(order_id).hold_reason, web_order(order_id).addresses_to_read) == (ORDER_GONE, True)
    hold_passes()
    run_sync(integration)
    assert (sales_order(order_id).hold_reason, web_order(order_id).addresses_to_read) == ("", False)


def test_a_reconciliation_that_finds_a_deleted_order_again_has_it_read(store: SandboxStore) -> None:
    """Restored without a change that a list or a webhook tells."""
    order_id, integration = imported(store)
    hold_deleted(web_order(order_id))
    hold_passes()
    WebOrder.objects.update(addresses_to_read=False)
    StoreState.objects.update(seen_until=timezone.now() + timedelta(hours=1), glanced_at=timezone.now())
    reconcile(integration)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ""


@pytest.mark.parametrize("is_released", [False, True])
@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_hold_of_a_person_outlasts_the_stores(store: SandboxStore, *, is_deleted: bool, is_released: bool) -> None:
    """Unless a manager released the order from it before."""
    order_id, integration = imported(store)
    put_on_hold(sales_order(order_id).pk, "Fraud check", by="Ada")
    if is_released:
        override_hold(sales_order(order_id).pk, by="Ada", why="It is a friend of ours.")
    if is_deleted:
        hold_deleted(web_order(order_id))
    else:
        store.edit(order_id, status_id=StatusId.CANCELLED)
        run_sync(integration)
    assert sales_order(order_id).hold_reason not in ("", "Fraud check")
    hold_passes()
    store.edit(order_id, status_id=StatusId.AWAITING_SHIPMENT)
    run_sync(integration)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ("" if is_released else "Fraud check")


@pytest.mark.parametrize(("reason", "by", "after"), [(ON_HOLD, BY, ""), ("Fraud check", "Ada", "Fraud check")])
def test_only_a_hold_of_a_person_comes_back_after_the_stores(
    store: SandboxStore, reason: str, by: str, after: str
) -> None:
    """Refunds that were not readable then are by now, or hold the order anew; a person's outlasts two wrong answers."""
    order_id, integration = imported(store)
    put_on_hold(sales_order(order_id).pk, reason, by=by)
    for _ in range(2):
        hold_deleted(web_order(order_id))
        assert sales_order(order_id).hold_reason == ORDER_GONE
        hold_passes()
        run_sync(integration)
        assert sales_order(order_id).hold_reason == after


def test_a_webhook_of_a_deletion_just_after_our_own_update_is_not_forgotten(store: SandboxStore) -> None:
    """It looks like the one that our update caused, and the list still shows the order."""
    order_id, integration = imported(store)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    delete_unlisted(store, order_id)
    run_sync(integration)
    assert WebhookEvent.objects.exists()
    store.clear_faults()
    store.delete(order_id)
    WebhookEvent.objects.update(at=F("at") - timedelta(seconds=6))
    some_time_passes(seconds=6)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE


def test_a_webhook_of_our_own_update_is_dropped_without_a_request(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    run_sync(integration)
    store.clear_calls()
    WebhookEvent.objects.update(at=F("at") - timedelta(seconds=6))
    some_time_passes(seconds=6)
    StoreState.objects.update(glanced_at=None)
    run_sync(integration)
    assert not WebhookEvent.objects.exists()
    assert f"/v2/orders/{order_id}" not in [call["path"] for call in store.calls()]


def test_an_order_that_is_deleted_after_all_stays_on_hold(store: SandboxStore) -> None:
    """An answer in between still had it."""
    order_id, integration = imported(store)
    delete_unlisted(store, order_id, times=1)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    run_sync(integration)
    store.delete(order_id)
    for _ in range(2):
        hold_passes()
        run_sync(integration)
    assert (sales_order(order_id).hold_reason, web_order(order_id).addresses_to_read) == (ORDER_GONE, False)


def test_an_order_that_a_manager_released_stays_released_while_a_list_shows_it(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    delete_unlisted(store, order_id)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    override_hold(sales_order(order_id).pk, by="Ada", why="The shopper wants it")
    run_sync(integration)
    assert not sales_order(order_id).is_held


@pytest.mark.parametrize("answer", [404, 503])
def test_a_deletion_that_the_store_told_of_is_not_forgotten_over_a_late_list(store: SandboxStore, answer: int) -> None:
    """The order itself is gone, or does not answer; the list shows it as it was."""
    order_id, integration = told_of(store, answer)
    run_sync(integration)
    assert WebhookEvent.objects.exists()
    assert sales_order(order_id).is_held is (answer == 404)
    store.clear_faults()
    store.delete(order_id)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == ORDER_GONE
    WebhookEvent.objects.update(at=timezone.now() - timedelta(minutes=3))
    run_sync(integration)
    assert (WebhookEvent.objects.exists(), sales_order(order_id).hold_reason) == (False, ORDER_GONE)


def told_of(store: SandboxStore, answer: int) -> tuple[int, WebIntegration]:
    """An imported order that the store said has changed, a minute after our last write; lists lagged before."""
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=60.0)
    store.fault("GET", f"/orders/{order_id}$", status=answer)
    some_time_passes(minutes=1)
    StoreState.objects.update(lagged_at=timezone.now() - timedelta(minutes=10))
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id, at=timezone.now())
    return order_id, integration


def test_a_deleted_order_of_which_nothing_is_to_be_shipped_is_asked_for_once(store: SandboxStore) -> None:
    """With each pass while the event stays, as before: merchants archive what is done with."""
    order_id, integration = imported(store)
    ship_unseen(order_id)
    run_sync(integration)
    some_time_passes(minutes=1)
    store.delete(order_id)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id, at=timezone.now())
    store.clear_calls()
    run_sync(integration)
    assert [each["path"] for each in store.calls()].count(f"/v2/orders/{order_id}") == 1
    assert (sales_order(order_id).is_held, log_text().count("doesn’t have this order")) == (False, 0)
