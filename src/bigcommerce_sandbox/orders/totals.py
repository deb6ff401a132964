"""The amounts of an order, worked out as real orders show them (facts, section 2).

Prices without tax: the parts without tax, less discounts and coupons, are the total without tax; tax is worked out
after the discounts and added. The parts with tax are estimates from before them, with fractions of a cent.

Prices with tax: the parts with tax, less discounts and coupons, are the total; the tax that it contains is worked out
after them. The parts without tax are the estimates.
"""

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.orders.order import Order, Terms

WHOLE = 10_000  # a rate of 100 %, in hundredths of a percent
LINE_TAX_AFTER_DISCOUNTS = 2025  # since then; before, a line's own tax was that of its full price
SHIPPING_TAX_AFTER_COUPONS = 2023  # not seen in any real order: with it, discounted lines and costs are the total
OFF_SHIPPING = (3, 4)  # the types of coupons that stand on no line
_OF_ADDRESSES = {"shipping": "", "handling": "handling_"}


def work_out(order: Order) -> None:
    """Every amount, from prices, quantities, costs, discounts and coupons as they stand on the order's basis."""
    for line in order.lines:
        price_line(order, line)
    price_costs(order)
    sum_up(order)


def sum_up(order: Order) -> None:
    """Discounts, coupons, header and tax rows, from parts that stay as they are."""
    set_cuts(order)
    set_header(order)
    set_taxes(order)


# Lines


def price_line(order: Order, line: Document) -> None:
    """The line's amounts, from its price, quantity and discounts."""
    terms, quantity = order.terms, line["quantity"]
    price, rate = money.read(line[f"price_{terms.side}"]), rate_of(order, line)
    line["base_price"], line["base_total"] = money.written(price), money.written(price * quantity)
    (_price_with_tax if terms.inclusive else _price_without_tax)(terms, line, price, rate)


def rate_of(order: Order, line: Document) -> int:
    """As the order's terms say; else what the line's own prices show."""
    rates = order.terms.rates
    shown = money.share(money.read(line["price_tax"]), WHOLE, money.read(line["price_ex_tax"]))
    return rates.get(str(line["id"]), rates.get("goods", shown))


def _price_without_tax(terms: Terms, line: Document, price: int, rate: int) -> None:
    total = price * line["quantity"]
    rest = total - taken_off(line)
    before, after = (money.share(amount, rate, WHOLE, terms.step) for amount in (total, rest))
    inc = price + money.share(price, rate, WHOLE)
    _write(line, "price", price, inc, inc - price)
    own = after if terms.year >= LINE_TAX_AFTER_DISCOUNTS else before
    _write(line, "total", total, total + money.share(total, rate, WHOLE), own)
    line["discounted_total_inc_tax"] = money.written(rest + after)


def _price_with_tax(terms: Terms, line: Document, price: int, rate: int) -> None:
    total, quantity = price * line["quantity"], line["quantity"]
    rest = total - taken_off(line)
    if terms.year < LINE_TAX_AFTER_DISCOUNTS:
        each = money.share(price, rate, WHOLE + rate, terms.step)
        _write(line, "price", price - each, price, each)
        _write(line, "total", (price - each) * quantity, total, each * quantity)
    else:
        # The tax after discounts is the line's own; what the full price would contain follows from it.
        after = money.share(rest, rate, WHOLE + rate, terms.step)
        full = money.share(after, total, rest) if rest else money.share(total, rate, WHOLE + rate)
        each = money.share(full, 1, quantity)
        _write(line, "price", price - each, price, each)
        _write(line, "total", total - full, total, after)
    line["discounted_total_inc_tax"] = money.written(rest)


def _write(document: Document, name: str, ex: int, inc: int, tax: int) -> None:
    for kind, amount in (("ex_tax", ex), ("inc_tax", inc), ("tax", tax)):
        document[f"{name}_{kind}"] = money.written(amount)


def taken_off(line: Document) -> int:
    """All discounts of the line, in money of the order's basis."""
    return sum(money.read(applied["amount"]) for applied in line["applied_discounts"])


def left(order: Order, line: Document) -> int:
    """What the line comes to after the discounts that stand on it so far, on the order's basis."""
    return money.read(line[f"price_{order.terms.side}"]) * int(line["quantity"]) - taken_off(line)


def tax_after_discounts(order: Order, line: Document) -> int:
    """The tax that is in the order's total for this line."""
    after = money.read(line["discounted_total_inc_tax"])
    if not order.terms.inclusive:
        return after - (money.read(line["total_ex_tax"]) - taken_off(line))
    own = money.read(line["total_tax"])
    if order.terms.year >= LINE_TAX_AFTER_DISCOUNTS:
        return own
    return money.share(own, after, money.read(line["total_inc_tax"]), order.terms.step)


def set_line(order: Order, line: Document, quantity: int) -> None:
    """Another quantity at the same price; a change clears the line's discounts (facts, section 3)."""
    line["quantity"], line["applied_discounts"] = quantity, []
    price_line(order, line)


# Shipping, handling, wrapping, fees


def price_costs(order: Order) -> None:
    """The amounts of everything but the goods, from what is charged on the order's basis."""
    for address, off in zip(order.addresses, off_shipping(order), strict=True):
        _price_cost(order, address, "", "shipping", off)
        _price_cost(order, address, "handling_", "handling")
    for line in order.lines:
        _price_cost(order, line, "wrapping_", "wrapping")
    for fee in order.fees:
        _price_cost(order, fee, "", "fees")
        for name in ("base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax"):
            fee[name] = money.number(money.read(fee[name]))


def _price_cost(order: Order, document: Document, prefix: str, part: str, off: int = 0) -> None:
    terms, rate = order.terms, order.terms.rates.get(part, 0)
    amount = money.read(document[f"{prefix}cost_{terms.side}"])
    document[f"base_{prefix}cost"] = money.written(amount)
    before, after = (_tax_of(terms, each, rate) for each in (amount, amount - off))
    own = after if terms.year >= SHIPPING_TAX_AFTER_COUPONS else before
    if terms.inclusive:
        _write(document, f"{prefix}cost", amount - before, amount, own)
    else:
        fractions = terms.year >= LINE_TAX_AFTER_DISCOUNTS
        estimate = amount + (money.share(amount, rate, WHOLE) if fractions else before)
        _write(document, f"{prefix}cost", amount, estimate, own)


def _tax_of(terms: Terms, amount: int, rate: int) -> int:
    """In whole coins: contained in the amount, or on top of it."""
    return money.share(amount, rate, WHOLE + rate if terms.inclusive else WHOLE, terms.step)


def off_shipping(order: Order) -> list[int]:
    """What coupons take off the shipping of each address, on the order's basis."""
    costs = [money.read(address[f"cost_{order.terms.side}"]) for address in order.addresses]
    amount = sum(money.read(coupon["discount"]) for coupon in order.coupons if coupon["type"] in OFF_SHIPPING)
    return money.spread(min(amount, sum(costs)), costs, order.terms.step)


def _tax_of_shipping(order: Order) -> int:
    """After coupons: as it is written, or worked out anew where that is the tax before them."""
    taxes = [money.read(address["cost_tax"]) for address in order.addresses]
    if order.terms.year >= SHIPPING_TAX_AFTER_COUPONS:
        return sum(taxes)
    rate, side = order.terms.rates.get("shipping", 0), f"cost_{order.terms.side}"
    offs = off_shipping(order)
    return sum(
        _tax_of(order.terms, money.read(address[side]) - off, rate) if off else tax
        for address, off, tax in zip(order.addresses, offs, taxes, strict=True)
    )


# The header


def set_cuts(order: Order) -> None:
    """Discounts and coupons of the header, from what stands on the lines and the coupons without a line."""
    by_code: dict[str | None, int] = {}
    for applied in (applied for line in order.lines for applied in line["applied_discounts"]):
        by_code[applied["code"]] = by_code.get(applied["code"], 0) + money.read(applied["amount"])
    shipping = sum(money.read(coupon["discount"]) for coupon in order.coupons if coupon["type"] in OFF_SHIPPING)
    order.header["discount_amount"] = money.written(by_code.pop(None, 0))
    order.header["coupon_discount"] = money.written(sum(by_code.values()) + shipping)


def set_header(order: Order) -> None:
    """Writes counts and money of the header anew, so that the parts add up to the total on the order's basis."""
    header, terms = order.header, order.terms
    for part in ("shipping", "handling", "wrapping"):
        _set_cost(order, part)
    _set_subtotal(order)
    costs = sum(money.read(header[f"{part}_cost_{terms.side}"]) for part in ("shipping", "handling", "wrapping"))
    cuts = money.read(header["discount_amount"]) + money.read(header["coupon_discount"])
    parts = _sum(order.lines, f"total_{terms.side}") + costs + _sum(order.fees, f"cost_{terms.side}") - cuts
    tax = sum(tax_after_discounts(order, line) for line in order.lines) + _tax_of_shipping(order)
    tax += sum(money.read(header[f"{part}_cost_tax"]) for part in ("handling", "wrapping"))
    tax += _sum(order.fees, "cost_tax")
    whole = parts if terms.inclusive else parts + tax
    total = whole - _tenders_within(order, whole) if terms.net else whole
    _write(header, "total", total - tax, total, tax)
    header |= {"items_total": sum(line["quantity"] for line in order.lines)}
    header |= {"items_shipped": sum(line["quantity_shipped"] for line in order.lines)}
    header["shipping_address_count"] = len(order.addresses)
    _count_items(order)


def _set_subtotal(order: Order) -> None:
    terms = order.terms
    ex, inc, tax = (_sum(order.lines, f"total_{kind}") for kind in ("ex_tax", "inc_tax", "tax"))
    if not terms.inclusive and terms.year < LINE_TAX_AFTER_DISCOUNTS:
        inc = ex + tax  # whole cents, where the lines have fractions
    _write(order.header, "subtotal", ex, inc, tax)


def total_before_tenders(order: Order) -> int:
    """What was to be paid in all, whichever way the total is written."""
    return money.read(order.header["total_inc_tax"]) + (_tenders(order) if order.terms.net else 0)


def _tenders(order: Order) -> int:
    return sum(money.read(order.header[name]) for name in ("store_credit_amount", "gift_certificate_amount"))


def _tenders_within(order: Order, whole: int) -> int:
    """Store credit and gift certificates; after an edit they cannot have paid more than there is to pay."""
    left_over = whole
    for name in ("gift_certificate_amount", "store_credit_amount"):
        amount = min(money.read(order.header[name]), left_over)
        order.header[name] = money.written(amount)
        left_over -= amount
    return whole - left_over


def _set_cost(order: Order, part: str) -> None:
    documents = order.lines if part == "wrapping" else order.addresses
    prefix = {**_OF_ADDRESSES, "wrapping": "wrapping_"}[part]
    for kind in ("ex_tax", "inc_tax", "tax"):
        order.header[f"{part}_cost_{kind}"] = money.written(_sum(documents, f"{prefix}cost_{kind}"))
    order.header[f"base_{part}_cost"] = money.written(_sum(documents, f"base_{prefix}cost"))


def _count_items(order: Order) -> None:
    for address in order.addresses:
        own = [line for line in order.lines if line["order_address_id"] == address["id"]]
        address["items_total"] = sum(line["quantity"] for line in own)
        address["items_shipped"] = sum(line["quantity_shipped"] for line in own)


def _sum(documents: list[Document], name: str) -> int:
    return sum(money.read(document[name]) for document in documents)


# The rows of /taxes


def set_taxes(order: Order) -> None:
    """One row of ``/taxes?details=true`` for each taxed part."""
    order.taxes = []
    rates = order.terms.rates
    for line in order.lines:
        tax = tax_after_discounts(order, line)
        _add_tax(order, line["order_address_id"], tax, rate_of(order, line), "item", line)
        wrapping = money.read(line["wrapping_cost_tax"])
        _add_tax(order, line["order_address_id"], wrapping, rates.get("wrapping", 0), "gift-wrapping", line)
    for address in order.addresses:
        for part, prefix in _OF_ADDRESSES.items():
            _add_tax(order, address["id"], money.read(address[f"{prefix}cost_tax"]), rates.get(part, 0), part)


def _add_tax(order: Order, address_id: int, amount: int, rate: int, part: str, line: Document | None = None) -> None:
    if amount == 0:
        return
    order.taxes.append(
        {
            "id": order.id * 1000 + len(order.taxes) + 1,
            "order_id": order.id,
            "order_address_id": address_id,
            "tax_rate_id": 1,
            "sales_tax_id": "",
            "tax_class_id": 0,
            "name": order.terms.tax_name,
            "class": "Default Tax Class",
            "rate": money.written(rate * 100),
            "priority": 0,
            "priority_amount": money.written(amount),
            "line_amount": money.written(amount),
            "order_pickup_method_id": line["order_pickup_method_id"] if line else 0,
            "order_product_id": str(line["id"]) if line else "",
            "line_item_type": part,
        }
    )
