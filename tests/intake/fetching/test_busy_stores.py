"""Changes that a list shows late, where so much changes that a poll doesn't read the whole overlap each time."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.stores.models import StoreState, WebIntegration
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes
from counterfoil.stores.weborders.list_lag import LAG_AT_MOST
from counterfoil.stores.weborders.poll_window import MOST_SEEN_AGAIN, WHOLE_EVERY, begins_at
from tests.factories import connect, fresh, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

BEGINS = datetime.fromtimestamp((datetime.now(UTC).timestamp() + 3600) // 3600 * 3600, UTC)
"""The whole overlap is read then: the hour is a multiple of all that comes in question for that."""
NOW = timezone.now


class Clock:
    """A store's clock that is right."""

    def store_time(self, at: datetime) -> datetime:
        """That of a moment of ours."""
        return at


@pytest.mark.parametrize("seconds", [5, 25, 60, 90, 100, 119, 149, 151, 299, 600])
def test_what_is_shown_two_minutes_late_is_in_some_poll(seconds: int) -> None:
    """However often the store is polled, and whenever it changed; the last polls showed the last second alone."""
    state, looks, second = StoreState(), list[tuple[datetime, datetime]](), timedelta(seconds=1)
    for number in range(3600 // seconds + 2):
        at = BEGINS + number * timedelta(seconds=seconds) + second / 2
        since = begins_at(state, cast("StoreApi", Clock()), at)
        looks.append((at, since or at))
        state.seen_until, state.glanced_at, state.overlaps_from = at, at, at - second
    for moment in range(700, 2400):
        changed = BEGINS + moment * second
        shown = changed + LAG_AT_MOST
        assert any(since <= changed for at, since in looks if shown <= at), changed


def poll(integration: WebIntegration) -> None:
    """A look, and no more."""
    with open_session(fresh(integration), seconds=60) as there:
        poll_changes(there.integration, there.api)


@pytest.mark.django_db
def test_a_cancellation_that_is_shown_late_among_many_changes_is_seen(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Just after the whole overlap was read, and with more changes since than a poll reads again."""
    ahead = [0.0]
    monkeypatch.setattr(timezone, "now", lambda: NOW() + timedelta(seconds=ahead[0]))

    def at(second: float) -> None:
        ahead[0] = (BEGINS + timedelta(seconds=second) - NOW()).total_seconds()
        store.set(clock_offset_seconds=ahead[0])

    lag, whole = LAG_AT_MOST.total_seconds() - 10, WHOLE_EVERY.total_seconds()
    store.set(plan="enterprise", list_lag_uneven=True)
    at(5)
    integration = connect(store)
    late = next(each for each in store.place(10, kind="guest") if each % 5 == 4)  # lags by all of it
    others = [each for each in _busy(store, MOST_SEEN_AGAIN + 10) if each % 5 == 0]  # lag by none
    run_sync(integration)
    run_sync(integration)
    store.set(list_lag_seconds=100_000.0)
    at(whole + 1 - lag)
    poll(integration)
    store.edit(late, status_id=StatusId.CANCELLED)
    at(whole - 1)
    _change(store, others)
    at(whole + 0.05)
    poll(integration)
    assert web_order(late).status_seen != StatusId.CANCELLED
    store.set(list_lag_seconds=0.0)
    for second in range(25, 400, 25):
        at(whole + second)
        _change(store, others)
        poll(integration)
    assert sales_order(late).is_held


def _busy(store: SandboxStore, number: int) -> list[int]:
    return store.place(number * 5, kind="guest", status_id=StatusId.AWAITING_PAYMENT)


def _change(store: SandboxStore, order_ids: list[int]) -> None:
    for each in order_ids:
        store.edit(each, staff_notes=str(timezone.now()))
