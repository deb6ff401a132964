"""The sums of an order: from its lines, addresses, coupons, discounts and fees to its header (facts, section 2)."""

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.orders import Order


def set_header(order: Order) -> None:
    """Writes counts and money of the header anew, so that the parts add up to the total."""
    header, written = order.header, money.written
    for part in ("shipping", "handling", "wrapping"):
        _set_cost(order, part)
    subtotal_ex, subtotal_inc = _sum(order.lines, "total_ex_tax"), _sum(order.lines, "total_inc_tax")
    subtotal_tax = sum(tax_after_discounts(line) for line in order.lines)
    fees = _sum(order.fees, "cost_inc_tax")
    costs = sum(money.read(header[f"{part}_cost_inc_tax"]) for part in ("shipping", "handling", "wrapping"))
    cuts = money.read(header["discount_amount"]) + money.read(header["coupon_discount"])
    taxes = sum(money.read(header[f"{part}_cost_tax"]) for part in ("shipping", "handling", "wrapping"))
    total, tax = subtotal_inc + costs + fees - cuts, subtotal_tax + taxes + _sum(order.fees, "cost_tax")
    header |= {"subtotal_ex_tax": written(subtotal_ex), "subtotal_inc_tax": written(subtotal_inc)}
    header |= {"subtotal_tax": written(subtotal_tax), "total_tax": written(tax)}
    header |= {"total_ex_tax": written(total - tax), "total_inc_tax": written(total)}
    header |= {"items_total": sum(line["quantity"] for line in order.lines)}
    header |= {"items_shipped": sum(line["quantity_shipped"] for line in order.lines)}
    header["shipping_address_count"] = len(order.addresses)
    _count_items(order)


def tax_after_discounts(line: Document) -> int:
    """The line's tax falls with what is paid for it."""
    return money.share(
        money.read(line["total_tax"]),
        money.read(line["discounted_total_inc_tax"]),
        money.read(line["total_inc_tax"]),
    )


def set_cuts(order: Order) -> None:
    """Discounts and coupons of the header, from what stands on the lines and the coupons without a line."""
    discount = coupons = 0
    for applied in (applied for line in order.lines for applied in line["applied_discounts"]):
        if applied["code"] is None:
            discount += money.read(applied["amount"])
        else:
            coupons += money.read(applied["amount"])
    # Coupons for shipping (types 3 and 4) stand on no line.
    coupons += sum(money.read(coupon["discount"]) for coupon in order.coupons if coupon["type"] in (3, 4))
    order.header["discount_amount"] = money.written(discount)
    order.header["coupon_discount"] = money.written(coupons)


def set_line(line: Document, quantity: int) -> None:
    """Another quantity at the same price; a change clears the line's discounts (facts, section 3)."""
    line["quantity"] = quantity
    for kind in ("ex_tax", "inc_tax", "tax"):
        line[f"total_{kind}"] = money.written(money.read(line[f"price_{kind}"]) * quantity)
    line["base_total"] = money.written(money.read(line["base_price"]) * quantity)
    line["applied_discounts"] = []
    line["discounted_total_inc_tax"] = line["total_inc_tax"]


def set_taxes(order: Order, rate: int, tax_name: str) -> None:
    """One row of ``/taxes?details=true`` for each taxed part; ``rate`` in hundredths of a percent."""
    order.taxes = []
    for line in order.lines:
        _add_tax(order, line["order_address_id"], tax_after_discounts(line), rate, tax_name, line)
    for address in order.addresses:
        for part, cost in (("shipping", "cost_tax"), ("handling", "handling_cost_tax")):
            _add_tax(order, address["id"], money.read(address[cost]), rate, tax_name, None, part)


def _add_tax(
    order: Order, address_id: int, amount: int, rate: int, name: str, line: Document | None, part: str = "item"
) -> None:
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
            "name": name,
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


def _set_cost(order: Order, part: str) -> None:
    documents = order.lines if part == "wrapping" else order.addresses
    prefix = {"shipping": "", "handling": "handling_", "wrapping": "wrapping_"}[part]
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
