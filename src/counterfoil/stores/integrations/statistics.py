"""Figures of the stores: what came in today, what waits to be sent, how long both ways take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone

from counterfoil.sales.orders.statistics import Periods
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.models import IN_HAND, LogEntry, LogKind, StoreUpdate, WebIntegration


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
    """An order counts when it was placed, a shipment when the store answered. One statement.

    `source`: the import source code of one store; None: all of them.
    """
    starts = periods.starts
    found = BothWays([None] * len(starts), [None] * len(starts))
    with connection.cursor() as cursor:
        cursor.execute(_BOTH_WAYS, {"starts": starts, "first": starts[0], "source": source})
        for way, period, number, (median, nine_of_ten) in cursor.fetchall():
            durations = found.to_import if way == "books" else found.to_store
            durations[period] = Duration(number, float(median), float(nine_of_ten))
    return found
