"""A web order's money on the basis that its store prices in (design, rule 14).

The arithmetic was checked against published orders of live stores (bigcommerce.md, section 2):

- Prices without tax: the `ex_tax` parts less the discounts, and the tax on what is left of them, are the total. There
  the `inc_tax` parts are the store's estimates, from before the discount and with fractions of a cent.
- Prices with tax: the `inc_tax` parts less the discounts are the total, and the `ex_tax` parts are the estimates.

`is_tax_inclusive_pricing` says which to expect. It is absent before about 2024, and in one of the vendor's own examples
wrong: where only the other basis adds up, the figures win.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from counterfoil.bigcommerce import LineItem, Order
from counterfoil.intake.conversion.line_money import GoodsMoney, LineMoney, divide_tax, line_money
from counterfoil.sales.money import (
    PRICES_INCLUDE_TAX,
    PRICES_WITHOUT_TAX,
    is_less_than_payable,
    money_in,
    money_text,
    smallest_unit,
)
from counterfoil.sales.orders.drafts import TotalsDraft

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The order's totals and, in the order of its items, the amounts of each line, all on one basis.

    `tax_gap`: by how much the store's total exceeds its total without tax and its tax; zero when they agree.
    """

    totals: TotalsDraft
    lines: tuple[LineMoney, ...]
    tax_gap: Decimal = NOTHING


def order_money(
    order: Order, items: Sequence[LineItem], currency: str, *, tax_included: bool | None = None
) -> OrderMoney:
    """The money of an order on its store's basis, or on the given one. Fractions of a cent are no difference."""
    totals = _choose(_readings(order, items, tax_included), currency)
    gap = NOTHING if order.total_ex_tax is None else order.total_inc_tax - order.total_ex_tax - order.total_tax
    held_back = totals.total - order.total_inc_tax
    if is_less_than_payable(gap, currency) or is_less_than_payable(gap + held_back, currency):
        gap = NOTHING
    wanted = list(_on_goods(order, items, totals, currency))
    lines, goods = line_money(items, wanted, tax_included=totals.tax_included, currency=currency)
    if goods == wanted[0]:  # else what is left of the tax on shipping is our estimate, and proves nothing
        lines = divide_tax(lines, items, goods.tax, tax_included=totals.tax_included, currency=currency)
    return OrderMoney(totals, lines, gap)


def _choose(readings: Iterable[TotalsDraft], currency: str) -> TotalsDraft:
    """The first that adds up: to the last digit, else but for a fraction of a cent.

    A total that is before the tenders is the rule: one that is net of them counts where no other adds up. Where none
    does, one that misses the total by whole cents: with fractions of them its parts are the store's estimates.
    """
    seen: list[TotalsDraft] = []
    for each in readings:
        if each.difference == 0 and (not seen or each.total == seen[0].total):
            return each
        seen.append(each)
    near = [each for each in seen if is_less_than_payable(each.difference, currency)]
    gross = [each for each in near if each.total == seen[0].total]
    net = sorted(near, key=lambda each: abs(each.difference))
    whole = [each for each in seen if each.difference % smallest_unit(currency) == 0]
    return next(iter([*gross, *net, *whole, *seen]))


def _readings(order: Order, items: Sequence[LineItem], tax_included: bool | None) -> Iterator[TotalsDraft]:
    """The totals on each basis that the order gives figures for, the expected one first.

    Public descriptions contradict each other whether the store's total is before or after gift certificates and store
    credit, so both are read. In the sales data they are tenders, and the total is before them.
    """
    expected = _expects_tax_included(order, items) if tax_included is None else tax_included
    bases = [expected] if tax_included is not None else [expected, not expected]
    known = []
    for basis in bases:
        if basis or _has_figures_without_tax(order, items):
            known.append(_totals(order, items, tax_included=basis))
            yield known[-1]
    if not known:  # wanted without tax, and the order has no such figures
        known.append(_totals(order, items, tax_included=True))
        yield known[0]
    tenders = (order.gift_certificate_amount, order.store_credit_amount)
    held = {*tenders, sum(tenders, NOTHING)}
    for held_back in sorted(held - {NOTHING}, reverse=True):
        yield from (replace(totals, total=totals.total + held_back) for totals in known)


def _has_figures_without_tax(order: Order, items: Sequence[LineItem]) -> bool:
    costs = (order.shipping_cost_ex_tax, order.handling_cost_ex_tax, order.wrapping_cost_ex_tax)
    taxed = (order.shipping_cost_inc_tax, order.handling_cost_inc_tax, order.wrapping_cost_inc_tax)
    return all(item.total_ex_tax is not None and item.price_ex_tax is not None for item in items) and not any(
        cost is None and inc for cost, inc in zip(costs, taxed, strict=True)
    )


def _expects_tax_included(order: Order, items: Sequence[LineItem]) -> bool:
    """The store's flag; else as the prices were entered: a base price is the one of the two that is no estimate."""
    if order.is_tax_inclusive_pricing is not None:
        return order.is_tax_inclusive_pricing
    entered = [(item.base_price, item.price_ex_tax, item.price_inc_tax) for item in items]
    entered.append((order.base_shipping_cost, order.shipping_cost_ex_tax, order.shipping_cost_inc_tax))
    for base, without_tax, with_tax in entered:
        if without_tax != with_tax and base in (without_tax, with_tax):
            return base == with_tax
    return True


def _totals(order: Order, items: Sequence[LineItem], *, tax_included: bool) -> TotalsDraft:
    def on_basis(with_tax: Decimal, without_tax: Decimal | None) -> Decimal:
        return with_tax if tax_included or without_tax is None else without_tax

    return TotalsDraft(
        subtotal=sum((on_basis(item.total_inc_tax, item.total_ex_tax) for item in items), NOTHING),
        discount=order.discount_amount + order.coupon_discount,
        shipping=on_basis(order.shipping_cost_inc_tax, order.shipping_cost_ex_tax),
        handling=on_basis(order.handling_cost_inc_tax, order.handling_cost_ex_tax),
        wrapping=on_basis(order.wrapping_cost_inc_tax, order.wrapping_cost_ex_tax),
        fees=sum((on_basis(fee.cost_inc_tax, fee.cost_ex_tax) for fee in order.fees), NOTHING),
        total=order.total_inc_tax,
        tax=order.total_tax,
        tax_included=tax_included,
    )


def _on_goods(order: Order, items: Sequence[LineItem], totals: TotalsDraft, currency: str) -> Iterator[GoodsMoney]:
    """What of the order's discount and tax may be that of its goods, what is likelier first.

    A coupon for shipping stands on no line (bigcommerce.md, section 2): it lowers the shipping and the tax on it.
    """
    tax = totals.tax - _tax_of_extras(order, currency)
    yield GoodsMoney(totals.discount, tax)
    listed = [each.amount for item in items for each in item.applied_discounts]
    on_lines = sum((amount for amount in listed if amount is not None), NOTHING)
    off_shipping = totals.discount - on_lines
    if None not in listed and 0 < off_shipping <= totals.shipping:
        with_tax, without = order.shipping_cost_inc_tax, order.shipping_cost_ex_tax
        share = 1 - off_shipping / totals.shipping
        left = _tax_in(with_tax * share, None if without is None else without * share, currency)
        yield GoodsMoney(on_lines, tax + _tax_in(with_tax, without, currency) - left)


def _tax_of_extras(order: Order, currency: str) -> Decimal:
    """The tax on all that is no line: shipping, handling, wrapping and fees, before any discount."""
    pairs = [
        (order.shipping_cost_inc_tax, order.shipping_cost_ex_tax),
        (order.handling_cost_inc_tax, order.handling_cost_ex_tax),
        (order.wrapping_cost_inc_tax, order.wrapping_cost_ex_tax),
        *((fee.cost_inc_tax, fee.cost_ex_tax) for fee in order.fees),
    ]
    return sum((_tax_in(with_tax, without, currency) for with_tax, without in pairs), NOTHING)


def _tax_in(with_tax: Decimal, without: Decimal | None, currency: str) -> Decimal:
    """The tax that was charged: one of the two is the store's estimate with fractions of a cent."""
    return NOTHING if without is None else (with_tax - without).quantize(smallest_unit(currency), ROUND_HALF_UP)


def why_it_does_not_add_up(totals: TotalsDraft, tax_gap: Decimal, currency: str) -> str:
    """The sum and by how much it misses the store's total, as a sentence."""
    difference = totals.difference
    if not is_less_than_payable(difference, currency):
        basis = PRICES_INCLUDE_TAX if totals.tax_included else PRICES_WITHOUT_TAX
        return (
            f"The parts of the order add up to {money_in(totals.total - difference, currency)} ({basis}), but its "
            f"total is {money_in(totals.total, currency)}: a difference of {money_text(difference, currency)}."
        )
    return (
        f"The total without tax is {money_in(totals.total - totals.tax - tax_gap, currency)} and the tax "
        f"{money_in(totals.tax, currency)}, but the total is {money_in(totals.total, currency)}: a difference of "
        f"{money_text(tax_gap, currency)}."
    )
