"""Keeps what was read, byte for byte, before anything else looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from counterfoil.stores.models import WebIntegration

DOUBTED = "BigCommerce's list showed another status than a moment before."

# An order that is new here gets its row; one that is known is only found. No index is named: a person who asks for the
# order at this moment makes its row too, and which of its two unique keys meets that one first is not ours to say.
_KNOW = """
    INSERT INTO stores_weborder
        (integration_id, bigcommerce_order_id, import_id, state, digest, read_again, wanted,
         reason_code, reason, next_step, trace)
    SELECT %(integration)s, id, %(code)s || id, 'undecided', '', '', false, '', '', '', ''
    FROM unnest(%(ids)s::bigint[]) AS id
    ON CONFLICT DO NOTHING
"""

# The same bytes again are no new version: the version that is kept was simply seen again. Where another status, not our
# own, was seen a moment ago, the list may be late: that status stays, and the order is read by itself unless the
# version tells that it is newer (`is_behind`).
_KEEP = """
    WITH read AS (
        SELECT web_order.id AS web_order_id, web_order.payload_id, page.body,
            COALESCE(
                web_order.status_seen <> %(status_id)s::smallint
                AND web_order.status_seen IS DISTINCT FROM web_order.status_sent
                AND web_order.status_seen_at > %(read_at)s - interval '2 minutes', false
            ) AS is_doubted
        FROM unnest(%(ids)s::bigint[], %(bodies)s::bytea[]) AS page (id, body)
        JOIN stores_weborder AS web_order
            ON web_order.integration_id = %(integration)s AND web_order.bigcommerce_order_id = page.id
    ), same AS (
        UPDATE stores_payload AS payload SET read_at = %(read_at)s
        FROM read WHERE payload.id = read.payload_id AND payload."order" = read.body
        RETURNING payload.id, payload.web_order_id, read.is_doubted
    ), fresh AS (
        INSERT INTO stores_payload (web_order_id, "order", read_at)
        SELECT web_order_id, body, %(read_at)s FROM read
        WHERE web_order_id NOT IN (SELECT web_order_id FROM same)
        RETURNING id, web_order_id
    ), latest AS (
        SELECT *, false AS is_new FROM same
        UNION ALL SELECT fresh.*, read.is_doubted, true FROM fresh JOIN read USING (web_order_id)
    )
    UPDATE stores_weborder AS web_order SET
        payload_id = latest.id,
        status_seen = CASE WHEN is_doubted THEN status_seen ELSE COALESCE(%(status_id)s::smallint, status_seen) END,
        read_again = CASE WHEN is_doubted THEN %(doubted)s ELSE read_again END,
        status_seen_at = CASE WHEN %(status_id)s::smallint IS NULL THEN status_seen_at ELSE %(read_at)s END
    FROM latest WHERE web_order.id = latest.web_order_id
    RETURNING web_order.bigcommerce_order_id, web_order.id, latest.is_new OR web_order.state = 'undecided'
"""


@dataclass(frozen=True, slots=True)
class KeptPayload:
    """An order whose bytes are kept. They hold what a customer told the store, so a log does not show them.

    `is_new`: it is another version than was kept before, or was not decided on yet.
    """

    bigcommerce_order_id: int
    web_order_id: int
    import_id: str
    body: bytes = field(repr=False)
    is_new: bool = True


def know(integration: WebIntegration, order_ids: Sequence[int]) -> None:
    """Each of these orders of the store has its row, read or not. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOW, {"integration": integration.pk, "code": integration.code, "ids": list(order_ids)})


def keep_payloads(
    integration: WebIntegration, bodies: Mapping[int, bytes], *, read_at: datetime, status_id: int | None = None
) -> list[KeptPayload]:
    """Stores a page of orders, each under its BigCommerce order id; `read_at` is the time before the request,
    `status_id` the status that was listed.

    Two statements, whatever the number of orders. In ascending order of id.
    """
    if not bodies:
        return []
    page: dict[str, Any] = {
        "integration": integration.pk,
        "code": integration.code,
        "ids": list(bodies),
        "bodies": list(bodies.values()),
        "read_at": read_at,
        "status_id": status_id,
        "doubted": DOUBTED,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KNOW, page)
        cursor.execute(_KEEP, page)
        kept = sorted(cursor.fetchall())
    return [
        KeptPayload(order_id, pk, integration.import_id(order_id), bodies[order_id], is_new)
        for order_id, pk, is_new in kept
    ]
