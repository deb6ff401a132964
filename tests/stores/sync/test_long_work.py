"""What takes minutes says how far it is, how long it takes, and why it waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.dispatch import sender
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateState
from counterfoil.stores.sync.long_work import IMPORTING, TELLING, LongWork, time_left, under_way
from tests.dispatch.factories import assign, put
from tests.factories import connect, fresh, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backfill_says_how_far_it_is_while_it_runs_and_nothing_afterwards(store: SandboxStore) -> None:
    """The orders that wait are counted once; what was imported stands beside it."""
    integration = connect(store)
    store.set(quota=100_000)
    store.place(60, kind="registered")
    seen: list[Any] = []

    def look(what: str, _done: int, _of: int) -> None:
        seen.append((what, under_way(StoreState.objects.get())))

    run_sync(integration, progress=look)
    of_import = [found[IMPORTING] for what, found in seen if what == "Importing"]
    assert {each.of for each in of_import} == {60}
    of_updates = [found[TELLING] for what, found in seen if what == "Updating the store"]
    assert {each.of for each in of_updates} == {60}
    assert under_way(StoreState.objects.get()) == {}


def test_work_goes_on_over_sessions_and_tells_its_pace_and_what_it_waits_for() -> None:
    """Done in two sessions it is one piece of work; what nobody goes on with is forgotten; little is not told."""
    integration = a_store()
    LongWork(integration).begin(IMPORTING, 49)
    assert under_way(StoreState.objects.get()) == {}
    first = LongWork(fresh(integration))
    first.begin(IMPORTING, 4000)
    first.advance(IMPORTING, 1000)
    first.wait(25)
    noted = StoreState.objects.get().progress
    noted[IMPORTING]["began"] = (timezone.now() - timedelta(minutes=4)).isoformat()
    StoreState.objects.update(progress=noted)
    second = LongWork(fresh(integration))
    second.begin(IMPORTING, 3000)
    found = under_way(StoreState.objects.get())[IMPORTING]
    assert (found.done, found.of) == (1000, 4000)
    assert found.seconds_left == pytest.approx(12 * 60, rel=0.05)
    assert found.time_left == "about 12 min left"
    second.wait(25)
    page = logged_in("viewer").get(reverse("home")).content.decode()
    assert "1,000 of 4,000" in page
    assert "quota of API requests is used up until" in page
    StoreState.objects.update(progress=noted | {"at": (timezone.now() - timedelta(minutes=6)).isoformat()})
    assert under_way(StoreState.objects.get()) != {}, "it waits until later"
    second.end(IMPORTING)
    assert StoreState.objects.get().progress == {}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (10, "less than a minute left"),
        (80, "about a minute left"),
        (720, "about 12 min left"),
        (9000, "about 2 h left"),
    ],
)
def test_a_time_is_told_in_the_unit_that_a_person_counts_in(seconds: float | None, said: str) -> None:
    """Minutes up to an hour and a half, then hours."""
    assert time_left(seconds) == said


def test_orders_are_read_before_many_mapped_statuses_are_pushed(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of these wait, what was placed meanwhile is here first."""
    monkeypatch.setattr(sender, "MUCH", 1)
    integration = connect(store, push_status=True)
    assign(integration, Picking=StatusId.AWAITING_SHIPMENT.value, Closed=StatusId.COMPLETED.value)
    numbers = store.place(2, kind="registered")
    run_sync(integration)
    put(numbers[0], "Closed")
    StoreUpdate.objects.filter(state=UpdateState.WAITING).update(due_at=timezone.now())
    (placed,) = store.place(1, kind="registered")
    store.clear_calls()
    run_sync(integration)
    calls = store.calls()
    writes = [at for at, each in enumerate(calls) if each["method"] == "PUT" and str(numbers[0]) in each["path"]]
    lists = [at for at, each in enumerate(calls) if each["method"] == "GET" and "min_id" in str(each)]
    assert lists[0] < writes[0]
    assert store.status(numbers[0]) == StatusId.COMPLETED.value
    assert store.status(placed) == integration.downloaded_status
