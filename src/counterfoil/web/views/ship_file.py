"""Ship from CSV: many parcels at once, a test run first; and the file of what is open."""

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.sales.bulk_shipping import COLUMNS, Answer, Outcome, apply, open_orders_csv, plan, read_rows
from counterfoil.sales.csv_text import decoded
from counterfoil.sales.refusals import Refused
from counterfoil.stores.wake_ups import woken_in_bulk
from counterfoil.web.models import Role
from counterfoil.web.security import person, role_required
from counterfoil.web.views.ship import carrier_names

LARGEST_FILE = 2_000_000  # bytes
MOST_SHOWN = 1000
WORST_FIRST = (Outcome.REFUSED, Outcome.SKIPPED, Outcome.OK)


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
        if "apply" in request.POST:
            with woken_in_bulk():
                answers = apply(rows, by=str(person(request)), carriers=carrier_names())
        else:
            answers = plan(rows, carriers=carrier_names())
    except Refused as refused:
        return _page(request, refused=refused, content=content)
    return _page(request, content=content, answers=answers, applied="apply" in request.POST)


def content_of(request: HttpRequest) -> str:
    """The file that was chosen, else what was answered before or pasted."""
    file = request.FILES.get("file")
    if file is None:
        content = request.POST.get("content", "").replace("\x00", "")
        if not content.strip():
            raise Refused("There is no file.", "Choose a CSV file, or paste its rows.")
        return content
    if (file.size or 0) > LARGEST_FILE:
        raise Refused(f"The file has more than {LARGEST_FILE // 1_000_000} MB.", "Split it.")
    return decoded(file.read()).replace("\x00", "")


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
        "ok": counts[Outcome.OK],
        "skipped": counts[Outcome.SKIPPED],
        "not_ok": counts[Outcome.REFUSED],
    }
    return render(request, "web/orders/ship_file.html", context, status=422 if refused else 200)


@role_required(Role.VIEWER)
@require_GET
def open_orders(_request: HttpRequest) -> HttpResponse:
    """What is open, in the columns that *Ship from CSV* reads."""
    # With a byte order mark: spreadsheets then read it as UTF-8.
    response = HttpResponse("\ufeff" + open_orders_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="open-orders-{timezone.now():%Y-%m-%d}.csv"'
    return response
