"""What a store update changes, in a clerk's words."""

from django.db.models import Prefetch, QuerySet

from counterfoil.sales.models import Parcel, ParcelItem
from counterfoil.stores.models import StoreUpdate, UpdateKind

MOST_ITEMS = 4


def preloaded(updates: QuerySet[StoreUpdate]) -> QuerySet[StoreUpdate]:
    """The updates with all that `what` needs. Two statements, whatever their number."""
    items = Prefetch("parcel__items", ParcelItem.objects.select_related("line"))
    return updates.select_related("web_order__integration__state", "parcel").prefetch_related(items)


def describe(update: StoreUpdate) -> str:
    """What it changes: "Create the shipment UPS 1Z… (2 × ABC)", "Set the status Shipped"."""
    if update.kind == UpdateKind.STATUS:
        return f"Set the status {update.web_order.integration.status_text(update.status_id)}"
    if update.parcel is None:
        return "Write the staff notes"
    verb = {UpdateKind.CREATE: "Create", UpdateKind.CORRECT: "Correct"}.get(UpdateKind(update.kind), "Delete")
    return f"{verb} the {shipment_text(update.parcel)}"


def shipment_text(parcel: Parcel) -> str:
    """A parcel by its carrier, tracking number and items: "shipment UPS 1Z… (2 × ABC)"."""
    named = " ".join(part for part in ("shipment", parcel.carrier, parcel.tracking_number) if part)
    items = [f"{item.quantity} × {item.line.name}" for item in parcel.items.all()]
    if len(items) > MOST_ITEMS:
        items = [*items[: MOST_ITEMS - 1], f"{len(items) - MOST_ITEMS + 1} more"]
    return f"{named} ({', '.join(items)})" if items else named
