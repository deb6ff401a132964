"""Orders over time: how many were placed, and for how much. A bounded window of days, weeks or months."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from counterfoil.sales.models import StatusRole


class Unit(StrEnum):
    """What one column of a chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SHOWN = {Unit.DAY: 30, Unit.WEEK: 26, Unit.MONTH: 12}
"""How many of each are shown, the present one among them."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Days, weeks or months that follow one another, the oldest first, in one time zone."""

    unit: Unit
    first_days: Sequence[date]
    zone: tzinfo

    @classmethod
    def until(cls, now: datetime, unit: Unit, zone: tzinfo, *, times: int = 1) -> "Periods":
        """The last so many of them; `now` lies in the last one. A week begins on Monday.

        `times`: 2 also has as many that lie before those that are shown.
        """
        first = now.astimezone(zone).date()
        days = []
        for _ in range(SHOWN[unit] * times):
            first = _first_day(first, unit)
            days.append(first)
            first -= timedelta(days=1)
        return cls(unit, days[::-1], zone)

    @property
    def latter_half(self) -> "Periods":
        """The later half of them."""
        return Periods(self.unit, self.first_days[len(self.first_days) // 2 :], self.zone)

    @property
    def starts(self) -> list[datetime]:
        """When each begins: midnight in the time zone."""
        return [datetime.combine(day, time.min, tzinfo=self.zone) for day in self.first_days]


def _first_day(day: date, unit: Unit) -> date:
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


@dataclass
class OrdersOverTime:
    """For each period the number of orders, and their totals by currency: amounts of two currencies are never added.

    The currencies stand in the order in which most orders have them.
    """

    orders: list[int]
    sales: dict[str, list[Decimal]]


_PLACED = """
    SELECT width_bucket(placed.order_date, %(starts)s::timestamptz[]) - 1, placed.currency, count(*), sum(placed.total)
    FROM sales_salesorder AS placed JOIN sales_orderstatus AS status ON status.id = placed.status_id
    WHERE placed.order_date >= %(first)s AND status.role <> %(cancelled)s
        AND (%(source)s::text IS NULL OR placed.source = %(source)s)
    GROUP BY 1, 2 ORDER BY 2
"""


def orders_over_time(periods: Periods, *, source: str | None = None) -> OrdersOverTime:
    """Orders by the time at which they were placed, without the cancelled ones. One statement.

    `source`: the import source code of one store; None: all orders, those made by hand among them.
    """
    starts = periods.starts
    given: dict[str, Any] = {"starts": starts, "first": starts[0], "source": source}
    given["cancelled"] = StatusRole.CANCELLED.value
    with connection.cursor() as cursor:
        cursor.execute(_PLACED, given)
        rows = cursor.fetchall()
    used: Counter[str] = Counter()
    for _, currency, number, _ in rows:
        used[currency] += number
    sales = {currency: [Decimal(0)] * len(starts) for currency, _ in used.most_common()}
    figures = OrdersOverTime([0] * len(starts), sales)
    for period, currency, number, total in rows:
        figures.orders[period] += number
        figures.sales[currency][period] = total
    return figures
