"""Figures of the packing: what was shipped since when, and by whom."""

from datetime import datetime

from django.db.models import Count, Q

from counterfoil.sales.models import Parcel

SHIPPED = Q(voided_at=None, taken_over=False)
"""Parcels that went out from here and were not voided."""


def shipped_since(moment: datetime) -> list[tuple[str, int]]:
    """Who shipped how many parcels, most first. One statement."""
    parcels = Parcel.objects.filter(SHIPPED, shipment__processed_at__gte=moment).order_by()
    counted = parcels.values_list("shipment__processed_by").annotate(number=Count("pk"))
    return sorted(counted, key=lambda each: (-each[1], each[0]))
