"""Files of sales orders for accounting."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query

from counterfoil.api.acts import Done, act
from counterfoil.api.authentication import for_all_stores, orders_of, token_of
from counterfoil.api.paging import Sorting, listed, page_of
from counterfoil.api.problems import Problem, invalid, not_found
from counterfoil.api.schemas import operations as schemas
from counterfoil.api.schemas.common import Id, Paged, PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.sales.csv.text import csv_lines
from counterfoil.sales.exports.exports import begin_export, marked_when_done
from counterfoil.sales.models import Export, OrderStatus, SalesOrder
from counterfoil.stores.json_output import Shape
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.weborders.refunds_for_export import export_records

router = Resource("Exports")
NEWEST = Sorting("id-", "id", downwards=True, is_time=False)
OF_ALL = "Exports have orders of"
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)


@router.reads("/exports", PageOf[schemas.ExportSchema], query=Paged, operation_id="listExports", url_name="exports")
def list_exports(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """Lists the exports, newest first."""
    for_all_stores(token_of(request), OF_ALL)
    return answer(listed(request, page_of(Export.objects.all(), NEWEST, cursor=asked.cursor, limit=asked.limit), _row))


@router.reads("/exports/{export}", schemas.ExportSchema, operation_id="getExport", url_name="export")
def get_export(request: HttpRequest, export: Id) -> HttpResponse:
    """One export."""
    return answer(_row(_export(request, export)))


def _export(request: HttpRequest, pk: int) -> Export:
    for_all_stores(token_of(request), OF_ALL)
    found = Export.objects.filter(pk=pk).first()
    if found is None:
        raise not_found(f"There is no export {pk}. It may have been deleted.", "GET /api/v1/exports lists them.")
    return found


def _row(export: Export) -> Shape:
    return {
        "id": export.pk,
        "at": export.at,
        "by": export.by,
        "which": export.which,
        "new_only": export.new_only,
        "orders": export.order_count,
        "rows": export.row_count,
        "finished_at": export.finished_at,
        "file": f"/api/v1/exports/{export.pk}/file",
    }


@router.acts(
    "post", "/exports", {201: schemas.ExportSchema}, scope="manage", operation_id="addExport", url_name="exports"
)
def add(request: HttpRequest, sent: schemas.ExportSent) -> HttpResponse:
    """Creates an export of some sales orders. Download its file within two minutes, or it is cancelled."""
    token = token_of(request)
    for_all_stores(token, OF_ALL)

    def do() -> Done:
        orders, which = _narrowed(orders_of(token), sent)
        export = begin_export(orders, by=token.by, which=which, new_only=sent.new_only)
        if export is None:
            raise Problem(409, "nothing_to_export", "There is no order to export.", next_step="Choose others.")
        export.refresh_from_db()
        headers = {"Location": f"/api/v1/exports/{export.pk}"}
        return Done(_row(export), f"Exported {export.size}.", export.contents, status=201, headers=headers)

    return act(request, do)


def _narrowed(orders: QuerySet[SalesOrder], sent: schemas.ExportSent) -> tuple[QuerySet[SalesOrder], str]:
    """The orders, and what they are narrowed to in words."""
    words: list[str] = []
    if sent.store:
        if not WebIntegration.objects.filter(code=sent.store).exists():
            raise invalid("store", f"There is no store {sent.store}.", "GET /api/v1/stores lists them.")
        orders = orders.filter(source=sent.store)
        words.append(f"Store: {sent.store}")
    if sent.status:
        status = OrderStatus.objects.filter(name__iexact=sent.status.strip()).first()
        if status is None:
            names = ", ".join(OrderStatus.objects.values_list("name", flat=True))
            raise invalid("status", f"There is no order status “{sent.status}”.", f"There are: {names}.")
        orders = orders.filter(status=status)
        words.append(f"Order status: {status.name}")
    for label, day, days in (("From", sent.since, 0), ("To", sent.until, 1)):
        if day is not None:
            bounded = min(max(day, FIRST_DAY), LAST_DAY)
            moment = datetime.combine(bounded, time.min, tzinfo=UTC) + timedelta(days=days)
            orders = orders.filter(order_date__lt=moment) if days else orders.filter(order_date__gte=moment)
            words.append(f"{label}: {bounded}")
    return orders, ", ".join(words)


@router.reads(
    "/exports/{export}/file",
    str,
    scope="manage",
    operation_id="getExportFile",
    url_name="export-file",
    openapi_extra={"x-media-type": "text/csv"},
)
def get_file(request: HttpRequest, export: Id) -> HttpResponse | StreamingHttpResponse:
    """The export as CSV (docs/export.md). Its orders count as exported once the download is complete."""
    found = _export(request, export)
    response = StreamingHttpResponse(csv_lines(_records(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sales-orders-{found.pk}.csv"'
    return response


def _records(export: Export) -> Iterator[Sequence[object]]:
    with marked_when_done(export):
        yield from export_records(export)
