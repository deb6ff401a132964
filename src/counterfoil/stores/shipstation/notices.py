"""Labels that were bought in ShipStation: each stored as soon as it is posted, then processed once.

ShipStation posts a notice again until it is taken, and gives it no id of its own. So it is told by what it says: the
order, the tracking number, the carrier, the items; where there is no tracking number also by the label's date.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder, Shipment, StatusRole
from counterfoil.sales.orders.line_names import lines_called
from counterfoil.sales.orders.lookup import find_orders
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.carrier_names import carrier_key
from counterfoil.sales.shipping.shipments import (
    ParcelDraft,
    Tracking,
    process_shipment,
    shipment_of_submission,
    with_carriers,
)
from counterfoil.sales.shipping.tracking_numbers import comparable, read_tracking_number
from counterfoil.sales.shipping.used_numbers import has_number, refuse_used_here
from counterfoil.storable import number_of, storable_text
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, NoticeState, ShipStationConnection, ShipStationNotice, WebIntegration
from counterfoil.stores.shipstation.carriers import carrier_here
from counterfoil.stores.shipstation.connections import orders_of
from counterfoil.stores.shipstation.parts import address_key, read_ref

DISCOUNT = "discount"
"""The LineItemID of what is no item but a discount."""
LONGEST = 1000
UNSCANNED = "The label was bought in ShipStation."
"""Why a manager lets items go that nobody scanned here."""
_SUBMISSIONS = UUID("5b0c8a57-0f0e-4a63-9d4c-6d1f6f2f7f11")
_ENDED = (NoticeState.PROCESSED, NoticeState.DISMISSED)


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """How many of what lie in the parcel: by LineItemID, else by SKU."""

    line: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """What a notice says; texts as they came. Without `items` it means all that is open."""

    order_ref: str = ""
    order_number: str = ""
    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    items: tuple[NoticeItem, ...] = ()
    label_date: str = ""
    ship_date: str = ""
    notes: str = ""


def take_notice(connection: ShipStationConnection, draft: NoticeDraft) -> ShipStationNotice:
    """Stores a notice and processes it, once however often it is posted. Raises Refused; then it waits for a person."""
    notice = _store(connection, draft)
    return process_notice(notice.pk, by=connection.by)


def keep_unreadable(connection: ShipStationConnection, draft: NoticeDraft, refused: Refused) -> None:
    """Keeps a notice whose body cannot be read, with what its address said: a label may have been bought."""
    if draft.order_number or draft.tracking_number:
        _store(connection, draft, refused)


def process_notice(pk: int, *, by: str, unscanned: str = "") -> ShipStationNotice:
    """Ships what a stored notice says, unless that was done. Raises Refused; then the notice says why.

    The shipment, and that the notice is done, are one transaction. `unscanned`: why items go that nobody scanned here.
    """
    try:
        with transaction.atomic():
            notice = ShipStationNotice.objects.select_for_update(of=("self",)).select_related("connection").get(pk=pk)
            if notice.is_ended:
                return notice
            if not notice.readable:
                raise Refused(notice.sentence, notice.next_step)
            order = _order_of(notice)
            shipment = _ship(notice, lock_order(order.pk), by=by, unscanned=unscanned)
            _end(notice, NoticeState.PROCESSED, by=by, order=order, shipment=shipment, sentence="", next_step="")
    except Refused as refused:
        _refuse(pk, refused)
        raise
    return notice


def dismiss_notice(pk: int, *, by: str) -> bool:
    """Nothing more becomes of it: someone has entered it by hand, or the label was voided there.

    False when it had ended already.
    """
    with transaction.atomic():
        notice = ShipStationNotice.objects.select_for_update().get(pk=pk)
        if notice.is_ended:
            return False
        _end(notice, NoticeState.DISMISSED, by=by)
    return True


def find_notice(pk: int) -> ShipStationNotice:
    """The notice of this id; raises Refused."""
    found = ShipStationNotice.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(f"There’s no label {pk} from ShipStation.", "“counterfoil shipstation notices” lists them.")
    return found


def open_notices() -> QuerySet[ShipStationNotice]:
    """Those that wait for a person, the newest first."""
    return ShipStationNotice.objects.filter(state__in=(NoticeState.RECEIVED, NoticeState.REFUSED))


def _end(notice: ShipStationNotice, state: NoticeState, *, by: str, **more: object) -> None:
    for name, value in {"state": state, "ended_at": timezone.now(), "ended_by": by, **more}.items():
        setattr(notice, name, value)
    notice.save()


def _store(connection: ShipStationConnection, draft: NoticeDraft, why: Refused | None = None) -> ShipStationNotice:
    """The notice's row, new or from before; counted as posted once more."""
    values = {name: _text(value) for name, value in asdict(draft).items() if isinstance(value, str)}
    items = [{"line": _text(each.line), "sku": _text(each.sku), "quantity": each.quantity} for each in draft.items]
    key, now = _key(draft, readable=why is None), timezone.now()
    new = ShipStationNotice(connection=connection, key=key, items=items, **values)
    if why is not None:
        new.readable, new.state, new.sentence, new.next_step = False, NoticeState.REFUSED, why.sentence, why.next_step
    ShipStationNotice.objects.bulk_create([new], ignore_conflicts=True)
    found = ShipStationNotice.objects.filter(connection=connection, key=key)
    found.update(posted=F("posted") + 1, last_at=now)
    ShipStationConnection.objects.filter(pk=connection.pk).update(last_notice_at=now)
    return found.get()


def _text(text: str) -> str:
    return storable_text(text)[:LONGEST]


def _key(draft: NoticeDraft, *, readable: bool) -> str:
    number = comparable(draft.tracking_number)
    items = sorted([each.line, each.sku.casefold(), each.quantity] for each in draft.items)
    dates = [] if number else [draft.label_date, draft.ship_date]
    order = draft.order_ref or draft.order_number
    said = [readable, order, number, carrier_key(draft.carrier), items, *dates]
    return sha256(json.dumps(said).encode("utf-8", "surrogatepass")).hexdigest()


def _refuse(pk: int, refused: Refused) -> None:
    """Notes why it was refused; a line in the log when that is new."""
    notice = ShipStationNotice.objects.select_related("connection", "order").get(pk=pk)
    if notice.is_ended:
        return
    is_new = notice.sentence != refused.sentence
    order = notice.order
    with suppress(Refused):
        order = _order_of(notice)
    open_one = ShipStationNotice.objects.filter(pk=pk).exclude(state__in=_ENDED)
    open_one.update(state=NoticeState.REFUSED, sentence=refused.sentence, next_step=refused.next_step, order=order)
    if is_new and order is not None:
        _log(notice, order, refused)


def _log(notice: ShipStationNotice, order: SalesOrder, refused: Refused) -> None:
    integration = WebIntegration.objects.filter(code=order.source).first() if order.source else None
    if integration is not None:
        label = notice.tracking_number or "without a tracking number"
        text = f"A label from ShipStation ({label}) wasn’t processed: {refused}"
        log(integration, LogKind.SHIPSTATION, text, import_id=order.import_id or "")


def _order_of(notice: ShipStationNotice) -> SalesOrder:
    """The order that it is about: by its OrderID, and by its number only where that is none of ours."""
    orders = orders_of(notice.connection)
    ref = read_ref(notice.order_ref)
    if ref is not None and (found := orders.filter(pk=ref[0]).first()) is not None:
        return found
    name = notice.order_number.strip() or notice.order_ref.strip()
    named = find_orders([name])[name] if name else Refused("The notice doesn’t name an order.")
    pk = None if isinstance(named, Refused) else named
    found = orders.filter(pk=pk).first() if ref is None and pk is not None else None
    if found is None:
        sentence = named.sentence if isinstance(named, Refused) else f"This connection has no order {name[:100]}."
        raise Refused(sentence, "Enter the label on Process shipment of the right order, then dismiss this label.")
    return found


def _ship(notice: ShipStationNotice, order: SalesOrder, *, by: str, unscanned: str) -> Shipment:
    """The shipment of a notice, its order locked: a new one, or the one that has its tracking number already."""
    submission = uuid5(_SUBMISSIONS, f"{notice.connection_id} {notice.key}")
    lines = _lines_of(notice, list(order.lines.select_related("ship_to", "product")))
    before = shipment_of_submission(order, submission) or _entered_before(notice, order, lines)
    if before is not None:
        return before
    if order.status.role == StatusRole.CANCELLED:
        raise Refused(
            f"{order.name} is cancelled.", "Void the label in ShipStation and dismiss it here, or reopen the order."
        )
    items = _items(notice, order, lines)
    carrier = carrier_here(notice.carrier)
    tracking = Tracking(carrier, notice.service, read_tracking_number(notice.tracking_number))
    drafts, _ = with_carriers([ParcelDraft(tracking, items)])
    return process_shipment(order.pk, drafts, by=by, unscanned=unscanned, submission=submission)


def _lines_of(notice: ShipStationNotice, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """The lines that go into parcels to the notice's address; to all of them where it names none."""
    shipped = [line for line in lines if line.ship_to is not None and line.is_shipped_by_parcel]
    ref = read_ref(notice.order_ref)
    keys = {address_key(line.ship_to) for line in shipped if line.ship_to is not None}
    if ref is None or len(keys) < 2:
        return shipped
    return [line for line in shipped if line.ship_to is not None and address_key(line.ship_to) == ref[1]]


def _entered_before(notice: ShipStationNotice, order: SalesOrder, lines: Sequence[OrderLine]) -> Shipment | None:
    """The shipment that has this tracking number, where a person entered it here before the notice came.

    Raises Refused where that parcel holds something else, or was voided. The same number on another order is no
    obstacle: ShipStation combines orders into one parcel.
    """
    number = read_tracking_number(notice.tracking_number)
    if not number:
        return None
    parcels = list(Parcel.objects.filter(shipment__order=order).select_related("shipment").prefetch_related("items"))
    for parcel in parcels:
        stands = parcel.voided_at is None and has_number(parcel, number)
        if stands and (not _named(notice) or _holds(parcel, notice, order, lines)):
            return parcel.shipment
    refuse_used_here([number], parcels)
    return None


def _holds(parcel: Parcel, notice: ShipStationNotice, order: SalesOrder, lines: Sequence[OrderLine]) -> bool:
    """Whether a parcel holds just what the notice says."""
    held = {item.line_id: item.quantity for item in parcel.items.all()}
    try:
        return held == _quantities(notice, order, lines, held)
    except Refused:
        return False


def _named(notice: ShipStationNotice) -> list[NoticeItem]:
    return [item for item in (NoticeItem(**each) for each in notice.items) if item.line != DISCOUNT]


def _items(notice: ShipStationNotice, order: SalesOrder, lines: Sequence[OrderLine]) -> dict[int, int]:
    """What is shipped: order line id → quantity. Raises Refused."""
    open_now = {line.pk: line.open for line in lines if line.open > 0}
    if not open_now:
        raise Refused(
            f"Nothing on {order.name} is left to ship.", "Check the order’s parcels, then dismiss this label."
        )
    if not _named(notice):
        if len({line.ship_to_id for line in lines if line.open > 0}) > 1:
            raise Refused(
                f"{order.name} goes to several addresses, and the notice doesn’t say which.",
                "Enter the label on Process shipment, then dismiss this label.",
            )
        return open_now
    return _quantities(notice, order, lines, open_now)


def _quantities(
    notice: ShipStationNotice, order: SalesOrder, lines: Sequence[OrderLine], left: dict[int, int]
) -> dict[int, int]:
    """How many of which lines the items mean; of several with the same SKU those first that have some `left`."""
    left, chosen = dict(left), dict[int, int]()
    for item in _named(notice):
        rest = item.quantity
        matching = _matching(item, order, lines)
        for line in matching:
            taken = min(rest, left.get(line.pk, 0))
            if taken > 0:
                chosen[line.pk] = chosen.get(line.pk, 0) + taken
                left[line.pk] -= taken
                rest -= taken
        if rest:
            there = item.quantity - rest
            name = matching[0].name
            raise Refused(
                f"{item.quantity} × {name} is too many: {there} still open.",
                "Check what was shipped, then try again or dismiss this label.",
            )
    return chosen


def _matching(item: NoticeItem, order: SalesOrder, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """By its LineItemID; by its SKU where the line of that id was replaced since."""
    pk = number_of(item.line)
    found = [line for line in lines if line.pk == pk] or (lines_called(lines, item.sku) if item.sku.strip() else [])
    if not found:
        raise Refused(
            f"{order.name} has no item {(item.sku or item.line)[:100]} for this address.",
            "Enter the label on Process shipment, then dismiss this label.",
        )
    return found


def forget_notices(before: datetime) -> int:
    """Removes notices that ended, and came last before then; how many."""
    return ShipStationNotice.objects.filter(state__in=_ENDED, last_at__lt=before).delete()[0]
