"""What others shipped, where the order came from: it is not open here any more, and may become a parcel here.

Nothing of this is ever sent back, so none of it is said by the signals of parcels.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import (
    OrderAddress,
    OrderChange,
    OrderLine,
    Parcel,
    ParcelItem,
    SalesOrder,
    Shipment,
    StatusRole,
)
from counterfoil.sales.orders.status import lock_order, update_status_from_quantities
from counterfoil.sales.shipping.shipments import (
    Tracking,
    in_parcels,
    mark_voided,
    quantity_change,
    save_quantities,
    tracking_values,
)

SHIPPED_ELSEWHERE = "Shipped where the order came from"
TAKEN_BACK = "No longer shipped where the order came from"


@dataclass(frozen=True, slots=True)
class ForeignParcel:
    """A parcel that someone else made. `items` and `address`: by the ids of lines and address where they came from."""

    items: Mapping[int, int]
    tracking: Tracking = field(default_factory=Tracking)
    address: int | None = None
    made_at: datetime | None = None


def note_shipped_elsewhere(
    order_id: int, others: Mapping[int, int], *, gone: Mapping[int, int] | None = None, by: str
) -> bool:
    """Counts as shipped what our own parcels hold and what `others` shipped: the line's source id → how many.

    Never more than was ordered and not cancelled. Quantities are only raised, except by what is `gone`: what others
    took back. False when nothing changed.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        ours = in_parcels(order, taken_over=False)
        shipped: dict[int, int] = {}
        lines = list(order.lines.all())
        for line in lines:
            source = line.source_id or 0
            counted = min(ours.get(line.pk, 0) + others.get(source, 0), line.quantity - line.cancelled)
            shipped[line.pk] = max(counted, line.shipped - (gone or {}).get(source, 0))
        changed = _set_shipped(order, lines, shipped, by=by)
        if not changed and order.status.role == StatusRole.INITIAL and any(shipped.values()):
            update_status_from_quantities(order, by=by, why=SHIPPED_ELSEWHERE)  # it was so when the order came
        return changed


def _set_shipped(order: SalesOrder, lines: Iterable[OrderLine], shipped: Mapping[int, int], *, by: str) -> bool:
    """Writes the shipped quantities that differ, with their history, and lets the order status follow."""
    changed = [line for line in lines if line.shipped != shipped[line.pk]]
    if not changed:
        return False
    changes = []
    for line in changed:
        after = shipped[line.pk]
        why = SHIPPED_ELSEWHERE if after > line.shipped else TAKEN_BACK
        changes.append(quantity_change(line, "shipped", after, by=by, why=why))
        line.shipped = after
        line.backordered = min(line.backordered, line.open)
    OrderChange.objects.bulk_create(changes)
    save_quantities(changed)
    update_status_from_quantities(order, by=by, why=changes[0].why)
    return True


def take_over(order_id: int, foreign: ForeignParcel, *, by: str) -> Parcel:
    """Makes a parcel of one that someone else made; its items count as shipped.

    Items that the order does not have are left out; raises Refused when that leaves none.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        lines = {line.source_id: line for line in order.lines.select_related("ship_to")}
        items = {lines[source]: quantity for source, quantity in foreign.items.items() if source in lines}
        if not items:
            raise Refused(
                "None of its items are on this order.",
                "Set the order back to a new order status in the store so it’s read again.",
            )
        parcel = _add(order, foreign, items, by=by)
        _record(order, parcel, by)
        held = in_parcels(order)
        at_least = {line.pk: min(held[line.pk], line.quantity - line.cancelled) for line in items}
        _set_shipped(order, items, {line.pk: max(line.shipped, at_least[line.pk]) for line in items}, by=by)
    return parcel


def _add(order: SalesOrder, foreign: ForeignParcel, items: Mapping[OrderLine, int], *, by: str) -> Parcel:
    made = {} if foreign.made_at is None else {"processed_at": foreign.made_at}
    shipment = Shipment.objects.create(order=order, source=order.source, processed_by=by, **made)
    address = OrderAddress.objects.filter(order=order, source_id=foreign.address or 0).last()
    parcel = Parcel.objects.create(
        shipment=shipment,
        ship_to=address or next((line.ship_to for line in items if line.ship_to), None),
        taken_over=True,
        **tracking_values(foreign.tracking),
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, line=line, quantity=quantity) for line, quantity in items.items()
    )
    return parcel


def _record(order: SalesOrder, parcel: Parcel, by: str) -> None:
    OrderChange.objects.create(order=order, by=by, field="parcel", before="", after=f"{parcel}, taken over")


def take_back(parcel_ids: Iterable[int], *, by: str, reason: str) -> None:
    """Voids parcels that were taken over and are gone where they were made. Quantities stay: see `gone` above."""
    with transaction.atomic():
        parcels = Parcel.objects.filter(pk__in=parcel_ids, taken_over=True, voided_at=None)
        for parcel in parcels.select_related("shipment__order"):
            mark_voided(parcel, by=by, reason=reason)


def note_refunded(order_id: int, refunded: Mapping[int, int], *, by: str) -> bool:
    """Notes how many of a line were refunded (the line's source id → how many in all); they need not be shipped.

    Lowers the open quantities as far as they were not shipped, those of a kit's parts with the kit's. False when
    nothing changed.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        changes: list[OrderChange] = []
        changed = []
        lines = list(order.lines.all())
        kits = {line.position: line for line in lines}
        for line in lines:
            told = _refund(line, _refunded_of(line, kits, refunded), by=by)
            changes += told
            changed += [line] if told else []
        if not changed:
            return False
        OrderChange.objects.bulk_create(changes)
        OrderLine.objects.bulk_update(changed, ["refunded", "cancelled", "backordered"])
        update_status_from_quantities(order, by=by, why="It was refunded where the order came from")
    return True


def _refunded_of(line: OrderLine, kits: Mapping[int, OrderLine], refunded: Mapping[int, int]) -> int:
    """How many of a line were refunded: by itself, or with the kit that it is a part of."""
    itself = min(refunded.get(line.source_id or 0, 0), line.quantity)
    kit = None if line.parent_position is None else kits.get(line.parent_position)
    if kit is None or not kit.quantity:
        return itself
    return max(itself, line.quantity * min(refunded.get(kit.source_id or 0, 0), kit.quantity) // kit.quantity)


def _refund(line: OrderLine, refunded: int, *, by: str) -> list[OrderChange]:
    """Sets the line's quantities after a refund; returns what changed."""
    refunded = max(line.refunded, refunded)
    wanted = {"refunded": refunded, "cancelled": max(line.cancelled, min(refunded, line.quantity - line.shipped))}
    changes = []
    for column, after in wanted.items():
        if getattr(line, column) != after:
            changes.append(quantity_change(line, column, after, by=by, why="Refunded where the order came from"))
            setattr(line, column, after)
    line.backordered = min(line.backordered, line.open)
    return changes
