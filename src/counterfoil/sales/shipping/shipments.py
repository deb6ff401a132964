"""Processes shipments: what is shipped, in which parcels, and what is corrected afterwards.

Each function is one transaction that locks the sales order, changes the lines' quantities, and says by a signal what
happened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from counterfoil.sales import signals
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderChange, OrderLine, Parcel, ParcelItem, SalesOrder, Shipment
from counterfoil.sales.models.shipments import LONGEST_TRACKING_LINK, LONGEST_TRACKING_NUMBER
from counterfoil.sales.orders.status import (
    lock_order,
    refuse_when_cancelled,
    refuse_when_held,
    update_status_from_quantities,
)
from counterfoil.sales.shipping.address_changes import follow_newer_address, refuse_changed_address
from counterfoil.sales.shipping.carrier_detection import carrier_by_number, says_none
from counterfoil.sales.shipping.scanning import refuse_unscanned
from counterfoil.sales.shipping.tracking_numbers import (
    comparable,
    read_tracking_number,
    read_tracking_numbers,
    refuse_no_name,
)
from counterfoil.sales.shipping.used_numbers import refuse_used
from counterfoil.sales.shown import Shown, refuse_changed

LONGEST_NAME = 100  # of a carrier or a service
_SAVE_QUANTITIES = """
    UPDATE sales_orderline AS line
    SET shipped = now.shipped, cancelled = now.cancelled, backordered = now.backordered
    FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::integer[]) AS now (id, shipped, cancelled, backordered)
    WHERE line.id = now.id
"""


@dataclass(frozen=True, slots=True)
class Tracking:
    """Who carries a parcel, and how it is followed. Empty: not known (yet)."""

    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    tracking_link: str = ""

    def checked(self) -> "Tracking":
        """Without spaces around it, the number read as `read_tracking_number` does.

        Raises Refused for what no store and no carrier takes.
        """
        clean = Tracking(*(" ".join(getattr(self, name).split()) for name in self.__slots__))
        clean = replace(clean, tracking_number=read_tracking_number(self.tracking_number))
        _check_length("tracking number", clean.tracking_number, LONGEST_TRACKING_NUMBER)
        _check_length("tracking link", clean.tracking_link, LONGEST_TRACKING_LINK)
        _check_length("carrier", clean.carrier, LONGEST_NAME)
        _check_length("service", clean.service, LONGEST_NAME)
        refuse_no_name(clean.service, "service")
        if not says_none(clean.carrier):
            refuse_no_name(clean.carrier, "carrier")
        if clean.tracking_link and not _is_link(clean.tracking_link):
            raise Refused(f"“{clean.tracking_link}” isn’t a web address.", "A tracking URL starts with https://.")
        return clean


def _check_length(what: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise Refused(f"The {what} has {len(value)} characters; {longest} are allowed.", f"Shorten the {what}.")


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and " " not in text


@dataclass(frozen=True, slots=True)
class ParcelDraft:
    """A parcel to process. `items`: order line id → quantity; a further box without items has none.

    `scanned`: order line id → how many were scanned into it; empty where nobody scanned.
    """

    tracking: Tracking = field(default_factory=Tracking)
    items: Mapping[int, int] = field(default_factory=dict)
    scanned: Mapping[int, int] = field(default_factory=dict)


def parcel_drafts(
    tracking: Tracking, items: Mapping[int, int], scanned: Mapping[int, int] | None = None
) -> list[ParcelDraft]:
    """A parcel with these items, and a further box for each number that stands next to its own ("1ZA, 1ZB").

    Raises Refused for several numbers without items: it cannot be told what they belong to.
    """
    numbers = read_tracking_numbers(tracking.tracking_number)
    if len(numbers) < 2 or not items:
        return [ParcelDraft(tracking, items, scanned or {})]
    first, *others = (replace(tracking, tracking_number=number) for number in numbers)
    return [
        ParcelDraft(first, items, scanned or {}),
        *(ParcelDraft(replace(each, tracking_link="")) for each in others),
    ]


def with_carriers(drafts: Sequence[ParcelDraft]) -> tuple[list[ParcelDraft], list[str]]:
    """The parcels with the carrier that their number tells where none is named, and a sentence about each of those."""
    named: list[ParcelDraft] = []
    notes: list[str] = []
    for draft in drafts:
        tracking = draft.tracking
        carrier, note = carrier_by_number(tracking.carrier, read_tracking_number(tracking.tracking_number))
        named.append(replace(draft, tracking=replace(tracking, carrier=carrier)))
        notes += [f"{tracking.tracking_number}: {note}"] if note else []
    return named, notes


def process_shipment(
    order_id: int,
    parcels: Sequence[ParcelDraft],
    *,
    by: str,
    ask_about_numbers: bool = False,
    unscanned: str = "",
    submission: UUID | None = None,
) -> Shipment:
    """Ships what lies in the parcels; raises Refused, and then nothing was shipped.

    A parcel without items is a further box of the parcel before it. `ask_about_numbers`, for what a person entered:
    a tracking number that a parcel has already, or had on this order, is NumberUsed. `unscanned`: why parcels go out
    whose items were not all scanned. `submission`: what was shipped under this key before is returned as it is.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        before = shipment_of_submission(order, submission)
        if before is not None:
            return before
        if ask_about_numbers:
            refuse_used(order, [parcel.tracking.checked().tracking_number for parcel in parcels])
        lines = list(order.lines.select_related("ship_to"))
        first, *_ = ship_locked(order, lines, parcels, by=by, unscanned=unscanned)
        if submission is not None:
            Shipment.objects.filter(pk=first.shipment_id).update(submission=submission)
    return first.shipment


def shipment_of_submission(order: SalesOrder, submission: UUID | None) -> Shipment | None:
    """What a locked order shipped under this key; raises Refused where it is another order's."""
    found = Shipment.objects.filter(submission=submission).first() if submission is not None else None
    if found is not None and found.order_id != order.pk:
        raise Refused("This form was already sent for another order.", "Reload the page.")
    return found


def ship_locked(
    order: SalesOrder,
    order_lines: Sequence[OrderLine],
    parcels: Sequence[ParcelDraft],
    *,
    by: str,
    unscanned: str = "",
) -> list[Parcel]:
    """As `process_shipment`, for an order that the present transaction has locked, with all its lines.

    Their addresses are loaded along. Raises AddressChanged for one that was changed in the store and not decided on.
    Returns a parcel for each draft, in their order.
    """
    refuse_when_held(order)
    refuse_when_cancelled(order)
    lines = {line.pk: line for line in order_lines}
    _check_quantities(lines, parcels)
    refuse_changed_address(lines[pk] for draft in parcels for pk in draft.items)
    for draft in parcels:
        refuse_unscanned(order, lines, draft.items, draft.scanned, why=unscanned, by=by)
    shipment = Shipment.objects.create(order=order, source=order.source, processed_by=by)
    added: list[Parcel] = []
    holder: Parcel | None = None
    for draft in parcels:
        added.append(_add_parcel(shipment, draft, lines, holder))
        holder = added[-1] if draft.items else holder
    save_quantities([lines[pk] for pk in {pk for draft in parcels for pk in draft.items}])
    update_status_from_quantities(order, by=by, why="A shipment was processed", lines=order_lines)
    return added


def open_items(order: SalesOrder) -> dict[int, int]:
    """What can still be shipped of an order: order line id → open quantity."""
    lines = order.lines.select_related("ship_to")
    return {line.pk: line.open for line in lines if line.open and line.is_shipped_by_parcel}


def _check_quantities(lines: Mapping[int, OrderLine], parcels: Sequence[ParcelDraft]) -> None:
    if not parcels or not parcels[0].items:
        raise Refused("The first parcel has no items.", "Put at least one item into it.")
    wanted: Counter[int] = Counter()
    for parcel in parcels:
        if any(quantity < 1 for quantity in parcel.items.values()):
            raise Refused("A quantity to ship is at least 1.", "Leave out items that aren’t shipped.")
        wanted.update(parcel.items)
        if len({lines[pk].ship_to_id for pk in parcel.items if pk in lines}) > 1:
            raise Refused("These items go to different addresses.", "Use one parcel for each address.")
    for pk, quantity in wanted.items():
        line = lines.get(pk)
        if line is None:
            raise Refused("One of the items is no longer on this order.", "Reload the page.")
        if line.why_no_parcel:
            raise Refused(line.why_no_parcel, "Leave it out of the parcel.")
        if quantity > line.open:
            raise Refused(f"{quantity} × {line.name} is too many: {line.open} still open.", "Lower the quantity.")


def _add_parcel(
    shipment: Shipment, draft: ParcelDraft, lines: Mapping[int, OrderLine], holder: Parcel | None
) -> Parcel:
    """Adds one parcel; one without items is a further box of the `holder`."""
    first = next((lines[pk] for pk in draft.items), None)
    tracking = draft.tracking.checked()
    parcel = Parcel.objects.create(
        shipment=shipment,
        ship_to=first.ship_to if first else (holder.ship_to if holder else None),
        belongs_to=None if draft.items else holder,
        **tracking_values(tracking),
    )
    ParcelItem.objects.bulk_create(
        ParcelItem(parcel=parcel, line=lines[pk], quantity=quantity, scanned=draft.scanned.get(pk, 0))
        for pk, quantity in draft.items.items()
    )
    for pk, quantity in draft.items.items():
        lines[pk].shipped += quantity
        lines[pk].backordered = min(lines[pk].backordered, lines[pk].open)
    signals.parcel_processed.send(Parcel, parcel=parcel)
    return parcel


def save_quantities(lines: Sequence[OrderLine]) -> None:
    """Writes what is shipped, cancelled and backordered of these lines. One statement, whatever their number."""
    columns = ("pk", "shipped", "cancelled", "backordered")
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_QUANTITIES, [[getattr(line, name) for line in lines] for name in columns])


def tracking_values(tracking: Tracking) -> dict[str, str]:
    """The columns of a parcel that say who carries it and how it is followed."""
    return {name: getattr(tracking, name) for name in Tracking.__slots__}


def correct_parcel(
    parcel_id: int, tracking: Tracking, *, by: str, ask_about_numbers: bool = False, shown: Shown | None = None
) -> bool:
    """Corrects who carries a parcel and how it is followed; False when nothing differs. Items cannot be corrected.

    Raises Refused for a parcel that was voided or taken over, NumberUsed as `process_shipment` does, and
    ChangedSinceShown.
    """
    with transaction.atomic():
        parcel = lock_parcel(parcel_id)
        refuse_changed(parcel, shown)
        new = tracking_values(_checked_but_for_what_stands(parcel, tracking))
        changed = [name for name in new if new[name] != getattr(parcel, name)]
        if not changed:
            return False
        before, after = parcel.tracking_number, new["tracking_number"]
        if comparable(before) != comparable(after):
            if ask_about_numbers:
                refuse_used(parcel.shipment.order, [after], but=parcel.pk)
            if before:
                parcel.former_numbers = [*parcel.former_numbers, before]
        for name in changed:
            _record(parcel.shipment.order, by, f"parcel {name.replace('_', ' ')}", getattr(parcel, name), new[name])
            setattr(parcel, name, new[name])
        parcel.save(update_fields=[*changed, "former_numbers"])
        signals.parcel_corrected.send(Parcel, parcel=parcel)
    return True


def _checked_but_for_what_stands(parcel: Parcel, tracking: Tracking) -> Tracking:
    """The new tracking; a number that stays as it is need not pass: it was taken before."""
    if tracking.tracking_number != parcel.tracking_number:
        return tracking.checked()
    return replace(replace(tracking, tracking_number="").checked(), tracking_number=parcel.tracking_number)


def void_parcel(parcel_id: int, *, by: str, reason: str) -> None:
    """Takes a parcel back, with its further boxes: its items are open again.

    Raises Refused without a reason, and for a parcel that was voided or taken over.
    """
    reason = _given(reason, "Say why the parcel is voided.")
    with transaction.atomic():
        parcel = lock_parcel(parcel_id)
        order = parcel.shipment.order
        mark_voided(parcel, by=by, reason=reason)
        _open_again(parcel)
        signals.parcel_voided.send(Parcel, parcel=parcel)
        update_status_from_quantities(order, by=by, why="A parcel was voided")


def mark_voided(parcel: Parcel, *, by: str, reason: str) -> None:
    """Notes that a parcel of a locked order and its further boxes ship nothing any more; quantities stay."""
    parcel.voided_at, parcel.voided_by, parcel.void_reason = timezone.now(), by, reason
    Parcel.objects.filter(Q(pk=parcel.pk) | Q(belongs_to=parcel), voided_at=None).update(
        voided_at=parcel.voided_at, voided_by=by, void_reason=reason
    )
    _record(parcel.shipment.order, by, "parcel", str(parcel), "voided", reason)


def _open_again(parcel: Parcel) -> None:
    """Lowers the shipped quantities by what lay in a voided parcel, but not below what lies in other ones.

    What of it was refunded need not be shipped again.
    """
    items = list(parcel.items.select_related("line"))
    still = in_parcels(parcel.shipment.order)
    for item in items:
        line = item.line
        line.shipped = max(line.shipped - item.quantity, min(still.get(line.pk, 0), line.quantity - line.cancelled))
        line.cancelled = max(line.cancelled, min(line.refunded, line.quantity - line.shipped))
    save_quantities([item.line for item in items])
    follow_newer_address(parcel.shipment.order, [item.line for item in items])


def in_parcels(order: SalesOrder, **which: object) -> dict[int, int]:
    """How much of each line lies in parcels that are not voided: order line id → quantity. One statement.

    `which` narrows the parcels, by their columns.
    """
    items = ParcelItem.objects.filter(
        line__order=order, parcel__voided_at=None, **{f"parcel__{name}": value for name, value in which.items()}
    )
    return dict(items.order_by().values_list("line").annotate(Sum("quantity")))


def cancel_open(
    order_id: int, quantities: Mapping[int, int], *, by: str, reason: str, shown: Mapping[int, int] | None = None
) -> None:
    """Cancels open quantities (order line id → how many); raises Refused for more than is open, or without a reason.

    `shown`: what a person saw as open; where it is another quantity by now, as after a form that was sent twice,
    Refused says so.
    """
    reason = _given(reason, "Say why the quantity is cancelled.")
    with transaction.atomic():
        order = lock_order(order_id)
        lines = _lines(order, quantities)
        changes = []
        for line in lines:
            quantity = quantities[line.pk]
            seen = (shown or {}).get(line.pk, line.open)
            if line.open != seen:
                raise Refused(
                    f"{line.name}: {line.open} open now, {seen} when you opened this page.",
                    "Check how many to cancel, then try again.",
                )
            _check_open(line, quantity, least=1, what="cancelled")
            after = line.cancelled + quantity
            changes.append(quantity_change(line, "cancelled", after, by=by, why=reason))
            line.cancelled = after
            line.backordered = min(line.backordered, line.open)
        OrderChange.objects.bulk_create(changes)
        save_quantities(lines)
        update_status_from_quantities(order, by=by, why=reason)


def set_backordered(order_id: int, quantities: Mapping[int, int], *, by: str) -> None:
    """Notes how many of a line wait for stock (order line id → how many); raises Refused for more than is open."""
    with transaction.atomic():
        order = lock_order(order_id)
        changed = [line for line in _lines(order, quantities) if line.backordered != quantities[line.pk]]
        changes = []
        for line in changed:
            quantity = quantities[line.pk]
            _check_open(line, quantity, least=0, what="backordered")
            changes.append(quantity_change(line, "backordered", quantity, by=by))
            line.backordered = quantity
        OrderChange.objects.bulk_create(changes)
        save_quantities(changed)


def _check_open(line: OrderLine, quantity: int, *, least: int, what: str) -> None:
    if not least <= quantity <= line.open:
        raise Refused(f"{line.name}: only {line.open} open, so {quantity} can’t be {what}.", "Correct the quantity.")


def quantity_change(line: OrderLine, column: str, after: int, *, by: str, why: str = "") -> OrderChange:
    """A line's quantity that becomes `after`, for the order's history; not saved yet."""
    before = str(getattr(line, column))
    return OrderChange(
        order_id=line.order_id, by=by, field=f"{line.name} {column}", before=before, after=str(after), why=why
    )


def _lines(order: SalesOrder, quantities: Mapping[int, int]) -> list[OrderLine]:
    lines = list(order.lines.filter(pk__in=quantities))
    if len(lines) != len(quantities):
        raise Refused("One of the items is no longer on this order.", "Reload the page.")
    return lines


def lock_parcel(parcel_id: int) -> Parcel:
    """A parcel of ours that still ships something, its order locked; raises Refused for any other."""
    order_id = Parcel.objects.values_list("shipment__order", flat=True).get(pk=parcel_id)
    order = lock_order(order_id)
    parcel = Parcel.objects.select_related("shipment", "ship_to").get(pk=parcel_id)
    parcel.shipment.order = order
    if parcel.voided_at is not None:
        raise Refused("This parcel was voided.", "Reload the page.")
    if parcel.taken_over:
        raise Refused("This parcel was created in the store.", "Change it there.")
    return parcel


def _given(reason: str, otherwise: str) -> str:
    if not reason.strip():
        raise Refused(otherwise)
    return reason.strip()


def _record(order: SalesOrder, by: str, field: str, before: object, after: object, why: str = "") -> None:
    OrderChange.objects.create(order=order, by=by, field=field, before=str(before), after=str(after), why=why)
