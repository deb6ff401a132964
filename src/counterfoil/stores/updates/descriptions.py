"""What a store update changes, in a clerk's words."""

from django.db.models import Prefetch, QuerySet

from counterfoil.sales.models import ParcelItem
from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.updates.kinds import type_of


def preloaded(updates: QuerySet[StoreUpdate]) -> QuerySet[StoreUpdate]:
    """The updates with all that `describe` needs. Two statements, whatever their number."""
    items = Prefetch("parcel__items", ParcelItem.objects.select_related("line"))
    return updates.select_related("web_order__integration__state", "parcel").prefetch_related(items)


def describe(update: StoreUpdate) -> str:
    """What it changes: "Create the shipment UPS 1Z… (2 × ABC)", "Set the status Shipped"."""
    return type_of(update.kind).describe(update)
