"""The merchant's own list of order statuses: add, rename, reorder, retire, and which of them carries which role."""

from django.db import transaction
from django.db.models import Count

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.models.orders import HELD_BY_STATUS
from counterfoil.sales.settings.ordering import move

LONGEST_NAME = 60
MOST_STATUSES = 100


def add_status(name: str) -> OrderStatus:
    """A new order status at the end of the list; raises Refused for a name that is taken, empty or too long."""
    with transaction.atomic():
        statuses = _locked()
        name = _free_name(name, statuses)
        if len(statuses) >= MOST_STATUSES:
            raise Refused(f"There are already {MOST_STATUSES} order statuses.", "Rename a retired one instead.")
        last = max((status.position for status in statuses), default=-1)
        return OrderStatus.objects.create(name=name, position=last + 1)


def rename_status(status_id: int, name: str) -> bool:
    """Gives a status another name; False when it has it. Orders in it and their history stay as they are."""
    with transaction.atomic():
        statuses = _locked()
        status = _one(statuses, status_id)
        name = _free_name(name, [each for each in statuses if each.pk != status_id])
        if status.name == name:
            return False
        status.name = name
        status.save(update_fields=["name"])
        return True


def move_status(status_id: int, *, up: bool) -> None:
    """Moves a status one place up or down; at the end of the list nothing happens."""
    with transaction.atomic():
        statuses = _locked()
        move(statuses, _one(statuses, status_id), up=up)


def retire_status(status_id: int) -> None:
    """No order is put into the status any more; those that stand in it stay. Raises Refused for one with a role."""
    with transaction.atomic():
        status = _one(_locked(), status_id)
        if status.role:
            raise Refused(
                f"{status} has the role “{status.get_role_display()}” and is needed.",
                "Give the role to another status first.",
            )
        status.retired = True
        status.save(update_fields=["retired"])


def bring_back(status_id: int) -> None:
    """Orders may be put into a retired status again."""
    with transaction.atomic():
        status = _one(_locked(), status_id)
        status.retired = False
        status.save(update_fields=["retired"])


def set_role(status_id: int, role: str) -> str:
    """Gives a status a role ("": none). Another status that carried it does so no more: returns its name, else "".

    Raises Refused where new orders would have no status to begin in, and for a retired status.
    """
    with transaction.atomic():
        statuses = _locked()
        status = _one(statuses, status_id)
        if role not in StatusRole.values:
            raise Refused(f"There’s no role “{role}”.", "Choose one from the list.")
        if status.role == role:
            return ""
        _check_role(status, role)
        before = next((each for each in statuses if role and each.role == role), None)
        if before is not None:
            before.role = StatusRole.NONE
            before.save(update_fields=["role"])
            _update_holds(before)
        status.role = role
        status.save(update_fields=["role"])
        _update_holds(status)
        return before.name if before else ""


def _update_holds(status: OrderStatus) -> None:
    """The orders that stand in a status are held when it holds, and by it alone no more when it does not."""
    orders = SalesOrder.objects.filter(status=status)
    if status.role == StatusRole.HOLD:
        orders.filter(hold_reason="").update(hold_reason=HELD_BY_STATUS)
    else:
        orders.filter(hold_reason=HELD_BY_STATUS).update(hold_reason="", hold_overridden_by="")


def _check_role(status: OrderStatus, role: str) -> None:
    if status.role == StatusRole.INITIAL:
        raise Refused(
            f"New orders start in {status}, so this role can’t be removed.", "Give it to another status instead."
        )
    if status.retired and role:
        raise Refused(f"{status} is retired and can’t have a role.", "Restore it first.")


def orders_in_each() -> dict[int, int]:
    """How many sales orders stand in each status: status id → number; those without any are left out."""
    return dict(SalesOrder.objects.order_by().values_list("status").annotate(number=Count("pk")))


def _locked() -> list[OrderStatus]:
    """The whole list, in its order, locked for the present transaction."""
    return list(OrderStatus.objects.select_for_update().order_by("position", "pk"))


def _one(statuses: list[OrderStatus], status_id: int) -> OrderStatus:
    for status in statuses:
        if status.pk == status_id:
            return status
    raise Refused("This order status no longer exists.", "Reload the page.")


def _free_name(name: str, others: list[OrderStatus]) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("An order status needs a name.", "Enter one, such as “Ready to ship”.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name has {len(name)} characters; {LONGEST_NAME} are allowed.", "Shorten it.")
    taken = next((each for each in others if each.name.casefold() == name.casefold()), None)
    if taken is not None:
        more = " It’s retired: restore it." if taken.retired else ""
        raise Refused(f"There’s already an order status {taken}.{more}", "Choose another name.")
    return name
