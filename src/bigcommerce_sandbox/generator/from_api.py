"""POST /orders: an order as an app creates it, from products that it names itself."""

from random import Random
from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, Refused, invalid
from bigcommerce_sandbox.generator.build import build
from bigcommerce_sandbox.generator.named_lines import named_line
from bigcommerce_sandbox.generator.spec import LineSketch, Sketch
from bigcommerce_sandbox.generator.templates import blank_address
from bigcommerce_sandbox.orders import edit_amounts, edits
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import PENDING
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
    sketch.rate, sketch.tax_inclusive = 0, store.settings["pricing"] == "inclusive"
    _set_costs(sketch, body)
    sketch.message, sketch.staff_notes = str(body.get("customer_message") or ""), str(body.get("staff_notes") or "")
    sketch.payment_method, sketch.payment_status = str(body.get("payment_method") or "Manual"), ""
    sketch.lines = _lines(store, body.get("products"), sketch)
    sketch.status_id, sketch.order_source = _status(body), "external"
    edit_amounts.check_totals(body)
    order = build(store, sketch, store.clock.second())
    edit_amounts.override_totals(order, body)
    order.header |= {
        name: body[name] for name in ("external_id", "external_order_id", "external_source") if name in body
    }
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


def _lines(store: Store, products: Any, sketch: Sketch) -> list[LineSketch]:
    if not isinstance(products, list) or not products:
        raise Refused(400, "The required field 'products' was not supplied.")
    return [named_line(store, product, sketch.terms()) for product in products]


def _set_costs(sketch: Sketch, body: Document) -> None:
    """Shipping and handling with their rates, and a discount on the whole order, where the app gives them."""
    for part in ("shipping", "handling"):
        ex, inc = (money.read(body.get(f"{part}_cost_{kind}")) for kind in ("ex_tax", "inc_tax"))
        amount = (inc or ex) if sketch.tax_inclusive else (ex or inc)
        setattr(sketch, part, amount)
        if part == "shipping" and ex and inc:
            sketch.shipping_rate = money.share(inc - ex, 10_000, ex)
    sketch.discount = money.read(body.get("discount_amount"))
