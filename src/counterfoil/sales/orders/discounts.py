"""What the discounts and coupons of an order are called; each is kept as code, name and amount."""

from collections.abc import Mapping, Sequence

from counterfoil.sales.models import OrderLine, SalesOrder

Discount = Mapping[str, str]


def named(discount: Discount) -> dict[str, str]:
    """A discount with a name, also where it came without one. `amount` is text, with the digits that came."""
    code = discount.get("code", "")
    name = discount.get("name") or ("Coupon" if code else "Discount")
    return {"code": code, "name": name, "amount": discount["amount"]}


def discount_name(discount: Discount) -> str:
    """As people read it: "Coupon SAVE10"."""
    known = named(discount)
    return known["name"] if known["code"] in ("", known["name"]) else f"{known['name']} {known['code']}"


def discounts_text(discounts: Sequence[Discount]) -> str:
    """Several of them in one cell: "Manual Discount 100.00; Coupon SAVE10 5.00"."""
    return "; ".join(f"{discount_name(each)} {each['amount']}" for each in discounts)


def coupon_codes(order: SalesOrder, lines: Sequence[OrderLine]) -> list[str]:
    """The codes that the shopper entered, each once: those of the order, then those that only its lines name."""
    reductions = [*order.coupons, *(each for line in lines for each in line.discounts)]
    return list(dict.fromkeys(code for each in reductions if (code := each.get("code", ""))))
