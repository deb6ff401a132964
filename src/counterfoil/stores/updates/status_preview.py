"""What the stores are told when sales orders go into another order status: known before it is done."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from counterfoil.bigcommerce import NEVER_OVERWRITTEN
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.models import StatusMapping, WebIntegration, WebOrder


@dataclass(frozen=True, slots=True)
class StatusPreview:
    """What one store is told of so many orders. `status`: the one they get there; "" when it is told nothing, and
    `why_not` says why. `protected`: those among them that stand in a status there which is never written over.
    """

    integration: WebIntegration
    orders: int
    status: str
    why_not: str
    protected: int


def preview_statuses(order_ids: Collection[int], status: OrderStatus) -> list[StatusPreview]:
    """For each store what it is told when these sales orders go into `status`. Three statements.

    Orders that were made by hand belong to no store.
    """
    behind = WebOrder.objects.filter(sales_order__in=order_ids).values_list("integration", "status_seen")
    orders, protected = Counter[int](), Counter[int]()
    for integration_id, seen in behind:
        orders[integration_id] += 1
        protected[integration_id] += seen in NEVER_OVERWRITTEN
    mapping = dict(StatusMapping.objects.filter(order_status=status).values_list("integration", "status_id"))
    stores = WebIntegration.objects.select_related("state").filter(pk__in=orders)
    return [_preview(store, orders[store.pk], protected[store.pk], mapping.get(store.pk), status) for store in stores]


def _preview(
    store: WebIntegration, orders: int, protected: int, mapped: int | None, status: OrderStatus
) -> StatusPreview:
    if not store.push_status:
        return StatusPreview(store, orders, "", "“Push order status updates” is off", 0)
    if mapped is None:
        return StatusPreview(store, orders, "", f"{status} isn’t assigned to a status there", 0)
    return StatusPreview(store, orders, store.status_text(mapped), "", protected)
