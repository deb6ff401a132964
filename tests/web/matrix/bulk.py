"""What is done with many sales orders at once."""

from typing import Any

from django.utils import timezone

from counterfoil.sales.models import BulkChange, Export, OrderStatus
from counterfoil.sales.orders.bulk_changes import ask_for_change
from tests.web.matrix.row import IN, NO, NOT_SO, OK, ON, Example, Row, number


def another_status(it: Example) -> int:
    """The key of a status that the example's order is not in."""
    return OrderStatus.objects.exclude(pk=it.order.status_id).values_list("pk", flat=True)[0]


def seen(it: Example) -> str:
    """The name of the field that says in which status the example's order was seen."""
    return f"seen-{it.order.status_id}"


def an_export(it: Example) -> list[Any]:
    """The address of an export that is complete and has the example's order."""
    export, new = Export.objects.get_or_create(
        which="of the matrix", defaults={"by": "Ada", "order_count": 1, "finished_at": timezone.now()}
    )
    if new:
        export.exported.create(order=it.order)
    return [export.pk]


def a_change(it: Example) -> list[Any]:
    """The address of a bulk change of the example's order."""
    change = BulkChange.objects.first()
    return [change.pk if change else ask_for_change({it.order.number: None}, it.order.status, by="Ada").pk]


ROWS = (
    Row("orders-changes", get=(IN, NO, OK, OK, OK), post=(IN, NO, NOT_SO, NOT_SO, NOT_SO)),
    Row("orders-change", of=a_change, get=(IN, NO, OK, OK, OK), post=(IN, NO, NOT_SO, NOT_SO, NOT_SO)),
    Row(
        "orders-status",
        get=(IN, NO, OK, OK, OK),
        post=(IN, NO, ON, ON, ON),
        asked={"status": another_status, "order": number},
        sent={"status": another_status, seen: number},
    ),
    Row("order-exports", get=(IN, NO, OK, OK, OK), post=(IN, NO, OK, OK, OK)),
    Row("order-export-file", of=an_export, get=(IN, NO, OK, OK, OK), post=(IN, NO, NOT_SO, NOT_SO, NOT_SO)),
)
