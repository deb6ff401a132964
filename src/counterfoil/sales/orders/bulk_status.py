"""Many sales orders into one order status: what would become of each, then doing it, each order by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.status import lock_order, set_status

MOST_ORDERS = 1_000
"""As many are moved at once."""


@dataclass(frozen=True, slots=True)
class StatusPlan:
    """What would become of the orders. `moves`: those that change, by the status they are in; `left_out`: the others,
    by the reason. `there_are_more`: more were chosen than are moved at once, and the newer ones are not looked at.
    """

    status: OrderStatus
    moves: dict[OrderStatus, list[SalesOrder]]
    left_out: dict[str, list[SalesOrder]]
    there_are_more: bool

    @property
    def to_move(self) -> list[SalesOrder]:
        """All that change."""
        return [order for orders in self.moves.values() for order in orders]


@dataclass(frozen=True, slots=True)
class Stayed:
    """An order that was not moved, and why."""

    order: SalesOrder
    why: str


def plan_statuses(orders: QuerySet[SalesOrder], status: OrderStatus) -> StatusPlan:
    """What putting these orders into the status would do; the oldest MOST_ORDERS of them. One statement."""
    found = list(orders.select_related("status").order_by("order_date", "id")[: MOST_ORDERS + 1])
    plan = StatusPlan(status, {}, {}, there_are_more=len(found) > MOST_ORDERS)
    for order in found[:MOST_ORDERS]:
        why = why_left_out(order, status)
        (plan.left_out.setdefault(why, []) if why else plan.moves.setdefault(order.status, [])).append(order)
    return plan


def why_left_out(order: SalesOrder, status: OrderStatus) -> str:
    """Why an order is not moved together with others; "" when it is. Each can still be moved on its own page."""
    if order.status_id == status.pk:
        return f"already {status}"
    if order.status.role == StatusRole.CANCELLED:
        return "cancelled"
    if order.is_held and status.role != StatusRole.CANCELLED:
        return "on hold"
    return ""


def change_statuses(
    seen: Mapping[int, int], status: OrderStatus, *, by: str, why: str = ""
) -> tuple[int, list[Stayed]]:
    """Puts orders into a status, each in a transaction of its own; how many that were, and those that stayed.

    `seen`: for each order's number the id of the status in which a person saw it; one that has gone on since stays.
    Raises Refused for a retired status.
    """
    ids = SalesOrder.objects.filter(number__in=list(seen)).order_by("number").values_list("pk", "number")
    outcomes = [_change(pk, seen[number], status, by=by, why=why) for pk, number in ids]
    return outcomes.count(None), [stayed for stayed in outcomes if stayed is not None]


def _change(order_id: int, seen: int, status: OrderStatus, *, by: str, why: str) -> Stayed | None:
    with transaction.atomic():
        order = lock_order(order_id)
        if order.status_id not in (seen, status.pk):
            return Stayed(order, f"It went on to {order.status} meanwhile.")
        left_out = why_left_out(order, status)
        if left_out:
            return Stayed(order, f"It is {left_out}.")
        set_status(order, status, by=by, why=why)
    return None
