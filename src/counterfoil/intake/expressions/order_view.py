"""A web order as expressions and scripts see it: the store's own document, with money as text.

The document keeps the store's names and nesting (bigcommerce.md, section 2). Three things differ from the bytes: an
amount is text whatever the store sent (in one place it sends text, in another a number, and a number loses digits),
a number too large for an expression is text, and what no database takes is replaced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from counterfoil.bigcommerce import NeedsPerson, coupons_on_lines, read_line_items, read_order
from counterfoil.storable import storable_text

_JSON = msgspec.json.Decoder(float_hook=str)
_MONEY = re.compile(r"(?:^|_)(?:amount|discount|cost|price|(?<!items_)total|subtotal)(?:_ex_tax|_inc_tax|_tax)?$")
_LARGEST = 2**63
_WHOLE_NUMBER = re.compile(r"([0-9]{1,19})(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class OrderView:
    """What an expression may name: `order`, `customer` (the billing address), `lines` (by their id) and `coupons`.

    Coupons that were not read apart are those of the lines, each with its `code`, `name` and `discount`. For a field
    of a line there is also `line`, one of `lines`.
    """

    order: dict[str, Any]
    customer: dict[str, Any]
    lines: list[dict[str, Any]]
    coupons: list[dict[str, Any]]

    @property
    def line_ids(self) -> list[int]:
        """The ids of the lines, in the order in which they stand in `lines`."""
        return [line["id"] for line in self.lines]


def view_order(order: bytes, products: bytes | None = None, coupons: bytes | None = None) -> OrderView:
    """The stored bytes of an order as a document; raises NeedsPerson when they cannot be read."""
    document = _read(order)
    if not isinstance(document, dict):
        raise NeedsPerson("unreadable", "The order can’t be read.", "Check the order in BigCommerce.")
    lines = _dicts(_read(products)) if products is not None else list(_lines_of(document))
    known = {line_id: line | {"id": line_id} for line in lines if (line_id := _line_id(line.get("id"))) is not None}
    billing = document.get("billing_address")
    return OrderView(
        order=document,
        customer=billing if isinstance(billing, dict) else {},
        lines=[known[line_id] for line_id in sorted(known)],
        coupons=_dicts(_read(coupons)) if coupons is not None else _coupons_of(order, products, lines),
    )


def _coupons_of(order: bytes, products: bytes | None, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The coupons that the lines tell; none where they do not tell all."""
    if not any(each.get("code") for line in lines for each in _dicts(line.get("applied_discounts"))):
        return []
    try:
        document = read_order(order)
        told = coupons_on_lines(document, document.line_items if products is None else read_line_items(products))
    except NeedsPerson:
        return []
    return [{"code": each.code, "name": each.name, "discount": str(each.discount)} for each in told or ()]


def _read(raw: bytes) -> Any:
    try:
        return _plain(_JSON.decode(raw))
    except (ValueError, RecursionError) as error:
        raise NeedsPerson(
            "unreadable",
            f"BigCommerce's order couldn’t be read: {str(error)[:200]}.",
            "Correct the order in BigCommerce, then set it back to a new order status.",
        ) from None


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {_plain(key): _plain(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return storable_text(value)
    if type(value) is int and (abs(value) >= _LARGEST or _MONEY.search(name)):
        return str(value)
    return value


def _lines_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of all consignments; the legacy one-element list is accepted too."""
    consignments = document.get("consignments")
    for each in consignments if isinstance(consignments, list) else [consignments]:
        if not isinstance(each, dict):
            continue
        email = each.get("email")
        certificates = email.get("gift_certificates") if isinstance(email, dict) else None
        for group in (each.get("shipping"), each.get("pickups"), each.get("downloads"), certificates):
            for consignment in _dicts(group):
                yield from _dicts(consignment.get("line_items"))


def _line_id(value: Any) -> int | None:
    """The id as a number, which the store may write as text."""
    if type(value) is int:
        return value
    written = _WHOLE_NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(written[1]) if written else None


def _dicts(value: Any) -> list[dict[str, Any]]:
    """The documents of a list, which PHP writes as an object where its numbers are not in a row."""
    if isinstance(value, dict) and all(name.isdecimal() for name in value):
        value = list(value.values())
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
