"""Which sales orders are to be shipped, were shipped, or are on hold."""

from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Parcel, SalesOrder, StatusRole
from counterfoil.sales.models.orders import LINE_TO_SHIP

HELD = ~Q(hold_reason="") & Q(hold_overridden_by="")
"""Nothing of it may be shipped: as `SalesOrder.is_held` says of one."""

LATE_AFTER = timedelta(days=2)


def on_hold(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those that are on hold, and no manager has overridden that; what is cancelled here waits for nobody."""
    return orders.filter(HELD).exclude(status__role=StatusRole.CANCELLED)


def to_ship(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those of which something open goes into a parcel, and may: neither on hold nor cancelled."""
    return orders.exclude(status__role=StatusRole.CANCELLED).filter(~HELD, Exists(_lines_to_ship()))


def late(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those to ship that were placed more than two days ago."""
    return to_ship(orders).filter(order_date__lt=timezone.now() - LATE_AFTER)


def shipped(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those of which something was shipped, and nothing is left that goes into a parcel."""
    parcels = Parcel.objects.filter(shipment__order=OuterRef("pk"), voided_at=None)
    return orders.filter(Exists(parcels), ~Exists(_lines_to_ship()))


def something_to_ship(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those of which something open goes into a parcel, whether or not it may."""
    return orders.filter(Exists(_lines_to_ship()))


def nothing_shipped(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those of which something open goes into a parcel, and nothing was shipped."""
    return something_to_ship(orders).exclude(Exists(OrderLine.objects.filter(order=OuterRef("pk"), shipped__gt=0)))


def _lines_to_ship() -> QuerySet[OrderLine]:
    return lines_to_ship().filter(order=OuterRef("pk"))


def lines_to_ship() -> QuerySet[OrderLine]:
    """The lines that `OrderLine.is_shipped_by_parcel` says of, and that are open.

    Few addresses are picked up at, and an index has just these: no line has its address read.
    """
    picked_up = OrderAddress.objects.filter(kind=AddressKind.PICKUP, pk=OuterRef("ship_to"))
    return OrderLine.objects.filter(LINE_TO_SHIP, ~Exists(picked_up))


FIRST = 1  # a store's own storefront

# From one channel to the next along the index: however many orders there are, one lookup each.
_OTHERS = """
    WITH RECURSIVE known AS (
        SELECT min(channel) AS channel FROM sales_salesorder WHERE channel > 1
        UNION ALL
        SELECT (SELECT min(channel) FROM sales_salesorder WHERE channel > 1 AND channel > known.channel)
        FROM known WHERE known.channel IS NOT NULL
    )
    SELECT channel FROM known WHERE channel IS NOT NULL
"""


def known_channels() -> list[int]:
    """Their numbers; none where all orders came from the first one. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        others = [channel for (channel,) in cursor.fetchall()]
    return [FIRST, *others] if others else []
