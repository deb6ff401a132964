"""What is to be read of an imported order because of what it showed by itself: no list tells that a second time.

The poll's statement marks the same of all orders of a page (`changes`).
"""

from counterfoil.bigcommerce import Order, OrderHeader
from counterfoil.stores.models import WebOrder
from counterfoil.stores.weborders.changes import LARGEST_COUNT


def mark_unread(web_order: WebOrder, shown: Order | OrderHeader) -> None:
    """Marks (on the locked, unsaved `web_order`) shipments and refunds that are to be read.

    To be called before anything else that the order shows is noted.
    """
    shipped = min(shown.items_shipped, LARGEST_COUNT)
    if web_order.sales_order_id is not None:
        is_changed = (shown.status_id, shown.date_modified) != (web_order.status_seen, web_order.modified_seen)
        is_counted = shipped == web_order.items_shipped_seen or shipped == _items_known(web_order)
        web_order.shipments_to_read |= not is_counted
        web_order.refunds_to_read |= is_changed and shown.shows_refund
    web_order.items_shipped_seen = shipped


def _items_known(web_order: WebOrder) -> int:
    known = web_order.web_shipments.filter(gone_at=None).values_list("items", flat=True)
    return sum(int(item["quantity"]) for items in known for item in items)
