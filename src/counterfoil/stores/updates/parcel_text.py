"""A parcel in words, as store updates and the log name it."""

from counterfoil.sales.models import Parcel

MOST_ITEMS = 4


def shipment_text(parcel: Parcel) -> str:
    """A parcel by its carrier, tracking number and items: "shipment UPS 1Z… (2 × ABC)"."""
    named = " ".join(part for part in ("shipment", parcel.carrier, parcel.tracking_number) if part)
    items = [f"{item.quantity} × {item.line.name}" for item in parcel.items.all()]
    if len(items) > MOST_ITEMS:
        items = [*items[: MOST_ITEMS - 1], f"{len(items) - MOST_ITEMS + 1} more"]
    return f"{named} ({', '.join(items)})" if items else named
