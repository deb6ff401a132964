"""What the page of one sales order shows: lines under their kits, the money ledger, what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, SalesOrder, StatusRole, Tender
from counterfoil.sales.money import is_less_than_payable, money_text


@dataclass(frozen=True, slots=True)
class AddressWithLines:
    """An address of the order and what goes there."""

    address: OrderAddress
    lines: list[OrderLine]


def ship_tos(addresses: Iterable[OrderAddress], lines: Sequence[OrderLine]) -> list[AddressWithLines]:
    """Each address that something goes to, or is picked up at."""
    return [
        AddressWithLines(address, [line for line in lines if line.ship_to_id == address.pk])
        for address in addresses
        if address.kind != AddressKind.BILL_TO
    ]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One part of the total: added or taken off, and what it consists of."""

    sign: str
    name: str
    amount: Decimal
    details: tuple[str, ...] = ()
    is_override: bool = False


def ledger(order: SalesOrder, lines: Iterable[OrderLine]) -> list[LedgerRow]:
    """How the store's total is made up; the rows add up to it. Tax is one of them where the prices are without it."""
    rows = [
        LedgerRow("", "Subtotal", order.subtotal, ("All lines before discounts",)),
        LedgerRow("−", "Discounts", order.discount, _discounts(order, lines)),
        LedgerRow("+", "Shipping", order.shipping, (order.ship_via,) if order.ship_via else ()),
        LedgerRow("+", "Handling", order.handling),
        LedgerRow("+", "Gift wrapping", order.wrapping),
        LedgerRow("+", "Fees", order.fees, tuple(name for name in order.fee_names if name)),
    ]
    if not order.tax_included:
        rows.append(LedgerRow("+", "Tax", order.tax, is_override=order.tax_override))
    if order.rounding:
        fraction = is_less_than_payable(order.rounding, order.currency)
        why = "A fraction of a cent" if fraction else "Accepted: the store's own figures differ"
        rows.append(LedgerRow("+", "Rounding", order.rounding, (why,)))
    return rows


def _discounts(order: SalesOrder, lines: Iterable[OrderLine]) -> tuple[str, ...]:
    """Each coupon and discount with its sum: those of the order, else those of its lines; then what no name tells."""
    sums: dict[str, Decimal] = {}
    for each in order.coupons or [discount for line in lines for discount in line.discounts]:
        name = " ".join(part for part in (each["name"], each["code"]) if part)
        sums[name] = sums.get(name, Decimal(0)) + Decimal(each["amount"])
    others = order.discount - sum(sums.values(), Decimal(0))
    if sums and others > 0 and not is_less_than_payable(others, order.currency):
        sums["Other discounts"] = others
    return tuple(f"{name or 'Discount'} {money_text(amount, order.currency)}" for name, amount in sums.items())


def unpaid(order: SalesOrder, tenders: Iterable[Tender]) -> Decimal:
    """What of the total no tender covers."""
    return order.total - sum((tender.amount for tender in tenders), Decimal(0))


class NextAction(StrEnum):
    """What is sensible to do next with an order: the one button that stands out."""

    NOTHING = ""
    PICK_VALUE = "pick_value"
    CHOOSE_ADDRESS = "choose_address"
    RELEASE = "release"
    CANCEL = "cancel"
    CANCEL_OPEN = "cancel_open"
    OPEN_IN_STORE = "open_in_store"
    RETRY = "retry"
    SHIP = "ship"
    PICKED_UP = "picked_up"
    NOTHING_TO_SHIP = "nothing_to_ship"


@dataclass(frozen=True, slots=True)
class OrderTrouble:
    """What needs a person: values changed on both sides, an address that was changed in the store, what could not be
    imported or sent; and whether the order is over, or disputed, in the store."""

    conflicts: bool
    to_retry: bool
    address: bool = False
    stopped_there: bool = False
    disputed: bool = False


def next_action(
    order: SalesOrder, lines: Iterable[OrderLine], trouble: OrderTrouble, *, may_release: bool
) -> NextAction:
    """What is in the way comes before shipping. Needs the status, and the lines' addresses, loaded along.

    `may_release`: whether the person may lift a hold; for anyone else an order on hold waits.
    """
    lines = list(lines)
    if trouble.stopped_there and order.status.role != StatusRole.CANCELLED and not order.hold_overridden_by:
        return _cancelling(lines)
    if trouble.conflicts:
        return NextAction.PICK_VALUE
    if order.is_held and (trouble.stopped_there or trouble.disputed):
        return NextAction.OPEN_IN_STORE if trouble.disputed else NextAction.NOTHING
    if order.is_held:
        return NextAction.RELEASE if may_release else NextAction.NOTHING
    if trouble.address:
        return NextAction.CHOOSE_ADDRESS
    return NextAction.RETRY if trouble.to_retry else way_out(order, lines)


def _cancelling(lines: Sequence[OrderLine]) -> NextAction:
    """An order that is over in the store is cancelled here too; of one that was shipped in part what is open."""
    if not any(line.shipped for line in lines):
        return NextAction.CANCEL
    return NextAction.CANCEL_OPEN if any(line.open for line in lines) else NextAction.NOTHING


def way_out(order: SalesOrder, lines: Iterable[OrderLine]) -> NextAction:
    """How the order is shipped: shipped, picked up, or closed with nothing to ship."""
    lines = list(lines)
    if order.status.role == StatusRole.CANCELLED or order.is_held:
        return NextAction.NOTHING
    if any(line.open and line.is_shipped_by_parcel for line in lines):
        return NextAction.SHIP
    if order.status.role == StatusRole.SHIPPED or any(line.is_shipped_by_parcel for line in lines) or not lines:
        return NextAction.NOTHING
    pickup = any(line.ship_to and line.ship_to.kind == AddressKind.PICKUP for line in lines)
    return NextAction.PICKED_UP if pickup else NextAction.NOTHING_TO_SHIP
