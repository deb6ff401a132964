"""Sales orders as CSV: what would be exported, the file, past exports, and each of them again."""

from collections.abc import Iterator, Sequence

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.exports.exports import begin_export, marked_when_done, not_exported
from counterfoil.sales.models import Export, SalesOrder
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.weborders.refunds_for_export import export_records
from counterfoil.web.orders.selection import Selection, chosen_numbers, chosen_orders
from counterfoil.web.ui.csv_pages import csv_stream
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.security import current_user, role_required

EXPORTS_PER_PAGE = 25
MOST_COUNTED = 10_000


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """GET: what the file would have, and the past exports. POST: the file."""
    if request.method != "POST":
        return _page(request)
    chosen = chosen_orders(request, request.POST, all_if_none=True)
    try:
        return _file(request, chosen)
    except Refused as refused:
        return _page(request, refused)


def _file(request: HttpRequest, chosen: Selection) -> StreamingHttpResponse:
    new_only = request.POST.get("which") == "new"
    export = begin_export(chosen.orders, by=str(current_user(request)), which=chosen.words, new_only=new_only)
    if export is None:
        raise Refused("There are no orders to export.", "Select other orders, or include those already exported.")
    audit(request, f"Exported {export.size}.", about=export.contents)
    return _stream(export)


def _stream(export: Export) -> StreamingHttpResponse:
    return csv_stream(f"sales-orders-{export.pk}", _records(export))


def _records(export: Export) -> Iterator[Sequence[object]]:
    """Their last one is followed by the mark that the orders are exported; where nobody takes it, nothing is."""
    with marked_when_done(export):
        yield from export_records(export)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    past = Paginator(Export.objects.all(), EXPORTS_PER_PAGE).get_page(request.GET.get("page"))
    live = live_part(request, "web/orders/exports/past.html", {"page": past})
    if is_poll(request, "past-exports"):
        return poll_answer(request, live, "web/orders/exports/live.html")
    sent = request.POST if request.method == "POST" else request.GET
    chosen = chosen_orders(request, sent, all_if_none=True)
    context = {
        "chosen": chosen,
        "ticked": chosen_numbers(sent),
        "everything": "all" in sent,
        "count": _counted(chosen.orders),
        "new": _counted(not_exported(chosen.orders)),
        "most": MOST_COUNTED,
        "refused": refused,
        "live": live,
    }
    return render(request, "web/orders/exports/index.html", context, status=422 if refused else 200)


def _counted(orders: QuerySet[SalesOrder]) -> int:
    """How many there are; one more than MOST_COUNTED stands for any number beyond."""
    return orders.order_by()[: MOST_COUNTED + 1].count()


@role_required(Role.CLERK)
@require_GET
def again(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same orders once more, as they stand now."""
    export = get_object_or_404(Export, pk=min(pk, LARGEST_ID), finished_at__isnull=False)
    audit(request, f"Downloaded an export of {export.size} again.", about=export.contents)
    return _stream(export)
