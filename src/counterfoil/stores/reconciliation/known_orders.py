"""What is known here of a store's orders, as a reconciliation needs it: one statement for a page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from counterfoil.storable import LARGEST_ID
from counterfoil.stores.models import WebIntegration

# The orders of the page, and those imported that the page should have had: in the period, and between its ids.
_KNOWN = """
    SELECT web_order.bigcommerce_order_id, web_order.id, web_order.import_id, web_order.state, web_order.reason_code,
        web_order.reason, web_order.next_step, web_order.read_again <> '' OR web_order.wanted,
        web_order.status_sent, web_order.items_shipped_seen, web_order.shipments_to_read,
        sold.total, sold.currency, status.role,
        (
            SELECT COALESCE(sum((item ->> 'quantity')::int), 0)
            FROM stores_webshipment AS shipment CROSS JOIN jsonb_array_elements(shipment.items) AS item
            WHERE shipment.web_order_id = web_order.id AND shipment.gone_at IS NULL
        ),
        ARRAY(
            SELECT DISTINCT undone.kind || ' ' || undone.state FROM stores_storeupdate AS undone
            WHERE undone.web_order_id = web_order.id AND undone.state IN ('waiting', 'sending', 'failed')
        ),
        (
            SELECT sent.onto FROM stores_storeupdate AS sent
            WHERE sent.web_order_id = web_order.id AND sent.kind = 'status' AND sent.state = 'sent'
            ORDER BY sent.id DESC LIMIT 1
        ),
        (
            SELECT count(*) FROM sales_salesorder AS twin
            WHERE twin.source = %(source)s AND twin.web_order_number = web_order.bigcommerce_order_id::text
        ),
        web_order.status_seen, web_order.placed_at, web_order.other_placed_at, web_order.modified_seen,
        COALESCE(sold.hold_reason, '')
    FROM stores_weborder AS web_order
    LEFT JOIN sales_salesorder AS sold ON sold.id = web_order.sales_order_id
    LEFT JOIN sales_orderstatus AS status ON status.id = sold.status_id
    WHERE web_order.integration_id = %(integration)s AND (
        web_order.bigcommerce_order_id = ANY(%(ids)s::bigint[])
        OR (
            web_order.bigcommerce_order_id BETWEEN %(first)s AND %(last)s
            AND sold.order_date >= %(since)s AND sold.order_date <= %(until)s
        )
    )
"""


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What is known here of one order. The figures of the sales order are None where it is not imported.

    `shipped`: the items of all shipments that are known to stand in the store. `undone`: kinds and states of the
    updates that are not through, as "status waiting". `onto`: what the status was when it was set last. `copies`: how
    many sales orders carry the store's number. `status_seen`: as it was last seen before this. `placed_at`: when the
    imported order was; `other_placed_at`: when the one was that was seen last, where that is another. `modified_seen`:
    its last change that was seen, by the store's clock. `hold_reason`: "" where it is not on hold.
    """

    order_id: int
    pk: int
    import_id: str
    state: str
    reason_code: str
    reason: str
    next_step: str
    is_read_again: bool
    status_sent: int | None
    items_shipped_seen: int
    shipments_to_read: bool
    total: Decimal | None
    currency: str | None
    role: str | None
    shipped: int
    undone: Sequence[str]
    onto: int | None
    copies: int
    status_seen: int | None
    placed_at: datetime | None = None
    other_placed_at: datetime | None = None
    modified_seen: datetime | None = None
    hold_reason: str = ""

    @property
    def is_imported(self) -> bool:
        """Whether it has a sales order."""
        return self.total is not None

    def has_undone(self, kinds: Sequence[str], *states: str) -> bool:
        """Whether an update of one of these kinds stands in one of these states."""
        return any(f"{kind} {state}" in self.undone for kind in kinds for state in states)


def known_orders(
    integration: WebIntegration, ids: Sequence[int], between: tuple[int, int], placed: tuple[datetime, datetime]
) -> dict[int, KnownOrder]:
    """These orders as far as they are known, and those imported that were placed then and lie between these ids."""
    asked: dict[str, Any] = {
        "integration": integration.pk,
        "source": integration.code,
        "ids": list(ids),
        "first": between[0],
        "last": min(between[1], LARGEST_ID),
        "since": placed[0],
        "until": placed[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, asked)
        return {row[0]: KnownOrder(*row) for row in cursor.fetchall()}
