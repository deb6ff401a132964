"""Which shipment of the store is a parcel of ours: one with its tracking number and items, whoever made it.

Without a tracking number only what was not there before our request can be its answer. No date decides: the store's
clock and ours may be hours apart.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from counterfoil.bigcommerce import NewShipment, StoreShipment
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.sales.models import ParcelItem
from counterfoil.sales.shipping.tracking_numbers import comparable, names_number
from counterfoil.stores.models import StoreUpdate, WebOrder, WebShipment
from counterfoil.stores.weborders.own_shipments import not_ours


def find_made(update: StoreUpdate, shipments: Sequence[StoreShipment]) -> StoreShipment | None:
    """The shipment among those of the order that the request of `update` made; None when there is none.

    It is not another parcel's and has the address, items and tracking number of what was asked for; without a number
    it was not known before the request either.
    """
    asked = msgspec.convert(update.asked, NewShipment)
    free = not_ours(update.web_order, shipments)
    if not comparable(asked.tracking_number):
        known = _known_before(update)
        free = [each for each in free if each.id not in known]
    return find_same(asked, free)


def _known_before(update: StoreUpdate) -> Collection[int]:
    """The ids of the shipments that were known when the request left, or are another parcel's."""
    if update.known_shipments is not None:
        return update.known_shipments
    known = WebShipment.objects.filter(web_order=update.web_order_id, seen_at__lt=update.asked_at)
    return set(known.values_list("bigcommerce_shipment_id", flat=True))


def find_same(wanted: NewShipment, shipments: Iterable[StoreShipment]) -> StoreShipment | None:
    """The likest of those with the address, items and tracking number of the one that is wanted; None without one."""
    same = [each for each in shipments if _is_same(each, wanted)]
    return min(same, key=lambda each: (_differences(each, wanted), each.id), default=None)


def answers(made: StoreShipment, asked: NewShipment, web_order: WebOrder, known: Collection[int]) -> bool:
    """Whether this can be the shipment that was asked for: of this order, as it was asked, and not there before.

    The store numbers its shipments through, whatever order they are of. One statement.
    """
    of_order = made.order_id in (None, web_order.bigcommerce_order_id)
    if made.id <= 0 or not of_order or made.id in known or not _is_same(made, asked):
        return False
    taken = WebShipment.objects.filter(bigcommerce_shipment_id=made.id)
    return not taken.filter(web_order__integration=web_order.integration_id).exists()


def find_same_number(wanted: NewShipment, shipments: Iterable[StoreShipment]) -> list[StoreShipment]:
    """Those that carry the tracking number of the one that is wanted; none where that has no number."""
    number = comparable(wanted.tracking_number)
    return [each for each in shipments if number and names_number(each.tracking_number, number)]


def _is_same(shipment: StoreShipment, wanted: NewShipment) -> bool:
    return (
        shipment.order_address_id in (None, wanted.order_address_id)
        and quantities(shipment) == quantities(wanted)
        and names_number(shipment.tracking_number, wanted.tracking_number)
    )


def _differences(shipment: StoreShipment, wanted: NewShipment) -> int:
    """In how many of the less certain fields a shipment differs from the one that is wanted."""
    names = ("tracking_link", "tracking_carrier", "shipping_provider", "shipping_method", "comments")
    return sum(_plain(getattr(shipment, name)) != _plain(getattr(wanted, name)) for name in names)


def _plain(text: str) -> str:
    return text.strip().casefold()


def would_be_refused(update: StoreUpdate, shipments: Sequence[StoreShipment]) -> bool:
    """Whether the store would refuse to make the shipment a second time, since not enough is left of an item."""
    shipped: Counter[int] = Counter()
    for shipment in shipments:
        shipped.update(quantities(shipment))
    for item in ParcelItem.objects.filter(parcel=update.parcel_id).select_related("line"):
        line = item.line
        left = line.quantity - line.refunded - shipped[line.source_id or 0]
        if 2 * item.quantity > left:
            return True
    return False
