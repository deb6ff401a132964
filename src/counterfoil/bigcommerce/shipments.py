"""Shipments of an order: what is sent, what comes back, and the store's refusal to ship more than is left."""

from collections import Counter
from datetime import datetime
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.json import encode

from counterfoil.bigcommerce.decoding import decoder
from counterfoil.bigcommerce.documents import Address, Document, Many, Text, read_instant
from counterfoil.bigcommerce.errors import OverShipped


class ShipmentItem(Document, frozen=True):
    """How many of a line lie in a shipment. `order_product_id` is the line's id."""

    order_product_id: int
    quantity: int


class ShipmentDetails(Struct, frozen=True, kw_only=True):
    """What can be corrected of a shipment. The items cannot.

    An empty `shipping_provider` is sent on purpose: left out, the store takes one that shows no tracking link.
    """

    tracking_number: str = ""
    tracking_link: str = ""
    tracking_carrier: str = ""
    shipping_provider: str = ""
    shipping_method: str = ""
    comments: str = ""


class NewShipment(ShipmentDetails, frozen=True, kw_only=True):
    """A shipment to make: one address, at least one item."""

    order_address_id: int
    items: tuple[ShipmentItem, ...]


class StoreShipment(Document, frozen=True, dict=True):
    """A shipment as the store has it, whoever made it."""

    id: int
    order_id: int | None = None
    order_address_id: int | None = None
    date_created_text: Text = field(default="", name="date_created")
    tracking_number: Text = ""
    tracking_link: Text = ""
    generated_tracking_link: Text = ""
    tracking_carrier: Text = ""
    shipping_provider: Text = ""
    shipping_provider_display_name: Text = ""
    shipping_method: Text = ""
    comments: Text = ""
    items: Many[ShipmentItem] = ()
    shipping_address: Any = None

    @cached_property
    def ship_to(self) -> Address | None:
        """Where it goes; None where that was not said, or can't be read: nothing else depends on it."""
        if not isinstance(self.shipping_address, dict):
            return None
        try:
            return decoder(Address).decode(encode(self.shipping_address))
        except (ValueError, RecursionError):
            return None

    @cached_property
    def date_created(self) -> datetime | None:
        """When it was made, by the store's clock, in UTC."""
        return read_instant(self.date_created_text)


def quantities(shipment: StoreShipment | NewShipment) -> Counter[int]:
    """How many of each line lie in it, by the line's id in the store."""
    found: Counter[int] = Counter()
    for item in shipment.items:
        found[item.order_product_id] += item.quantity
    return found


class _Details(Struct, frozen=True):
    available_quantity: int | None = None
    order_product_id: int | None = None


class _Refusal(Struct, frozen=True):
    details: _Details | None = None


def over_shipped(body: bytes, words: str = "") -> OverShipped | None:
    """The error that a refused request carries when more was to be shipped than is left; None for any other."""
    try:
        refusals = decoder(list[_Refusal]).decode(body)
    except ValueError:
        return None
    for refusal in refusals:
        details = refusal.details
        if details and details.order_product_id is not None and details.available_quantity is not None:
            return OverShipped(details.order_product_id, details.available_quantity, store_words=words)
    return None
