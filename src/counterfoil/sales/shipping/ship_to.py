"""One of several addresses of an order, as the column `ship_to` names it: "2: Ada Lovelace, 1 Main St, London"."""

import re
from collections.abc import Sequence

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, OrderLine, SalesOrder

_NAMED = re.compile(r"(\d{1,4})(?:\.0*)?(?:\s*:(.*))?", re.DOTALL)


def address_names(lines: Sequence[OrderLine]) -> dict[int, str]:
    """What the addresses are called to which these lines of one order go, by their ids; nothing where it is one."""
    addresses = _addresses(lines)
    return {address.pk: _name(address) for address in addresses} if len(addresses) > 1 else {}


def address_named(text: str, order: SalesOrder, lines: Sequence[OrderLine]) -> OrderAddress:
    """The address that a cell names, by its number or as a whole; raises Refused for one that the order does not have.

    Where more than the number is given it must be the same still: addresses may have changed since the export.
    """
    addresses = _addresses(lines)
    named = _NAMED.fullmatch(text)
    for address in addresses:
        numbered = named is not None and int(named.group(1)) == address.position
        if numbered and named and _plain(named.group(2) or "") in ("", _plain(str(address))):
            return address
    same = [address for address in addresses if _plain(str(address)) == _plain(text)]
    if len(same) == 1:
        return same[0]
    raise Refused(
        f"{order.name} has no address “{text}”.",
        f"It goes to: {'; '.join(map(_name, addresses)) or 'no address'}.",
    )


def _name(address: OrderAddress) -> str:
    """The address with its position in the order, which tells it from others of the same name."""
    return f"{address.position}: {address}".rstrip(": ")


def _addresses(lines: Sequence[OrderLine]) -> list[OrderAddress]:
    """The addresses to which lines are shipped by parcel, shipped or not, in the order's own order."""
    found = {line.ship_to.pk: line.ship_to for line in lines if line.ship_to and line.is_shipped_by_parcel}
    return sorted(found.values(), key=lambda address: address.position)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
