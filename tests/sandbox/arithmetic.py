"""The arithmetic that fits the orders of real stores, as a checker of documents as they are served.

It is held against real orders and against made ones alike; the first prove it, the second are proven by it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Document = dict[str, Any]

PARTS = ("shipping", "handling", "wrapping")
COMPLETE = (
    "total_ex_tax", "total_inc_tax", "total_tax", "discount_amount", "coupon_discount", "subtotal_ex_tax",
    "subtotal_inc_tax", "subtotal_tax", *(f"{part}_cost_{kind}" for part in PARTS for kind in ("ex_tax", "inc_tax")),
)  # fmt: skip
"""What a header must have for its sums to be checked."""
NONE = (None, "", [], {})
COINS = {"JPY": Decimal(1), "KWD": Decimal("0.001")}
CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Served:
    """An order as its store serves it; None: what was not read of it. ``coupons`` are those of ``/coupons``."""

    header: Document
    lines: list[Document] | None = None
    fees: list[Document] = field(default_factory=list)
    coupons: list[Document] | None = None


def amount(value: Any) -> Decimal:
    """From a text or a number; floating point's last places are rounded off."""
    return NOTHING if value in NONE else Decimal(str(value)).quantize(Decimal("1e-10"))


def is_complete(header: Document | None) -> bool:
    return header is not None and all(name in header for name in COMPLETE)


def bases(order: Served) -> set[str]:
    """On which of the two, "inc_tax" and "ex_tax", the parts add up to the total."""
    return {kind for kind in ("inc_tax", "ex_tax") if _adds_up(order, kind)}


def _adds_up(order: Served, kind: str) -> bool:
    """Less discounts; where the total is what is left after tenders, less these too."""
    gap = _parts(order, kind) - _cuts(order.header) - amount(order.header[f"total_{kind}"])
    return gap in (NOTHING, _tenders(order.header))


def _parts(order: Served, kind: str) -> Decimal:
    header = order.header
    costs = sum(amount(header[f"{part}_cost_{kind}"]) for part in PARTS)
    return amount(header[f"subtotal_{kind}"]) + costs + sum(amount(fee[f"cost_{kind}"]) for fee in order.fees)


def _cuts(header: Document) -> Decimal:
    return amount(header["discount_amount"]) + amount(header["coupon_discount"])


def _tenders(header: Document) -> Decimal:
    return amount(header.get("store_credit_amount")) + amount(header.get("gift_certificate_amount"))


def faults(order: Served, expected: str | None = None) -> list[str]:
    """What does not fit, in words; none of an order that is right. ``expected``: the basis that must hold."""
    header, found = order.header, bases(order)
    wrong = []
    if amount(header["total_ex_tax"]) + amount(header["total_tax"]) != amount(header["total_inc_tax"]):
        wrong.append("The total without tax and the tax are not the total with tax.")
    if not found or (expected is not None and expected not in found):
        wrong.append(f"The parts add up on {sorted(found) or 'neither basis'}, expected {expected or 'one of them'}.")
        return wrong
    kind = expected or _flagged(header, found)
    if order.lines is not None:
        wrong += _faults_of_lines(order, order.lines, kind)
    return wrong


def _flagged(header: Document, found: set[str]) -> str:
    """The flag's basis; the other where the figures know better (the vendor's example 218)."""
    flagged = "inc_tax" if header.get("is_tax_inclusive_pricing") else "ex_tax"
    return flagged if flagged in found else next(iter(found))


def _faults_of_lines(order: Served, lines: list[Document], kind: str) -> list[str]:
    header, wrong = order.header, []
    if sum(int(line["quantity"]) for line in lines) != int(header["items_total"]):
        wrong.append("items_total is not the sum of the quantities.")
    if sum(amount(line[f"total_{kind}"]) for line in lines) != amount(header[f"subtotal_{kind}"]):
        wrong.append("The lines are not the subtotal.")
    for line in lines:
        if amount(line[f"price_{kind}"]) * int(line["quantity"]) != amount(line[f"total_{kind}"]):
            wrong.append(f"Line {line['id']}: price times quantity is not the total.")
        wrong += _faults_of_tax(line, kind, _coin(header))
    wrong += _faults_of_discounts(order, lines) + _faults_of_total_tax(order, lines, kind)
    wrong += _faults_of_discounted(order, lines, kind)
    return wrong


def _coin(header: Document) -> Decimal:
    """The currency's smallest, to which tax is rounded."""
    return COINS.get(header["default_currency_code"], CENT)


def _faults_of_tax(line: Document, kind: str, coin: Decimal) -> list[str]:
    """The estimates of a line are those of its full price; its tax is that before the discount, or after it."""
    ex, inc, tax = (amount(line[f"total_{name}"]) for name in ("ex_tax", "inc_tax", "tax"))
    off = _off(line)
    if off is None or not ex or tax == inc - ex or abs(tax - (inc - ex)) <= coin:
        return []
    full, left = (ex, ex - off) if kind == "ex_tax" else (inc, inc - off)
    if abs((inc - ex) * left / full - tax) <= coin:
        return []
    return [f"Line {line['id']}: its tax is neither that of the full price nor that after the discount."]


def _faults_of_total_tax(order: Served, lines: list[Document], kind: str) -> list[str]:
    """The order's tax is that of what is left after discounts, but for a coin of rounding in each part."""
    header, offs = order.header, [_off(line) for line in lines]
    if any(off is None for off in offs):
        return []
    shares = [(line, "total_", off or NOTHING) for line, off in zip(lines, offs, strict=True)]
    shares += [(header, f"{part}_cost_", NOTHING) for part in ("handling", "wrapping")]
    shares += [(fee, "cost_", NOTHING) for fee in order.fees] + [(header, "shipping_cost_", _off_shipping(order))]
    expected = sum(_tax_left(document, prefix, off, kind) for document, prefix, off in shares)
    parts = len(shares) + int(header.get("shipping_address_count") or 1)
    if abs(expected - amount(header["total_tax"])) <= parts * _coin(header):
        return []
    return [f"The order's tax is {header['total_tax']}; after its discounts it would be {expected:.4f}."]


def _tax_left(document: Document, prefix: str, off: Decimal, kind: str) -> Decimal:
    """The share of the full price's tax that stays after so much was taken off it."""
    full = amount(document[f"{prefix}{kind}"])
    tax = amount(document[f"{prefix}inc_tax"]) - amount(document[f"{prefix}ex_tax"])
    return tax * (full - off) / full if full else NOTHING


def _off(line: Document) -> Decimal | None:
    """All that was taken off the line; None where an amount is missing."""
    applied = line.get("applied_discounts") or []
    if any("amount" not in one for one in applied):
        return None
    return sum((amount(one["amount"]) for one in applied), NOTHING)


def _faults_of_discounts(order: Served, lines: list[Document]) -> list[str]:
    offs, shipping = [_off(line) for line in lines], _off_shipping(order)
    if any(off is None for off in offs):
        return []
    if sum((off or NOTHING for off in offs), shipping) == _cuts(order.header):
        return []
    return ["The lines' discounts and the coupons for shipping are not those of the header."]


def _off_shipping(order: Served) -> Decimal:
    """Coupons for shipping (types 3 and 4) stand on no line."""
    return sum((amount(one["discount"]) for one in order.coupons or [] if one["type"] in (3, 4)), NOTHING)


def _faults_of_discounted(order: Served, lines: list[Document], kind: str) -> list[str]:
    """Discounted lines, which orders have since 2023, and all other costs are the total."""
    if any("discounted_total_inc_tax" not in line for line in lines):
        return []
    wrong = [
        f"Line {line['id']}: the discounted total is not the total less discounts, with the tax after them."
        for line in lines
        if not _is_discounted(line, kind, _coin(order.header))
    ]
    header = order.header
    charged = [(header, f"{part}_cost_") for part in PARTS] + [(fee, "cost_") for fee in order.fees]
    costs = sum(_with_tax(document, prefix, kind) for document, prefix in charged)
    total = sum(amount(line["discounted_total_inc_tax"]) for line in lines) + costs - _off_shipping(order)
    if total - amount(header["total_inc_tax"]) not in (NOTHING, _tenders(header)):
        wrong.append("The discounted lines and the costs are not the total.")
    return wrong


def _with_tax(document: Document, prefix: str, kind: str) -> Decimal:
    """A cost with its tax; on the basis without tax that is the exact amount and the exact tax, no estimate."""
    if kind == "inc_tax":
        return amount(document[f"{prefix}inc_tax"])
    return amount(document[f"{prefix}ex_tax"]) + amount(document[f"{prefix}tax"])


def _is_discounted(line: Document, kind: str, coin: Decimal) -> bool:
    off, discounted = _off(line), amount(line["discounted_total_inc_tax"])
    if off is None:
        return NOTHING <= discounted <= amount(line["total_inc_tax"])
    rest = amount(line[f"total_{kind}"]) - off
    if kind == "inc_tax":
        return discounted == rest
    full = amount(line["total_ex_tax"])
    before = amount(line["total_inc_tax"]) - full
    after = discounted - rest  # the tax that is in it
    return after == amount(line["total_tax"]) or (bool(full) and abs(before * rest / full - after) <= coin)


def basis_of(terms: Document) -> str:
    """The basis that a made order was made on."""
    return "inc_tax" if terms["inclusive"] else "ex_tax"
