"""A person puts one order into an order status: what contradicts it is asked about first."""

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.status import lock_order, set_status

SAID_BY_SHIPPING = (StatusRole.SHIPPED, StatusRole.PARTIALLY_SHIPPED)
"""Statuses that shipping itself sets."""


class Doubtful(Refused):
    """What the sales data says against a status, as a question; a person may set it anyway.

    `open_items`: how many could be shipped first.
    """

    def __init__(self, question: str, *, open_items: int = 0) -> None:
        super().__init__(question)
        self.open_items = open_items


def change_status_by_hand(
    order_id: int, status: OrderStatus, *, by: str, why: str = "", anyway: str | bool = False, seen: int | None = None
) -> bool:
    """As `change_status`. Raises Doubtful where the order is on hold or not shipped like that.

    `anyway`: the question that was answered with yes, another one is asked; True: yes to any. `seen`: the id of the
    status that the person saw; Refused where the order has changed to another one since. None: whichever it is in.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        if seen is not None and order.status_id not in (seen, status.pk):
            raise Refused(f"The order has since changed to {order.status}.", "Change it again if it’s still right.")
        if order.status_id != status.pk:
            _check(order, status, anyway)
        return set_status(order, status, by=by, why=why)


def _check(order: SalesOrder, status: OrderStatus, anyway: str | bool) -> None:
    try:
        _ask(order, status)
    except Doubtful as doubt:
        if anyway is not True and doubt.sentence.split() != (anyway or "").split():
            raise


def _ask(order: SalesOrder, status: OrderStatus) -> None:
    if status.role not in SAID_BY_SHIPPING:
        return
    lines = [line for line in order.lines.select_related("ship_to") if line.is_shipped_by_parcel]
    open_items = sum(line.open for line in lines)
    if order.is_held:
        raise Doubtful(f"The order is on hold. Release it first? {order.hold_reason}")
    if status.role == StatusRole.SHIPPED and open_items:
        are = "1 item is" if open_items == 1 else f"{open_items} items are"
        raise Doubtful(f"{are} still open. Process a shipment?", open_items=open_items)
    if status.role == StatusRole.PARTIALLY_SHIPPED and lines and not any(line.shipped for line in lines):
        raise Doubtful("Nothing on it is shipped yet. Process a shipment?", open_items=open_items)
