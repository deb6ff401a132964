"""Prometheus metrics, counted from our own tables whenever someone asks: the same whichever process answers.

What only grows (orders, updates, both ways' times) is counted since midnight UTC, by indexes, so that it costs the same
with a thousand orders as with a million; to Prometheus midnight is like a restart, which `rate()` and `increase()`
allow for. Eleven statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from counterfoil.api.metrics import REQUEST_COUNTS
from counterfoil.dispatch.queue import MAY_GO
from counterfoil.platform.monitoring.health import seconds_since_a_worker
from counterfoil.stores.attention.items import KINDS, counts
from counterfoil.stores.models import (
    IN_HAND,
    UNDONE,
    LogEntry,
    LogKind,
    NoticeState,
    ShipStationConnection,
    StoreState,
    StoreUpdate,
    UpdateState,
)

BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400)
"""Seconds; the last bucket takes what took longer."""

OUTCOMES = (LogKind.IMPORTED, LogKind.UPDATED, LogKind.UNCHANGED, LogKind.NOT_IMPORTED, LogKind.IGNORED)
ANSWERS = (LogKind.SENT, LogKind.NOT_SENT)


def metrics_text() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(TablesCollector())
    return generate_latest(registry)


class TablesCollector(Collector):
    """Looks at the tables, one kind of thing after the other."""

    def describe(self) -> list[Metric]:
        """Nothing is looked at before someone asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        midnight = datetime.combine(timezone.now().astimezone(UTC).date(), time.min, tzinfo=UTC)
        states = list(StoreState.objects.select_related("integration").order_by("integration__code"))
        codes = {state.integration_id: state.integration.code for state in states}
        yield from _stores(states)
        yield from _events(codes, midnight)
        yield from _undone_updates(codes)
        yield from _attention(list(codes.values()))
        yield from _queues()
        yield from _workers()
        yield from _api_requests()
        yield from _webhooks(midnight)
        yield from _shipstation()
        yield _both_ways("import_seconds", "From an order in the store to its import", _TO_IMPORT, midnight)
        yield _both_ways("shipment_seconds", "From a processed parcel to the store's response", _TO_STORE, midnight)


def _stores(states: Sequence[StoreState]) -> Iterator[Metric]:
    now = timezone.now()
    waiting = _gauge("store_waiting", "Whether the store can’t be used right now", "store", "reason")
    paused = _gauge("store_paused", "Whether someone paused the store", "store")
    synced = _gauge("store_last_visit_seconds", "Seconds since the store was last synced", "store")
    quota = _gauge("store_api_quota", "Requests that the store allows per time window", "store")
    left = _gauge("store_api_quota_left", "Requests left when the store was last synced", "store")
    calls = _counter("store_api_calls", "Requests sent to the store", "store")
    orders = _gauge("store_orders", "Orders in the store by BigCommerce status, as last counted", "store", "status")
    for state in states:
        code = state.integration.code
        waiting.add_metric([code, state.trouble_code], int(state.waiting))
        paused.add_metric([code], int(state.integration.paused))
        if state.visited_at is not None:
            synced.add_metric([code], (now - state.visited_at).total_seconds())
        if state.quota is not None:
            quota.add_metric([code], state.quota)
            left.add_metric([code], state.quota_left or 0)
        calls.add_metric([code], state.api_calls)
        for status_id, number in state.counts.items():
            orders.add_metric([code, status_id], number)
    yield from (waiting, paused, synced, quota, left, calls, orders)


def _events(codes: Mapping[int, str], midnight: datetime) -> Iterator[Metric]:
    """From the web integration log, by its index over store, kind and time."""
    log = LogEntry.objects.filter(integration__in=codes, kind__in=(*OUTCOMES, *ANSWERS), at__gte=midnight).order_by()
    number = {(pk, kind): many for pk, kind, many in log.values_list("integration", "kind").annotate(Count("pk"))}
    seen = _counter("orders_seen", "Decisions on orders since midnight UTC", "store")
    orders = _counter("orders", "Decisions on orders since midnight UTC, by outcome", "store", "outcome")
    updates = _counter("updates", "Store updates since midnight UTC, by outcome", "store", "outcome")
    for pk, code in codes.items():
        seen.add_metric([code], sum(number.get((pk, kind), 0) for kind in OUTCOMES))
        for family, kinds in ((orders, OUTCOMES), (updates, ANSWERS)):
            for kind in kinds:
                family.add_metric([code, kind.value], number.get((pk, kind.value), 0))
    yield from (seen, orders, updates)


def _undone_updates(codes: Mapping[int, str]) -> Iterator[Metric]:
    found = _by_state(UpdateState.WAITING, UpdateState.SENDING) | _by_state(UpdateState.FAILED)
    now = timezone.now()
    updates = _gauge("updates_undone", "Store updates by state", "store", "state")
    oldest = _gauge("updates_undone_oldest_seconds", "Age of the oldest one in seconds", "store", "state")
    for pk, code in codes.items():
        for state in UNDONE:
            number, since = found.get((pk, state.value), (0, now))
            updates.add_metric([code, state.value], number)
            oldest.add_metric([code, state.value], (now - since).total_seconds())
    yield from (updates, oldest)


def _by_state(*states: UpdateState) -> dict[tuple[int, str], tuple[int, datetime]]:
    """How many and since when, by web integration and state. What waits and what failed have an index each."""
    updates = StoreUpdate.objects.filter(state__in=states).order_by()
    counted = updates.values_list("web_order__integration", "state").annotate(Count("pk"), Min("created_at"))
    return {(pk, state): (number, since) for pk, state, number, since in counted}


def _attention(codes: Sequence[str]) -> Iterator[Metric]:
    number = counts()
    family = _gauge("attention", "Items that need attention", "store", "kind")
    for code in codes:
        for kind in KINDS:
            family.add_metric([code, kind], number[code, kind])
    yield family


_WEBHOOKS = """
    SELECT endpoint.name, endpoint.off_at IS NOT NULL,
        (SELECT count(*) FROM events_webhookdelivery WHERE endpoint_id = endpoint.id AND state = 'waiting'),
        (SELECT min(made_at) FROM events_webhookdelivery WHERE endpoint_id = endpoint.id AND state = 'waiting'),
        (SELECT count(*) FROM events_webhookdelivery
            WHERE endpoint_id = endpoint.id AND state = 'delivered' AND ended_at >= %(midnight)s)
    FROM events_webhookendpoint AS endpoint ORDER BY endpoint.name
"""


def _webhooks(midnight: datetime) -> Iterator[Metric]:
    off = _gauge("webhook_endpoint_off", "Whether the webhook endpoint is switched off", "endpoint")
    waiting = _gauge("webhooks_waiting", "Events waiting for the endpoint", "endpoint")
    oldest = _gauge("webhooks_waiting_oldest_seconds", "Seconds the oldest one has waited", "endpoint")
    delivered = _counter("webhooks_delivered", "Events delivered since midnight UTC", "endpoint")
    now = timezone.now()
    for name, is_off, number, since, done in _rows(_WEBHOOKS, {"midnight": midnight}):
        off.add_metric([name], int(is_off))
        waiting.add_metric([name], number)
        oldest.add_metric([name], max(0.0, (now - since).total_seconds()) if since else 0)
        delivered.add_metric([name], done)
    yield from (off, waiting, oldest, delivered)


_QUEUES = """
    SELECT 'stores', count(*), min(due_at) FROM stores_storestate WHERE due_at <= now()
    UNION ALL SELECT 'mails', count(*), min(due_at) FROM web_mail WHERE state = 'waiting' AND due_at <= now()
"""


def _queues() -> Iterator[Metric]:
    length = _gauge("queue_length", "What is due: stores to sync, store updates and e-mails to send", "queue")
    oldest = _gauge("queue_oldest_seconds", "Seconds since the oldest one was due", "queue")
    now = timezone.now()
    # Of updates those that only the worker keeps waiting: no hold, nothing before them, and a store that answers.
    of_stores = Q(web_order__integration__state__trouble_code="", state__in=IN_HAND, due_at__lte=now)
    updates = StoreUpdate.objects.filter(MAY_GO, of_stores).aggregate(number=Count("pk"), since=Min("due_at"))
    for queue, number, since in [*_rows(_QUEUES), ("updates", updates["number"], updates["since"])]:
        length.add_metric([queue], number)
        oldest.add_metric([queue], max(0.0, (now - since).total_seconds()) if since else 0)
    yield from (length, oldest)


def _workers() -> Iterator[Metric]:
    seconds = seconds_since_a_worker()
    yield GaugeMetricFamily("counterfoil_worker_seen_seconds", "Seconds since a worker was last seen", value=seconds)


def _api_requests() -> Iterator[Metric]:
    """Those that this process has answered, since it began; of no table."""
    number = _counter("api_requests", "API requests this process answered", "method", "status")
    seconds = _counter("api_request_seconds", "Total seconds it took to answer them", "method", "status")
    for method, status, many, took in REQUEST_COUNTS.rows():
        number.add_metric([method, str(status)], many)
        seconds.add_metric([method, str(status)], took)
    yield from (number, seconds)


def _shipstation() -> Iterator[Metric]:
    """Labels that wait for a person, and when orders were asked for last, by connection."""
    waiting = _gauge("shipstation_labels_refused", "Labels from ShipStation that need a person", "connection")
    exported = _gauge("shipstation_last_export_seconds", "Seconds since ShipStation last asked", "connection")
    now = timezone.now()
    is_open = Q(notices__state__in=(NoticeState.RECEIVED, NoticeState.REFUSED))
    for each in ShipStationConnection.objects.annotate(refused=Count("notices", filter=is_open)):
        waiting.add_metric([each.name], each.refused)
        if each.last_export_at is not None:
            exported.add_metric([each.name], (now - each.last_export_at).total_seconds())
    yield from (waiting, exported)


# As stores/figures.py tells of days: what was placed before the store was connected waited for that, not for us.
_TO_IMPORT = """
    SELECT placed.source, greatest(0, extract(epoch FROM placed.created_at - placed.order_date)) AS seconds
    FROM sales_salesorder AS placed JOIN stores_webintegration AS store ON store.code = placed.source
    WHERE placed.order_date >= %(midnight)s AND placed.order_date >= store.created_at
"""
_TO_STORE = """
    SELECT placed.source, greatest(0, extract(epoch FROM told.ended_at - shipment.processed_at)) AS seconds
    FROM stores_storeupdate AS told
        JOIN sales_parcel AS parcel ON parcel.id = told.parcel_id
        JOIN sales_shipment AS shipment ON shipment.id = parcel.shipment_id
        JOIN sales_salesorder AS placed ON placed.id = shipment.order_id
    WHERE told.kind = 'create_shipment' AND told.state = 'sent' AND told.ended_at >= %(midnight)s
"""
_IN_BUCKETS = """
    SELECT source, width_bucket(seconds::float8, %(buckets)s::float8[]), count(*), sum(seconds)
    FROM ({}) AS took GROUP BY 1, 2 ORDER BY 1, 2
"""


def _both_ways(name: str, says: str, statement: str, midnight: datetime) -> Metric:
    family = HistogramMetricFamily(f"counterfoil_{name}", f"{says}, since midnight UTC", labels=["store"])
    found: dict[str, tuple[list[int], float]] = {}
    asked = {"buckets": list(BUCKETS), "midnight": midnight}
    for code, bucket, number, seconds in _rows(_IN_BUCKETS.format(statement), asked):
        numbers, total = found.setdefault(code, ([0] * (len(BUCKETS) + 1), 0.0))
        numbers[bucket] = number
        found[code] = (numbers, total + float(seconds))
    for code, (numbers, total) in found.items():
        bounds = [*(str(float(bound)) for bound in BUCKETS), "+Inf"]
        family.add_metric([code], list(zip(bounds, accumulate(numbers), strict=True)), total)
    return family


def _rows(statement: str, asked: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"counterfoil_{name}", says, labels=labels)


def _counter(name: str, says: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"counterfoil_{name}", says, labels=labels)
