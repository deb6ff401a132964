"""A person changes a parcel while it is being sent: what reaches the store is what stands in the books."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping import Tracking, correct_parcel, void_parcel
from counterfoil.stores.models import StoreUpdate, UpdateState, WebIntegration
from tests.dispatch.house import imported, ship, shipments_in, writes
from tests.house import turn
from tests.store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another process, as far as the database can tell."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(lambda: connection.close()).result()  # each thread has its own


def sending(elsewhere: ThreadPoolExecutor, integration: WebIntegration) -> "Future[object]":
    """A turn that has begun elsewhere, and gone as far as it can."""
    begun = elsewhere.submit(turn, integration)
    time.sleep(0.5)
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
        begun = sending(elsewhere, integration)
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
    store.fault(method="POST", path="shipments$", delay=1.5, times=1)
    begun = sending(elsewhere, integration)
    assert StoreUpdate.objects.filter(state=UpdateState.SENDING).exists()
    act(parcel)
    begun.result(30)
    turn(integration)
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == numbers
    assert not StoreUpdate.objects.filter(state__in=["waiting", "sending", "failed"]).exists()
