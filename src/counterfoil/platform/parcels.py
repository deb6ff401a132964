"""Parcels by their number on the command line."""

from counterfoil.platform.command import UsageError
from counterfoil.platform.numbers import whole_number
from counterfoil.sales.models import Parcel

parcel_number = whole_number(1, 2**53)


def find_parcel(number: int) -> Parcel:
    """The parcel, its shipment and order loaded along; raises UsageError when there is none."""
    parcel = Parcel.objects.select_related("shipment__order__status").filter(pk=number).first()
    if parcel is None:
        raise UsageError(f"There is no parcel {number}. “counterfoil order IMPORT_ID” shows an order's parcels.")
    return parcel
