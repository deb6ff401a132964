"""A bulk change in the background: asked for, made order by order, by any number of workers, each order once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import BulkChange, BulkChangeOrder, BulkOutcome, OrderStatus, SalesOrder
from counterfoil.sales.orders.bulk_status import change_order

KEPT = timedelta(days=30)
STANDS_STILL = timedelta(seconds=15)
"""After so long without an order that was changed nobody is at it."""


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """Of so many orders so many are changed, and so many stayed."""

    number: int
    changed: int
    stayed: int

    @property
    def done(self) -> int:
        """How many are decided, either way."""
        return self.changed + self.stayed

    @property
    def left(self) -> int:
        """How many are not decided yet."""
        return self.number - self.done


def ask_for_change(seen: Mapping[int, int | None], status: OrderStatus, *, by: str, why: str = "") -> BulkChange:
    """Notes that these orders are to go into the status; nothing is changed yet.

    `seen`: for each order's number the id of the status in which a person saw it, None for whichever it is in. Raises
    Refused for a retired status, and where none of the orders is there.
    """
    if status.retired:
        raise Refused(f"{status} is retired.", "Choose another order status.")
    rows = list(SalesOrder.objects.filter(number__in=list(seen)).order_by("number").values_list("pk", "number"))
    if not rows:
        raise Refused("None of these orders exists.", "Choose others.")
    with transaction.atomic():
        BulkChange.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()
        change = BulkChange.objects.create(status=status, asked_by=by, why=why)
        BulkChangeOrder.objects.bulk_create(
            BulkChangeOrder(change=change, order_id=pk, seen_status=seen[number]) for pk, number in rows
        )
    return change


def changes_under_way() -> list[BulkChange]:
    """Those that have orders left, the oldest first. One statement."""
    return list(BulkChange.objects.filter(ended_at=None).select_related("status").order_by("id"))


def note_interruption(change: BulkChange) -> None:
    """Notes that a worker died over it, where that is so; it goes on from where it was."""
    now = timezone.now()
    begun = BulkChange.objects.filter(pk=change.pk, ended_at=None, alive_at__lt=now - STANDS_STILL)
    begun.update(interrupted_at=now)


def waiting_orders(change: BulkChange) -> list[int]:
    """The ids of its rows that are left, in the order of their numbers. One statement."""
    return list(change.orders.filter(outcome=BulkOutcome.WAITING).values_list("pk", flat=True))


def change_one(row_id: int) -> None:
    """Changes the order of this row, or says why it stays, together with the note of it: so no order is done twice.

    Nothing where another worker has the row, or had it.
    """
    with transaction.atomic():
        rows = BulkChangeOrder.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=row_id, outcome=BulkOutcome.WAITING).select_related("change__status").first()
        if row is None:
            return
        change = row.change
        stayed = change_order(row.order_id, row.seen_status, change.status, by=change.asked_by, why=change.why)
        _note(row, stayed.why if stayed else "")
        BulkChange.objects.filter(pk=change.pk).update(alive_at=timezone.now())


def give_up(row_id: int, reason: str) -> None:
    """Notes that an order could not be changed, with the reason."""
    row = BulkChangeOrder.objects.filter(pk=row_id, outcome=BulkOutcome.WAITING).first()
    if row is not None:
        _note(row, reason)


def _note(row: BulkChangeOrder, reason: str) -> None:
    row.outcome = BulkOutcome.STAYED if reason else BulkOutcome.CHANGED
    row.reason = reason
    row.save(update_fields=["outcome", "reason"])


def end_if_done(change: BulkChange) -> None:
    """Notes the end when no order is left."""
    if not change.orders.filter(outcome=BulkOutcome.WAITING).exists():
        BulkChange.objects.filter(pk=change.pk, ended_at=None).update(ended_at=timezone.now())


def make_changes(change: BulkChange, act: Callable[[list[int]], None]) -> None:
    """Works on a change until nothing is left or `act` stops: `act` takes the ids of its rows, see `change_one`."""
    note_interruption(change)
    act(waiting_orders(change))
    end_if_done(change)


def progress_of(change: BulkChange) -> BulkProgress:
    """How far it has come. One statement."""
    counts = change.orders.aggregate(
        number=Count("pk"),
        changed=Count("pk", filter=Q(outcome=BulkOutcome.CHANGED)),
        stayed=Count("pk", filter=Q(outcome=BulkOutcome.STAYED)),
    )
    return BulkProgress(**counts)
