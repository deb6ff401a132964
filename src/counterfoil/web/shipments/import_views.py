"""Ship from CSV: many parcels at once, a test run first; and the file of what is open."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.shipping.csv_import import (
    COLUMNS,
    ShipmentRowOutcome,
    ShipmentRowResult,
    apply,
    plan,
    read_rows,
)
from counterfoil.sales.shipping.csv_layouts import LAYOUT_LABELS, OpenLayout, open_orders_in
from counterfoil.stores.shipping.carrier_lookup import CarrierBook
from counterfoil.stores.shipping.scan_to_ship import sources_to_scan
from counterfoil.stores.sync.wakeups import woken_in_bulk
from counterfoil.stores.weborders.external_shipments import shipped_there
from counterfoil.web.ui.csv_pages import csv_file, file_run
from counterfoil.web.ui.security import current_user, role_required

WORST_FIRST = (ShipmentRowOutcome.REFUSED, ShipmentRowOutcome.SKIPPED, ShipmentRowOutcome.OK)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def ship_file(request: HttpRequest) -> HttpResponse:
    """Takes a file, answers each of its rows in a test run, and applies it when asked to."""
    run = file_run(
        request,
        plan=lambda content: plan(read_rows(content), **_options(request)),
        apply=lambda content: _applied(request, content),
    )
    context = run.context(WORST_FIRST, written=[ShipmentRowOutcome.OK]) | {
        "columns": COLUMNS,
        "layouts": [(layout.value, label) for layout, label in LAYOUT_LABELS.items()],
        "asks": any(answer.may_be_allowed for answer in run.answers or ()),
        "allow_used": _allows_used_numbers(request),
    }
    return render(request, "web/shipments/import.html", context, status=run.status)


def _applied(request: HttpRequest, content: str) -> Sequence[ShipmentRowResult]:
    rows = read_rows(content)
    with woken_in_bulk():
        return apply(rows, by=str(current_user(request)), **_options(request))


def _options(request: HttpRequest) -> dict[str, Any]:
    return {
        "carriers": CarrierBook(),
        "allow_used_numbers": _allows_used_numbers(request),
        "shipped_there": shipped_there,
        "to_scan": sources_to_scan(),
    }


def _allows_used_numbers(request: HttpRequest) -> bool:
    return bool(request.POST.get("allow_used"))


@role_required(Role.VIEWER)
@require_GET
def open_orders(request: HttpRequest) -> HttpResponse:
    """What is open, in the columns that *Ship from CSV* reads. `layout`: one of OpenLayout; a row per order if none."""
    asked = request.GET.get("layout", "")
    layout = OpenLayout(asked) if asked in LAYOUT_LABELS else OpenLayout.ORDERS
    audit(request, "Downloaded the open orders as CSV.")
    return csv_file("open-orders", open_orders_in(layout))
