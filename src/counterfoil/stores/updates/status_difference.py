"""An order that the store calls shipped and that is open here, as after a void: what a person can do about it.

BigCommerce does not move an order out of Shipped when its shipment is deleted (vendor: Delete an order shipment).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from counterfoil.bigcommerce import NEVER_OVERWRITTEN, StatusId
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, SalesOrder, StatusRole
from counterfoil.sales.orders.status import lock_order
from counterfoil.stores.log import log
from counterfoil.stores.models import IN_HAND, LogKind, UpdateCause, UpdateKind, WebOrder
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.outbox import ensure_status
from counterfoil.stores.updates.status_targets import status_after_reimport

SHIPPED_THERE = (StatusId.SHIPPED, StatusId.COMPLETED)
AGREES = Refused("The store’s status already matches the order’s.", "Reload the page.")


@dataclass(frozen=True, slots=True)
class StatusDifference:
    """`there`: the store's status; `open_items`: how many are to be shipped here; `target`: what it would be set to."""

    there: str
    open_items: int
    target_id: int
    target: str


def status_difference(web_order: WebOrder, order: SalesOrder, lines: Iterable[OrderLine]) -> StatusDifference | None:
    """None where both agree, and while the order is on hold or cancelled. A statement only where they differ.

    The lines' addresses are to be loaded along, and the web order's integration with its state.
    """
    to_ship = [line for line in lines if line.is_shipped_by_parcel]
    open_items = sum(line.open for line in to_ship)
    if not open_items or order.is_held or order.status.role == StatusRole.CANCELLED:
        return None
    is_begun = any(line.shipped for line in to_ship)
    partly_there = web_order.status_seen == StatusId.PARTIALLY_SHIPPED and not is_begun
    if web_order.status_seen not in SHIPPED_THERE and not partly_there:
        return None
    integration = web_order.integration
    target, _ = status_after_reimport(integration, order.pk)
    if target == web_order.status_seen:
        return None
    there = integration.status_text(web_order.status_seen)
    return StatusDifference(there, open_items, target, integration.status_text(target))


def set_status_there(order_id: int, *, by: str) -> str:
    """Sets the status that the order should have in the store; returns it. Raises Refused where both agree (again)."""
    with transaction.atomic():
        order = lock_order(order_id)
        web_order = (
            WebOrder.locked()
            .select_related("integration__state")
            .filter(sales_order=order, other_placed_at=None)
            .first()
        )
        if web_order is None or web_order.status_seen in NEVER_OVERWRITTEN:
            raise AGREES
        found = status_difference(web_order, order, order.lines.select_related("ship_to"))
        if found is None or web_order.updates.filter(kind=UpdateKind.STATUS, state__in=IN_HAND).exists():
            raise AGREES
        ensure_status(web_order, found.target_id, UpdateCause.MAPPED)
        text = f"{by} asked to set {found.target} in the store, where the order is {found.there}."
        log(web_order.integration, LogKind.SETTINGS, text, import_id=web_order.import_id)
        wake({web_order.integration_id})
        return found.target
