"""The history of one shipment: when it left, what was corrected or voided, what the store was told."""

from collections.abc import Iterable

from counterfoil.sales.models import OrderChange, Shipment
from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.updates.descriptions import what
from counterfoil.web import tones
from counterfoil.web.order_history import Happening
from counterfoil.web.shipments_shown import ShownShipment


def history_of(shipment: Shipment, shown: ShownShipment, updates: Iterable[StoreUpdate]) -> list[Happening]:
    """The newest first. One statement. Corrections are kept by order: those of its other parcels are among them."""
    number = len(shown.parcels)
    left = f"{number} parcel{'' if number == 1 else 's'}."
    happened = [Happening(shipment.processed_at, "Shipped", tones.GOOD, left, shipment.processed_by)]
    changes = OrderChange.objects.filter(order=shipment.order_id, field__startswith="parcel")
    happened += [
        Happening(each.at, "Changed", tones.CALM, each.field, each.by, each.before, each.after, each.why)
        for each in changes
    ]
    happened += [_told(each) for each in updates]
    return sorted(happened, key=lambda each: each.at, reverse=True)


def _told(update: StoreUpdate) -> Happening:
    why = f" {update.reason}" if update.reason else ""
    word = f"Store update: {update.get_state_display().lower()}"
    at = update.ended_at or update.created_at
    return Happening(at, word, tones.update_tone(update.state), f"{what(update)}.{why}")
