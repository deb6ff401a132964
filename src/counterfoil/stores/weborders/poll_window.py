"""From when on a store's changes are read: some minutes before the last one seen.

Lists may show a change later than the store's other answers do, and a clock may be set back. What was seen already is
shown again then, and tells nothing new.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from counterfoil.bigcommerce.client import StoreApi, ends_list
from counterfoil.stores.models import StoreState

OVERLAP = timedelta(minutes=5)
WHOLE_EVERY = timedelta(minutes=2, seconds=30)
"""So often the whole overlap is read, however much changed in it; in between as much as takes no call more.

A change that a list shows late, by up to `OVERLAP` less this, is in one of these looks, however seldom the store is
polled. Lists are taken to lag by two minutes at most.
"""
MOST_SEEN_AGAIN = 100
PAGE = 250
SAME_CLOCK = timedelta(seconds=1)
"""Dates are in whole seconds, and an answer takes a moment."""


def begins_at(state: StoreState, api: StoreApi, at: datetime) -> datetime | None:
    """From when on to read, by the store's clock; None where nothing was seen yet. `at`: now."""
    mark = state.seen_until
    if mark is None:
        return None
    since = mark - OVERLAP
    if state.overlaps_from is not None and not _reads_all(state, at):
        since = max(since, min(mark, state.overlaps_from))
    back = set_back_to(state, api, at)
    return since if back is None else min(since, back - OVERLAP)


def set_back_to(state: StoreState, api: StoreApi, at: datetime) -> datetime | None:
    """What the store's clock may have shown just after it was set back; None where it was not, as far as it tells.

    The last change seen lies in its future then, or after the last poll.
    """
    there = api.store_time(at)
    if there is None or state.seen_until is None or state.glanced_at is None:
        return None
    at_last_poll = there - max(at - state.glanced_at, timedelta(0))
    return at_last_poll if at_last_poll < state.seen_until - 3 * SAME_CLOCK else None


def mark_of(latest: datetime | None, api: StoreApi, at: datetime) -> datetime | None:
    """The last change seen, by a clock that does not run before the store's own."""
    there = api.store_time(at)
    return latest if latest is None or there is None else min(latest, there + SAME_CLOCK)


def overlaps_from(dates: Iterable[datetime]) -> datetime | None:
    """From when on the last changes seen take no call more the next time; None where all of them do.

    Not a round number of them: a page of so many may not be the last one, and one more would be asked for.
    """
    newest = sorted(dates, reverse=True)
    if len(newest) <= MOST_SEEN_AGAIN:
        return None
    shown = Counter(newest)
    candidates = sorted(set(newest[: MOST_SEEN_AGAIN + 1]))
    whole = (each for each in candidates if ends_list(sum(shown[at] for at in shown if at >= each), PAGE))
    return next(whole, candidates[0])


def changed_lately(looked_at: datetime | None, changed_at: datetime | None) -> bool:
    """Whether an order changed so lately that a look then may not have shown it; so it is where one is not known."""
    return looked_at is None or changed_at is None or changed_at > looked_at - OVERLAP


def _reads_all(state: StoreState, at: datetime) -> bool:
    if state.glanced_at is None:
        return True
    return at.timestamp() // WHOLE_EVERY.total_seconds() != state.glanced_at.timestamp() // WHOLE_EVERY.total_seconds()
