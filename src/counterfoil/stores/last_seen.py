"""Keeps the status last seen of all known orders fresh, with one light list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from counterfoil.bigcommerce import OrderGlance
from counterfoil.bigcommerce.client import StoreClient
from counterfoil.stores.models import StoreState, WebIntegration

PAGE = 250

# What was read before our last write to an order ended tells nothing new of it.
_SEE = """
    UPDATE stores_weborder AS web_order
    SET status_seen = seen.status_id, status_seen_at = %(at)s, modified_seen = seen.modified
    FROM unnest(%(ids)s::bigint[], %(statuses)s::smallint[], %(modified)s::timestamptz[])
        AS seen (id, status_id, modified)
    WHERE web_order.integration_id = %(integration)s AND web_order.bigcommerce_order_id = seen.id
        AND (web_order.written_at IS NULL OR web_order.written_at < %(at)s)
    RETURNING web_order.bigcommerce_order_id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a light list showed: `known` orders of ours, and how it showed the `unknown`."""

    at: datetime
    known: frozenset[int]
    unknown: tuple[OrderGlance, ...]


def look(integration: WebIntegration, client: StoreClient) -> Seen:
    """Reads what changed in the store since the last look and notes the statuses; mostly one call.

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
    if not glances:
        return set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _SEE,
            {
                "integration": integration.pk,
                "at": at,
                "ids": [glance.id for glance in glances],
                "statuses": [glance.status_id for glance in glances],
                "modified": [glance.date_modified for glance in glances],
            },
        )
        return {row[0] for row in cursor.fetchall()}
