"""A clock that is set back, the store's or our own: what changes is seen all the same."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.worker.tasks import due_stores
from counterfoil.stores.models import StoreState, WebOrder
from counterfoil.stores.weborders.list_lag import changed_just_before
from tests.dispatch.factories import imported, ship, writes
from tests.factories import NEW, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import CANCELLED, ship_unseen, some_time_passes
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hours", [1, 30])
def test_a_cancellation_after_the_store_s_clock_was_set_back_is_seen(store: SandboxStore, hours: int) -> None:
    """Its date lies before the mark, and before the order's last change that we know."""
    store.set(clock_offset_seconds=3600.0 * hours)
    order_id, integration = imported(store)
    some_time_passes(minutes=3)
    store.set(clock_offset_seconds=0.0)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    ship_unseen(order_id)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED
    assert writes(store) == []


def test_a_clock_that_was_set_back_is_followed_from_then_on(store: SandboxStore) -> None:
    """The mark goes back with it, so that later changes are seen too."""
    store.set(clock_offset_seconds=7200.0)
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=0.0)
    run_sync(integration)
    mark = fresh(integration).state.seen_until
    assert mark is not None
    assert mark < timezone.now() + timedelta(minutes=1)
    some_time_passes(minutes=3)
    store.edit(order_id, status_id=StatusId.REFUNDED)
    run_sync(integration)
    assert sales_order(order_id).is_held


def test_another_address_after_the_store_s_clock_was_set_back_behind_our_shipment_is_seen(store: SandboxStore) -> None:
    """Its date lies before that of our own write, as in a late list for two minutes."""
    order_id, integration = imported(store, quantities=(4,))
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    ahead = timedelta(hours=2)
    dates = ("written_there", "modified_seen", "modified_read")
    WebOrder.objects.update(**{name: F(name) + ahead for name in dates})
    store.set(clock_offset_seconds=20.0)
    address = store.order(order_id)["addresses"][0]
    store.edit(order_id, addresses=[{"id": address["id"], "street_1": "12 Elm Street"}])
    some_time_passes(minutes=3)
    WebOrder.objects.update(written_at=timezone.now() - timedelta(minutes=2, seconds=30))  # after the last look
    run_sync(integration)
    (shown,) = sales_order(order_id).addresses.filter(source_changed_at__isnull=False)
    assert (shown.source_address or {})["street_1"] == "12 Elm Street"


def test_a_list_of_shipments_may_be_late_after_a_write_whose_date_is_wrong() -> None:
    now = timezone.now()
    ahead = now + timedelta(hours=10)
    for modified, written in [(now, ahead), (ahead, now)]:
        web_order = WebOrder(modified_seen=modified, written_there=written)
        assert changed_just_before(web_order, now, count_our_writes=True)


def our_clock_was_set_back(**by: float) -> None:
    """What was noted before lies in the future."""
    ahead = timedelta(**by)
    WebOrder.objects.update(written_at=F("written_at") + ahead, status_seen_at=F("status_seen_at") + ahead)
    StoreState.objects.update(glanced_at=F("glanced_at") + ahead, visited_at=F("visited_at") + ahead)
    StoreState.objects.update(due_at=F("due_at") + ahead)


def test_a_cancellation_after_our_own_clock_was_set_back_is_seen(store: SandboxStore) -> None:
    """Our last write to the order seems to be younger than all that the store shows."""
    order_id, integration = imported(store)
    our_clock_was_set_back(hours=1)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    ship_unseen(order_id)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED
    assert writes(store) == []


def test_an_edit_after_our_own_clock_was_set_back_is_imported(store: SandboxStore) -> None:
    """Set back to the new status: not read again and again until the clock has come as far."""
    order_id, integration = imported(store)
    our_clock_was_set_back(hours=1)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"
    assert in_store(store, order_id)["status_id"] == integration.downloaded_status


def test_an_order_that_someone_asks_for_after_our_own_clock_was_set_back_is_decided_on(store: SandboxStore) -> None:
    """No look shows it, since it did not change."""
    order_id, integration = imported(store)
    StoreState.objects.update(seen_until=timezone.now() + timedelta(hours=1))
    our_clock_was_set_back(hours=1)
    WebOrder.objects.update(read_again="Asked for.")
    run_sync(integration)
    assert web_order(order_id).read_again == ""


def test_a_store_is_not_left_alone_until_our_clock_has_come_as_far_again(store: SandboxStore) -> None:
    """It was due in a minute, an hour from now."""
    _, integration = imported(store)
    assert due_stores() == []
    our_clock_was_set_back(hours=1)
    assert due_stores() == [integration.pk]
