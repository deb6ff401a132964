"""Keeps fresh what the store says of all known orders, with one light list: statuses, shipped quantities, refunds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from counterfoil.bigcommerce import OrderGlance
from counterfoil.bigcommerce.client import StoreClient
from counterfoil.stores.holds import Standing, settle_holds
from counterfoil.stores.models import StoreState, WebIntegration

PAGE = 250

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


@dataclass(frozen=True, slots=True)
class Seen:
    """What a light list showed: `known` orders of ours, and how it showed the `unknown`."""

    at: datetime
    known: frozenset[int]
    unknown: tuple[OrderGlance, ...]


def look(integration: WebIntegration, client: StoreClient) -> Seen:
    """Reads what changed in the store since the last look and notes it; mostly one call.

    Orders that the store has stopped are put on hold. Shipments and refunds that are to be read are marked.

    The first look reads the newest changes only: nothing is known yet that could have changed before.
    """
    at = timezone.now()
    state = integration.state
    known: set[int] = set()
    unknown: dict[int, OrderGlance] = {}
    since, page = state.seen_until, 1
    latest = since
    while True:
        sort = "date_modified:asc" if since else "date_modified:desc"
        glances = client.glance_orders(min_date_modified=since, sort=sort, page=page, limit=PAGE)
        found = _note(integration, glances, at)
        known |= found
        unknown.update((glance.id, glance) for glance in glances if glance.id not in found)
        modified = [glance.date_modified for glance in glances if glance.date_modified]
        latest = max([*modified, *([latest] if latest else [])], default=None)
        if len(glances) < PAGE or since is None or latest is None:
            break
        # By time, not by page: an order that changes meanwhile moves to the end, and all pages with it.
        since, page = (latest, 1) if latest > since else (since, page + 1)
    state.seen_until, state.glanced_at = latest, at
    StoreState.objects.filter(pk=state.pk).update(seen_until=latest, glanced_at=at)
    return Seen(at, frozenset(known), tuple(unknown.values()))


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
