"""Ship from CSV: many parcels at once, a test run first; and the file of what is open."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.csv_import import (
    COLUMNS,
    ShipmentRowOutcome,
    ShipmentRowResult,
    apply,
    open_orders_csv,
    plan,
    read_rows,
)
from counterfoil.stores.integrations.carriers import CarrierBook
from counterfoil.stores.sync.wakeups import woken_in_bulk
from counterfoil.stores.weborders.external_shipments import shipped_there
from counterfoil.web.ui.csv_pages import answered, content_of, csv_file
from counterfoil.web.ui.security import current_user, role_required

WORST_FIRST = (ShipmentRowOutcome.REFUSED, ShipmentRowOutcome.SKIPPED, ShipmentRowOutcome.OK)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def ship_file(request: HttpRequest) -> HttpResponse:
    """Takes a file, answers each of its rows in a test run, and applies it when asked to."""
    if request.method != "POST":
        return _page(request)
    content = ""
    try:
        content = content_of(request)
        rows = read_rows(content)
        allow = bool(request.POST.get("allow_used"))
        known: Any = {"carriers": CarrierBook(), "allow_used_numbers": allow, "shipped_there": shipped_there}
        if "apply" in request.POST:
            with woken_in_bulk():
                answers = apply(rows, by=str(current_user(request)), **known)
        else:
            answers = plan(rows, **known)
    except Refused as refused:
        return _page(request, refused=refused, content=content)
    return _page(request, content=content, answers=answers, applied="apply" in request.POST, allow=allow)


def _page(
    request: HttpRequest,
    *,
    refused: Refused | None = None,
    content: str = "",
    answers: Sequence[ShipmentRowResult] | None = None,
    applied: bool = False,
    allow: bool = False,
) -> HttpResponse:
    counts, shown = answered(answers, WORST_FIRST)
    context = {
        "columns": COLUMNS,
        "refused": refused,
        "content": content,
        "applied": applied,
        "ok": counts[ShipmentRowOutcome.OK],
        "skipped": counts[ShipmentRowOutcome.SKIPPED],
        "not_ok": counts[ShipmentRowOutcome.REFUSED],
        "asks": any(answer.may_be_allowed for answer in answers or ()),
        "allow_used": allow,
        **shown,
    }
    return render(request, "web/shipments/import.html", context, status=422 if refused else 200)


@role_required(Role.VIEWER)
@require_GET
def open_orders(request: HttpRequest) -> HttpResponse:
    """What is open, in the columns that *Ship from CSV* reads."""
    audit(request, "Downloaded the open orders as CSV.")
    return csv_file("open-orders", open_orders_csv())
