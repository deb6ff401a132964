"""Orders served byte for byte as they were given, however wrong they are."""

import json
from typing import Any

from bigcommerce_sandbox.answers import Document, encoded
from bigcommerce_sandbox.clock import read_date
from bigcommerce_sandbox.generator.templates import blank_header
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import AWAITING_FULFILLMENT, STATUSES
from bigcommerce_sandbox.store import Store


def raw_order(store: Store, given: Document | bytes, order_id: int) -> Order:
    """``given`` is ``{"order": {...}}`` or the bytes themselves; lists and filters use what can be read of it."""
    text = given if isinstance(given, bytes) else encoded(given.get("order", given))
    seen = _readable(text)
    number = order_id or seen.get("id")
    number = number if isinstance(number, int) and number > 0 else store.new_order_id()
    now = store.clock.second()
    order = Order(number, _header(seen), _second(seen.get("date_created"), now), now)
    order.modified = _second(seen.get("date_modified"), now)
    order.kinds, order.raw = ["raw"], text.decode("latin-1")
    return order


def _readable(text: bytes) -> Document:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _header(seen: Document) -> Document:
    """What lists filter by, in the types that the filters expect."""
    header = blank_header()
    status = seen.get("status_id")
    header["status_id"] = status if isinstance(status, int) and status in STATUSES else AWAITING_FULFILLMENT
    address = seen.get("billing_address")
    header["billing_address"] = address if isinstance(address, dict) else {}
    customer = seen.get("customer_id")
    header["customer_id"] = customer if isinstance(customer, int) else 0
    return header


def _second(text: Any, otherwise: int) -> int:
    try:
        return int(read_date(text))
    except (ValueError, TypeError, AttributeError, OverflowError):
        return otherwise
