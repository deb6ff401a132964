"""A sales order as ShipStation has it: one order there for each ship-to address, with its share of the money."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from counterfoil.sales.models import OrderAddress, OrderLine, SalesOrder
from counterfoil.storable import number_of

CENT = Decimal("0.01")
_REF = re.compile(r"(\d{1,19})-([0-9a]\d{0,19})")


@dataclass(slots=True)
class ShipToPart:
    """What of an order goes to one address. Money is on the order's basis; the parts' sums are the order's amounts."""

    ref: str
    address: OrderAddress
    lines: list[OrderLine]
    total: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)

    @property
    def open_lines(self) -> list[OrderLine]:
        """Those of which something can still be shipped."""
        return [line for line in self.lines if line.open > 0]

    @property
    def is_undecided(self) -> bool:
        """Whether the address was changed in the store, and nobody has chosen yet."""
        return any(line.ship_to is not None and line.ship_to.source_address is not None for line in self.open_lines)


def address_key(address: OrderAddress) -> str:
    """Tells an address of an order, also after it was changed: by its id where the order came from."""
    return f"a{address.pk}" if address.source_id is None else str(address.source_id)


def read_ref(text: str) -> tuple[int, str] | None:
    """The sales order's id and the address's key that an OrderID names; None for what is no OrderID of ours."""
    found = _REF.fullmatch(text.strip())
    pk = number_of(found[1]) if found else None
    return (pk, found[2]) if found and pk is not None else None


def parts_of(order: SalesOrder, lines: Sequence[OrderLine]) -> list[ShipToPart]:
    """The parts of an order, whose lines have their addresses loaded along; none where nothing goes into a parcel."""
    by_key: dict[str, list[OrderLine]] = {}
    for line in lines:
        if line.ship_to is not None and line.is_shipped_by_parcel:
            by_key.setdefault(address_key(line.ship_to), []).append(line)
    parts = [ShipToPart(f"{order.pk}-{key}", _address(found), found) for key, found in by_key.items()]
    _share_money(order, parts)
    return parts


def _address(lines: Sequence[OrderLine]) -> OrderAddress:
    """Where what is open goes; else where the last of it went."""
    chosen = [line for line in lines if line.open > 0] or lines
    addresses = [line.ship_to for line in chosen if line.ship_to is not None]
    return max(addresses, key=lambda address: address.position)


def _share_money(order: SalesOrder, parts: Sequence[ShipToPart]) -> None:
    """To the cent; what belongs to no address (digital goods, fees) stays with the first."""
    for part in parts[1:]:
        part.tax = _cents(sum((line.tax for line in part.lines), Decimal(0)))
        part.shipping = _cents(part.address.shipping_cost + part.address.handling_cost)
        part.discount = _cents(sum((line.discount for line in part.lines), Decimal(0)))
        goods = _cents(sum((line.total + line.wrapping_cost for line in part.lines), Decimal(0)))
        part.total = goods + part.shipping + (Decimal(0) if order.tax_included else part.tax)
    if parts:
        first, *others = parts
        first.total = _cents(order.total) - sum((part.total for part in others), Decimal(0))
        first.tax = _cents(order.tax) - sum((part.tax for part in others), Decimal(0))
        first.discount = _cents(order.discount) - sum((part.discount for part in others), Decimal(0))
        first.shipping = _cents(order.shipping + order.handling) - sum((part.shipping for part in others), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)
