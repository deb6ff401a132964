"""Exports of sales orders: which orders stand in one, and when they count as exported.

The orders are fixed when an export begins. They count as exported when its file was written to the end; one that
breaks off leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Export, ExportedOrder, SalesOrder

AT_ONCE = 200
SILENT_FOR = timedelta(minutes=2)
"""Whoever writes a file says so with each AT_ONCE orders; who is silent for longer has died."""


def not_exported(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those that no finished export had."""
    had = ExportedOrder.objects.filter(order=OuterRef("pk"), export__finished_at__isnull=False)
    return orders.filter(~Exists(had))


def begin_export(orders: QuerySet[SalesOrder], *, by: str, which: str, new_only: bool) -> Export | None:
    """Fixes which orders the export has, the oldest first; None when there are none.

    Raises Refused while someone else is fetching new orders: both would get the same ones.
    """
    _forget_the_dead()
    with transaction.atomic():
        export = _new_export(by=by, which=which, new_only=new_only)
        export.order_count = _fix(export, not_exported(orders) if new_only else orders)
        if not export.order_count:
            export.delete()
            return None
        export.save(update_fields=["order_count"])
        return export


def _new_export(*, by: str, which: str, new_only: bool) -> Export:
    try:
        with transaction.atomic():
            return Export.objects.create(by=by, which=which, new_only=new_only)
    except IntegrityError:
        other = Export.objects.filter(new_only=True, finished_at=None).first()
        raise Refused(
            f"{other.by if other else 'Someone else'} is exporting the new orders right now.",
            "Wait until that file is complete, then check what is new.",
        ) from None


def _forget_the_dead() -> None:
    Export.objects.filter(finished_at=None, alive_at__lt=timezone.now() - SILENT_FOR).delete()


def _fix(export: Export, orders: QuerySet[SalesOrder]) -> int:
    """Notes the orders, without loading them; how many there are."""
    sql, params = orders.order_by("order_date", "id").values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO sales_exportedorder (export_id, order_id) SELECT %s, chosen.* FROM ({sql}) AS chosen",  # noqa: S608 (a query of ours)
            [export.pk, *params],
        )
        return int(cursor.rowcount)


def ids_in(export: Export) -> Iterator[list[int]]:
    """The ids of its orders, AT_ONCE at a time; they end at once where it was given up meanwhile."""
    after = 0
    exported = ExportedOrder.objects.filter(export=export.pk).order_by("pk").values_list("pk", "order")
    while found := list(exported.filter(pk__gt=after)[:AT_ONCE]):
        Export.objects.filter(pk=export.pk, finished_at=None).update(alive_at=timezone.now())
        yield [order_id for _, order_id in found]
        after = found[-1][0]


@contextmanager
def marked_when_done(export: Export) -> Iterator[None]:
    """Round the writing of its file: at the end its orders are exported; where it breaks off, nothing was.

    One that was finished before stays as it is. Raises Refused when it was given up meanwhile.
    """
    if export.finished_at is not None:
        yield
        return
    try:
        yield
        _finish(export)
    finally:
        if export.finished_at is None:
            Export.objects.filter(pk=export.pk, finished_at=None).delete()


def _finish(export: Export) -> None:
    now = timezone.now()
    unfinished = Export.objects.filter(pk=export.pk, finished_at=None)
    if not unfinished.update(finished_at=now, row_count=export.row_count):
        raise Refused("The export took too long and was stopped.", "Export again.")
    export.finished_at = now
