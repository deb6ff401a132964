"""The orders of a shop that has sold for months: more on working days and by day, and a little more every week."""

from random import Random

from bigcommerce_sandbox.generator.generator import Maker
from bigcommerce_sandbox.orders import statuses
from bigcommerce_sandbox.store import Store

_DAY, _HOUR = 86_400, 3_600
_OF_WEEKDAYS = (1.2, 1.1, 1.0, 1.0, 1.05, 0.7, 0.75)  # from Monday on
_OF_HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 8, 8, 8, 8, 9, 10, 11, 10, 7, 4, 2)
_FIRST, _LAST = 0.45, 1.55  # how much is sold in the beginning and at the end, of the mean
_NOT_YET_PAID = (statuses.INCOMPLETE, statuses.PENDING, statuses.AWAITING_PAYMENT, statuses.DECLINED)
_KINDS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("registered",), 40), (("guest",), 22), (("company",), 5), (("message",), 5), (("options",), 6),
    (("pounds",), 9), (("euros",), 8), (("yen",), 1), (("line_coupon",), 4), (("order_coupon",), 5),
    (("line_discount",), 3), (("kit",), 5), (("wrapping", "message"), 2), (("fees",), 2), (("store_credit",), 1),
    (("several_addresses",), 1), (("digital_and_physical",), 2), (("digital",), 1), (("pickup",), 1),
    (("form_fields",), 1),
)  # fmt: skip


def fill_history(store: Store, count: int, seed: int, days: int) -> None:
    """So many orders, placed on the last so many days; nearly all are paid and wait."""
    maker, rng = Maker(store, seed), Random(f"history {seed}")  # noqa: S311 - reproducible, not secret
    kinds, weights = [list(each) for each, _ in _KINDS], [weight for _, weight in _KINDS]
    for created in _moments(rng, store.clock.second(), count, days):
        order = maker.make(rng.choices(kinds, weights)[0], created)
        if rng.random() < 0.05:
            order.set_status(rng.choice(_NOT_YET_PAID), "person", created)
            order.header["payment_status"], order.transactions = "", []
        order.modified = created
    store.settle()


def _moments(rng: Random, now: int, count: int, days: int) -> list[int]:
    """When they were placed, in store seconds, the first first."""
    midnight = now - now % _DAY
    starts = [midnight - (days - 1 - place) * _DAY for place in range(days)]
    weights = [_weight(place / max(1, days - 1), start) * rng.uniform(0.75, 1.25) for place, start in enumerate(starts)]
    moments: list[int] = []
    while len(moments) < count:
        hour = rng.choices(range(24), _OF_HOURS)[0]
        start, within = rng.choices(starts, weights)[0], rng.random()
        moment = start + int((hour + within) * _HOUR)
        moments.append(moment if moment < now - 60 else start + int((now - start) * within))  # today, until now
    return sorted(moments)


def _weight(along: float, start: int) -> float:
    """`along`: from 0, the first day, to 1, today."""
    weekday = (start // _DAY + 3) % 7  # 1 January 1970 was a Thursday
    return (_FIRST + (_LAST - _FIRST) * along) * _OF_WEEKDAYS[weekday]
