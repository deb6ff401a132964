"""The amounts of each line on the order's basis: what it costs, its discount, its tax after the discount.

Stores tell them in different ways, by the age of the order: `discounted_total_inc_tax` is there since 2023, a line's
`total_tax` is after its discount since about 2025 and before it in old orders, and the amounts of `applied_discounts`
may be missing. So each way is tried, and the one whose sums meet the order's own discount and tax is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from counterfoil.bigcommerce import LineItem
from counterfoil.sales.money import is_less_than_payable, smallest_unit

NOTHING = Decimal(0)
FINEST = Decimal("0.0001")  # what the store itself writes


@dataclass(frozen=True, slots=True)
class LineMoney:
    """A line's amounts on one basis; `tax` is contained in them or added to them. `extended` is before the discount."""

    unit_price: Decimal
    extended: Decimal
    discount: Decimal
    tax: Decimal
    wrapping_cost: Decimal


@dataclass(frozen=True, slots=True)
class GoodsMoney:
    """What the lines of an order sum up to: their discounts, and their tax after these."""

    discount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class _Given:
    """What the store says of a line: `listed` are its applied discounts, `discounted` is what is left, with tax."""

    extended: Decimal
    tax: Decimal
    listed: Decimal | None
    discounted: Decimal | None


Reckoned = tuple[Decimal, Decimal]
"""A line's discount and tax."""


def line_money(
    items: Sequence[LineItem], wanted: Sequence[GoodsMoney], *, tax_included: bool, currency: str
) -> tuple[tuple[LineMoney, ...], GoodsMoney]:
    """The lines' amounts, and which of the `wanted` sums they meet: the first, unless only another is met wholly.

    The others rest on an estimate: one that the lines' taxes miss by more than its rounding is not meant.
    """
    given = [_given(item, tax_included=tax_included) for item in items]
    ways = _WITH_TAX if tax_included else _WITHOUT_TAX
    unit = smallest_unit(currency) * max(len(items), 1)

    def misfit(reckoned: list[Reckoned], goods: GoodsMoney) -> tuple[bool, bool, bool]:
        discounts = sum((each for each, _ in reckoned), NOTHING)
        tax = sum((each for _, each in reckoned), NOTHING)
        possible = all(-unit < off < each.extended + unit for each, (off, _) in zip(given, reckoned, strict=True))
        possible = possible and (goods.tax < 0 or all(each > -unit for _, each in reckoned))
        return not possible, abs(discounts - goods.discount) >= unit, abs(tax - goods.tax) >= unit

    def is_near(reckoned: list[Reckoned], goods: GoodsMoney) -> bool:
        half_of_each = smallest_unit(currency) * (len(items) + 2) / 2  # the tax on shipping is rounded twice
        return abs(sum((tax for _, tax in reckoned), NOTHING) - goods.tax) < half_of_each

    best, goods = [ways[0](each) for each in given], wanted[0]
    if any(misfit(best, goods)):
        reckonings = [best, *([way(each) for each in given] for way in ways[1:])]
        fits = [(min(reckonings, key=lambda each: misfit(each, goods)), goods) for goods in wanted]
        near = (fit for fit in fits if not any(misfit(*fit)) and (fit is fits[0] or is_near(*fit)))
        best, goods = next(near, fits[0])
    lines = tuple(
        _line(item, each, reckoned, tax_included=tax_included, currency=currency)
        for item, each, reckoned in zip(items, given, best, strict=True)
    )
    return lines, goods


def _given(item: LineItem, *, tax_included: bool) -> _Given:
    amounts = [each.amount for each in item.applied_discounts]
    known = [amount for amount in amounts if amount is not None]
    extended = item.total_inc_tax if tax_included else item.total_ex_tax
    return _Given(
        extended=item.total_inc_tax if extended is None else extended,
        tax=item.total_tax,
        listed=sum(known, NOTHING) if amounts and len(known) == len(amounts) else None,
        discounted=item.discounted_total_inc_tax,
    )


def _line(item: LineItem, given: _Given, reckoned: Reckoned, *, tax_included: bool, currency: str) -> LineMoney:
    discount, tax = reckoned
    if discount and is_less_than_payable(discount, currency):  # what rounding left, and no discount
        discount = NOTHING
        if given.discounted is not None and not tax_included:
            tax = given.discounted - given.extended
    unit = smallest_unit(currency)
    if 0 <= given.extended < discount < given.extended + unit:  # wholly taken off, and rounded
        discount = given.extended
    return LineMoney(
        unit_price=_first(item.price_inc_tax if tax_included else item.price_ex_tax, item.price_inc_tax),
        extended=given.extended,
        discount=discount,
        tax=tax,
        wrapping_cost=_first(
            item.wrapping_cost_inc_tax if tax_included else item.wrapping_cost_ex_tax, item.wrapping_cost_inc_tax
        ),
    )


def _first(amount: Decimal | None, instead: Decimal) -> Decimal:
    return instead if amount is None else amount


def _net_as_listed(given: _Given) -> Reckoned:
    discount = given.listed or NOTHING
    if given.discounted is None:
        return discount, given.tax
    return discount, given.discounted - given.extended + discount


def _net_after(given: _Given) -> Reckoned:
    if given.discounted is None:
        return given.listed or NOTHING, given.tax
    return given.extended + given.tax - given.discounted, given.tax


def _net_before(given: _Given) -> Reckoned:
    """The tax is that of the full price: it shrinks with the discount."""
    full = given.extended + given.tax
    if given.discounted is None or not full:
        discount = given.listed or NOTHING
        return discount, _shrunk(given, discount)
    discount = (given.extended * (1 - given.discounted / full)).quantize(FINEST)
    return discount, given.discounted - given.extended + discount


def _gross_after(given: _Given) -> Reckoned:
    return _gross_discount(given), given.tax


def _gross_before(given: _Given) -> Reckoned:
    discount = _gross_discount(given)
    return discount, _shrunk(given, discount)


def _gross_discount(given: _Given) -> Decimal:
    return given.listed or NOTHING if given.discounted is None else given.extended - given.discounted


def _shrunk(given: _Given, discount: Decimal) -> Decimal:
    if not given.extended or not discount:
        return given.tax
    return (given.tax * (given.extended - discount) / given.extended).quantize(FINEST)


_WITHOUT_TAX: tuple[Callable[[_Given], Reckoned], ...] = (_net_as_listed, _net_after, _net_before)
_WITH_TAX: tuple[Callable[[_Given], Reckoned], ...] = (_gross_after, _gross_before)


def divide_tax(
    lines: tuple[LineMoney, ...], items: Sequence[LineItem], goods_tax: Decimal, *, tax_included: bool, currency: str
) -> tuple[LineMoney, ...]:
    """Makes the lines' taxes sum up to that of the goods, where the store does not say what each line comes to.

    A discount of the whole order that no line names is one such case, tax that was rounded once for all lines another.
    Where prices include tax, what a line comes to says nothing of the tax in it.
    """
    missing = goods_tax - sum((line.tax for line in lines), NOTHING)
    told = [not tax_included and item.discounted_total_inc_tax is not None for item in items]
    open_ = [at for at, line in enumerate(lines) if not told[at] and line.tax > 0]
    taxed = sum((lines[at].tax for at in open_), NOTHING)
    if is_less_than_payable(missing, currency) or not open_ or goods_tax < 0 or taxed + missing < 0:
        return lines
    divided = list(lines)
    for at in open_[:-1]:
        share = (missing * lines[at].tax / taxed).quantize(FINEST)
        divided[at] = replace(lines[at], tax=lines[at].tax + share)
    rest = goods_tax - sum((line.tax for at, line in enumerate(divided) if at != open_[-1]), NOTHING)
    divided[open_[-1]] = replace(lines[open_[-1]], tax=rest)
    return tuple(divided)
