"""Lets things have happened earlier than they did: for a store that is to look as if it had run for months."""

from typing import Any

from bigcommerce_sandbox.answers import Document, Refused
from bigcommerce_sandbox.clock import rfc2822
from bigcommerce_sandbox.store import Store


def set_dates(store: Store, body: Any) -> Document:
    """``{"orders": {"101": {"shipped": seconds, "shipments": {"7": seconds}}}}``. Raises Refused with 400 or 404."""
    orders = body.get("orders") if isinstance(body, dict) else None
    if not isinstance(orders, dict):
        raise Refused(400, "“orders” is an object: order number → dates.")
    for number, dates in orders.items():
        order = store.order(int(number))
        if order.shipped is not None and dates.get("shipped") is not None:
            order.shipped = int(dates["shipped"])
        for shipment in order.shipments:
            second = dates.get("shipments", {}).get(str(shipment["id"]))
            if second is not None:
                shipment["date_created"] = rfc2822(int(second))
        order.cache.clear()
    store.changes += 1
    return {"dated": len(orders)}
