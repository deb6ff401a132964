"""Reads the store's answers: bytes in, documents out, and one bad order never spoils its page."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

import msgspec

from counterfoil.bigcommerce.amounts import UnreadableField
from counterfoil.bigcommerce.decoding import Decoder, decoder
from counterfoil.bigcommerce.documents import (
    Coupon,
    LineItem,
    Order,
    OrderHeader,
    OrderStatusLabel,
    OrderSummary,
    StoreInformation,
)
from counterfoil.bigcommerce.errors import NeedsPerson, TryAgain
from counterfoil.bigcommerce.shipments import StoreShipment

_ORDER = Decoder(Order)
_LINE_ITEMS = Decoder(list[LineItem])
_COUPONS = Decoder(list[Coupon])
_PAGE = msgspec.json.Decoder(list[msgspec.Raw])
ANYTHING_WRONG = (ValueError, TypeError, RecursionError, OverflowError, ArithmeticError)
_UNREADABLE = "BigCommerce's response couldn’t be read."
CORRECT_IT = "Correct this field of the order in BigCommerce, then set the order back to a new order status."
_Read = TypeVar("_Read")


class _Counted(msgspec.Struct, frozen=True):
    id: int
    count: int


class _Counts(msgspec.Struct, frozen=True):
    statuses: list[_Counted]


class _Time(msgspec.Struct, frozen=True):
    time: int | float


@lru_cache(maxsize=2)  # what is read is looked at for what is missing, and then imported; a document never changes
def read_order(raw: bytes) -> Order:
    """One order, all of it; raises NeedsPerson when it cannot be read."""
    try:
        order = _ORDER.decode(raw)
        _ = order.date_created, order.date_modified, order.consignments, order.fees
    except ANYTHING_WRONG as error:
        raise unreadable("order", error) from None
    return order


def read_line_items(raw: bytes) -> list[LineItem]:
    """The lines of one order (`/products`); raises NeedsPerson when they cannot be read."""
    try:
        return _LINE_ITEMS.decode(raw)
    except ANYTHING_WRONG as error:
        raise unreadable("order's list of items", error) from None


def read_coupons(raw: bytes) -> list[Coupon]:
    """The order-level coupons of one order; raises NeedsPerson when they cannot be read."""
    try:
        return _COUPONS.decode(raw)
    except ANYTHING_WRONG as error:
        raise unreadable("order's list of coupons", error) from None


def read_shipment(raw: bytes) -> StoreShipment:
    """One shipment; raises NeedsPerson when it cannot be read."""
    try:
        shipment = decoder(StoreShipment).decode(raw)
        _ = shipment.date_created
    except ANYTHING_WRONG as error:
        raise unreadable("shipment", error) from None
    return shipment


def read_shipments(raw: bytes) -> list[StoreShipment]:
    """The shipments of one order; raises NeedsPerson when one of them cannot be read."""
    return [read_shipment(bytes(each)) for each in split_orders(raw)]


def read_staff_notes(raw: bytes) -> str:
    """An order's staff notes exactly as the store has them, for whoever writes them back; raises NeedsPerson.

    Unlike those of `read_order` they may hold what no database takes.
    """
    try:
        notes = json.loads(raw)["staff_notes"]
    except (*ANYTHING_WRONG, KeyError) as error:
        raise unreadable("order", error) from None
    return notes if isinstance(notes, str) else str(notes) if type(notes) is int else ""


def unreadable(what: str, error: Exception) -> NeedsPerson:
    """What a clerk is told of a document that could not be read: the field, and what it holds."""
    if isinstance(error, UnreadableField) and error.field == "quantity" and error.value:
        item = f"The item “{error.of}”" if error.of else "An item"
        return NeedsPerson("quantity", f"{item} has the quantity {_printable(error.value)}.", CORRECT_IT)
    return NeedsPerson("unreadable", f"BigCommerce's {what} couldn’t be read: {_printable(error)}.", CORRECT_IT)


def _printable(found: object) -> str:
    return "".join(letter for letter in str(found)[:200] if letter.isprintable())


class _Named(msgspec.Struct, frozen=True):
    id: int


def order_id_of(raw: bytes) -> int | None:
    """The id of an order, also of one that cannot be read otherwise; None when it names none."""
    try:
        order_id: int | None = decoder(_Named).decode(raw).id
    except ANYTHING_WRONG:
        order_id = _number_by_eye(raw, b'"id"')
    return order_id if order_id is not None and 0 < order_id < 2**63 else None


def status_id_of(raw: bytes) -> int | None:
    """The status of an order, also of one that cannot be read otherwise; None when it names none."""
    header = read_header(raw)
    return _number_by_eye(raw, b'"status_id"') if header is None else header.status_id


def is_whole(raw: bytes) -> bool:
    """Whether an answer is one object with all its brackets closed; one that was cut on the way is not."""
    return raw.lstrip().startswith(b"{") and raw.rstrip().endswith(b"}") and _depths(raw)[-1:] == [0]


def split_orders(raw: bytes) -> list[bytes]:
    """A list answer split into the bytes of each order; raises TryAgain when it is no list, or was cut."""
    try:
        return [bytes(each) for each in _PAGE.decode(raw)]
    except ANYTHING_WRONG:
        return _split_by_eye(raw)


# A string, a bracket or a comma: what it takes to find where an order ends, whatever stands in it.
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*+"|["\[\]{},]', re.DOTALL)
_NUMBER = re.compile(rb'\s*:\s*"?([0-9]{1,19})(?![0-9.eE])')


def _marks(raw: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """Each mark with the depth after it; an opening quote that nothing closes has the depth -1."""
    depth = 0
    for mark in _MARK.finditer(raw):
        sign = mark[0]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
        elif sign == b'"':
            depth = -1
        yield mark, depth
        if depth < 0:
            return


def _depths(raw: bytes) -> list[int]:
    return [depth for _, depth in _marks(raw)]


def _number_by_eye(raw: bytes, name: bytes) -> int | None:
    """A number of the order where no strict reader takes it (NaN, a lone surrogate, too deep); the last one counts.

    `name`: in its quotes.
    """
    found = None
    for mark, depth in _marks(raw):
        if depth == 1 and mark[0] == name:
            found = _NUMBER.match(raw, mark.end()) or found
    return int(found[1]) if found else None


def _split_by_eye(raw: bytes) -> list[bytes]:
    """As `split_orders`, for a page with an order that no strict reader takes: its neighbors are not lost."""
    text = raw.strip()
    orders: list[bytes] = []
    start, depth = 1, -1
    if text.startswith(b"["):
        for mark, depth in _marks(text):
            if (depth == 1 and mark[0] == b",") or depth == 0:
                orders.append(text[start : mark.start()].strip())
                start = mark.end()
            if depth == 0:
                break
    if depth != 0 or start != len(text):
        raise TryAgain(_UNREADABLE, smaller=True)
    return [] if orders == [b""] else orders


def readable_order(raw: bytes) -> Order | None:
    """As `read_order`; None for one that cannot be read."""
    try:
        return read_order(raw)
    except NeedsPerson:
        return None


def read_headers(raw: bytes) -> list[OrderHeader]:
    """A list without includes; an order on it that cannot be read is left out. Raises TryAgain when it is no list."""
    return [header for each in split_orders(raw) if (header := read_header(each)) is not None]


def read_header(raw: bytes) -> OrderHeader | None:
    """What tells a version of an order from the next, also of one that cannot be read otherwise; None without that.

    A last change that is no date is none, unless no other date of the order can be read either.
    """
    try:
        header = decoder(OrderHeader).decode(raw)
    except ANYTHING_WRONG:
        return None
    vars(header)["raw"] = raw
    no_date = header.date_modified_text and header.date_modified is None and header.date_created is None
    return None if no_date else header


def read_summaries(raw: bytes) -> list[OrderSummary]:
    """As `read_headers`, with totals; an order whose total cannot be read is there without."""
    return [summary for each in split_orders(raw) if (summary := _summary(each)) is not None]


def _summary(order: bytes) -> OrderSummary | None:
    with suppress(*ANYTHING_WRONG):
        return decoder(OrderSummary).decode(order)
    with suppress(*ANYTHING_WRONG):
        return OrderSummary(**msgspec.structs.asdict(decoder(OrderHeader).decode(order)))
    return None


def read_counts(raw: bytes) -> dict[int, int]:
    """How many orders stand in each status (`/orders/count`); raises TryAgain when it cannot be read."""
    return {each.id: each.count for each in _read(raw, _Counts).statuses}


def read_time(raw: bytes) -> datetime:
    """The store's clock (`/time`); raises TryAgain when it cannot be read."""
    try:
        return datetime.fromtimestamp(_read(raw, _Time).time, UTC)
    except ANYTHING_WRONG:
        raise TryAgain(_UNREADABLE) from None


def read_store_information(raw: bytes) -> StoreInformation:
    """Who the store is; raises TryAgain when it cannot be read."""
    return _read(raw, StoreInformation)


def read_order_statuses(raw: bytes) -> list[OrderStatusLabel]:
    """The statuses with the merchant's labels; raises TryAgain when they cannot be read."""
    return _read(raw, list[OrderStatusLabel])


def _read(raw: bytes, shape: type[_Read]) -> _Read:
    try:
        return decoder(shape).decode(raw)
    except ANYTHING_WRONG:
        raise TryAgain(_UNREADABLE) from None
