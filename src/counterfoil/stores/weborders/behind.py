"""The web order behind a sales order."""

from typing import Any

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebOrder

_BEHIND: Any = WebOrder._meta.get_field("sales_order").remote_field


def web_order_behind(order: SalesOrder) -> WebOrder | None:
    """The web order behind a locked order, with its integration; asked for once, whatever happens to the order."""
    if _BEHIND.is_cached(order):
        known: WebOrder | None = _BEHIND.get_cached_value(order)
        return known
    web_order = WebOrder.objects.select_related("integration").filter(sales_order=order).first()
    if web_order is not None:
        web_order.sales_order = order  # which the order remembers
    return web_order
