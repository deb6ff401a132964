"""The product list from a file, a test run first, and as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.products.csv_import import (
    COLUMNS,
    ProductRowOutcome,
    apply,
    plan,
    products_csv,
    read_product_rows,
)
from counterfoil.web.ui.csv_pages import csv_file, file_run
from counterfoil.web.ui.security import current_user, role_required

WORST_FIRST = (
    ProductRowOutcome.REFUSED,
    ProductRowOutcome.CHANGED,
    ProductRowOutcome.ADDED,
    ProductRowOutcome.UNCHANGED,
)
WRITTEN = [outcome for outcome in WORST_FIRST if outcome.is_written]


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def product_file(request: HttpRequest) -> HttpResponse:
    """Takes a file, answers each of its rows in a test run, and applies it when asked to."""
    run = file_run(
        request,
        plan=lambda content: plan(read_product_rows(content)),
        apply=lambda content: apply(read_product_rows(content), by=str(current_user(request))),
    )
    context = run.context(WORST_FIRST, written=WRITTEN) | {"columns": COLUMNS}
    return render(request, "web/products/import.html", context, status=run.status)


@role_required(Role.VIEWER)
@require_GET
def products_file(request: HttpRequest) -> HttpResponse:
    """The product list, in the columns that it is read from."""
    audit(request, "Downloaded the product list as CSV.")
    return csv_file("products", products_csv())
