"""Applies what the store did with an order that was just read: shipped, refunded, stopped it."""

from counterfoil.bigcommerce import Order
from counterfoil.intake.outcomes import Imported, Outcome
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import LineKind, OrderLine
from counterfoil.sales.orders.drafts import OrderDraft
from counterfoil.sales.orders.status import close_without_shipping
from counterfoil.sales.shipping.external_shipments import note_refunded
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebIntegration, WebOrder
from counterfoil.stores.weborders.external_shipments import note_shipped
from counterfoil.stores.weborders.holds import BY, REASONS, StoreStanding, update_holds

WHY_CLOSED = "Nothing to ship"


def follow_quantities(web_order: WebOrder, order: Order, draft: OrderDraft) -> None:
    """Counts what the store shipped and refunded of an order that is imported; no statement where it did neither.

    Marks (on the unsaved `web_order`) that shipments or refunds are to be read.
    """
    assert web_order.sales_order_id is not None
    refunded = {line.source_id: line.refunded for line in draft.lines if line.refunded and line.source_id}
    if refunded:
        note_refunded(web_order.sales_order_id, refunded, by=BY)
    if refunded or order.shows_refund:
        web_order.refunds_to_read = True
    if order.items_shipped:
        shipped = {line.source_id: line.shipped for line in draft.lines if line.source_id}
        note_shipped(web_order, shipped)
        web_order.shipments_to_read = True  # one may have taken the place of another with as many items
    _mark_changes_since_reading(web_order, order)


def _mark_changes_since_reading(web_order: WebOrder, order: Order) -> None:
    """Marks what changed in the store after this version was read. A poll may have shown it while there was no sales
    order to mark, and none shows it again. An order in a new order status is imported again anyway."""
    if web_order.items_shipped_seen != order.items_shipped:
        web_order.shipments_to_read = True
    is_newer = (web_order.status_seen, web_order.modified_seen) != (order.status_id, order.date_modified)
    if is_newer and web_order.status_seen not in web_order.integration.new_statuses:
        web_order.refunds_to_read = web_order.addresses_to_read = True


def apply_store_status(integration: WebIntegration, web_order: WebOrder, outcome: Outcome) -> None:
    """Holds an order that the store has stopped; closes a new one with nothing to ship, where the option says so."""
    if web_order.status_seen in REASONS and web_order.sales_order is not None:
        order = web_order.sales_order
        standing = StoreStanding(web_order.import_id, order.pk, web_order.status_seen, order.hold_reason)
        update_holds(integration, [standing])
    elif isinstance(outcome, Imported) and integration.close_unshippable:
        assert web_order.sales_order_id is not None
        _close(integration, web_order.sales_order_id, web_order.import_id)


def _close(integration: WebIntegration, sales_order_id: int, import_id: str) -> None:
    """Digital goods and gift certificates are delivered by the store. What is picked up waits for the shopper."""
    if OrderLine.objects.filter(order=sales_order_id, kind=LineKind.PHYSICAL).exists():
        return
    try:
        close_without_shipping(sales_order_id, by="Counterfoil", why=WHY_CLOSED)
    except Refused as refused:
        log(integration, LogKind.UPDATED, str(refused), import_id=import_id)
