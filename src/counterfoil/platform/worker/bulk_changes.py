"""Makes the bulk changes that people asked for, order by order."""

from collections.abc import Callable
from itertools import takewhile

from counterfoil.sales.orders.bulk_changes import change_one, changes_under_way, give_up, make_changes
from counterfoil.stores.sync.isolation import for_each_isolated
from counterfoil.stores.sync.wakeups import woken_in_bulk

FAILED = "An error in Counterfoil stopped this order. Change it on its own page; if that fails too, see the log."


def make_bulk_changes(is_to_stop: Callable[[], bool] = lambda: False) -> None:
    """Works on all that are under way, until nothing is left or `is_to_stop()`; what is left is made next time."""
    for change in changes_under_way():
        with woken_in_bulk():
            make_changes(change, lambda rows: _each(rows, is_to_stop))


def _each(rows: list[int], is_to_stop: Callable[[], bool]) -> None:
    for_each_isolated(
        takewhile(lambda _: not is_to_stop(), rows),
        change_one,
        again=_stays_waiting,
        defect=lambda row, _trace: give_up(row, FAILED),
    )


def _stays_waiting(_row: int, _why: object) -> None:
    """The next round is a second away."""
