"""Finds parcels among any number of them, and tells which carriers there are."""

from django.db import connection
from django.db.models import QuerySet

from counterfoil.sales.db.bounded_list import among
from counterfoil.sales.models import Parcel
from counterfoil.sales.models.shipments import parcel_words
from counterfoil.sales.orders.search import MOST_FOUND, newest_found, query_of

MOST_CARRIERS = 60

# From one carrier to the next along the index: however many parcels there are, one lookup each.
_CARRIERS = """
    WITH RECURSIVE known AS (
        SELECT min("left"(carrier, 100)) AS carrier, 1 AS number FROM sales_parcel WHERE "left"(carrier, 100) > ''
        UNION ALL
        SELECT (SELECT min("left"(carrier, 100)) FROM sales_parcel WHERE "left"(carrier, 100) > known.carrier),
            number + 1
        FROM known WHERE known.carrier IS NOT NULL AND number < %s
    )
    SELECT carrier FROM known WHERE carrier IS NOT NULL
"""


def carriers_used() -> list[str]:
    """The carriers that parcels have gone with; the first 60 of them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CARRIERS, [MOST_CARRIERS])
        return [carrier for (carrier,) in cursor.fetchall()]


def parcels_with(parcels: QuerySet[Parcel], text: str) -> QuerySet[Parcel]:
    """Those whose tracking number this is, or begins or ends like this, however it is typed, and those of the sales
    order that has just this number.

    Where there are none: those of the newest sales orders in which the text is found. All of them without words. Four
    statements at most.
    """
    query, found = query_of(text), newest_found(text)
    if query is None or found is None:
        return parcels
    tracked = Parcel.objects.exclude(tracking_number="").alias(words=parcel_words()).filter(words=query)
    ids = list(tracked.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND])
    if found.exactly:
        ids += Parcel.objects.filter(shipment__order__in=found.exactly).values_list("pk", flat=True)
    if ids:
        return parcels.filter(pk__in=among(ids))
    return parcels.filter(shipment__order__in=among(found.ids))
