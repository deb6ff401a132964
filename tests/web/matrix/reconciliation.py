"""Reconciliation: whoever is logged in looks at it, clerks ask for it and correct."""

from django.db.models import Max

from counterfoil.stores.models import Difference, DifferenceKind, Reconciliation
from tests.web.matrix.row import IN, NO, OK, ON, PRESS_ONLY, READ_ONLY, WHAT, Example, Row


def found(it: Example) -> list[int]:
    """The address of a reconciliation with one of each kind."""
    made, _ = Reconciliation.objects.get_or_create(
        integration=it.integration, first_day="2026-11-01", last_day="2026-11-07", asked_by="ada", orders=900, alike=890
    )
    Reconciliation.objects.filter(pk=made.pk).update(ended_at=made.asked_at)
    web_order = it.order.web_order
    for number, kind in enumerate(DifferenceKind, start=1):
        Difference.objects.get_or_create(
            reconciliation=made,
            kind=kind,
            bigcommerce_order_id=number,
            defaults={
                "is_off": kind not in (DifferenceKind.WAITING, DifferenceKind.IGNORED),
                "web_order": None if kind == DifferenceKind.MISSING else web_order,
                "sentence": f"{kind.label}, for one.",
                "next_step": "Do what is to be done.",
                "ours": "Here",
                "theirs": "There",
            },
        )
    return [made.pk]


def a_difference(it: Example) -> list[int]:
    """The address of an order that is missing."""
    found(it)
    missing = Difference.objects.filter(kind=DifferenceKind.MISSING)
    return [missing.aggregate(last=Max("pk"))["last"]]


ROWS = (
    Row("reconciliations", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("reconciliation-ask", get=PRESS_ONLY, post=(IN, NO, WHAT, WHAT, WHAT)),
    Row("reconciliation", of=found, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("reconciliation-csv", of=found, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("reconciliation-mend", of=found, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("difference-mend", of=a_difference, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
)
