"""Whether what was read of an order is all of it: its lines by the store's own count, its coupons by their sums."""

from collections.abc import Sequence
from decimal import Decimal

from counterfoil.bigcommerce.amounts import NOTHING
from counterfoil.bigcommerce.documents import Coupon, LineItem, Order
from counterfoil.bigcommerce.errors import NeedsPerson

LINES_MISSING = "lines_missing"
ONE_CENT = Decimal("0.01")


def check_lines(order: Order, lines: Sequence[LineItem]) -> None:
    """Raises NeedsPerson where the store counts more items in the order than were read, free ones among them.

    `items_total` is the sum of the quantities; without it there is nothing to compare. It counts the parts of kits in
    the vendor's example 115 of the order API, and a cart's count leaves them out (bigcommerce/stencil-utils#112). So
    more items than are counted are no reason: none is missing.
    """
    counted = order.items_total
    if counted is None or any(line.quantity < 1 for line in lines):
        return  # a quantity that cannot be is refused by name
    read = sum(line.quantity for line in lines)
    if read < counted:
        sent = f"only {read} of them" if read else "none of them"
        raise NeedsPerson(
            LINES_MISSING,
            f"BigCommerce counts {counted} items in this order but sent {sent}.",
            "It’s read again automatically when it changes in BigCommerce. If it isn’t imported then, check its "
            "items there and retry.",
        )


def coupons_on_lines(order: Order, lines: Sequence[LineItem]) -> tuple[Coupon, ...] | None:
    """The order's coupons, each with its sum, where its lines tell all of them; else None: `/coupons` has to be asked.

    A line names the code of each coupon that lowers it. A coupon for shipping stands on no line, and an amount or a
    code may be missing (bigcommerce.md, sections 2 and 11): then the sums do not meet the order's discounts.
    """
    if not order.coupon_discount:
        return ()
    sums: dict[str, Coupon] = {}
    named = True
    for discount in (discount for line in lines for discount in line.applied_discounts):
        if discount.amount is None:
            return None
        if not discount.code:
            named = named and not discount.amount
            continue
        before = sums.get(discount.code, Coupon(discount=NOTHING, code=discount.code, name=discount.name))
        sums[discount.code] = Coupon(before.discount + discount.amount, before.code, before.name)
    coupons = tuple(sums.values())
    total = sum((coupon.discount for coupon in coupons), NOTHING)
    if total == order.coupon_discount or (named and total == order.coupon_discount + order.discount_amount):
        return coupons
    if len(coupons) == 1 and abs(total - order.coupon_discount) < ONE_CENT:  # fractions of a cent on each line
        return (Coupon(order.coupon_discount, coupons[0].code, coupons[0].name),)
    return None
