"""A person changes a parcel while it is being sent: what reaches the store is what stands in the sales data."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import Parcel
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.models import StoreUpdate, UpdateState, WebIntegration
from tests.database_locks import waits_for_us
from tests.dispatch.factories import assign, imported, make_due, put, ship, shipments_in, writes
from tests.factories import fresh, run_sync
from tests.platform.process_helpers import eventually
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another process, as far as the database can tell."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(lambda: connection.close()).result()  # each thread has its own


def sending(
    elsewhere: ThreadPoolExecutor, integration: WebIntegration, until: Callable[[], object]
) -> "Future[object]":
    """A sync that has begun elsewhere, and gone so far."""
    begun = elsewhere.submit(run_sync, integration)
    eventually(lambda: begun.done() or until())
    assert not begun.done()
    return begun


def correct(parcel: Parcel) -> None:
    """Another tracking number."""
    correct_parcel(parcel.pk, Tracking(tracking_number="right"), by="clerk")


def void(parcel: Parcel) -> None:
    """It ships nothing any more."""
    void_parcel(parcel.pk, by="clerk", reason="not packed")


@pytest.mark.parametrize(("act", "numbers"), [(correct, ["right"]), (void, [])])
def test_a_parcel_that_is_being_changed_is_sent_as_it_is_afterwards(
    store: SandboxStore, elsewhere: ThreadPoolExecutor, act: Callable[[Parcel], None], numbers: list[str]
) -> None:
    """Sending waits for the change, and then sends it, or nothing."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="wrong")
    with transaction.atomic():
        act(parcel)
        begun = sending(elsewhere, integration, waits_for_us)
        assert writes(store) == []
    begun.result(30)
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == numbers
    assert len(writes(store)) == len(numbers)


@pytest.mark.parametrize(("act", "numbers"), [(correct, ["right"]), (void, [])])
def test_a_parcel_that_is_changed_while_the_store_answers_is_changed_there_afterwards(
    store: SandboxStore, elsewhere: ThreadPoolExecutor, act: Callable[[Parcel], None], numbers: list[str]
) -> None:
    """What the request said already is corrected, or taken back."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="wrong")
    store.fault(method="POST", path="shipments$", delay=3, times=1)
    begun = sending(elsewhere, integration, StoreUpdate.objects.filter(state=UpdateState.SENDING).exists)
    act(parcel)
    begun.result(30)
    run_sync(integration)
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == numbers
    assert not StoreUpdate.objects.filter(state__in=["waiting", "sending", "failed"]).exists()


def hold(parcel: Parcel) -> None:
    """The shopper's bank disputes it."""
    put_on_hold(parcel.shipment.order_id, "Disputed.", by="clerk")


@pytest.mark.parametrize("act", [hold, void])
def test_a_shipment_in_doubt_is_not_repeated_when_it_is_taken_back_while_it_is_looked_for(
    store: SandboxStore, elsewhere: ThreadPoolExecutor, act: Callable[[Parcel], None]
) -> None:
    """The look began before, and its answer comes after."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    make_due()
    store.clear_calls()
    store.fault(method="GET", path="shipments$", delay=3, times=1)
    begun = sending(elsewhere, integration, lambda: store.faults()[-1]["struck"])
    act(parcel)
    begun.result(30)
    assert writes(store) == []
    assert shipments_in(store, order_id) == []


def test_a_correction_that_begins_while_its_parcel_is_voided_is_not_made(
    store: SandboxStore, elsewhere: ThreadPoolExecutor
) -> None:
    """The shipment is deleted, and nothing else is done to it."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="wrong")
    run_sync(integration)
    correct(parcel)
    store.clear_calls()
    with transaction.atomic():
        void(parcel)
        begun = sending(elsewhere, integration, waits_for_us)
    begun.result(30)
    run_sync(integration)
    assert writes(store) == ["DELETE shipment"]
    assert shipments_in(store, order_id) == []


def test_a_status_that_begins_while_it_is_taken_back_is_not_set(
    store: SandboxStore, elsewhere: ThreadPoolExecutor
) -> None:
    """The order went on to one that is not assigned."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.clear_calls()
    with transaction.atomic():
        put(order_id, "New")
        begun = sending(elsewhere, integration, waits_for_us)
    begun.result(30)
    assert writes(store) == []
