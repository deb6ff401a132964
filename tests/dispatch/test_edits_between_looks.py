"""What others changed just before a write of ours: no list tells it, since all that it shows is dated by our write."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.bigcommerce.rate_limit import RateBudget
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.models import UnknownProduct, WebIntegration
from counterfoil.stores.sync import session
from tests.dispatch.factories import assign, imported, lines_of, make_due, put, ship, ship_there, shipments_in, writes
from tests.factories import DOWNLOADED, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import some_time_passes
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
MOVED = "12 Elm Street"


def stop_the_lists(store: SandboxStore) -> None:
    """Nothing that happens from now on is shown, and it happens some seconds after our own last write."""
    store.set(list_lag_seconds=600.0, clock_offset_seconds=5.0)


def catch_up(store: SandboxStore, integration: WebIntegration) -> None:
    """Lists show everything as it is, and it is looked at."""
    store.set(list_lag_seconds=0.0)
    run_sync(integration)
    run_sync(integration)


def refund_one(store: SandboxStore, order_id: int) -> None:
    line = in_store(store, order_id)["products"][0]
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1})


def move(store: SandboxStore, order_id: int, at: int = 0, **more: Any) -> None:
    """The shopper has an address changed."""
    address = store.order(order_id)["addresses"][at]
    store.edit(order_id, addresses=[{"id": address["id"], "street_1": MOVED}], **more)


def moved(order_id: int) -> list[str]:
    """The addresses that a person is to choose."""
    changed = sales_order(order_id).addresses.filter(source_changed_at__isnull=False)
    return [(each.source_address or {})["street_1"] for each in changed]


def to_be_released(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An imported order whose mapped status waits."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    return order_id, integration


def test_a_refund_before_our_status_is_seen(store: SandboxStore) -> None:
    """The status is written over; the answer shows that something was refunded."""
    order_id, integration = to_be_released(store)
    stop_the_lists(store)
    refund_one(store, order_id)
    run_sync(integration)
    assert writes(store) == ["PUT order"]
    catch_up(store, integration)
    assert web_order(order_id).refunds.count() == 1


@pytest.mark.parametrize(("fault", "ends_as"), [(409, DOWNLOADED), (503, StatusId.PARTIALLY_REFUNDED)])
def test_a_refund_before_an_acknowledgement_is_seen(store: SandboxStore, fault: int, ends_as: int) -> None:
    """Nothing else of the order was edited, so it is not imported again. One in doubt is read first, and left alone."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="guest")
    store.fault("PUT", "/orders/", status=fault, times=1)
    run_sync(integration)
    stop_the_lists(store)
    refund_one(store, order_id)
    make_due()
    run_sync(integration)
    assert store.status(order_id) == ends_as
    catch_up(store, integration)
    assert web_order(order_id).refunds.count() == 1


def test_a_refund_before_our_second_shipment_is_seen(store: SandboxStore) -> None:
    """Partially Shipped before and after it."""
    order_id, integration = imported(store, quantities=(4,))
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    run_sync(integration)
    stop_the_lists(store)
    refund_one(store, order_id)
    ship(order_id, 1, tracking_number="2Z")
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2
    catch_up(store, integration)
    assert web_order(order_id).refunds.count() == 1
    assert lines_of(order_id)[0].open == 1


def test_another_address_of_an_order_that_we_shipped_from_is_seen(store: SandboxStore) -> None:
    """The answer to the shipment shows the address that it went to."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(integration)
    stop_the_lists(store)
    first = lines_of(order_id)[0].ship_to
    assert first is not None
    addresses = store.order(order_id)["addresses"]
    move(store, order_id, at=next(at for at, each in enumerate(addresses) if each["id"] != first.source_id))
    ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    catch_up(store, integration)
    assert moved(order_id) == [MOVED]


def lose_the_status(store: SandboxStore, integration: WebIntegration, cut: str) -> None:
    """It was carried out ("after") or not ("before"); lists show nothing of what follows."""
    stop_the_lists(store)
    store.fault("PUT", "/orders/", cut=cut, times=1)
    run_sync(integration)


def send_again(store: SandboxStore, integration: WebIntegration) -> None:
    """The order is asked what became of the status."""
    make_due()
    run_sync(integration)
    catch_up(store, integration)


def test_a_refund_before_a_lost_status_is_seen(store: SandboxStore) -> None:
    order_id, integration = to_be_released(store)
    lose_the_status(store, integration, cut="before")
    refund_one(store, order_id)
    send_again(store, integration)
    assert web_order(order_id).refunds.count() == 1


def test_a_shipment_of_others_before_a_lost_status_is_seen(store: SandboxStore) -> None:
    order_id, integration = to_be_released(store)
    lose_the_status(store, integration, cut="before")
    ship_there(store, order_id, 1)
    send_again(store, integration)
    assert web_order(order_id).web_shipments.count() == 1


@pytest.mark.parametrize(("cut", "status"), [("before", {"status_id": StatusId.AWAITING_PAYMENT}), ("after", {})])
def test_another_address_beside_a_lost_status_is_seen(store: SandboxStore, cut: str, status: dict[str, int]) -> None:
    order_id, integration = to_be_released(store)
    lose_the_status(store, integration, cut=cut)
    move(store, order_id, **status)
    send_again(store, integration)
    assert moved(order_id) == [MOVED]


def test_another_address_after_a_status_whose_answer_cannot_be_read_is_seen(store: SandboxStore) -> None:
    """By the store's clock our write was a minute before."""
    order_id, integration = to_be_released(store)
    store.fault("PUT", "/orders/", alter={"subtotal_inc_tax": "many"})
    run_sync(integration)
    assert web_order(order_id).status_sent == StatusId.AWAITING_PICKUP
    store.set(clock_offset_seconds=60.0)
    move(store, order_id)
    run_sync(integration)
    run_sync(integration)
    assert moved(order_id) == [MOVED]


def test_an_order_that_was_mended_before_our_staff_notes_is_imported(store: SandboxStore) -> None:
    """The notes are written after a fresh read, which shows that someone edited the order."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE, staff_notes=True)
    (order_id,) = store.place(1, kind="guest")
    store.fault("PUT", "/orders/", skip=1, times=1, status=503)
    run_sync(integration)
    assert web_order(order_id).reason_code
    WebIntegration.objects.update(unknown_product=UnknownProduct.CREATE)
    stop_the_lists(store)
    store.edit(order_id, customer_message="Ring twice")
    make_due()
    run_sync(integration)
    catch_up(store, integration)
    assert sales_order(order_id).customer_message == "Ring twice"


def test_an_order_that_is_read_for_its_replaced_lines_and_was_cancelled_is_held(store: SandboxStore) -> None:
    """Nothing is shipped on the new ids either."""
    order_id, integration = imported(store)
    stop_the_lists(store)
    lines = [each["id"] for each in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=lines, status_id=StatusId.CANCELLED)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert sales_order(order_id).is_held


def test_an_order_cancelled_while_we_wait_for_quota_stays_cancelled(store: SandboxStore) -> None:
    """Waiting comes before the look, so that nothing is decided on what was an hour ago."""
    order_id, integration = to_be_released(store)
    integration = fresh(integration)
    passed = [0.0]

    def wait(seconds: float) -> None:
        """A shopper cancels meanwhile; then there is quota again."""
        passed[0] += seconds
        assert integration.state.glanced_at is not None
        integration.state.glanced_at -= timedelta(seconds=seconds)
        store.edit(order_id, status_id=StatusId.CANCELLED)
        store.set(quota=1000)

    budget = RateBudget(clock=lambda: time.monotonic() + passed[0], sleep=wait)
    session._budgets[integration.pk] = budget
    store.set(quota=20, window_seconds=900)
    store.spend_quota(store.control("GET", "/quota")["left"] - 5)  # the look takes the one that is not kept for others
    sync_store(integration, seconds=3600)
    assert passed[0] > 0
    assert store.status(order_id) == StatusId.CANCELLED
    assert sales_order(order_id).is_held


def test_another_address_after_a_shipment_whose_answer_has_a_wrong_date_is_seen(store: SandboxStore) -> None:
    """With the next look: neither does the edit seem to be older than our write, nor the list to be late."""
    order_id, integration = shipped_from(store, "Fri, 01 Jan 2100 00:00:00 +0000")
    move(store, order_id)
    run_sync(integration)
    assert moved(order_id) == [MOVED]
    assert fresh(integration).state.lagged_at is None


def shipped_from(store: SandboxStore, dated: str) -> tuple[int, WebIntegration]:
    """An order of which something was shipped some seconds ago; the answer said when."""
    order_id, integration = imported(store, quantities=(4,))
    ship(order_id, 1, tracking_number="1Z")
    store.fault("POST", "/shipments", alter={"date_created": dated}, times=1)
    run_sync(integration)
    store.set(clock_offset_seconds=20.0)
    return order_id, integration


def test_another_address_after_a_shipment_whose_answer_is_hours_ahead_is_seen(store: SandboxStore) -> None:
    """Its date is one that a clock may show: what is older is a late list, for two minutes."""
    ahead = format_datetime(datetime.now(UTC) + timedelta(hours=10))
    order_id, integration = shipped_from(store, ahead)
    move(store, order_id)
    run_sync(integration)
    some_time_passes(minutes=3)
    run_sync(integration)
    assert moved(order_id) == [MOVED]
