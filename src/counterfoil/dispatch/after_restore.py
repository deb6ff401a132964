"""After a restore: a shipment that waits in the sales data may have been made since the backup."""

from datetime import datetime

import msgspec

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.dispatch.shipment_requests import load_parcel, new_shipment
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState


def doubt_everything(made_at: datetime) -> None:
    """No shipment is made without looking for it in the store first, among those that came after the backup.

    Other updates may be repeated, or go out onto the status that they were meant for only.
    """
    waiting = StoreUpdate.objects.filter(
        kind=UpdateKind.CREATE, asked_at=None, state__in=[UpdateState.WAITING, UpdateState.FAILED]
    )
    for update in waiting.exclude(parcel=None).select_related("web_order"):
        try:
            update.asked = msgspec.to_builtins(new_shipment(load_parcel(update.parcel_id or 0)))
        except NeedsPerson:
            continue  # it could not be sent then either
        update.asked_at = made_at
        known = update.web_order.web_shipments.values_list("bigcommerce_shipment_id", flat=True)
        update.known_shipments = list(known)
        update.save(update_fields=["asked", "asked_at", "known_shipments"])
