"""Finds what an address names, as far as the token may see it."""

from django.db.models import Q
from django.http import HttpRequest

from counterfoil.accounts.models import ApiToken
from counterfoil.api.acts import check_version
from counterfoil.api.authentication import orders_of, token_of
from counterfoil.api.problems import not_found
from counterfoil.sales.models import Parcel, SalesOrder
from counterfoil.sales.orders.status import lock_order
from counterfoil.storable import number_of, storable_text
from counterfoil.stores.order_documents import RELATED

MISSING = "GET /api/v1/where/{number} shows where an order is that hasn’t been imported."


def order_called(token: ApiToken, name: str) -> SalesOrder:
    """The sales order with this import ID or number, loaded for its document; raises Problem. One statement."""
    if storable_text(name) != name:
        raise not_found("There is no such sales order.", MISSING)
    number = number_of(name)
    which = Q(import_id=name) if number is None else Q(import_id=name) | Q(number=number)
    found = list(orders_of(token).filter(which).select_related(*RELATED)[:2])
    if not found:
        raise not_found(f"There is no sales order {name[:100]}.", MISSING)
    return next((order for order in found if order.import_id == name), found[0])


def locked_order(request: HttpRequest, name: str) -> SalesOrder:
    """As `order_called`, locked for the present transaction, and in the version that the request asks for."""
    order = order_called(token_of(request), name)
    locked = lock_order(order.pk)
    check_version(request, locked)
    return locked


def parcel_called(request: HttpRequest, pk: int) -> Parcel:
    """The parcel, its order loaded along; raises Problem."""
    token = token_of(request)
    parcels = Parcel.objects.select_related("shipment__order")
    if token.stores:
        parcels = parcels.filter(shipment__source__in=token.stores)
    found = parcels.filter(pk=pk).first()
    if found is None:
        raise not_found(f"There is no parcel {pk}.", "GET /api/v1/orders/{order} lists an order's parcels.")
    return found
