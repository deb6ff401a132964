"""Refunds of orders (V3)."""

from datetime import datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Struct, field

from counterfoil.bigcommerce.documents import NOTHING, Amount, Count, Document, Many, Nullable, Text, read_instant


class RefundItem(Document, frozen=True):
    """What was refunded: a quantity of a line (`PRODUCT`, `item_id` is the line's id), or an amount of something else.

    Other kinds are GIFT_WRAPPING, SHIPPING, HANDLING, ORDER and FEE.
    """

    item_type: str
    item_id: int | None = None
    quantity: Count = 0
    requested_amount: Amount = NOTHING
    reason: Text = ""


class Refund(Document, frozen=True, dict=True):
    """Money that went back to the shopper."""

    id: int
    order_id: int
    total_amount: Decimal
    created_text: Text = field(default="", name="created")
    reason: Text = ""
    items: Many[RefundItem] = ()

    @cached_property
    def created(self) -> datetime | None:
        """When it was made, by the store's clock, in UTC."""
        return read_instant(self.created_text)


class Pagination(Document, frozen=True):
    """Which page of how many this is."""

    total_pages: Count = 1


class Meta(Document, frozen=True):
    """What V3 says beside the data."""

    pagination: Nullable[Pagination] = Pagination()


class RefundPage(Struct, frozen=True):
    """A page of refunds in V3's envelope."""

    data: tuple[Refund, ...]
    meta: Meta = Meta()
