"""The vendor's own published example orders, served with the figures that were published.

Of most orders only parts are published. What is missing is made to fit; what is published stays as it is, also
where it does not add up.
"""

from pathlib import Path

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.clock import read_date
from bigcommerce_sandbox.generator import vendor_examples
from bigcommerce_sandbox.generator.fixed_catalog import Product
from bigcommerce_sandbox.generator.templates import blank_address, blank_header, blank_line
from bigcommerce_sandbox.generator.vendor_examples import Published
from bigcommerce_sandbox.orders import totals
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import AWAITING_FULFILLMENT, SHIPPED
from bigcommerce_sandbox.store import Store

_WRITTEN_ON_SERVING = {
    "id", "date_created", "date_modified", "date_shipped", "status", "custom_status", "is_deleted",
    "products", "shipping_addresses", "coupons", "fees", "consignments",
}  # fmt: skip
_COSTS = ("shipping_cost", "handling_cost")
_JANE = {
    "first_name": "Jane", "last_name": "Doe", "company": "", "street_1": "123 Main Street", "street_2": "",
    "city": "Austin", "state": "Texas", "zip": "78751", "country": "United States", "country_iso2": "US",
    "phone": "", "email": "janedoe@example.com",
}  # fmt: skip


def place_examples(store: Store, directory: Path) -> None:
    """Each order of which something is published becomes an order of the store. Raises FileNotFoundError."""
    found = vendor_examples.read(directory)
    _reserve_numbers(store, found)
    for order_id, parts in found.items():
        if parts.headers:
            _with_header(store, order_id, parts)
        else:
            _around_parts(store, order_id, parts)


def _reserve_numbers(store: Store, found: dict[int, Published]) -> None:
    for parts in found.values():
        for kind, documents in (("line", parts.lines), ("address", parts.addresses), ("shipment", parts.shipments)):
            store.reserve(kind, max((document["id"] for document in documents), default=0))
        items = [item for shipment in parts.shipments for item in shipment["items"]]
        store.reserve("line", max((item["order_product_id"] for item in items), default=0))
        store.reserve("address", max((line["order_address_id"] for line in parts.lines), default=0))


def _with_header(store: Store, order_id: int, parts: Published) -> None:
    header = parts.headers[0]
    created, modified = (int(read_date(header[name])) for name in ("date_created", "date_modified"))
    own = {name: value for name, value in header.items() if name not in _WRITTEN_ON_SERVING}
    order = Order(order_id, own, created, modified, kinds=["published"])
    order.addresses = [_address_of_header(store, order, parts)]
    lines = [_completed(line) for line in parts.lines]
    order.lines = lines + _rest_of_lines(store, order, lines)
    for line in order.lines:
        line["order_address_id"] = order.addresses[0]["id"]
    if isinstance(header.get("fees"), list):
        order.fees = header["fees"]
    _cut_as_header_says(store, order)
    order.addresses[0]["items_total"] = sum(line["quantity"] for line in order.lines)
    _place(store, order)


def _address_of_header(store: Store, order: Order, parts: Published) -> Document:
    """One address, the bill-to one, which carries the header's shipping and handling."""
    given = parts.lines[0]["order_address_id"] if parts.lines else store.number("address")
    header, address = order.header, blank_address(given, order.id)
    address |= {name: value for name, value in header["billing_address"].items() if name in address}
    for cost, prefix in (("shipping_cost", ""), ("handling_cost", "handling_")):
        for kind in ("ex_tax", "inc_tax", "tax"):
            address[f"{prefix}cost_{kind}"] = money.written(money.read(header[f"{cost}_{kind}"]))
        address[f"base_{prefix}cost"] = money.written(money.read(header[f"base_{cost}"]))
    return address | {"shipping_method": "Flat Rate", "shipping_zone_name": "United States"}


def _rest_of_lines(store: Store, order: Order, lines: list[Document]) -> list[Document]:
    """Lines for the items and the money that the published ones leave open: all but one alike, one with the rest."""
    quantity = order.header["items_total"] - sum(line["quantity"] for line in lines)
    inc = money.read(order.header["subtotal_inc_tax"]) - sum(money.read(line["total_inc_tax"]) for line in lines)
    ex = money.read(order.header["subtotal_ex_tax"]) - sum(money.read(line["total_ex_tax"]) for line in lines)
    ex = ex if 0 <= ex <= inc else inc
    if quantity <= 0:
        return []
    each_inc, each_ex = money.rounded(inc // quantity, 100), ex // quantity
    alike = [_made_line(store, order, quantity - 1, each_inc, each_ex)] if quantity > 1 else []
    last = _made_line(store, order, 1, inc - each_inc * (quantity - 1), ex - each_ex * (quantity - 1))
    return [*alike, last]


def _completed(line: Document) -> Document:
    """A published line, with the fields that its example leaves out."""
    blank = blank_line(line["id"], line["order_id"], Product(0, "", "", 0))
    return blank | {"discounted_total_inc_tax": line["total_inc_tax"]} | line


def _made_line(store: Store, order: Order, quantity: int, inc: int, ex: int) -> Document:
    number = store.number("line")
    line = blank_line(number, order.id, Product(0, f"EXAMPLE-{order.id}-{number}", "Example product", 0))
    line |= {"price_inc_tax": money.written(inc), "price_ex_tax": money.written(ex), "base_price": money.written(ex)}
    line["price_tax"] = money.written(inc - ex)
    totals.set_line(order, line, quantity)
    return line


def _cut_as_header_says(store: Store, order: Order) -> None:
    """The header's discount and coupon, on the line that can bear them."""
    line = max(order.lines, key=lambda line: money.read(line["total_inc_tax"]))
    discount, coupon = (money.read(order.header[name]) for name in ("discount_amount", "coupon_discount"))
    for amount, name, code in ((discount, "Manual Discount", None), (coupon, "Coupon", "EXAMPLE")):
        if amount:
            number = "manual-discount" if code is None else "1"
            applied = {"id": number, "amount": money.written(amount), "name": name, "code": code, "target": "order"}
            line["applied_discounts"].append(applied)
    rest = money.read(line["total_inc_tax"]) - discount - coupon
    line["discounted_total_inc_tax"] = money.written(rest)
    if coupon:
        order.coupons.append(_coupon(store, order, "EXAMPLE", coupon))


def _coupon(store: Store, order: Order, code: str, amount: int) -> Document:
    number, worth = store.number("coupon"), money.number(amount)
    document = {"id": number, "coupon_id": number, "order_id": order.id, "code": code}
    return document | {"amount": worth, "type": 2, "discount": worth}


def _around_parts(store: Store, order_id: int, parts: Published) -> None:
    """An order whose header follows from its published parts."""
    now = store.clock.second()
    order = Order(order_id, blank_header(), now, now, kinds=["published parts"])
    order.header["billing_address"] = _JANE | {"form_fields": []}
    order.header |= {"status_id": AWAITING_FULFILLMENT, "customer_id": 11, "payment_method": "Credit Card"}
    order.pickups = [_pickup(pickup) for pickup in parts.pickups]
    order.addresses = [{**blank_address(0, order_id), **address} for address in parts.addresses]
    order.coupons, order.messages, order.taxes = parts.coupons, parts.messages, parts.taxes
    order.shipments, order.refunds = parts.shipments, parts.refunds
    order.lines = [_completed(line) for line in parts.lines] or _lines_for(store, order, parts)
    _add_missing_addresses(store, order)
    totals.set_cuts(order)
    totals.set_header(order)
    if order.shipments:
        order.header["status_id"], order.shipped = SHIPPED, now
    _place(store, order)


def _pickup(pickup: Document) -> Document:
    return {name: value for name, value in pickup.items() if name != "line_items"}


def _lines_for(store: Store, order: Order, parts: Published) -> list[Document]:
    """Made lines, for what the parts speak of: shipped items, items of an address, a pickup, a coupon."""
    lines = [_shipped_line(store, order, parts, item) for parcel in parts.shipments for item in parcel["items"]]
    for address in order.addresses:
        if address["items_total"]:
            line = _priced(store, order, address["items_total"])
            lines.append(line | {"order_address_id": address["id"], "quantity_shipped": address["items_shipped"]})
    lines += [_priced(store, order, 1) | {"order_pickup_method_id": pickup["id"]} for pickup in order.pickups]
    lines = lines or [_priced(store, order, 2)]
    for coupon in order.coupons:
        amount = money.written(money.read(coupon["discount"]))
        applied = {"id": str(coupon["coupon_id"]), "amount": amount, "name": "Coupon", "code": coupon["code"]}
        lines[0]["applied_discounts"].append(applied | {"target": "order"})
        rest = money.read(lines[0]["discounted_total_inc_tax"]) - money.read(amount)
        lines[0]["discounted_total_inc_tax"] = money.written(rest)
    return lines


def _priced(store: Store, order: Order, quantity: int) -> Document:
    return _made_line(store, order, quantity, 250_000, 250_000)


def _shipped_line(store: Store, order: Order, parts: Published, item: Document) -> Document:
    shipment = next(parcel for parcel in parts.shipments if item in parcel["items"])
    line = _priced(store, order, item["quantity"])
    line |= {"id": item["order_product_id"], "product_id": item["product_id"], "quantity_shipped": item["quantity"]}
    return line | {"order_address_id": shipment["order_address_id"]}


def _add_missing_addresses(store: Store, order: Order) -> None:
    """Each physical line goes somewhere: to the address that it names, else to a made one."""
    for line in (line for line in order.lines if not line["order_pickup_method_id"]):
        line["order_address_id"] = line["order_address_id"] or _first_address(store, order)
        if order.address(line["order_address_id"]) is None:
            order.addresses.append(blank_address(line["order_address_id"], order.id) | _JANE)


def _first_address(store: Store, order: Order) -> int:
    return int(order.addresses[0]["id"]) if order.addresses else store.number("address")


def _place(store: Store, order: Order) -> None:
    order.history.append({"at": order.created, "from": None, "to": order.status_id, "by": "shopper"})
    store.add(order)
