"""From a sketch to an order: what was entered, on its basis; ``totals`` works out all the amounts from that."""

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.generator.spec import LineSketch, Sketch
from bigcommerce_sandbox.generator.templates import blank_address, blank_header, blank_line
from bigcommerce_sandbox.orders import statuses, totals
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store

_CURRENCY_IDS = {"USD": 1, "EUR": 2, "GBP": 3, "JPY": 4, "CAD": 5, "AUD": 6, "KWD": 7}
_PICKUP_HOURS = "Mon to Fri, 9 am to 6 pm"
PERCENTAGE, SHIPPING_COUPON = 1, 3


def build(store: Store, sketch: Sketch, created: int) -> Order:
    """The order, with numbers from the store; it is not yet added to it."""
    order = Order(store.new_order_id(), blank_header(), created, created, terms=sketch.terms(), odd=sketch.odd)
    _fill_header(order, sketch)
    _add_places(store, order, sketch)
    _add_lines(store, order, sketch)
    _take_off_order(order, sketch)
    _add_coupons(store, order, sketch)
    _add_fee(store, order, sketch)
    _pay(store, order, sketch)
    return order


def _fill_header(order: Order, sketch: Sketch) -> None:
    header, currency = order.header, sketch.currency
    display = sketch.display_currency or currency
    header["customer_id"], header["status_id"] = sketch.customer_id, sketch.status_id
    header["billing_address"] = sketch.bill_to | {"form_fields": sketch.form_fields}
    header["default_currency_id"], header["default_currency_code"] = _CURRENCY_IDS[currency], currency
    header["currency_id"], header["currency_code"] = _CURRENCY_IDS[display], display
    header["currency_exchange_rate"] = sketch.exchange_rate
    header["is_tax_inclusive_pricing"] = order.terms.inclusive
    header["order_source"] = sketch.order_source
    header["customer_message"], header["staff_notes"] = sketch.message, sketch.staff_notes
    header["payment_method"], header["payment_status"] = sketch.payment_method, sketch.payment_status
    header["geoip_country"] = sketch.bill_to["country"]
    header["geoip_country_iso2"] = sketch.bill_to["country_iso2"]
    bits = sketch.rng.getrandbits(128)
    text = f"{bits:032x}"
    header["cart_id"] = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _add_places(store: Store, order: Order, sketch: Sketch) -> None:
    if sketch.pickup:
        order.pickups = [_pickup(store)]
    elif any(line.product.type == "physical" for line in sketch.lines):
        order.addresses = [_address(store, order, sketch, place) for place in range(len(sketch.ship_tos))]


def _pickup(store: Store) -> Document:
    location = {
        "id": 1, "name": "Harbour Street shop", "code": "HARBOUR", "address_line_1": "12 Harbour Street",
        "address_line_2": "", "city": "Austin", "state": "Texas", "postal_code": "78701", "country_alpha2": "US",
        "email": "shop@example.com", "phone": "512-555-0100",
    }  # fmt: skip
    return {
        "id": store.number("pickup"),
        "pickup_method_id": 1,
        "pickup_method_display_name": "Fetch it in the shop",
        "collection_instructions": "Bring your order number.",
        "collection_time_description": _PICKUP_HOURS,
        "location": location,
    }


def _address(store: Store, order: Order, sketch: Sketch, place: int) -> Document:
    """Shipping is charged for each address, handling once."""
    handling, side = sketch.handling if place == 0 else 0, order.terms.side
    address = blank_address(store.number("address"), order.id) | sketch.ship_tos[place]
    address |= {"shipping_method": sketch.shipping_method, f"cost_{side}": money.written(sketch.shipping)}
    address |= {f"handling_cost_{side}": money.written(handling)}
    address |= {"form_fields": sketch.form_fields if place == 0 else []}
    return address | {"shipping_zone_name": sketch.ship_tos[place]["country"]}


def _add_lines(store: Store, order: Order, sketch: Sketch) -> None:
    ids: dict[int, int] = {}
    for drawn in sketch.lines:
        line = new_line(store, order, drawn)
        _take_off_line(order, line, drawn)
        ids[id(drawn)] = line["id"]
        if drawn.children_of is not None:
            line |= {"parent_order_product_id": ids[id(drawn.children_of)], "is_bundled_product": True}
    order.header["order_is_digital"] = all(line["type"] == "digital" for line in order.lines)


def new_line(store: Store, order: Order, drawn: LineSketch) -> Document:
    """The line as it was chosen, added to the order; its sums are not worked out yet."""
    line = blank_line(store.number("line"), order.id, drawn.product)
    physical = drawn.product.type == "physical"
    line["order_address_id"] = order.addresses[drawn.ship_to]["id"] if physical and order.addresses else 0
    line["order_pickup_method_id"] = order.pickups[0]["id"] if physical and order.pickups else 0
    rate = 0 if drawn.product.type == "giftcertificate" else drawn.rate
    if rate is not None:
        order.terms.rates[str(line["id"])] = rate
    line[f"price_{order.terms.side}"], line["quantity"] = money.written(drawn.price), drawn.quantity
    line["product_options"] = [_option(store, line["id"], *chosen) for chosen in _bought(store, line, drawn)]
    if line["type"] == "giftcertificate":
        line["gift_certificate_id"] = store.number("gift_certificate")
    if drawn.wrapping:
        line |= {"wrapping_id": 1, "wrapping_name": "Gift paper", "wrapping_message": "Happy birthday!"}
        line[f"wrapping_cost_{order.terms.side}"] = money.written(drawn.wrapping)
    order.lines.append(line)
    return line


def _bought(store: Store, line: Document, drawn: LineSketch) -> list[tuple[str, str]]:
    """Writes the variant into the line, as the catalog has it now, and returns all options with their values."""
    known = store.catalog.products.get(drawn.product.id)
    if known is None:
        return drawn.options
    variant = known.variant_with(dict(drawn.options))
    line |= {"variant_id": variant.id, "sku": variant.sku or known.sku}
    line |= dict.fromkeys(("name", "name_customer", "name_merchant"), known.name)
    line["bin_picking_number"] = variant.bin or known.bin
    given = {name for name, _ in drawn.options}
    return [(choice.option, choice.label) for choice in variant.choices if choice.option not in given] + drawn.options


def _option(store: Store, line_id: int, name: str, value: str) -> Document:
    number = store.number("option")
    style = "Rectangle" if name == "Size" else ""
    return {
        "id": number, "option_id": 18, "order_product_id": line_id, "product_option_id": 120, "display_name": name,
        "display_name_customer": name, "display_name_merchant": name, "display_value": value,
        "display_value_customer": value, "display_value_merchant": value, "value": str(number), "name": name,
        "type": "Multiple choice" if name in ("Size", "Color") else "Text field", "display_style": style,
    }  # fmt: skip


def _take_off_line(order: Order, line: Document, drawn: LineSketch) -> None:
    if drawn.percent_off:
        amount = money.share(totals.left(order, line), drawn.percent_off, 100, order.terms.step)
        name = f"{drawn.percent_off}% off {drawn.product.name}"
        take_off(line, amount, drawn.coupon or "promotion-7", name, drawn.coupon, "product")


def take_off(line: Document, amount: int, number: str, name: str, code: str | None, target: str) -> None:
    """A discount, in money of the order's basis."""
    if amount:
        applied = {"id": number, "amount": money.written(amount), "name": name, "code": code, "target": target}
        line["applied_discounts"].append(applied)


def _take_off_order(order: Order, sketch: Sketch) -> None:
    if sketch.percent_off_order:
        take_off_order(order, sketch.percent_off_order, sketch.order_coupon)
    if sketch.discount:
        take_amount_off(order, sketch.discount)


def take_off_order(order: Order, percent: int, code: str | None) -> None:
    """A percentage of all that is left of the goods."""
    whole = sum(totals.left(order, line) for line in _discountable(order))
    amount = whole if percent == 100 else money.share(whole, percent, 100, order.terms.step)
    name = f"{percent}% off the order" if code else "Manual Discount"
    _spread(order, amount, code or "manual-discount", name, code)


def take_amount_off(order: Order, amount: int, code: str | None = None) -> None:
    """An amount by a coupon or a person, no more than the goods come to."""
    whole = sum(totals.left(order, line) for line in _discountable(order))
    _spread(order, min(amount, whole), code or "manual-discount", "Coupon" if code else "Manual Discount", code)


def _spread(order: Order, amount: int, number: str, name: str, code: str | None) -> None:
    """A discount on the whole order is spread over its lines, to the last coin."""
    lines = _discountable(order)
    rests = [totals.left(order, line) for line in lines]
    for line, part in zip(lines, money.spread(amount, rests, order.terms.step), strict=True):
        take_off(line, part, number, name, code, "order")


def _discountable(order: Order) -> list[Document]:
    return [line for line in order.lines if line["type"] != "giftcertificate"]


def _add_coupons(store: Store, order: Order, sketch: Sketch) -> None:
    """One coupon for each code on the lines, and one for shipping, which stands on no line."""
    by_code: dict[str, int] = {}
    for applied in (applied for line in order.lines for applied in line["applied_discounts"]):
        if applied["code"] is not None:
            by_code[applied["code"]] = by_code.get(applied["code"], 0) + money.read(applied["amount"])
    for code, amount in by_code.items():
        percent = sketch.percent_off_order if code == sketch.order_coupon else _percent(sketch, code)
        order.coupons.append(coupon(store, order, code, amount, PERCENTAGE, percent * money.ONE))
    if sketch.shipping_coupon:
        amount = sum(money.read(address[f"cost_{order.terms.side}"]) for address in order.addresses)
        order.coupons.append(coupon(store, order, sketch.shipping_coupon, amount, SHIPPING_COUPON, amount))


def _percent(sketch: Sketch, code: str) -> int:
    return next(line.percent_off for line in sketch.lines if line.coupon == code)


def coupon(store: Store, order: Order, code: str, discount: int, kind: int, amount: int) -> Document:
    number = store.number("coupon")
    return {
        "id": number,
        "coupon_id": number,
        "order_id": order.id,
        "code": code,
        "amount": money.number(amount),
        "type": kind,
        "discount": money.number(discount),
    }


def _add_fee(store: Store, order: Order, sketch: Sketch) -> None:
    if sketch.fee:
        order.fees.append(new_fee(store, order, "Small order fee", sketch.fee))


def new_fee(store: Store, order: Order, name: str, amount: int) -> Document:
    """A fee of so much on the order's basis; its sums are not worked out yet."""
    fee = {"id": store.number("fee"), "type": "custom_fee", "source": "AA", "tax_class_id": None}
    fee |= {"display_name_customer": name, "display_name_merchant": name, "base_cost": 0}
    costs = dict.fromkeys(("cost_ex_tax", "cost_inc_tax", "cost_tax"), money.number(0))
    return fee | costs | {f"cost_{order.terms.side}": money.number(amount)}


def _pay(store: Store, order: Order, sketch: Sketch) -> None:
    """Store credit and gift certificates pay a part of the total; the gateway paid the rest."""
    totals.work_out(order)
    total = totals.total_before_tenders(order)
    credit = money.share(total, sketch.store_credit_percent, 100, sketch.step)
    certificate = min(total - credit, money.share(total, sketch.gift_certificate_percent, 100, sketch.step))
    order.header["store_credit_amount"] = money.written(credit)
    order.header["gift_certificate_amount"] = money.written(certificate)
    if order.terms.net:
        totals.set_header(order)
    rest = total - credit - certificate
    if rest > 0 and sketch.payment_status in ("captured", "authorized"):
        event = "purchase" if sketch.payment_status == "captured" else "authorization"
        order.transactions.append(_transaction(store, order, event, rest, sketch))
    if sketch.status_id in (statuses.INCOMPLETE, statuses.PENDING):
        order.header["payment_status"] = ""


def _transaction(store: Store, order: Order, event: str, amount: int, sketch: Sketch) -> Document:
    number = store.number("transaction")
    return {
        "id": number,
        "order_id": str(order.id),
        "event": event,
        "method": "credit_card",
        "amount": money.number(amount),
        "currency": sketch.currency,
        "gateway": "testgateway",
        "gateway_transaction_id": f"sandbox-{number}",
        "date_created": iso8601(order.created),
        "test": True,
        "status": "ok",
        "fraud_review": False,
    }
