"""Changes to what an order comes to: lines, fees, costs, discounts, coupons. All amounts are worked out anew."""

from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, Refused, invalid
from bigcommerce_sandbox.generator import build
from bigcommerce_sandbox.generator.named_lines import PRICES, named_line, price_and_rate
from bigcommerce_sandbox.orders import totals
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store

_PAIRS = tuple((f"{name}_ex_tax", f"{name}_inc_tax") for name in ("total", "subtotal"))
_COSTS = ("shipping", "handling")
FIELDS = {
    "products", "fees", "discount_amount", *(name for pair in _PAIRS for name in pair),
    *(f"{part}_cost_{kind}" for part in _COSTS for kind in ("ex_tax", "inc_tax")),
}  # fmt: skip


# By an app (vendor: orders.v2, Update an Order)


def check(store: Store, order: Order, body: Document) -> None:
    """Raises Refused with 400 for what ``put`` could not do."""
    check_totals(body)
    for name in ("products", "fees"):
        if not isinstance(body.get(name, []), list) or not all(isinstance(one, dict) for one in body.get(name, [])):
            raise invalid(name, "The value must be a list of objects.")
    for product in body.get("products", []):
        if "id" not in product:
            named_line(store, product, order.terms)
        elif order.line(product["id"]) is None:
            raise invalid("products", f"The order has no product {product['id']}.")
        elif not isinstance(product.get("quantity", 0), int) or product.get("quantity", 0) < 0:
            raise invalid("quantity", "The quantity must be a whole number.")


def put(store: Store, order: Order, body: Document) -> None:
    """Products without an id are added, those with a quantity of 0 removed; changed ones lose their discounts.

    Fees replace those that there are. What is given as a total then stands, and tax is whatever is left.
    """
    for product in body.get("products", []):
        change_line(store, order, product)
    if "fees" in body:
        _replace_fees(store, order, body["fees"])
    for part in _COSTS:
        _charge(order, part, body)
    if "discount_amount" in body:
        _clear(order, coded=False)
        build.take_amount_off(order, money.read(body["discount_amount"]))
    if body.keys() & FIELDS:
        settle_coupons(order)
        totals.work_out(order)
    override_totals(order, body)


def _replace_fees(store: Store, order: Order, fees: list[Document]) -> None:
    known = {fee["id"]: fee for fee in order.fees}
    order.fees = []
    for given in fees:
        amount = money.read(given.get(f"cost_{order.terms.side}", given.get("cost_ex_tax", given.get("cost_inc_tax"))))
        name = str(given.get("display_name_customer") or given.get("name") or "Fee")
        fee = known.get(given.get("id")) or build.new_fee(store, order, name, amount)
        order.fees.append(fee | {f"cost_{order.terms.side}": money.number(amount)})


def _charge(order: Order, part: str, body: Document) -> None:
    """Another cost of shipping or handling, which the first address bears."""
    name = f"{part}_cost_{order.terms.side}"
    if name in body and order.addresses:
        prefix = "" if part == "shipping" else "handling_"
        for place, address in enumerate(order.addresses):
            address[f"{prefix}cost_{order.terms.side}"] = money.written(0 if place else money.read(body[name]))


def check_totals(body: Document) -> None:
    """Raises Refused with 400 where only one of a pair is given (facts, section 3)."""
    for pair in _PAIRS:
        missing = [name for name in pair if name not in body]
        if len(missing) == 1:
            raise Refused(400, f"The required field '{missing[0]}' was not supplied.")


def override_totals(order: Order, body: Document) -> None:
    """A total that an app gives stands as it is, whether the parts add up to it or not."""
    for name in ("total", "subtotal"):
        if f"{name}_ex_tax" in body:
            ex, inc = (money.read(body[f"{name}_{kind}"]) for kind in ("ex_tax", "inc_tax"))
            amounts = {"ex_tax": ex, "inc_tax": inc, "tax": inc - ex}
            order.header |= {f"{name}_{kind}": money.written(amount) for kind, amount in amounts.items()}


# By a person, in the control panel


def change_line(store: Store, order: Order, change: Document) -> None:
    """A line's quantity, price or texts; a new line without an ``id``; a quantity of 0 takes it out.

    Raises Refused with 400.
    """
    if "id" not in change:
        totals.price_line(order, build.new_line(store, order, named_line(store, change, order.terms)))
        return
    line = order.line(change["id"])
    if line is None:
        raise Refused(400, f"The order has no line {change['id']}.")
    if change.get("quantity") == 0:
        order.lines.remove(line)
        return
    line.update({name: value for name, value in change.items() if name not in ("quantity", *PRICES)})
    price, rate = price_and_rate(change, order.terms)
    if price is None and "quantity" not in change:
        return
    if price is not None:
        order.terms.rates[str(line["id"])] = totals.rate_of(order, line) if rate is None else rate
        line[f"price_{order.terms.side}"] = money.written(price)
    totals.set_line(order, line, int(change.get("quantity") or line["quantity"]))


def set_discounts(store: Store, order: Order, discounts: Any) -> None:
    """All discounts anew: ``{"percent": 10}`` or ``{"amount": "5"}``, with a ``code`` a coupon, ``on`` the "order",
    "shipping" or a line by its id. Raises Refused with 400.
    """
    if not isinstance(discounts, list) or not all(isinstance(one, dict) for one in discounts):
        raise Refused(400, "“discounts” is a list of objects.")
    _clear(order, coded=True)
    _clear(order, coded=False)
    order.coupons = []
    for discount in discounts:
        _discount(store, order, discount)
    settle_coupons(order)


def _discount(store: Store, order: Order, discount: Document) -> None:
    code, on, percent = discount.get("code"), discount.get("on", "order"), int(discount.get("percent", 0))
    if on == "shipping":
        costs = sum(money.read(address[f"cost_{order.terms.side}"]) for address in order.addresses)
        amount = _amount(order, discount, costs)
        order.coupons.append(build.coupon(store, order, str(code or "SHIPPING"), amount, build.SHIPPING_COUPON, amount))
        return
    if on == "order" and percent:
        build.take_off_order(order, percent, code)
    elif on == "order":
        build.take_amount_off(order, money.read(discount.get("amount")), code)
    else:
        line = order.line(on)
        if line is None:
            raise Refused(400, f"The order has no line {on}.")
        amount = _amount(order, discount, totals.left(order, line))
        build.take_off(line, amount, str(code or "promotion-7"), str(code or "Promotion"), code, "product")
    if code and all(coupon["code"] != code for coupon in order.coupons):
        order.coupons.append(build.coupon(store, order, code, 0, build.PERCENTAGE, percent * money.ONE))


def _amount(order: Order, discount: Document, whole: int) -> int:
    if "amount" in discount:
        return min(money.read(discount["amount"]), whole)
    percent = int(discount.get("percent", 100))
    return whole if percent == 100 else money.share(whole, percent, 100, order.terms.step)


def _clear(order: Order, *, coded: bool) -> None:
    for line in order.lines:
        kept = [one for one in line["applied_discounts"] if (one["code"] is not None) != coded]
        line["applied_discounts"] = kept


def settle_coupons(order: Order) -> None:
    """A coupon is worth what stands on the lines; one that stands on none is gone. Those for shipping stay."""
    by_code: dict[str, int] = {}
    for applied in (applied for line in order.lines for applied in line["applied_discounts"]):
        if applied["code"] is not None:
            by_code[applied["code"]] = by_code.get(applied["code"], 0) + money.read(applied["amount"])
    order.coupons = [
        coupon
        if coupon["type"] in totals.OFF_SHIPPING
        else coupon | {"discount": money.number(by_code[coupon["code"]])}
        for coupon in order.coupons
        if coupon["type"] in totals.OFF_SHIPPING or coupon["code"] in by_code
    ]
