"""Reads the store's answers: bytes in, documents out, and one bad order never spoils its page."""

import json
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from counterfoil.bigcommerce.documents import (
    Coupon,
    LineItem,
    Order,
    OrderGlance,
    OrderStatusLabel,
    StoreInformation,
)
from counterfoil.bigcommerce.errors import NeedsPerson, TryAgain

_ORDER = msgspec.json.Decoder(Order)
_LINE_ITEMS = msgspec.json.Decoder(list[LineItem])
_COUPONS = msgspec.json.Decoder(list[Coupon])
_PAGE = msgspec.json.Decoder(list[msgspec.Raw])
_ANYTHING_WRONG = (ValueError, TypeError, RecursionError, OverflowError, ArithmeticError)
_UNREADABLE = "BigCommerce's answer could not be read."
_Read = TypeVar("_Read")


class _Counted(msgspec.Struct, frozen=True):
    id: int
    count: int


class _Counts(msgspec.Struct, frozen=True):
    statuses: list[_Counted]


class _Time(msgspec.Struct, frozen=True):
    time: int | float


def read_order(raw: bytes) -> Order:
    """One order, all of it; raises NeedsPerson when it cannot be read."""
    try:
        order = _ORDER.decode(raw)
        _ = order.date_created, order.date_modified, order.consignments, order.fees
    except _ANYTHING_WRONG as error:
        raise _unreadable("order", error) from None
    return order


def read_line_items(raw: bytes) -> list[LineItem]:
    """The lines of one order (`/products`); raises NeedsPerson when they cannot be read."""
    try:
        return _LINE_ITEMS.decode(raw)
    except _ANYTHING_WRONG as error:
        raise _unreadable("order's list of items", error) from None


def read_coupons(raw: bytes) -> list[Coupon]:
    """The order-level coupons of one order; raises NeedsPerson when they cannot be read."""
    try:
        return _COUPONS.decode(raw)
    except _ANYTHING_WRONG as error:
        raise _unreadable("order's list of coupons", error) from None


def _unreadable(what: str, error: Exception) -> NeedsPerson:
    found = "".join(letter for letter in str(error)[:200] if letter.isprintable())
    return NeedsPerson(
        "unreadable",
        f"BigCommerce's {what} could not be read: {found}.",
        "Look at the order in BigCommerce and correct the named field, then set it back to a new order status.",
    )


def order_id_of(raw: bytes) -> int | None:
    """The id of an order, also of one that cannot be read otherwise; None when it names none."""
    try:
        found = json.loads(raw.decode("utf-8", "surrogateescape"))
    except _ANYTHING_WRONG:
        return None
    order_id = found.get("id") if isinstance(found, dict) else None
    return order_id if isinstance(order_id, int) and 0 < order_id < 2**63 else None


def split_orders(raw: bytes) -> list[bytes]:
    """A list answer split into the bytes of each order; raises TryAgain when it is no list."""
    try:
        return [bytes(each) for each in _PAGE.decode(raw)]
    except _ANYTHING_WRONG:
        return _split_leniently(raw)


def _split_leniently(raw: bytes) -> list[bytes]:
    """As `split_orders`, for a page with a value that no strict reader takes (NaN, a lone surrogate, bad UTF-8)."""
    text = raw.decode("utf-8", "surrogateescape")
    decoder = json.JSONDecoder(strict=False)
    orders: list[bytes] = []
    at = _skip_space(text, 0)
    if text[at : at + 1] != "[":
        raise TryAgain(_UNREADABLE, smaller=True)
    at = _skip_space(text, at + 1)
    while text[at : at + 1] != "]":
        try:
            _, end = decoder.raw_decode(text, at)
        except _ANYTHING_WRONG:
            raise TryAgain(_UNREADABLE, smaller=True) from None
        orders.append(text[at:end].encode("utf-8", "surrogateescape"))
        at = _skip_space(text, end)
        if text[at : at + 1] == ",":
            at = _skip_space(text, at + 1)
    return orders


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def read_glances(raw: bytes) -> list[OrderGlance]:
    """A list without includes; an order on it that cannot be read is left out. Raises TryAgain when it is no list."""
    glances = []
    for each in split_orders(raw):
        try:
            glance = msgspec.json.decode(each, type=OrderGlance)
            _ = glance.date_modified
        except _ANYTHING_WRONG:
            continue
        glances.append(glance)
    return glances


def read_counts(raw: bytes) -> dict[int, int]:
    """How many orders stand in each status (`/orders/count`); raises TryAgain when it cannot be read."""
    return {each.id: each.count for each in _read(raw, _Counts).statuses}


def read_time(raw: bytes) -> datetime:
    """The store's clock (`/time`); raises TryAgain when it cannot be read."""
    try:
        return datetime.fromtimestamp(_read(raw, _Time).time, UTC)
    except _ANYTHING_WRONG:
        raise TryAgain(_UNREADABLE) from None


def read_store_information(raw: bytes) -> StoreInformation:
    """Who the store is; raises TryAgain when it cannot be read."""
    return _read(raw, StoreInformation)


def read_order_statuses(raw: bytes) -> list[OrderStatusLabel]:
    """The statuses with the merchant's labels; raises TryAgain when they cannot be read."""
    return _read(raw, list[OrderStatusLabel])


def _read(raw: bytes, shape: type[_Read]) -> _Read:
    try:
        return msgspec.json.decode(raw, type=shape)
    except _ANYTHING_WRONG:
        raise TryAgain(_UNREADABLE) from None
