"""Sends the present order statuses of a store's orders by the mapping, after a person has seen the list.

Saving, editing the mapping and switching push on send nothing by themselves; this is how they take effect on orders
that stand where they stand.
"""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from counterfoil.bigcommerce import NEVER_OVERWRITTEN
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    IN_HAND,
    LogKind,
    StatusMapping,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.outbox import ensure_status

PUSH_IS_OFF = Refused(
    "“Push order status updates” is off, so no status is sent.", "Turn it on in the integration options first."
)


class PresentStatus(NamedTuple):
    """An order whose status in the store is not the mapped one. Statuses are BigCommerce's, by number."""

    web_order: WebOrder
    order: SalesOrder
    from_status: int | None
    to_status: int


def present_statuses(integration: WebIntegration) -> list[PresentStatus]:
    """What sending would change, by ascending order number. Two statements.

    Orders that someone cancelled, refunded, declined or disputed in the store are left out: nothing writes over that.
    So are those of which a status is on its way.
    """
    mapping = dict(StatusMapping.objects.filter(integration=integration).values_list("order_status", "status_id"))
    on_its_way = StoreUpdate.objects.filter(web_order=OuterRef("pk"), kind=UpdateKind.STATUS, state__in=IN_HAND)
    orders = (
        WebOrder.objects.filter(~Exists(on_its_way), integration=integration, sales_order__status__in=mapping)
        .exclude(status_seen__in=NEVER_OVERWRITTEN)
        .select_related("integration__state", "sales_order__status")
        .order_by(F("bigcommerce_order_id"))
    )
    return [
        PresentStatus(web_order, order, web_order.status_seen, mapping[order.status_id])
        for web_order in orders
        if (order := web_order.sales_order) is not None and web_order.status_seen != mapping[order.status_id]
    ]


def send_present_statuses(integration: WebIntegration, *, by: str) -> int:
    """Sends them; returns how many orders that were. Raises Refused while push is off."""
    if not integration.push_status:
        raise PUSH_IS_OFF
    with transaction.atomic():
        found = present_statuses(integration)
        for web_order, _, _, to_status in found:
            ensure_status(web_order, to_status, UpdateCause.MAPPED)
        if found:
            log(integration, LogKind.SETTINGS, f"{by} sent the current statuses of {len(found)} orders.")
            wake({integration.pk})
    return len(found)
