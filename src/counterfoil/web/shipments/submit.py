"""Ships what a page has shown: as long as nothing else was shipped, and no address changed, since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, Shipment
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.mistaken_codes import refuse_other_codes
from counterfoil.sales.shipping.shipments import ParcelDraft, process_shipment, shipment_of_submission
from counterfoil.sales.shipping.used_numbers import has_number


class ChangedMeanwhile(Refused):
    """Something of the order was shipped, cancelled or changed since the page was loaded."""

    def __init__(self) -> None:
        super().__init__(
            "This order was shipped or changed since you opened this page.",
            "Check the address and the open quantities, then process the shipment again.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What goes along with the parcels. `seen`: the version of what was open on the page, of one `address` or of all.

    `key`: a shipment is made once under it. `allow_used`: tracking numbers that are used already, too. `unscanned`: why
    items need not be scanned.
    """

    seen: str
    address: int | None = None
    key: UUID | None = None
    allow_used: bool = False
    unscanned: str = ""


def version_to_ship(items: Mapping[int, OrderLine]) -> str:
    """Tells what is open, and where it goes: another one once someone has shipped, cancelled or changed any of it.

    `items`: by order line id, their addresses loaded along.
    """
    open_now = sorted(
        (
            *(pk, line.open, line.our_part_number, line.options, line.wrapping, line.wrapping_message),
            line.ship_to.lines if line.ship_to else [],
        )
        for pk, line in items.items()
    )
    return sha256(repr(open_now).encode()).hexdigest()[:16]


def open_to_ship(lines: Sequence[OrderLine], address: int | None = None) -> dict[int, OrderLine]:
    """The lines with something open that goes into a parcel, to one address or to any; addresses are loaded along."""
    here = [line for line in lines if address is None or line.ship_to_id == address]
    return {line.pk: line for line in here if line.open and line.is_shipped_by_parcel}


def shipped_before(shipment: Shipment, numbers: Iterable[str]) -> Shipment:
    """The shipment that was processed under the same key; raises Refused where other tracking numbers are sent now.

    The answer may have been lost, and someone corrected a number before sending it again.
    """
    parcels = list(shipment.parcels.all())
    for number in numbers:
        if number.strip() and not any(has_number(parcel, number) for parcel in parcels):
            first = next((parcel.tracking_number for parcel in parcels if parcel.tracking_number), "")
            how = f"with the tracking number {first}" if first else "without a tracking number"
            raise Refused(
                f"This was already shipped {how}.", "To change the number, open the parcel on the Shipping tab."
            )
    return shipment


def ship_as_seen(order_id: int, drafts: Sequence[ParcelDraft], sent: Submission, *, by: str) -> Shipment:
    """Processes the parcels; raises ChangedMeanwhile, and Refused as `process_shipment` does."""
    with transaction.atomic():
        order = lock_order(order_id)
        before = shipment_of_submission(order, sent.key)
        if before is not None:
            return shipped_before(before, [draft.tracking.tracking_number for draft in drafts])
        now = open_to_ship(list(order.lines.select_related("ship_to")), sent.address)
        if version_to_ship(now) != sent.seen:
            raise ChangedMeanwhile
        if not sent.allow_used:
            refuse_other_codes([draft.tracking.checked().tracking_number for draft in drafts])
        return process_shipment(
            order_id,
            drafts,
            by=by,
            ask_about_numbers=not sent.allow_used,
            unscanned=sent.unscanned,
            submission=sent.key,
        )
