"""Changes that a store's lists show late: seen all the same, and nothing is shipped before they are."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from counterfoil.bigcommerce import StatusId, read_header
from counterfoil.intake.importing.import_order import import_order
from counterfoil.intake.outcomes import Outcome
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.models import (
    Payload,
    StoreState,
    StoreUpdate,
    UpdateState,
    WebhookEvent,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.payloads.keep import keep_payloads
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes
from counterfoil.stores.weborders.holds import REASONS
from counterfoil.stores.weborders.requests import import_this_one
from tests.dispatch.factories import assign, creation, imported, make_due, put, shipments_in, writes
from tests.factories import NEW, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import CANCELLED, catch_up, late, ship_unseen, some_time_passes
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_cancellation_that_the_list_shows_after_a_later_change_is_seen(store: SandboxStore) -> None:
    """The mark has passed it by when it shows at last: each pass begins some minutes before its mark."""
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    assert not sales_order(order_id).is_held
    StoreState.objects.update(seen_until=timezone.now() + timedelta(seconds=7))  # another order's change
    catch_up(store)
    store.clear_calls()
    assert run_sync(integration).api_calls == 3  # its addresses are read
    assert sales_order(order_id).hold_reason == CANCELLED


def test_what_is_seen_again_costs_no_call_and_is_not_read_again(store: SandboxStore) -> None:
    """Many orders changed in the last minutes: a pass takes its two calls, but for a whole look now and then."""
    store.set(plan="enterprise")
    integration = connect(store)
    store.place(300)
    run_sync(integration)
    run_sync(integration)
    calls = []
    for _ in range(3):
        store.clear_calls()
        calls.append(run_sync(integration).api_calls)
    assert sorted(calls)[:2] == [2, 2], calls
    assert {call["path"] for call in store.calls()} == {"/v2/orders", "/v2/orders/count"}


def stop_the_lists(store: SandboxStore) -> None:
    """Nothing that happens from now on is shown, and it happens some seconds after our own last write."""
    store.set(list_lag_seconds=600.0, clock_offset_seconds=5.0)


def read_before_any_list_shows_it(store: SandboxStore, order_id: int, integration: WebIntegration) -> None:
    """A webhook tells of an order that is in no new order status any more; lists show it only afterwards."""
    store.edit(order_id, status_id=StatusId.AWAITING_PICKUP)
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert web_order(order_id).status_seen == StatusId.AWAITING_PICKUP
    catch_up(store)
    run_sync(integration)
    run_sync(integration)


def test_what_another_app_ships_is_seen_where_the_order_itself_tells_it_before_a_list(store: SandboxStore) -> None:
    """It counts as many as the order told: no list tells anything new."""
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.ship(order_id)
    read_before_any_list_shows_it(store, order_id, integration)
    there = [each["id"] for each in shipments_in(store, order_id)]
    assert [each.bigcommerce_shipment_id for each in web_order(order_id).web_shipments.all()] == there
    assert not sales_order(order_id).lines.filter(shipped=0, quantity__gt=0, kind="physical").exists()


def test_a_refund_is_seen_where_the_order_itself_tells_it_before_a_list(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.refund(order_id)
    read_before_any_list_shows_it(store, order_id, integration)
    assert web_order(order_id).refunds.exists()


def test_another_address_is_seen_where_the_order_itself_tells_it_before_a_list(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    stop_the_lists(store)
    address = store.order(order_id)["addresses"][0]
    store.edit(order_id, addresses=[{"id": address["id"], "street_1": "12 Elm Street"}])
    read_before_any_list_shows_it(store, order_id, integration)
    shown = sales_order(order_id).addresses.get(source_address__isnull=False)
    assert (shown.source_address or {})["street_1"] == "12 Elm Street"


def test_an_address_that_is_as_it_was_again_needs_no_choice_where_the_order_itself_tells_it(
    store: SandboxStore,
) -> None:
    """It comes with a new order status: nothing else of the order has changed since its import."""
    order_id, integration = imported(store)
    (address, *_) = store.order(order_id)["addresses"]
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, addresses=[{"id": address["id"], "street_1": "12 Elm Street"}])
    run_sync(integration)
    changed = sales_order(order_id).addresses.filter(source_changed_at__isnull=False)
    assert changed.exists()
    store.set(list_lag_seconds=600.0, clock_offset_seconds=120.0)
    store.edit(order_id, status_id=NEW, addresses=[{"id": address["id"], "street_1": address["street_1"]}])
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    catch_up(store)
    run_sync(integration)
    assert not changed.exists()


def test_a_cancellation_is_seen_where_the_order_is_read_for_its_addresses(store: SandboxStore) -> None:
    """Whatever an order was read for: nothing that it shows waits for a list."""
    order_id, integration = imported(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED


def test_a_list_that_shows_the_version_before_takes_no_edit_back(store: SandboxStore) -> None:
    """The edit was read of the order itself; the store's clock was set back, so that no date tells which is older."""
    order_id, integration = imported(store)
    before = Payload.objects.earliest("pk")
    store.set(clock_offset_seconds=-90.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert show_once_more(integration, before) is None
    assert web_order(order_id).read_again
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"
    Payload.objects.update(read_at=F("read_at") - timedelta(minutes=3))
    some_time_passes(minutes=3)
    assert show_once_more(integration, before) is not None


def show_once_more(integration: WebIntegration, version: Payload) -> Outcome | None:
    """What becomes of a version that a list shows, where no date tells that it is older."""
    WebOrder.objects.update(modified_seen=None)
    order_id = version.web_order.bigcommerce_order_id
    page = {order_id: bytes(version.order)}
    (kept,) = keep_payloads(integration, page, read_at=timezone.now(), status_id=NEW)
    return import_order(integration, kept.web_order_id)


def test_a_list_that_shows_a_version_that_was_never_read_takes_no_edit_back(store: SandboxStore) -> None:
    """Someone asked for a new order whose address was just corrected; the list shows it as it was placed."""
    integration = connect(store)
    run_sync(integration)
    order_id, _ = store.place(2, kind="guest")
    stop_the_lists(store)
    address = store.order(order_id)["addresses"][0]
    store.edit(order_id, addresses=[{"id": address["id"], "street_1": "12 Elm Street"}])
    import_this_one(integration, order_id, by="Ada")
    run_sync(integration)
    catch_up(store)
    run_sync(integration)
    assert sales_order(order_id).addresses.filter(street_1="12 Elm Street").exists()


def test_a_list_that_shows_an_order_as_new_does_not_bring_it_back_after_its_cancellation(store: SandboxStore) -> None:
    """The order itself told of that, before its import was acknowledged; the looks begin after its last change."""
    order_id, integration = unacknowledged_and_long_ago(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    store.clear_faults()
    StoreState.objects.update(listed_at=None)
    run_sync(integration)
    assert (store.status(order_id), sales_order(order_id).hold_reason) == (StatusId.CANCELLED, CANCELLED)


def unacknowledged_and_long_ago(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An order that was imported a quarter of an hour ago and not acknowledged, before others changed."""
    store.set(clock_offset_seconds=-900.0)
    store.fault("PUT", "/orders/[1-9]", status=409)
    order_id, integration = imported(store)
    others_change(store, integration)
    StoreUpdate.objects.update(due_at=timezone.now() + timedelta(hours=1))
    return order_id, integration


def others_change(store: SandboxStore, integration: WebIntegration) -> None:
    """By a clock that is right (again), so that looks begin after what changed before."""
    store.set(clock_offset_seconds=0.0)
    store.place(1, kind="guest", status_id=StatusId.AWAITING_PAYMENT)
    run_sync(integration)


@pytest.mark.parametrize("lagged", [False, True])
def test_a_list_that_shows_the_status_before_with_the_same_second_lifts_no_hold(
    store: SandboxStore, *, lagged: bool
) -> None:
    """Cancelled in the second of our own write: no date tells which is older, so the order itself does."""
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    WebOrder.objects.update(read_again="A webhook told of it.")
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED
    with open_session(fresh(integration), seconds=60) as there:
        (before,) = there.api.list_order_headers()
    WebOrder.objects.update(modified_seen=before.date_modified)
    StoreState.objects.update(lagged_at=timezone.now() if lagged else None)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED
    some_time_passes(minutes=3)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED


@pytest.mark.parametrize("status", [StatusId.CANCELLED, StatusId.COMPLETED])
def test_a_late_list_of_new_orders_changes_no_status_of_the_same_second(store: SandboxStore, status: StatusId) -> None:
    """What the order itself told a moment ago stands, and the order is read by itself.."""
    order_id, integration = imported(store)
    body = bytes(Payload.objects.get(web_order__bigcommerce_order_id=order_id).order)
    header = read_header(body)
    assert header is not None
    now = timezone.now()
    lately, before = now - timedelta(seconds=10), now - timedelta(minutes=1)
    WebOrder.objects.update(
        status_seen=status, status_seen_at=lately, written_at=before, modified_seen=header.date_modified
    )
    (kept,) = keep_payloads(integration, {order_id: body + b" "}, read_at=now, status_id=NEW)
    assert import_order(integration, kept.web_order_id) is None
    assert web_order(order_id).status_seen == status
    assert web_order(order_id).read_again
    keep_payloads(integration, {order_id: body + b"  "}, read_at=now + timedelta(minutes=3), status_id=NEW)
    assert web_order(order_id).status_seen == NEW


@pytest.mark.parametrize("status", [StatusId.AWAITING_SHIPMENT, StatusId.DISPUTED])
def test_what_follows_a_cancellation_within_a_second_is_seen(store: SandboxStore, status: StatusId) -> None:
    """Another stop as the list shows it, and that it goes on after all as the order itself does."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    store.edit(order_id, status_id=status)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == REASONS.get(status, "")


def test_an_order_that_is_read_for_its_addresses_and_was_set_back_is_imported_before_it_is_shipped(
    store: SandboxStore,
) -> None:
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    WebOrder.objects.update(addresses_to_read=True)
    run_sync(integration)
    ship_unseen(order_id)
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"


def test_an_order_that_was_read_alone_and_not_decided_on_is_read_again(store: SandboxStore) -> None:
    """The acknowledgement found it edited; then the store let us read no lines, and no list tells of it again."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="guest")
    store.fault("PUT", "/orders/", status=503, times=1)
    run_sync(integration)
    stop_the_lists(store)
    store.edit(order_id, customer_message="Leave it with the neighbor")
    store.set(empty_line_items=True)
    store.fault("GET", "/products$", status=401, body={})
    make_due()
    assert sync_store(fresh(integration), seconds=60).trouble is not None
    assert web_order(order_id).read_again
    store.clear_faults()
    run_sync(integration)
    assert sales_order(order_id).customer_message == "Leave it with the neighbor"


def test_an_order_before_the_cut_off_that_is_shown_again_is_not_listed_for(store: SandboxStore) -> None:
    """It stands in a new order status and is never read: the overlap shows it with each pass."""
    integration = connect(store, not_before=timezone.now().date() + timedelta(days=2))
    store.place(1)
    run_sync(integration)
    run_sync(integration)
    store.clear_calls()
    assert run_sync(integration).api_calls == 2


def test_a_list_that_shows_less_than_is_known_tells_nothing_and_the_order_is_read_before_it_is_shipped(
    store: SandboxStore,
) -> None:
    """The answer to our own write was newer: the list is behind, so the order itself says that it was cancelled."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    WebOrder.objects.update(modified_seen=timezone.now() + timedelta(seconds=30), written_at=timezone.now())
    late(store, order_id, staff_notes="late")
    ship_unseen(order_id)
    run_sync(integration)
    assert writes(store) == []
    assert sales_order(order_id).hold_reason == CANCELLED
    assert fresh(integration).state.lagged_at is not None


def test_where_lists_lag_an_order_is_read_before_it_is_shipped(store: SandboxStore) -> None:
    """For an hour after they were found to: the list of this pass shows no cancellation yet."""
    order_id, integration = imported(store)
    StoreState.objects.update(lagged_at=timezone.now())
    late(store, order_id, status_id=StatusId.CANCELLED)
    ship_unseen(order_id)
    run_sync(integration)
    assert (writes(store), sales_order(order_id).hold_reason) == ([], CANCELLED)
    store.set(list_lag_seconds=0.0, clock_offset_seconds=5.0)
    store.edit(order_id, status_id=StatusId.AWAITING_SHIPMENT)
    run_sync(integration)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == 1


def told(order_id: int, *, after: float) -> None:
    """The store said that the order changed, so many seconds after our last write to it."""
    known = web_order(order_id)
    assert known.written_at is not None
    at = known.written_at + timedelta(seconds=after)
    WebhookEvent.objects.create(integration=known.integration, bigcommerce_order_id=order_id, at=at)


@pytest.mark.parametrize("how", ["event", "mark"])
def test_an_order_that_the_store_said_has_changed_is_read_before_it_is_shipped(store: SandboxStore, how: str) -> None:
    """Its list shows no cancellation yet, and has never been late before."""
    order_id, integration = imported(store)
    stop_the_lists(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    if how == "event":
        told(order_id, after=20)
    else:
        WebOrder.objects.update(read_again="A webhook told of it.")
    ship_unseen(order_id)
    run_sync(integration)
    assert (writes(store), sales_order(order_id).hold_reason) == ([], CANCELLED)


def test_an_order_that_the_store_told_of_is_read_before_it_is_shipped_also_after_a_look_that_was_late(
    store: SandboxStore,
) -> None:
    """That showed the order as it was before; the event stays for two minutes, and costs no call."""
    order_id, integration = imported(store)
    some_time_passes(minutes=1)
    store.set(list_lag_seconds=600.0, clock_offset_seconds=60.0)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    assert run_sync(integration).api_calls == 2
    ship_unseen(order_id)
    run_sync(integration)
    assert (writes(store), sales_order(order_id).hold_reason) == ([], CANCELLED)
    WebhookEvent.objects.update(at=F("at") - timedelta(minutes=2))
    run_sync(integration)
    assert not WebhookEvent.objects.exists()


def test_a_cancellation_that_the_store_told_of_is_seen_of_the_order_itself(store: SandboxStore) -> None:
    """No look shows an order that changed long ago, and the list that would be asked for it is late."""
    store.set(clock_offset_seconds=-900.0)
    order_id, integration = imported(store)
    others_change(store, integration)
    some_time_passes(minutes=1)
    late(store, order_id, status_id=StatusId.CANCELLED)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=order_id)
    run_sync(integration)
    assert sales_order(order_id).hold_reason == CANCELLED
    assert not WebhookEvent.objects.exists()


def test_what_the_store_says_of_our_own_write_costs_no_call(store: SandboxStore) -> None:
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    told(order_id, after=1)
    put(order_id, "Released")
    run_sync(integration)
    assert writes(store) == ["PUT order"]
    assert f"/v2/orders/{order_id}" not in [each["path"] for each in store.calls() if each["method"] == "GET"]


def test_where_lists_lag_an_order_is_read_before_a_status_is_written_over(store: SandboxStore) -> None:
    """Someone else's decision stands (design, rule 12)."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    StoreState.objects.update(lagged_at=timezone.now())
    late(store, order_id, status_id=StatusId.DISPUTED)
    put(order_id, "Released")
    run_sync(integration)
    assert writes(store) == []
    assert in_store(store, order_id)["status_id"] == StatusId.DISPUTED


def test_an_old_status_on_a_late_list_is_not_taken_for_a_new_one(store: SandboxStore) -> None:
    """The list still shows it as new after we set it: nothing is listed, read or set again."""
    order_id, integration = imported(store)
    WebOrder.objects.update(modified_seen=timezone.now() + timedelta(seconds=30), written_at=timezone.now())
    with open_session(fresh(integration), seconds=60) as there:
        seen = poll_changes(there.integration, there.api)
    assert order_id in seen.known
    assert order_id in seen.stale
    assert web_order(order_id).status_seen == integration.downloaded_status
