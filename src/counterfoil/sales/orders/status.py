"""The order status of a sales order: put into another one, and following what was shipped."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from counterfoil.sales import signals
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, LineKind, OrderChange, OrderLine, OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.models.orders import HELD_BY_STATUS


def change_status(order_id: int, status: OrderStatus, *, by: str, why: str = "") -> bool:
    """Puts a sales order into an order status and records it; False when it stands there already.

    Raises Refused for a retired status.
    """
    with transaction.atomic():
        return set_status(lock_order(order_id), status, by=by, why=why)


def set_status(order: SalesOrder, status: OrderStatus, *, by: str, why: str = "") -> bool:
    """As `change_status`, for an order that the present transaction has locked."""
    before = order.status
    if before == status:
        return False
    _check_not_retired(status)
    order.status = status
    released = _follow_hold(order)
    order.save(update_fields=["status", "hold_reason", "hold_overridden_by"])
    OrderChange.objects.create(order=order, by=by, field="status", before=before.name, after=status.name, why=why)
    signals.status_changed.send(SalesOrder, order=order, before=before, by=by)
    if released:
        signals.hold_ended.send(SalesOrder, order=order)
    return True


def _follow_hold(order: SalesOrder) -> bool:
    """Holds an order by its status, or ends that; not saved. True when it may be shipped again.

    A hold for another reason stays, whatever the status; who let it be shipped all the same has to say so again.
    """
    if order.status.role == StatusRole.HOLD:
        order.hold_reason, order.hold_overridden_by = order.hold_reason or HELD_BY_STATUS, ""
        return False
    ended = order.hold_reason == HELD_BY_STATUS
    if ended:
        order.hold_reason = order.hold_overridden_by = ""
    return ended


def find_status(name: str) -> OrderStatus:
    """The order status of this name, whatever its case; raises Refused when there is none or it is retired."""
    status = OrderStatus.objects.filter(name__iexact=name.strip()).first()
    if status is None:
        names = ", ".join(OrderStatus.objects.filter(retired=False).values_list("name", flat=True))
        raise Refused(f"There’s no order status “{name}”.", f"Available: {names}.")
    _check_not_retired(status)
    return status


def _check_not_retired(status: OrderStatus) -> None:
    if status.retired:
        raise Refused(f"The order status {status} is retired.", "Choose another order status.")


BEFORE_SHIPPED = (StatusRole.INITIAL, StatusRole.PARTIALLY_SHIPPED)


def update_status_from_quantities(
    order: SalesOrder, *, by: str, why: str, lines: Sequence[OrderLine] | None = None
) -> None:
    """Lets the status of a locked order follow its open quantities, by the statuses' roles.

    What is not shipped (digital goods, what is picked up) does not hold it back. `lines`: all of the order's, their
    addresses loaded along, where they are at hand.
    """
    role = _role_of(order, list(order.lines.select_related("ship_to")) if lines is None else lines)
    if role in BEFORE_SHIPPED and order.is_held_by_status:
        return  # someone has put it on hold: that it is partly shipped does not end this
    status = OrderStatus.objects.filter(role=role).first() if role else None
    if status is not None and status.pk != order.status_id:
        set_status(order, status, by=by, why=why)


def _role_of(order: SalesOrder, lines: Sequence[OrderLine]) -> StatusRole | None:
    """The role the quantities ask for; None when they ask for none.

    An order of which nothing is shipped any more (its parcels were voided) goes back to the beginning.
    """
    to_ship = [line for line in lines if line.is_shipped_by_parcel]
    if lines and all(line.cancelled == line.quantity for line in lines):
        return StatusRole.CANCELLED
    if to_ship and all(line.open == 0 for line in to_ship):
        return StatusRole.SHIPPED if any(line.shipped for line in to_ship) else None
    if any(line.shipped for line in to_ship):
        return StatusRole.PARTIALLY_SHIPPED
    followed = (StatusRole.SHIPPED, StatusRole.PARTIALLY_SHIPPED)
    return StatusRole.INITIAL if order.status.role in followed else None


def nothing_to_ship(order_id: int) -> bool:
    """Whether nothing of an order goes into a parcel: it is digital, gift certificates, or picked up."""
    lines = OrderLine.objects.filter(order=order_id, kind=LineKind.PHYSICAL, ship_to__isnull=False)
    return not lines.exclude(ship_to__kind=AddressKind.PICKUP).exists()


def close_without_shipping(order_id: int, *, by: str, why: str) -> bool:
    """Puts an order that has nothing to ship into the shipped status: picked up, or delivered by mail.

    No parcel, no shipment. Raises Refused when something is left to ship, or the order is on hold.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        refuse_when_held(order)
        refuse_when_cancelled(order)
        if not nothing_to_ship(order_id):
            raise Refused("This order has something to ship.", "Process a shipment instead.")
        status = OrderStatus.objects.filter(role=StatusRole.SHIPPED).first()
        if status is None:
            raise Refused("No order status has the role “Shipped”.", "Give one that role in the list of statuses.")
        order.lines.update(shipped=F("quantity") - F("cancelled"), backordered=0)
        return set_status(order, status, by=by, why=why)


def lock_order(order_id: int) -> SalesOrder:
    """The sales order, locked for the present transaction.

    Without its status: who had to wait for the lock would join the status that the order had before.
    """
    return SalesOrder.objects.select_for_update().get(pk=order_id)


def refuse_when_held(order: SalesOrder) -> None:
    """Raises Refused when the order is on hold."""
    if order.is_held:
        released = "A manager can release it from the hold."
        if order.is_held_by_status:
            released = "Change its order status, or ask a manager to release it."
        raise Refused(f"The order is on hold. {order.hold_reason}", released)


def refuse_when_cancelled(order: SalesOrder) -> None:
    """Raises Refused when the order's status has the role cancelled: nothing ships until someone changes that."""
    if order.status.role == StatusRole.CANCELLED:
        raise Refused(f"{order.name} is cancelled.", "Change its order status first if it should ship.")


def put_on_hold(order_id: int, reason: str, *, by: str) -> None:
    """Lets nothing of an order be shipped, for a reason; "" takes the hold away. A new reason ends an override.

    An order whose status holds it stays on hold for that.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        if not reason and order.status.role == StatusRole.HOLD:
            reason = HELD_BY_STATUS
        if order.hold_reason == reason:
            return
        OrderChange.objects.create(order=order, by=by, field="hold", before=order.hold_reason, after=reason)
        order.hold_reason, order.hold_overridden_by = reason, ""
        order.save(update_fields=["hold_reason", "hold_overridden_by"])
        if not reason:
            signals.hold_ended.send(SalesOrder, order=order)


def override_hold(order_id: int, *, by: str, why: str, shown: str | None = None) -> None:
    """Lets an order on hold be shipped all the same. Raises Refused without a reason.

    `shown`: the hold's reason that the person saw; where it is another one by now, Refused says so. None: any.
    """
    if not why.strip():
        raise Refused("Say why it should ship anyway.")
    with transaction.atomic():
        order = lock_order(order_id)
        if not order.is_held:
            return
        if shown is not None and shown.split() != order.hold_reason.split():
            raise Refused(
                f"The reason for the hold has changed. {order.hold_reason}",
                "Release it again if it should ship anyway.",
            )
        order.hold_overridden_by = by
        order.save(update_fields=["hold_overridden_by"])
        OrderChange.objects.create(
            order=order, by=by, field="hold", before=order.hold_reason, after="overridden", why=why.strip()
        )
        signals.hold_ended.send(SalesOrder, order=order)
