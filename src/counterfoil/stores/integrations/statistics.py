"""Figures of the stores: what came in today, what waits to be sent, how long both ways take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from counterfoil.sales.models import KeptDays
from counterfoil.sales.orders.statistics import (
    Periods,
    Unit,
    are_many,
    forget_kept_figures,
    has_to_be_counted,
    keep_day_totals,
)
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.models import IN_HAND, DayDuration, LogEntry, LogKind, StoreUpdate, WebIntegration


@dataclass
class StoreFigures:
    """Of one store: imported since midnight there, and updates that wait, the oldest since when."""

    imported_today: int = 0
    updates_waiting: int = 0
    waiting_since: datetime | None = None


def figures_of(integrations: Sequence[WebIntegration]) -> dict[int, StoreFigures]:
    """By the web integration's key; their states are to be loaded along. Two statements, whatever their number."""
    figures = {each.pk: StoreFigures() for each in integrations}
    for pk, number in _imported_today(integrations):
        figures[pk].imported_today = number
    for pk, number, since in _updates_waiting(integrations):
        figures[pk].updates_waiting, figures[pk].waiting_since = number, since
    return figures


def _imported_today(integrations: Sequence[WebIntegration]) -> Iterable[tuple[int, int]]:
    today = Q(pk__in=[])
    for each in integrations:
        today |= Q(integration=each, kind=LogKind.IMPORTED, at__gte=midnight(each))
    return LogEntry.objects.filter(today).order_by().values_list("integration").annotate(number=Count("pk"))


def _updates_waiting(integrations: Sequence[WebIntegration]) -> Iterable[tuple[int, int, datetime]]:
    waiting = StoreUpdate.objects.filter(state__in=IN_HAND, web_order__integration__in=integrations).order_by()
    return waiting.values_list("web_order__integration").annotate(number=Count("pk"), since=Min("created_at"))


def midnight(integration: WebIntegration) -> datetime:
    """When the present day began where the store is."""
    zone = zone_of(integration)
    return datetime.combine(timezone.now().astimezone(zone).date(), time.min, tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took, in seconds: half of them at most `median`, nine of ten at most `nine_of_ten`."""

    number: int
    median: float
    nine_of_ten: float


@dataclass(frozen=True, slots=True)
class BothWays:
    """For each period: from the order in the store to its import, from the processed shipment to the store's answer."""

    to_import: list[Duration | None]
    to_store: list[Duration | None]


# What was placed before the store was connected waited for that, not for us.
_BOTH_WAYS = """
    WITH taken AS (
        SELECT 'books' AS way, placed.order_date AS at, placed.created_at - placed.order_date AS time
        FROM sales_salesorder AS placed JOIN stores_webintegration AS store ON store.code = placed.source
        WHERE placed.order_date >= %(first)s AND placed.order_date >= store.created_at
            AND (%(source)s::text IS NULL OR placed.source = %(source)s)
        UNION ALL
        SELECT 'store', told.ended_at, told.ended_at - shipment.processed_at
        FROM stores_storeupdate AS told
            JOIN sales_parcel AS parcel ON parcel.id = told.parcel_id
            JOIN sales_shipment AS shipment ON shipment.id = parcel.shipment_id
            JOIN sales_salesorder AS placed ON placed.id = shipment.order_id
        WHERE told.kind = 'create_shipment' AND told.state = 'sent' AND told.ended_at >= %(first)s
            AND (%(source)s::text IS NULL OR placed.source = %(source)s)
    )
    SELECT way, width_bucket(at, %(starts)s::timestamptz[]) - 1 AS period, count(*),
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM time)))
    FROM taken GROUP BY 1, 2
"""


def both_ways(periods: Periods, *, source: str | None = None) -> BothWays:
    """An order counts when it was placed, a shipment when the store answered. Three statements.

    `source`: the import source code of one store; None: all of them.
    """
    found = BothWays([None] * len(periods.first_days), [None] * len(periods.first_days))
    kept = KeptDays.objects.filter(figures=_kept_as(source), zone=str(periods.zone))
    counted = periods.kept_before(kept.first())
    if periods.unit is Unit.DAY and counted > periods.first_days[0]:
        places = {day: place for place, day in enumerate(periods.first_days)}
        days = DayDuration.objects.filter(zone=str(periods.zone), source=source or "", day__in=places, day__lt=counted)
        for each in days:
            durations = found.to_import if each.way == "import" else found.to_store
            durations[places[each.day]] = Duration(each.number, each.median, each.nine_of_ten)
    else:
        counted = periods.first_days[0]
    _count_both_ways(found, periods, source, since=periods.start_of(counted))
    return found


def _count_both_ways(found: BothWays, periods: Periods, source: str | None, *, since: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BOTH_WAYS, {"starts": periods.starts, "first": since, "source": source})
        for way, period, number, (median, nine_of_ten) in cursor.fetchall():
            durations = found.to_import if way == "books" else found.to_store
            durations[period] = Duration(number, float(median), float(nine_of_ten))


def _kept_as(source: str | None) -> str:
    return f"durations {source or ''}"


def chart_zone(integrations: Sequence[WebIntegration], source: str | None) -> tzinfo:
    """Whose days a chart of all stores (of one: its code) shows: the stores' own where they share a time zone."""
    zones = {zone_of(each) for each in integrations if source in (None, each.code)}
    return zones.pop() if len(zones) == 1 else UTC


def keep_figures(now: datetime | None = None) -> None:
    """Counts what the charts show of days that are over, where there are many orders, at most once an hour."""
    now = now or timezone.now()
    if not are_many(now):
        forget_kept_figures()
        return
    integrations = list(WebIntegration.objects.select_related("state"))
    for source in (None, *(each.code for each in integrations)):
        zone = chart_zone(integrations, source)
        keep_day_totals(zone, now)
        _keep_durations(Periods.until(now, Unit.DAY, zone), source, now)


@transaction.atomic
def _keep_durations(periods: Periods, source: str | None, now: datetime) -> None:
    until = has_to_be_counted(_kept_as(source), periods, now)
    if until is None:
        return
    found = BothWays([None] * len(periods.first_days), [None] * len(periods.first_days))
    _count_both_ways(found, periods, source, since=periods.starts[0])
    zone, code = str(periods.zone), source or ""
    DayDuration.objects.filter(zone=zone, source=code).delete()
    DayDuration.objects.bulk_create(
        DayDuration(
            zone=zone,
            source=code,
            way=way,
            day=day,
            number=each.number,
            median=each.median,
            nine_of_ten=each.nine_of_ten,
        )
        for way, durations in (("import", found.to_import), ("store", found.to_store))
        for day, each in zip(periods.first_days, durations, strict=True)
        if each and day < until
    )
