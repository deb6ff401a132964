"""Orders that the store has stopped are held here: nothing of them is shipped (design, rule 12)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderChange, SalesOrder, StatusRole
from counterfoil.sales.models.orders import HELD_BY_STATUS
from counterfoil.sales.orders.querysets import on_hold, something_to_ship
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebIntegration, WebOrder
from counterfoil.stores.weborders.list_lag import LAG_AT_MOST

BY = "BigCommerce"
DISPUTED = "The order is disputed in the store."
ORDER_GONE = "The order was archived or deleted in the store."
REASONS = {
    StatusId.CANCELLED.value: "The order was cancelled in the store.",
    StatusId.REFUNDED.value: "The order was refunded in the store.",
    StatusId.DECLINED.value: "The order was declined in the store.",
    StatusId.DISPUTED.value: DISPUTED,
}

_STORE_REASONS = (*REASONS.values(), ORDER_GONE)

STOPPED = (StatusId.CANCELLED.value, StatusId.REFUNDED.value, StatusId.DECLINED.value)
"""Of those, what nobody expects to be shipped any more; a dispute may be won."""


def is_stopped(web_order: WebOrder, *, gone: bool = False) -> bool:
    """Whether the order is over in the store: cancelled, refunded, declined, or not there any more (`gone`)."""
    return gone or web_order.status_seen in STOPPED or web_order.reason_code == "not_in_store"


@dataclass(frozen=True, slots=True)
class StoreStanding:
    """An imported order: its status in the store, and why it is on hold here ("": it is not)."""

    import_id: str
    sales_order_id: int
    status_id: int
    hold_reason: str

    @property
    def reason(self) -> str:
        """Why it is to be held by its status; "" when it is not."""
        return REASONS.get(self.status_id, "")

    @property
    def agrees(self) -> bool:
        """Whether the hold is what the status asks for. A hold for another reason than the store's is left alone."""
        if not self.reason:
            return self.hold_reason not in _STORE_REASONS
        return self.hold_reason == self.reason


def disputed(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those on hold whose payment the shopper disputes."""
    return on_hold(orders).filter(hold_reason=DISPUTED)


def update_holds(integration: WebIntegration, standings: Iterable[StoreStanding]) -> None:
    """Puts on hold what the store has stopped, and takes holds away that it has lifted.

    An order that the store has again a moment after it was deleted is read once more before its hold ends.
    """
    for standing in standings:
        if is_held_as_gone_lately(standing.sales_order_id, standing.hold_reason) and not standing.reason:
            WebOrder.objects.filter(sales_order=standing.sales_order_id).update(addresses_to_read=True)
        elif not standing.agrees:
            _update_hold(integration, standing)


def is_held_as_gone_lately(sales_order_id: int, hold_reason: str) -> bool:
    """Whether an order on hold as deleted was that so lately that one answer which has it ends no hold: the store
    contradicts itself. Mostly no statement."""
    if hold_reason != ORDER_GONE:
        return False
    holds = OrderChange.objects.filter(order=sales_order_id, field="hold", after=ORDER_GONE)
    return holds.filter(at__gt=timezone.now() - LAG_AT_MOST).exists()


def held_if_deleted(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those that would be put on hold if the store had deleted them."""
    return something_to_ship(orders).exclude(status__role=StatusRole.CANCELLED).exclude(hold_reason=ORDER_GONE)


def hold_deleted(web_order: WebOrder) -> None:
    """Puts on hold an imported order that was archived or deleted in the store; one that a manager released stays so.

    It is read by itself until the hold is two minutes old: one wrong answer must not hold an order for good.

    One of which nothing is to be shipped is left alone: merchants archive what is done with.
    """
    order = held_if_deleted(SalesOrder.objects.filter(web_order=web_order)).first()
    if order is None:
        return
    with transaction.atomic():
        put_on_hold(order.pk, ORDER_GONE, by=BY)
        WebOrder.objects.filter(pk=web_order.pk).update(addresses_to_read=True)
        log(web_order.integration, LogKind.UPDATED, f"On hold: {ORDER_GONE}", import_id=web_order.import_id)


def _update_hold(integration: WebIntegration, standing: StoreStanding) -> None:
    there = integration.status_text(standing.status_id)
    before = "" if standing.reason else _held_before(standing.sales_order_id)
    text = f"On hold: {standing.reason}" if standing.reason else f"No longer on hold: it is {there} in the store."
    if before:
        text = f"It is {there} in the store, and still on hold here: {before}"
    with transaction.atomic():
        put_on_hold(standing.sales_order_id, standing.reason or before, by=BY)
        log(integration, LogKind.UPDATED, text, import_id=standing.import_id)


def _held_before(order_id: int) -> str:
    """Why a person held the order before the store did; "" where nobody did, or a manager had released it.

    What else of the store held it, such as refunds that could not be read, holds it again where that is still so.
    """
    changes = OrderChange.objects.filter(order=order_id, field="hold").order_by("-pk")
    began = changes.filter(after__in=_STORE_REASONS).exclude(before__in=_STORE_REASONS).first()
    if began is None or began.before == HELD_BY_STATUS:
        return ""
    earlier = changes.filter(pk__lt=began.pk)
    last = earlier.first()
    is_released = last is not None and last.after == "overridden"
    is_persons = last is None or earlier.filter(after=began.before).exclude(by=BY).exists()
    return began.before if is_persons and not is_released else ""
