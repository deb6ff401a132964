"""Which sales orders need a person's attention."""

from django.db.models import QuerySet

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import Conflict, StoreUpdate, UpdateState, WebOrder


def needing_attention(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those that a newer version of could not be taken over, that an update failed of, or that a person picks for."""
    refused = WebOrder.objects.filter(sales_order__isnull=False).exclude(reason_code="").order_by()
    failed = StoreUpdate.objects.filter(state=UpdateState.FAILED, web_order__sales_order__isnull=False).order_by()
    conflicts = Conflict.objects.order_by()
    order = "web_order__sales_order"
    found = refused.values("sales_order").union(failed.values(order), conflicts.values(order))
    return orders.filter(pk__in=found)
