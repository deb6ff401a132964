"""POST /orders: an order as an app creates it, from products that it names itself."""

from random import Random
from typing import Any

from bigcommerce_sandbox import edits, money
from bigcommerce_sandbox.answers import Document, Refused, invalid
from bigcommerce_sandbox.catalog import CatalogProduct, Variant
from bigcommerce_sandbox.making.blanks import blank_address
from bigcommerce_sandbox.making.build import build
from bigcommerce_sandbox.making.catalog import Product
from bigcommerce_sandbox.making.sketch import LineSketch, Sketch
from bigcommerce_sandbox.orders import Order
from bigcommerce_sandbox.statuses import PENDING
from bigcommerce_sandbox.store import Store

_PERSON = set(blank_address(0, 0)) & {
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country", "country_iso2",
    "phone", "email",
}  # fmt: skip


def order_from_app(store: Store, body: Document) -> Order:
    """Without ``status_id`` it stands in Pending (facts, section 4). Raises Refused with 400."""
    bill_to, ship_tos = _person(body.get("billing_address")), body.get("shipping_addresses") or []
    sketch = Sketch(Random(0), int(body.get("customer_id") or 0), bill_to, [_person(place) for place in ship_tos])  # noqa: S311
    sketch.ship_tos = sketch.ship_tos or [dict(bill_to)]
    sketch.rate = sketch.shipping = 0
    sketch.message, sketch.staff_notes = str(body.get("customer_message") or ""), str(body.get("staff_notes") or "")
    sketch.payment_method, sketch.payment_status = str(body.get("payment_method") or "Manual"), ""
    sketch.lines = _lines(store, body.get("products"))
    sketch.status_id = _status(body)
    order = build(store, sketch, store.clock.second())
    order.header |= {
        name: body[name] for name in ("external_id", "external_order_id", "external_source") if name in body
    }
    order.header["order_source"] = "external"
    order.history.append({"at": order.created, "from": None, "to": order.status_id, "by": "app"})
    return store.add(order)


def _status(body: Document) -> int:
    status = edits.status_of(body.get("status_id", PENDING))
    if status is None:
        raise invalid("status_id", "There is no such order status.")
    return status


def _person(address: Any) -> Document:
    if not isinstance(address, dict):
        raise Refused(400, "The required field 'billing_address' was not supplied.")
    return {name: str(address.get(name) or "") for name in _PERSON}


def _lines(store: Store, products: Any) -> list[LineSketch]:
    if not isinstance(products, list) or not products:
        raise Refused(400, "The required field 'products' was not supplied.")
    return [_line(store, product) for product in products]


def _line(store: Store, product: Any) -> LineSketch:
    """A product of the catalog, by its number and perhaps its variant's, or a custom one by its name."""
    quantity = product.get("quantity") if isinstance(product, dict) else None
    if not isinstance(quantity, int) or quantity < 1:
        raise invalid("quantity", "The quantity must be a whole number above zero.")
    price = money.read(product.get("price_inc_tax", product.get("price_ex_tax", 0)))
    number = product.get("product_id")
    known = store.catalog.products.get(number) if isinstance(number, int) else None
    if known is not None:
        drawn = Product(known.id, known.sku, known.name, known.price, known.weight, known.type)
        options = [(choice.option, choice.label) for choice in _variant(known, product).choices]
        return LineSketch(drawn, quantity, price or known.price * 100, options=options)
    if not product.get("name"):
        raise invalid("product_id", "There is no such product, and no name for a custom one.")
    return LineSketch(Product(0, str(product.get("sku") or ""), str(product["name"]), 0, brand=""), quantity, price)


def _variant(known: CatalogProduct, product: Document) -> Variant:
    if "variant_id" not in product:
        return known.variants[0]
    for variant in known.variants:
        if variant.id == product["variant_id"]:
            return variant
    raise invalid("variant_id", "The product has no such variant.")
