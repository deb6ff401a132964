"""Finds parcels among any number of them, and tells which carriers there are."""

from django.db import connection
from django.db.models import QuerySet

from counterfoil.sales.db.bounded_list import among
from counterfoil.sales.models import Parcel
from counterfoil.sales.models.shipments import end_of_parcel_code, parcel_code
from counterfoil.sales.orders.search import (
    LONGEST_WORD,
    MOST_FOUND,
    is_beginning,
    newest_with,
    orders_called,
    searched_ending,
    words_of,
)

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
    code = "".join(words_of(text))[:LONGEST_WORD]
    if not code:
        return parcels
    ids = _tracked_as(code)
    orders = orders_called(text)
    if orders:
        ids += Parcel.objects.filter(shipment__order__in=orders).values_list("pk", flat=True)
    if ids:
        return parcels.filter(pk__in=among(ids))
    return parcels.filter(shipment__order__in=among(newest_with(text)))


def _tracked_as(code: str) -> list[int]:
    """The ids of the parcels whose number is this, begins, or ends like this. One statement.

    Each way is a walk along an index that is in the order asked for, so that the planner has no other choice: not the
    newest first, for which it would rather go through all parcels backwards.
    """
    ending = searched_ending(code)
    numbered = Parcel.objects.exclude(tracking_number="").alias(code=parcel_code(), backwards=end_of_parcel_code())
    found = numbered.filter(**{"code__startswith" if is_beginning(code) else "code": code}).order_by("code")
    ways = [found.values_list("pk", flat=True)[:MOST_FOUND]]
    if ending:
        ended = numbered.filter(backwards__startswith=ending[::-1]).order_by("backwards")
        ways.append(ended.values_list("pk", flat=True)[:MOST_FOUND])
    return list(ways[0].union(*ways[1:]) if len(ways) > 1 else ways[0])
