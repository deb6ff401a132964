"""Many sales orders into one order status: what would become of each, then doing it, each order by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.querysets import nothing_shipped, something_to_ship
from counterfoil.sales.orders.status import lock_order, set_status
from counterfoil.sales.orders.status_by_hand import SAID_BY_SHIPPING

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
    """What putting these orders into the status would do; the oldest MOST_ORDERS of them. Two statements."""
    found = list(orders.select_related("status").order_by("order_date", "id")[: MOST_ORDERS + 1])
    unlike = _not_shipped_like(status, [order.pk for order in found])
    plan = StatusPlan(status, {}, {}, there_are_more=len(found) > MOST_ORDERS)
    for order in found[:MOST_ORDERS]:
        why = why_left_out(order, status) or unlike.get(order.pk, "")
        (plan.left_out.setdefault(why, []) if why else plan.moves.setdefault(order.status, [])).append(order)
    return plan


def why_left_out(order: SalesOrder, status: OrderStatus) -> str:
    """Why an order is not moved together with others; "" when it is. Each can still be moved on its own page."""
    if order.status_id == status.pk:
        return f"already {status}"
    if order.status.role == StatusRole.CANCELLED:
        return "cancelled"
    if order.is_held and status.role != StatusRole.CANCELLED:
        may_go_on = order.is_held_by_status and status.role not in SAID_BY_SHIPPING
        return "" if may_go_on else "on hold"
    return ""


def _not_shipped_like(status: OrderStatus, order_ids: Sequence[int]) -> dict[int, str]:
    """Those that the status says too much of, with the words for it. One statement, or none."""
    orders = SalesOrder.objects.filter(pk__in=order_ids)
    if status.role == StatusRole.SHIPPED:
        unlike, words = something_to_ship(orders), "not completely shipped"
    elif status.role == StatusRole.PARTIALLY_SHIPPED:
        unlike, words = nothing_shipped(orders), "not shipped at all"
    else:
        return {}
    return dict.fromkeys(unlike.values_list("pk", flat=True), words)


def change_statuses(
    seen: Mapping[int, int | None], status: OrderStatus, *, by: str, why: str = ""
) -> tuple[int, list[Stayed]]:
    """Puts orders into a status, each in a transaction of its own; how many that were, and those that stayed.

    `seen`: for each order's number the id of the status in which a person saw it; one that has gone on since stays.
    None: whichever it is in.
    Raises Refused for a retired status.
    """
    ids = SalesOrder.objects.filter(number__in=list(seen)).order_by("number").values_list("pk", "number")
    outcomes = [change_order(pk, seen[number], status, by=by, why=why) for pk, number in ids]
    return outcomes.count(None), [stayed for stayed in outcomes if stayed is not None]


def change_order(order_id: int, seen: int | None, status: OrderStatus, *, by: str, why: str) -> Stayed | None:
    """Puts one order into a status; why it stays, where it does. `seen`: the id of the status it has to be in."""
    with transaction.atomic():
        order = lock_order(order_id)
        if seen is not None and order.status_id not in (seen, status.pk):
            return Stayed(order, f"It has since changed to {order.status}.")
        left_out = why_left_out(order, status) or _not_shipped_like(status, [order_id]).get(order_id, "")
        if left_out:
            return Stayed(order, f"It is {left_out}.")
        set_status(order, status, by=by, why=why)
    return None
