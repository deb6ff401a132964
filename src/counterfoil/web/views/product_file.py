"""The product list from a file, a test run first, and as a file."""

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.sales.bulk_products import COLUMNS, Answer, Outcome, apply, plan, products_csv, read_product_rows
from counterfoil.sales.refusals import Refused
from counterfoil.web.models import Role
from counterfoil.web.security import role_required
from counterfoil.web.views.ship_file import MOST_SHOWN, content_of

WORST_FIRST = (Outcome.REFUSED, Outcome.CHANGED, Outcome.ADDED, Outcome.UNCHANGED)


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
        answers = apply(rows) if "apply" in request.POST else plan(rows)
    except Refused as refused:
        return _page(request, refused=refused, content=content)
    return _page(request, content=content, answers=answers, applied="apply" in request.POST)


def _page(
    request: HttpRequest,
    *,
    refused: Refused | None = None,
    content: str = "",
    answers: Sequence[Answer] | None = None,
    applied: bool = False,
) -> HttpResponse:
    counts = Counter(answer.outcome for answer in answers or ())
    shown = sorted(answers or (), key=lambda answer: (WORST_FIRST.index(answer.outcome), answer.row.number))
    context = {
        "columns": COLUMNS,
        "refused": refused,
        "content": content,
        "answered": answers is not None,
        "applied": applied,
        "answers": shown[:MOST_SHOWN],
        "not_shown": max(0, len(shown) - MOST_SHOWN),
        "added": counts[Outcome.ADDED],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "not_ok": counts[Outcome.REFUSED],
        "ok": counts[Outcome.ADDED] + counts[Outcome.CHANGED],
    }
    return render(request, "web/products/file.html", context, status=422 if refused else 200)


@role_required(Role.VIEWER)
@require_GET
def products_file(_request: HttpRequest) -> HttpResponse:
    """The product list, in the columns that it is read from."""
    # With a byte order mark: spreadsheets then read it as UTF-8.
    response = HttpResponse("\ufeff" + products_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="products-{timezone.now():%Y-%m-%d}.csv"'
    return response
