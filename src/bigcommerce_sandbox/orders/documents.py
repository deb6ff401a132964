"""From a stored order to the documents that the API serves; what was written once is kept until it changes."""

from typing import Any, NamedTuple

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, encoded
from bigcommerce_sandbox.clock import rfc2822
from bigcommerce_sandbox.orders import odd_forms
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import STATUSES
from bigcommerce_sandbox.store import Store

LINES_PER_CONSIGNMENT = 50
_NUMBERS_IN_CONSIGNMENTS = (
    "base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax",
    "base_handling_cost", "handling_cost_ex_tax", "handling_cost_inc_tax", "handling_cost_tax",
)  # fmt: skip
_NULL_IN_REAL_DATA = ("customer_message", "cart_id", "external_source", "external_order_id", "credit_card_type")
_WARNING = {
    "message": "Not all line items of this consignment are returned. To read them all, use /v2/orders/{id}/products."
}


class Expansion(NamedTuple):
    """What ``include`` and ``consignment_structure`` ask for."""

    consignments: bool = False
    line_items: bool = False
    fees: bool = False
    as_object: bool = False

    @classmethod
    def asked(cls, query: dict[str, str]) -> "Expansion":
        included = {part.strip() for part in query.get("include", "").split(",")}
        line_items = "consignments.line_items" in included
        as_object = query.get("consignment_structure") == "object"
        return cls("consignments" in included or line_items, line_items, "fees" in included, as_object)


def order_bytes(store: Store, order: Order, expansion: Expansion = Expansion()) -> bytes:  # noqa: B008 - immutable
    """The order's JSON; a raw order as it was given, byte for byte."""
    if order.raw is not None:
        return order.raw.encode("latin-1")
    if expansion not in order.cache:
        order.cache[expansion] = encoded(order_document(store, order, expansion))
    return order.cache[expansion]


def order_document(store: Store, order: Order, expansion: Expansion) -> Document:
    document = {**order.header, **_written_on_serving(store, order)}
    if store.settings["null_fields"]:
        document.update(dict.fromkeys(_NULL_IN_REAL_DATA))
    root = f"/orders/{order.id}"
    for name, path in (("products", "products"), ("shipping_addresses", "shippingaddresses"), ("coupons", "coupons")):
        document[name] = link(store, f"{root}/{path}")
    document["fees"] = fees(order) if expansion.fees else link(store, f"{root}/fees")
    document["consignments"] = (
        _structured(store, consignments(store, order, expand_lines=expansion.line_items), expansion)
        if expansion.consignments
        else link(store, f"{root}/consignments")
    )
    return odd_forms.written(order, "header", document)


def lines(order: Order) -> list[Document]:
    """The order's lines as they are served."""
    return [odd_forms.written(order, "line", line) for line in order.lines]


def fees(order: Order) -> list[Document]:
    return [odd_forms.written(order, "fee", fee) for fee in order.fees]


def _written_on_serving(store: Store, order: Order) -> Document:
    status = order.status_id
    return {
        "id": order.id,
        "date_created": rfc2822(order.created),
        "date_modified": rfc2822(order.modified),
        "date_shipped": rfc2822(order.shipped),
        "status": STATUSES[status].label,
        "custom_status": store.label(status),
        "is_deleted": order.archived,
    }


def _structured(store: Store, value: Document, expansion: Expansion) -> Any:
    """The documented object, or the legacy list with that object as its only element (facts, section 2)."""
    if expansion.as_object and store.settings["consignments_form"] == "honours_parameter":
        return value
    return [value]


def link(store: Store, resource: str) -> Document:
    return {"url": store.url(resource), "resource": resource}


def consignments(store: Store, order: Order, *, expand_lines: bool) -> Document:
    """Where the lines go: fetched, shipped, downloaded or mailed. Costs are JSON numbers here."""

    def items(some: list[Document]) -> Document:
        return _line_items(store, order, some, expand=expand_lines)

    email = order.header["billing_address"].get("email", "")
    digital = [line for line in order.lines if line["type"] == "digital"]
    certificates = [line for line in order.lines if line["type"] == "giftcertificate"]
    return {
        "pickups": [pickup | items(_fetched(order, pickup)) for pickup in order.pickups],
        "shipping": [
            _in_consignment(store, order, address) | items(_sent(order, address)) for address in order.addresses
        ],
        "downloads": [{"recipient_email": email} | items(digital)] if digital else [],
        "email": {"gift_certificates": [{"recipient_email": email} | items(certificates)] if certificates else []},
    }


def _fetched(order: Order, pickup: Document) -> list[Document]:
    return [line for line in order.lines if line["order_pickup_method_id"] == pickup["id"]]


def _sent(order: Order, address: Document) -> list[Document]:
    return [line for line in order.lines if line["order_address_id"] == address["id"]]


def _in_consignment(store: Store, order: Order, address: Document) -> Document:
    shown = {name: value for name, value in address.items() if name != "order_id"}
    shown |= {name: money.number(money.read(address.get(name))) for name in _NUMBERS_IN_CONSIGNMENTS}
    quotes = f"/orders/{order.id}/consignments/shipping/{address['id']}/shipping_quotes"
    return odd_forms.written(order, "consignment", shown | {"shipping_quotes": link(store, quotes)})


def _line_items(store: Store, order: Order, some: list[Document], *, expand: bool) -> Document:
    if not expand:
        return {"line_items": [link(store, f"/orders/{order.id}/products/{line['id']}") for line in some]}
    if store.settings["empty_line_items"]:
        return {"line_items": []}
    shown = [odd_forms.written(order, "line", line) for line in some[:LINES_PER_CONSIGNMENT]]
    return {"line_items": shown, **({"__warning__": _WARNING} if len(some) > len(shown) else {})}
