"""Shipments: what may go into one, and what it changes in its order (facts, section 5)."""

from typing import Any
from urllib.parse import quote

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, Refused, invalid, not_found, read_only
from bigcommerce_sandbox.clock import rfc2822
from bigcommerce_sandbox.orders import statuses
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store

PROVIDERS = {
    "": "", "auspost": "Australia Post", "canadapost": "Canada Post", "endicia": "Endicia", "usps": "USPS",
    "fedex": "FedEx", "royalmail": "Royal Mail", "ups": "UPS", "upsready": "UPS Ready", "upsonline": "UPS Online",
    "shipperhq": "ShipperHQ", "custom": "",
}  # fmt: skip
_LONGEST = {"tracking_number": 50, "tracking_link": 500, "comments": 65_535}
_WRITABLE = {
    "order_address_id", "tracking_number", "tracking_link", "tracking_carrier", "shipping_provider",
    "shipping_method", "merchant_shipping_cost", "comments",
}  # fmt: skip
_NO_LONGER_MOVED = (statuses.REFUNDED, statuses.CANCELLED, statuses.COMPLETED, statuses.DISPUTED)
_OVER_SHIPPED = "The quantity specified is greater than the quantity of the product that is available to ship."


def create(store: Store, order: Order, body: Document, who: str) -> Document:
    """Ships some items to one address. Raises Refused with 400, and then nothing has changed."""
    _check_fields(body, {*_WRITABLE, "items"})
    address = _address(order, body.get("order_address_id"))
    items = _items(order, address, body.get("items"))
    shipment = _described(store, order, address, body) | {"items": items}
    order.shipments.append(shipment)
    _count_shipped(order)
    _tell(store, shipment, "created")
    _follow(store, order, who)
    return shipment


def correct(store: Store, order: Order, shipment: Document, body: Document) -> Document:
    """Changes tracking, carrier, method, comments or address; the items stay as they are."""
    _check_fields(body, _WRITABLE)
    number = shipment["tracking_number"]
    if "order_address_id" in body:
        shipment["shipping_address"] = _plain_address(_address(order, body["order_address_id"]))
    shipment.update({name: _text(value) for name, value in body.items() if name != "order_address_id"})
    shipment.update({name: value for name, value in body.items() if name == "order_address_id"})
    if "merchant_shipping_cost" in body:
        shipment["merchant_shipping_cost"] = money.written(money.read(body["merchant_shipping_cost"]))
    shipment.update(_tracked(shipment))
    if shipment["tracking_number"] != number:  # of all that can change, this alone is told (vendor: webhooks.v3.yml)
        _tell(store, shipment, "updated")
    store.touch(order)
    return shipment


def delete(store: Store, order: Order, shipments: list[Document]) -> None:
    """Takes shipments back; the order keeps its status (facts, section 5)."""
    order.shipments = [kept for kept in order.shipments if kept not in shipments]
    _count_shipped(order)
    for shipment in shipments:
        _tell(store, shipment, "deleted")
    store.touch(order)


def _tell(store: Store, shipment: Document, what: str) -> None:
    data = {"type": "shipment", "id": shipment["id"], "orderId": shipment["order_id"]}
    store.webhooks.happened(f"store/shipment/{what}", data)


def shipment_of(order: Order, shipment_id: int) -> Document:
    """Raises Refused with 404."""
    for shipment in order.shipments:
        if shipment["id"] == shipment_id:
            return shipment
    raise not_found()


def open_items(order: Order) -> list[Document]:
    """All that is left to ship, as one body for each address."""
    bodies = []
    for address in order.addresses:
        lines = [line for line in order.lines if line["order_address_id"] == address["id"] and _is_shippable(line)]
        items = [{"order_product_id": line["id"], "quantity": available(line)} for line in lines]
        items = [item for item in items if item["quantity"] > 0]
        if items:
            bodies.append({"order_address_id": address["id"], "items": items})
    return bodies


def available(line: Document) -> int:
    """How many of the line can still be shipped."""
    return int(max(0, line["quantity"] - line["quantity_refunded"] - line["quantity_shipped"]))


def _check_fields(body: Document, writable: set[str]) -> None:
    for name in body:
        if name not in writable:
            raise read_only(name)
    for name, longest in _LONGEST.items():
        if len(_text(body.get(name))) > longest:
            raise invalid(name, f"The value is longer than {longest} characters.")
    provider = _text(body.get("shipping_provider"))
    if provider not in PROVIDERS and not provider.startswith("carrier_"):
        raise invalid("shipping_provider", "The shipping provider is not known.")


def _address(order: Order, address_id: Any) -> Document:
    if address_id is None:
        raise Refused(400, "The required field 'order_address_id' was not supplied.")
    address = order.address(address_id)
    if address is None:
        raise invalid("order_address_id", "The order has no such shipping address.")
    return address


def _items(order: Order, address: Document, items: Any) -> list[Document]:
    if not isinstance(items, list) or not items:
        raise Refused(400, "The required field 'items' was not supplied.")
    checked: dict[int, Document] = {}
    for item in items:
        line, quantity = _item(order, address, item)
        already = checked.get(line["id"], {"quantity": 0})["quantity"]
        if quantity + already > available(line):
            more = {"available_quantity": available(line), "order_product_id": line["id"]}
            raise invalid("quantity", _OVER_SHIPPED, **more)
        shipped = {"order_product_id": line["id"], "product_id": line["product_id"], "quantity": quantity + already}
        checked[line["id"]] = shipped
    return list(checked.values())


def _item(order: Order, address: Document, item: Any) -> tuple[Document, int]:
    line = order.line(item.get("order_product_id")) if isinstance(item, dict) else None
    if line is None:
        raise invalid("order_product_id", "The order has no such product.")
    quantity = item.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise invalid("quantity", "The quantity must be a whole number above zero.")
    if not _is_shippable(line):
        raise invalid("order_product_id", "The product is not shipped to an address.", order_product_id=line["id"])
    if line["order_address_id"] != address["id"]:
        raise invalid("order_product_id", "The product goes to another address.", order_product_id=line["id"])
    return line, quantity


def _is_shippable(line: Document) -> bool:
    return bool(line["type"] == "physical" and line["order_address_id"] and not line["order_pickup_method_id"])


def _described(store: Store, order: Order, address: Document, body: Document) -> Document:
    shipment = {
        "id": store.number("shipment"),
        "order_id": order.id,
        "customer_id": order.header["customer_id"],
        "order_address_id": address["id"],
        "date_created": rfc2822(store.clock.second()),
        "tracking_number": _text(body.get("tracking_number")),
        "merchant_shipping_cost": money.written(money.read(body.get("merchant_shipping_cost"))),
        "shipping_method": _text(body.get("shipping_method", address.get("shipping_method", ""))),
        "comments": _text(body.get("comments")),
        # Left out, it becomes "custom", which yields no tracking link (facts, section 5).
        "shipping_provider": _text(body.get("shipping_provider", "custom")),
        "tracking_carrier": _text(body.get("tracking_carrier")),
        "tracking_link": _text(body.get("tracking_link")),
        "billing_address": {k: v for k, v in order.header["billing_address"].items() if k != "form_fields"},
        "shipping_address": _plain_address(address),
    }
    return shipment | _tracked(shipment)


def _plain_address(address: Document) -> Document:
    names = ("first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country")
    return {name: address.get(name, "") for name in (*names, "country_iso2", "phone", "email")}


def _tracked(shipment: Document) -> Document:
    """The carrier's name, and the link that the store makes when no own one was given."""
    provider, number = shipment["shipping_provider"], shipment["tracking_number"]
    carrier = shipment["tracking_carrier"] or (provider if provider != "custom" else "")
    known = bool(number and carrier and not shipment["tracking_link"])
    made = f"https://tracking.example.com/{quote(carrier)}/{quote(number)}" if known else ""
    return {"shipping_provider_display_name": PROVIDERS.get(provider, provider), "generated_tracking_link": made}


def _count_shipped(order: Order) -> None:
    shipped: dict[int, int] = {}
    for item in (item for shipment in order.shipments for item in shipment["items"]):
        shipped[item["order_product_id"]] = shipped.get(item["order_product_id"], 0) + item["quantity"]
    for line in order.lines:
        line["quantity_shipped"] = shipped.get(line["id"], 0)
    for address in order.addresses:
        own = [line for line in order.lines if line["order_address_id"] == address["id"]]
        address["items_shipped"] = sum(line["quantity_shipped"] for line in own)
    order.header["items_shipped"] = sum(shipped.values())


def _follow(store: Store, order: Order, who: str) -> None:
    """Date and status after a shipment; whether the status moves is contradictory, so it is a setting."""
    complete = not open_items(order)
    order.shipped = store.clock.second() if complete else None
    store.touch(order)
    if store.settings["status_after_shipment"] == "moves" and order.status_id not in _NO_LONGER_MOVED:
        store.set_status(order, statuses.SHIPPED if complete else statuses.PARTIALLY_SHIPPED, who)


def _text(value: object) -> str:
    return "" if value is None else str(value)
