"""Refunds of orders (V3), each read by itself: one that cannot be read hides no other."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Raw, Struct, field

from counterfoil.bigcommerce.amounts import NOTHING, UnreadableField
from counterfoil.bigcommerce.decoding import decoder
from counterfoil.bigcommerce.documents import Amount, Count, Document, Many, Nullable, Text, read_instant
from counterfoil.bigcommerce.parsing import ANYTHING_WRONG, unreadable

PRODUCT = "PRODUCT"


class RefundItem(Document, frozen=True):
    """What was refunded: a quantity of a line (`PRODUCT`, `item_id` is the line's id), or an amount of something else.

    Other kinds are GIFT_WRAPPING, SHIPPING, HANDLING, ORDER and FEE.
    """

    item_type: str
    item_id: int | None = None
    quantity: Count = 0
    requested_amount: Amount = NOTHING
    reason: Text = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.is_product and self.quantity and self.item_id is None:
            raise UnreadableField("item_id", "is missing")

    @property
    def is_product(self) -> bool:
        """Whether it is goods that need not be shipped any more."""
        return self.item_type.strip().upper() == PRODUCT


class Refund(Document, frozen=True, dict=True):
    """Money that went back to the shopper. Without `order_id` it is of the one order that was asked for."""

    total_amount: Decimal
    id: int | None = None
    order_id: int | None = None
    created_text: Text = field(default="", name="created")
    reason: Text = ""
    items: Many[RefundItem] = ()

    @cached_property
    def created(self) -> datetime | None:
        """When it was made, by the store's clock, in UTC; None also for what is no date, since it only informs."""
        with suppress(ValueError, OverflowError):
            return read_instant(self.created_text)
        return None


@dataclass(frozen=True, slots=True)
class UnreadableRefund:
    """A refund that can't be read: of which order, where it says so, and why."""

    order_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class RefundPage:
    """A page of refunds. `listed`: how many came; `total_pages`: None where the store does not say."""

    data: tuple[Refund, ...]
    unreadable: tuple[UnreadableRefund, ...]
    listed: int
    total_pages: int | None


class _Pagination(Document, frozen=True):
    total_pages: int | None = None


class _Meta(Document, frozen=True):
    pagination: Nullable[_Pagination] = _Pagination()


class _Envelope(Document, frozen=True):
    data: Many[Raw] = ()
    meta: Nullable[_Meta] = _Meta()


class _OfOrder(Struct, frozen=True):
    order_id: int | None = None


def read_refunds(raw: bytes) -> RefundPage:
    """A page of refunds, in V3's envelope or as a bare list; an empty object is a page without any.

    Raises NeedsPerson when it is no such page.
    """
    try:
        bare = raw.lstrip().startswith(b"[")
        envelope = _Envelope(data=decoder(tuple[Raw, ...]).decode(raw)) if bare else decoder(_Envelope).decode(raw)
    except ANYTHING_WRONG as error:
        raise unreadable("list of refunds", error) from None
    read = [_read(bytes(each)) for each in envelope.data]
    return RefundPage(
        data=tuple(each for each in read if isinstance(each, Refund)),
        unreadable=tuple(each for each in read if isinstance(each, UnreadableRefund)),
        listed=len(read),
        total_pages=envelope.meta.pagination.total_pages,
    )


def _read(raw: bytes) -> Refund | UnreadableRefund:
    try:
        return decoder(Refund).decode(raw)
    except ANYTHING_WRONG as error:
        sentence = unreadable("list of refunds", error).sentence
    try:
        return UnreadableRefund(decoder(_OfOrder).decode(raw).order_id, sentence)
    except ANYTHING_WRONG:
        return UnreadableRefund(None, sentence)
