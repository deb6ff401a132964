"""A past for the store: what an app shipped and which statuses it set, weeks ago."""

from typing import Any

from bigcommerce_sandbox.answers import Document, Refused
from bigcommerce_sandbox.clock import rfc2822
from bigcommerce_sandbox.orders import shipments
from bigcommerce_sandbox.orders.edits import status_of
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store


def carry_out(store: Store, body: Any) -> Document:
    """``{"orders": [{"id": 101, "status_id": 2, "shipments": [{"at": seconds, …as the API takes it}]}]}``.

    Answers each order's status, its time of modification and the shipments made. Raises Refused with 400 or 404.
    """
    orders = body.get("orders") if isinstance(body, dict) else None
    if not isinstance(orders, list):
        raise Refused(400, "“orders” is a list.")
    return {"orders": [_carry_out(store, store.order(int(each["id"])), each) for each in orders]}


def _carry_out(store: Store, order: Order, done: Document) -> Document:
    made = []
    for shipment in done.get("shipments", []):
        at = int(shipment.pop("at"))
        made.append(shipments.create(store, order, shipment, "app"))
        made[-1]["date_created"] = rfc2822(at)
        order.shipped = at if order.shipped is not None else None
    status = status_of(done.get("status_id"))
    if status is not None:
        store.set_status(order, status, "app")
    return {"id": order.id, "status_id": order.status_id, "modified": order.modified, "shipments": made}
