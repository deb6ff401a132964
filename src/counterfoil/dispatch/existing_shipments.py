"""Before a shipment is made: whether the store has it already, made by someone else or by us before a restore.

BigCommerce e-mails the shopper for each shipment, so one with the parcel's tracking number and items is that parcel's
(design, rule 17). The store is asked only where the light list shows more as shipped than we know of, or where we know
of a shipment that is not ours: at most once for an order and session.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterfoil.bigcommerce import NeedsPerson, NewShipment, StoreShipment
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.dispatch.shipment_matching import find_same, find_same_number
from counterfoil.sales.models import OrderLine
from counterfoil.sales.shipping.tracking_numbers import comparable
from counterfoil.stores.models import StoreUpdate, WebOrder, WebShipment
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.weborders.own_shipments import follow_numbers, not_ours
from counterfoil.stores.weborders.shipments import count_items, keep_unknown

LIKE_IN_STORE = "like_in_store"
VOID_AND_TAKE_OVER = "void the parcel here and take over that shipment"


@dataclass(frozen=True, slots=True)
class StoreShipments:
    """The shipments of an order: the ids of those we know of, and all that the store lists where it was asked."""

    known: tuple[int, ...]
    listed: tuple[StoreShipment, ...] = ()


def shipments_there(session: StoreSession, update: StoreUpdate) -> StoreShipments:
    """What the store has of the order's shipments; it is asked only where others may have made some. One statement."""
    web_order = update.web_order
    rows = list(web_order.web_shipments.select_related("parcel"))
    known = tuple(row.bigcommerce_shipment_id for row in rows)
    if web_order.pk not in session.shipments:
        if not _others_shipped(web_order, rows):
            return StoreShipments(known)
        read_shipments(session, web_order)
        known = tuple(web_order.web_shipments.values_list("bigcommerce_shipment_id", flat=True))
    listed = session.shipments[web_order.pk]
    keep_unknown(web_order, listed)
    return StoreShipments((*known, *(each.id for each in listed)), tuple(listed))


def read_shipments(session: StoreSession, web_order: WebOrder) -> list[StoreShipment]:
    """Asks the store for the order's shipments; remembered for this session."""
    found = session.api.order_shipments(web_order.bigcommerce_order_id)
    follow_numbers(web_order, found)
    session.shipments[web_order.pk] = found
    return found


def _others_shipped(web_order: WebOrder, rows: Iterable[WebShipment]) -> bool:
    """Whether others may have shipped something of the order.

    A status that someone set to Shipped by hand ships nothing: such an order has no shipment (bigcommerce.md, 11).
    """
    there = [row for row in rows if row.gone_at is None]
    if web_order.shipments_to_read or any(row.parcel is None or row.parcel.taken_over for row in there):
        return True
    return web_order.items_shipped_seen > count_items(there).total()


def find_existing(
    update: StoreUpdate, wanted: NewShipment, listed: Sequence[StoreShipment], *, ask: bool = True
) -> StoreShipment | None:
    """The shipment in the store that the wanted one would repeat; None where there is none.

    Raises NeedsPerson (where a person is to be asked) when that cannot be told: the same number on other items, or the
    same items without any number.
    """
    if not listed:
        return None
    free = not_ours(update.web_order, listed)
    if not comparable(wanted.tracking_number):
        if ask:
            _refuse_like(update, wanted, free)
        return None
    found = find_same(wanted, free)
    others = find_same_number(wanted, free)
    if found is None and others and ask:
        raise NeedsPerson(
            "number_in_store",
            f"BigCommerce already has this tracking number, on {_what(update.web_order, others)}, "
            "which someone else shipped there.",
            f"If that is this parcel, {VOID_AND_TAKE_OVER}. If that one is wrong, delete it in BigCommerce and "
            "retry. If the number here is wrong, correct it and retry.",
        )
    return found


def _refuse_like(update: StoreUpdate, wanted: NewShipment, free: Iterable[StoreShipment]) -> None:
    """Raises NeedsPerson for an equal shipment without a number, once for each parcel.

    Also for one that was known when the parcel was processed: after a restore, what a sync has found is a shipment
    that we made before it, and the parcel is entered again.
    """
    same = find_same(wanted, [each for each in free if each.id not in (update.known_shipments or ())])
    if same is not None:
        raise NeedsPerson(
            "like_in_store",
            f"Someone else shipped {_what(update.web_order, [same])} in BigCommerce, also without a tracking number. "
            "That may be this parcel.",
            f"If it is, {VOID_AND_TAKE_OVER}. If this is a different parcel, retry to send it too.",
        )


def _what(web_order: WebOrder, shipments: Iterable[StoreShipment]) -> str:
    """What lies in them, as people call it: "2 × MUG-01, 1 × BOOK"."""
    lines = OrderLine.objects.filter(order=web_order.sales_order_id)
    names = {line.source_id: line.name for line in lines}
    items = [item for shipment in shipments for item in quantities(shipment).items()]
    return ", ".join(f"{quantity} × {names.get(line, f'item {line}')}" for line, quantity in items) or "no items"
