"""Orders over time: how many were placed, and for how much. A bounded window of days, weeks or months.

Where there are many orders, the totals of days that are over are kept (docs/decisions/kept-figures.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from counterfoil.sales.models import DayTotal, KeptDays, SalesOrder, StatusRole

MANY = 10_000
"""Orders of a year, from which on totals are kept: fewer are counted as quickly, and are right at once."""
COUNTED_AGAIN_AFTER = timedelta(hours=1)
LIVE_DAYS = 1
"""So many days before today are counted anew for each page, as today is: most of what changes is young."""


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
        return [self.start_of(day) for day in self.first_days]

    def start_of(self, day: date) -> datetime:
        """Midnight in the time zone."""
        return datetime.combine(day, time.min, tzinfo=self.zone)

    def kept_before(self, kept: KeptDays | None) -> date:
        """The first day that is to be counted: the first of all where no figures of these days are kept."""
        first = self.first_days[0]
        return max(first, kept.until) if kept and kept.first_day <= first else first


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
    SELECT period, currency, sum(orders)::bigint, sum(total) FROM (
        SELECT width_bucket(day, %(days)s::date[]) - 1 AS period, currency, orders, total FROM sales_daytotal
        WHERE zone = %(zone)s AND day >= %(first_day)s AND day < %(counted_day)s
            AND (%(source)s::text IS NULL OR source = %(source)s)
        UNION ALL
        SELECT width_bucket(placed.order_date, %(starts)s::timestamptz[]) - 1, placed.currency, 1, placed.total
        FROM sales_salesorder AS placed JOIN sales_orderstatus AS status ON status.id = placed.status_id
        WHERE placed.order_date >= %(counted_from)s AND status.role <> %(cancelled)s
            AND (%(source)s::text IS NULL OR placed.source = %(source)s)
    ) AS both_kinds
    GROUP BY period, currency ORDER BY currency
"""


def orders_over_time(periods: Periods, *, source: str | None = None) -> OrdersOverTime:
    """Orders by the time at which they were placed, without the cancelled ones. Two statements.

    `source`: the import source code of one store; None: all orders, those made by hand among them.
    """
    starts, first = periods.starts, periods.first_days[0]
    counted = periods.kept_before(KeptDays.objects.filter(figures="orders", zone=str(periods.zone)).first())
    given: dict[str, Any] = {"starts": starts, "days": list(periods.first_days), "source": source}
    given |= {"zone": str(periods.zone), "first_day": first, "counted_day": counted}
    given |= {"counted_from": periods.start_of(counted), "cancelled": StatusRole.CANCELLED.value}
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


def are_many(now: datetime) -> bool:
    """Whether so many orders were placed within a year that figures of them are worth keeping. One statement."""
    lately = SalesOrder.objects.filter(order_date__gte=now - timedelta(days=366)).order_by("-order_date", "-pk")
    return len(lately.values_list("pk", flat=True)[MANY : MANY + 1]) > 0


def has_to_be_counted(figures: str, periods: Periods, now: datetime) -> date | None:
    """Before which day figures have to be counted (again), None where they are fresh. Within a transaction.

    Whoever counts notes it here first, and is alone in that until the transaction ends.
    """
    until = now.astimezone(periods.zone).date() - timedelta(days=LIVE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE sales_keptdays IN SHARE ROW EXCLUSIVE MODE")
    kept = KeptDays.objects.filter(figures=figures, zone=str(periods.zone)).first()
    if kept and kept.until == until and now - COUNTED_AGAIN_AFTER < kept.counted_at <= now:
        return None
    noted = {"first_day": periods.first_days[0], "until": until, "counted_at": now}
    KeptDays.objects.update_or_create(figures=figures, zone=str(periods.zone), defaults=noted)
    return until


_COUNT = """
    INSERT INTO sales_daytotal (zone, day, source, currency, orders, total)
    SELECT %(zone)s, (placed.order_date AT TIME ZONE %(zone)s)::date, placed.source, placed.currency, count(*),
        sum(placed.total)
    FROM sales_salesorder AS placed JOIN sales_orderstatus AS status ON status.id = placed.status_id
    WHERE placed.order_date >= %(first)s AND placed.order_date < %(end)s AND status.role <> %(cancelled)s
    GROUP BY 2, 3, 4
"""


@transaction.atomic
def keep_day_totals(zone: tzinfo, now: datetime | None = None) -> None:
    """Counts the totals of the days of a year that are over, where that was not done within the last hour."""
    now = now or timezone.now()
    periods = Periods.until(now, Unit.MONTH, zone)
    until = has_to_be_counted("orders", periods, now)
    if until is None:
        return
    DayTotal.objects.filter(zone=str(zone)).delete()
    given: dict[str, Any] = {"zone": str(zone), "first": periods.starts[0], "end": periods.start_of(until)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given | {"cancelled": StatusRole.CANCELLED.value})


def forget_kept_figures() -> None:
    """Has everything counted live again."""
    KeptDays.objects.all().delete()
