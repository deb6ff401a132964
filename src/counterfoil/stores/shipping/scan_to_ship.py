"""The option by which the orders of a store are shipped only when their items were scanned."""

from collections.abc import Collection
from typing import Any

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.weborders.behind import web_order_behind


def on_scanning_asked(order: SalesOrder, **_: Any) -> bool:
    """Whether the order's store wants it; an order that was made by hand has none."""
    web_order = web_order_behind(order) if order.source else None
    return web_order is not None and web_order.integration.scan_to_ship


def sources_to_scan(among: Collection[str] | None = None) -> frozenset[str]:
    """The import source codes of the stores that want it, of all or `among` these. One statement."""
    stores = WebIntegration.objects.filter(scan_to_ship=True)
    if among is not None:
        stores = stores.filter(code__in=among)
    return frozenset(stores.values_list("code", flat=True))
