"""Keeps fresh what the store says of all known orders, with one light list: statuses, shipped quantities, refunds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from counterfoil.bigcommerce import OrderGlance, TryAgain
from counterfoil.bigcommerce.client import StoreClient, ends_list
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration
from counterfoil.stores.weborders.after_restore import bring_back
from counterfoil.stores.weborders.holds import Standing, settle_holds

PAGE = 250
SMALLER = 10
CLOCKS_APART = timedelta(days=1)
"""By so much, at most, a store's clock is taken to be before ours."""

# What was read before our last write to an order ended tells nothing new of it. An order that nobody had edited before
# we wrote to it, and that was not looked at since, was modified by that write. What is shipped there is read where it
# is another quantity than the last time and than that of all shipments we know, refunds where there may be a new one.
_SEE = """
    UPDATE stores_weborder AS web_order SET
        status_seen = seen.status_id, status_seen_at = %(at)s,
        modified_seen = seen.modified,
        modified_read = CASE
            WHEN modified_read = modified_seen AND written_at > status_seen_at AND NOT EXISTS (
                SELECT 1 FROM stores_storeupdate AS answers
                WHERE answers.web_order_id = web_order.id AND answers.acknowledges
                    AND answers.state IN ('waiting', 'sending', 'failed')
            ) THEN seen.modified
            ELSE modified_read
        END,
        items_shipped_seen = seen.shipped,
        shipments_to_read = shipments_to_read OR (
            sales_order_id IS NOT NULL AND seen.shipped <> items_shipped_seen AND seen.shipped <> (
                SELECT COALESCE(sum((item ->> 'quantity')::int), 0)
                FROM stores_webshipment AS shipment CROSS JOIN jsonb_array_elements(shipment.items) AS item
                WHERE shipment.web_order_id = web_order.id AND shipment.gone_at IS NULL
            )
        ),
        refunds_to_read = refunds_to_read OR (
            sales_order_id IS NOT NULL AND seen.refunded
            AND (status_seen, modified_seen) IS DISTINCT FROM (seen.status_id, seen.modified)
        )
    FROM unnest(
        %(ids)s::bigint[], %(statuses)s::smallint[], %(modified)s::timestamptz[], %(shipped)s::int[],
        %(refunded)s::bool[]
    ) AS seen (id, status_id, modified, shipped, refunded)
    WHERE web_order.integration_id = %(integration)s AND web_order.bigcommerce_order_id = seen.id
        AND (web_order.written_at IS NULL OR web_order.written_at < %(at)s)
    RETURNING web_order.bigcommerce_order_id, web_order.import_id, web_order.sales_order_id, web_order.status_seen,
        (SELECT hold_reason FROM sales_salesorder WHERE sales_salesorder.id = web_order.sales_order_id)
"""
LARGEST_COUNT = 2**31 - 1
LOOKS_BACK_FOR = timedelta(minutes=10)
LEFT_OUT = (
    "BigCommerce has not shown an order that was changed there for ten minutes. Nothing waits for it any longer; "
    "what was done with it in BigCommerce is found by a reconciliation."
)
FRESH = timedelta(seconds=25)  # a status last seen counts for 30 s; the request itself takes some of it


@dataclass(frozen=True, slots=True)
class Seen:
    """What a light list showed: `known` orders of ours, and how it showed the `unknown`."""

    at: datetime
    known: frozenset[int]
    unknown: tuple[OrderGlance, ...]


def look(integration: WebIntegration, client: StoreClient) -> Seen:
    """Reads what changed in the store since the last look and notes it; mostly one call.

    Orders that the store has stopped are put on hold; those that a restored backup does not know yet are wanted.
    Shipments and refunds that are to be read are marked.

    The first look reads the newest changes only: nothing is known yet that could have changed before. Where the store
    left out an order, the next looks begin before it, for ten minutes at most once there are others behind it: trouble
    of a moment must not hide what became of it.
    """
    at = timezone.now()
    state = integration.state
    known: set[int] = set()
    unknown: dict[int, OrderGlance] = {}
    latest = whole_until = state.seen_until
    left_out = False
    for glances in _pages(client, state.seen_until):
        if glances is None:
            left_out = True
            continue
        found = _note(integration, glances, at)
        known |= found
        unknown.update((glance.id, glance) for glance in glances if glance.id not in found)
        latest = max(filter(None, [latest, _latest(glances, at)]), default=None)
        whole_until = whole_until if left_out else latest
    left_out_at = (state.left_out_at or at) if left_out else None
    if left_out_at is not None and at - left_out_at >= LOOKS_BACK_FOR and latest != whole_until:
        log(integration, LogKind.WAITING, LEFT_OUT)
        left_out, left_out_at = False, None
    seen_until = whole_until if left_out else latest
    bring_back(integration, known, unknown.values(), all_seen=not left_out)
    state.seen_until, state.glanced_at, state.left_out_at = seen_until, at, left_out_at
    StoreState.objects.filter(pk=state.pk).update(seen_until=seen_until, glanced_at=at, left_out_at=left_out_at)
    return Seen(at, frozenset(known), tuple(unknown.values()))


def is_fresh(integration: WebIntegration) -> bool:
    """Whether the last look still counts: by it statuses may be written over, and it need not be repeated."""
    glanced_at = integration.state.glanced_at
    return glanced_at is not None and timezone.now() - glanced_at <= FRESH


def _pages(client: StoreClient, since: datetime | None) -> Iterator[list[OrderGlance] | None]:
    """What changed since then, oldest first; the newest page alone where nothing is known yet.

    By time, not by page: an order that changes meanwhile moves to the end, and all pages with it. A page that is too
    much for the store is made smaller, down to the one order that it cannot show, which is passed over; two in a row
    are a store that shows nothing. Once the store is well again it is asked for the order once more: it may have been
    in trouble for a moment only. None stands for an order that it does not show then either.
    """
    offset, limit, passed_over, most = 0, PAGE, False, 0
    sort = "date_modified:asc" if since else "date_modified:desc"
    while True:
        try:
            page = offset // limit + 1
            glances = client.glance_orders(min_date_modified=since, sort=sort, page=page, limit=limit)
        except TryAgain as trouble:
            if not trouble.smaller or passed_over:
                raise
            offset, passed_over = (offset, False) if limit > 1 else (offset + 1, True)
            limit = max(1, limit // SMALLER)
            continue
        if passed_over:
            yield _page_or_none(client, since, sort, offset, limit=1)
        passed_over = False
        yield glances
        latest = _latest(glances, timezone.now())
        if since is None or latest is None or ends_list(len(glances), limit):
            return
        if len(glances) < limit and len(glances) != most:  # some stores send 50 at most, whatever was asked for
            if _page_or_none(client, since, sort, page + 1, limit=limit) == []:
                return
            most = len(glances)
        since, offset, limit = (latest, 0, PAGE) if latest > since else (since, page * limit, limit)


def _page_or_none(
    client: StoreClient, since: datetime | None, sort: str, page: int, *, limit: int
) -> list[OrderGlance] | None:
    """A page of the light list; None where it is too much for the store."""
    try:
        return client.glance_orders(min_date_modified=since, sort=sort, page=page, limit=limit)
    except TryAgain as trouble:
        if not trouble.smaller:
            raise
        return None


def _latest(glances: Sequence[OrderGlance], now: datetime) -> datetime | None:
    """The last of the modifications; one in a far future is a wrong date, and would hide all that come."""
    dates = [each.date_modified for each in glances if each.date_modified]
    return max((date for date in dates if date < now + CLOCKS_APART), default=None)


def _note(integration: WebIntegration, glances: Sequence[OrderGlance], at: datetime) -> set[int]:
    """Notes what a page shows of our orders, and holds what the store has stopped; returns the orders we know."""
    if not glances:
        return set()
    page: dict[str, Any] = {
        "integration": integration.pk,
        "at": at,
        "ids": [glance.id for glance in glances],
        "statuses": [glance.status_id for glance in glances],
        "modified": [glance.date_modified for glance in glances],
        "shipped": [min(glance.items_shipped, LARGEST_COUNT) for glance in glances],
        "refunded": [glance.shows_refund for glance in glances],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEE, page)
        rows = cursor.fetchall()
    standings = [Standing(*standing) for _, *standing in rows if standing[1] is not None]
    settle_holds(integration, standings)
    return {row[0] for row in rows}
