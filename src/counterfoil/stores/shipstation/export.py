"""The orders that ShipStation asks for: those that changed within a time, each as it is now.

An order that was sent once is sent again whenever it changed, whatever became of it: only so no label is bought for one
that was cancelled or put on hold meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.utils import timezone

from counterfoil.sales.models import OrderAddress, OrderLine, SalesOrder
from counterfoil.sales.text.postal_addresses import country_code_of
from counterfoil.stores.models import ShipStationConnection, ShipStationExport, ShipStationOrder, ShipStationStatus
from counterfoil.stores.shipstation.connections import orders_of, status_there
from counterfoil.stores.shipstation.parts import ShipToPart, parts_of

ORDERS_A_PAGE = 100
OVERLAP = timedelta(minutes=10)
"""So much before the start is sent again: a change is seen when its transaction has ended, which may be later than the
moment that it carries. ShipStation takes an order that did not change for what it is."""
MINUTE = timedelta(minutes=1)
CHOOSE_ADDRESS = "The ship-to address was changed in the store. Choose one in Counterfoil first."
NOT_TO_SHIP = "It can’t ship now."


@dataclass(frozen=True, slots=True)
class OutgoingOrder:
    """One order of the export. `lines`: order line and quantity; none for an address that the order has no more."""

    order: SalesOrder
    ref: str
    part: ShipToPart
    status: str
    why: str
    lines: tuple[tuple[OrderLine, int], ...]
    bill_to: OrderAddress | None


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page of the export, and how many there are."""

    orders: list[OutgoingOrder]
    pages: int


def export_page(connection: ShipStationConnection, start: datetime, end: datetime, number: int) -> ExportPage:
    """Page `number`, from 1, of what changed from `start` to `end`, whole minutes. A bounded number of statements."""
    ids = _chosen_ids(connection, start, end, number)
    page = ids[(number - 1) * ORDERS_A_PAGE : number * ORDERS_A_PAGE]
    lines = Prefetch("lines", OrderLine.objects.select_related("ship_to", "product"))
    orders = orders_of(connection).select_related("status", "client").prefetch_related("addresses", lines)
    by_id = orders.in_bulk(page)
    sent = {each.order_id: each for each in connection.orders.filter(order__in=page)}
    found: list[OutgoingOrder] = []
    rows: list[ShipStationOrder] = []
    for pk in page:
        if pk in by_id:
            outgoing, row = _outgoing(connection, by_id[pk], sent.get(pk))
            found += outgoing
            rows += [row] if row is not None else []
    _keep(rows)
    ShipStationConnection.objects.filter(pk=connection.pk).update(last_export_at=timezone.now())
    return ExportPage(found, max(1, -(-len(ids) // ORDERS_A_PAGE)))


def _chosen_ids(connection: ShipStationConnection, start: datetime, end: datetime, number: int) -> list[int]:
    """The orders of all pages: chosen with the first page, and the same for the others.

    An order that changes while pages are read would leave its place, and another one would slip through between two.
    """
    period = f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
    before = ShipStationExport.objects.filter(connection=connection, period=period).first() if number > 1 else None
    if before is not None:
        return list(before.order_ids)
    changed = orders_of(connection).filter(updated_at__gte=start - OVERLAP, updated_at__lt=end + MINUTE)
    ids = list(changed.order_by("updated_at", "pk").values_list("pk", flat=True))
    values = {"period": period, "order_ids": ids}
    ShipStationExport.objects.update_or_create(connection=connection, defaults=values)
    return ids


def _keep(rows: Sequence[ShipStationOrder]) -> None:
    ShipStationOrder.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "order"],
        update_fields=["sent_ids", "left_out", "at"],
    )


def _outgoing(
    connection: ShipStationConnection, order: SalesOrder, before: ShipStationOrder | None
) -> tuple[list[OutgoingOrder], ShipStationOrder | None]:
    """What is sent of an order, and what is kept of that; nothing of one that does not concern ShipStation."""
    parts = parts_of(order, list(order.lines.all()))
    known = list(before.sent_ids) if before is not None else []
    if not known and (not parts or status_there(connection, order.status) == ShipStationStatus.NOT_SENT):
        return [], None
    bill_to = next((each for each in order.addresses.all() if each.kind == "bill_to"), None)
    row = ShipStationOrder(connection=connection, order=order, at=timezone.now())
    nowhere = [part for part in parts if not country_code_of(part.address.country_code, part.address.country)]
    row.left_out = f"The country of {nowhere[0].address} isn’t known." if nowhere else ""
    going = [part for part in parts if part not in nowhere]
    sent = [_as_sent(connection, order, part, bill_to) for part in going]
    sent += [_stopped(connection, order, part, bill_to) for part in nowhere if part.ref in known and _somewhere(order)]
    sent += _gone(order, parts, known, bill_to)
    row.sent_ids = list(dict.fromkeys([*known, *(part.ref for part in going)]))
    return sent, row


def _as_sent(
    connection: ShipStationConnection, order: SalesOrder, part: ShipToPart, bill_to: OrderAddress | None
) -> OutgoingOrder:
    status, why = _status(connection, order, part)
    waits = status in (ShipStationStatus.PAID, ShipStationStatus.UNPAID, ShipStationStatus.ON_HOLD)
    lines = [(line, line.open) for line in part.open_lines] if waits else [(line, line.quantity) for line in part.lines]
    return OutgoingOrder(order, part.ref, part, status, why, tuple(lines), bill_to)


def _stopped(
    connection: ShipStationConnection, order: SalesOrder, part: ShipToPart, bill_to: OrderAddress | None
) -> OutgoingOrder:
    """What was sent before its country became unknown: on hold there, under another address of the order."""
    address = _somewhere(order)
    assert address is not None
    outgoing = _as_sent(connection, order, replace(part, address=address), bill_to)
    if outgoing.status in (ShipStationStatus.CANCELLED, ShipStationStatus.SHIPPED):
        return outgoing
    why = f"The country of {part.address} isn’t known."
    return replace(outgoing, status=str(ShipStationStatus.ON_HOLD), why=why)


def _somewhere(order: SalesOrder) -> OrderAddress | None:
    """An address of the order whose country is known; None without one."""
    addresses = order.addresses.all()
    return next((each for each in addresses if country_code_of(each.country_code, each.country)), None)


def _status(connection: ShipStationConnection, order: SalesOrder, part: ShipToPart) -> tuple[str, str]:
    """What it is called there, and why it is on hold."""
    status = status_there(connection, order.status)
    if status in (ShipStationStatus.CANCELLED, ShipStationStatus.SHIPPED):
        return status, ""
    if not part.open_lines:
        was_shipped = any(line.shipped for line in part.lines)
        return str(ShipStationStatus.SHIPPED if was_shipped else ShipStationStatus.CANCELLED), ""
    hold = str(ShipStationStatus.ON_HOLD)
    if order.is_held:
        return hold, order.hold_reason
    if part.is_undecided:
        return hold, CHOOSE_ADDRESS
    if status in (ShipStationStatus.NOT_SENT, ShipStationStatus.ON_HOLD):
        return hold, NOT_TO_SHIP
    return status, ""


def _gone(
    order: SalesOrder, parts: Sequence[ShipToPart], known: Sequence[str], bill_to: OrderAddress | None
) -> list[OutgoingOrder]:
    """What was sent for addresses that the order has no more: cancelled there, so that nobody ships it."""
    present = {part.ref for part in parts}
    address = _somewhere(order)
    if address is None:
        return []
    nothing = ShipToPart("", address, [])
    cancelled = str(ShipStationStatus.CANCELLED)
    return [
        OutgoingOrder(order, ref, replace(nothing, ref=ref), cancelled, "", (), bill_to)
        for ref in known
        if ref not in present
    ]
