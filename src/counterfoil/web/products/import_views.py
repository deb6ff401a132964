"""The product list from a file, a test run first, and as a file."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.products.csv_import import (
    COLUMNS,
    ProductRowOutcome,
    ProductRowResult,
    apply,
    plan,
    products_csv,
    read_product_rows,
)
from counterfoil.web.ui.csv_pages import answered, content_of, csv_file
from counterfoil.web.ui.security import current_user, role_required

WORST_FIRST = (
    ProductRowOutcome.REFUSED,
    ProductRowOutcome.CHANGED,
    ProductRowOutcome.ADDED,
    ProductRowOutcome.UNCHANGED,
)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def product_file(request: HttpRequest) -> HttpResponse:
    """Takes a file, answers each of its rows in a test run, and applies it when asked to."""
    if request.method != "POST":
        return _page(request)
    content = ""
    try:
        content = content_of(request)
        rows = read_product_rows(content)
        answers = apply(rows, by=str(current_user(request))) if "apply" in request.POST else plan(rows)
    except Refused as refused:
        return _page(request, refused=refused, content=content)
    return _page(request, content=content, answers=answers, applied="apply" in request.POST)


def _page(
    request: HttpRequest,
    *,
    refused: Refused | None = None,
    content: str = "",
    answers: Sequence[ProductRowResult] | None = None,
    applied: bool = False,
) -> HttpResponse:
    counts, shown = answered(answers, WORST_FIRST)
    context = {
        "columns": COLUMNS,
        "refused": refused,
        "content": content,
        "applied": applied,
        "added": counts[ProductRowOutcome.ADDED],
        "changed": counts[ProductRowOutcome.CHANGED],
        "unchanged": counts[ProductRowOutcome.UNCHANGED],
        "not_ok": counts[ProductRowOutcome.REFUSED],
        "ok": counts[ProductRowOutcome.ADDED] + counts[ProductRowOutcome.CHANGED],
        **shown,
    }
    return render(request, "web/products/import.html", context, status=422 if refused else 200)


@role_required(Role.VIEWER)
@require_GET
def products_file(request: HttpRequest) -> HttpResponse:
    """The product list, in the columns that it is read from."""
    audit(request, "Downloaded the product list as CSV.")
    return csv_file("products", products_csv())
