"""Finds the shipment that a request made whose answer never came."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from counterfoil.bigcommerce import Shipment
from counterfoil.sales.models import ParcelItem
from counterfoil.stores.models import StoreUpdate, WebShipment

CLOCKS_APART = timedelta(hours=1)
"""By how much the store's clock may be behind ours. Wide on purpose: taking somebody's equal shipment for ours does
less harm than shipping twice, and what was known before the request is left out anyway."""


def find_ours(update: StoreUpdate, shipments: Sequence[Shipment]) -> Shipment | None:
    """The shipment among those of the order that the request of `update` made; None when there is none.

    It is not another parcel's, was not known before the request, and has its address, items and tracking number.
    """
    assert update.asked_at is not None
    assert update.asked is not None
    taken = {
        shipment_id
        for shipment_id, parcel_id, seen_at in WebShipment.objects.filter(web_order=update.web_order_id).values_list(
            "bigcommerce_shipment_id", "parcel", "seen_at"
        )
        if parcel_id is not None or seen_at < update.asked_at
    }
    fitting = [each for each in shipments if each.id not in taken and _fits(each, update)]
    return min(fitting, key=lambda each: (_differences(each, update.asked or {}), each.id), default=None)


def _fits(shipment: Shipment, update: StoreUpdate) -> bool:
    asked = update.asked or {}
    if shipment.order_address_id not in (None, asked["order_address_id"]):
        return False
    if _quantities(shipment) != Counter({item["order_product_id"]: item["quantity"] for item in asked["items"]}):
        return False
    if _plain(shipment.tracking_number) != _plain(asked["tracking_number"]):
        return False
    assert update.asked_at is not None
    return shipment.date_created is None or shipment.date_created > update.asked_at - CLOCKS_APART


def _quantities(shipment: Shipment) -> Counter[int]:
    found: Counter[int] = Counter()
    for item in shipment.items:
        found[item.order_product_id] += item.quantity
    return found


def _plain(text: str) -> str:
    return text.strip().casefold()


def _differences(shipment: Shipment, asked: dict[str, str]) -> int:
    """In how many of the less certain fields a shipment differs from what was asked for."""
    names = ("tracking_link", "tracking_carrier", "shipping_provider", "shipping_method", "comments")
    return sum(_plain(getattr(shipment, name)) != _plain(asked.get(name, "")) for name in names)


def would_be_refused(update: StoreUpdate, shipments: Sequence[Shipment]) -> bool:
    """Whether the store would refuse to make the shipment a second time, since not enough is left of an item."""
    shipped: Counter[int] = Counter()
    for shipment in shipments:
        shipped.update(_quantities(shipment))
    for item in ParcelItem.objects.filter(parcel=update.parcel_id).select_related("line"):
        line = item.line
        left = line.quantity - line.refunded - shipped[line.source_id or 0]
        if 2 * item.quantity > left:
            return True
    return False
