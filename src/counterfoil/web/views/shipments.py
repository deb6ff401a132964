"""Shipments: all parcels of all orders, and one shipment with what the store was told of it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from counterfoil.sales.models import Parcel, Shipment
from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.updates.descriptions import with_what
from counterfoil.web.audit import audit
from counterfoil.web.filters import narrowed
from counterfoil.web.live import is_poll, live_part, poll_answer
from counterfoil.web.models import Role
from counterfoil.web.parcel_filter import ParcelFilter
from counterfoil.web.parcel_table import ParcelTable, listed_parcels, parcel_records
from counterfoil.web.row_files import csv_stream, in_chunks
from counterfoil.web.security import role_required
from counterfoil.web.shipment_history import history_of
from counterfoil.web.shipments_shown import shown_parcels, shown_shipment
from counterfoil.web.tables import UpdateTable, configured

MOST_IN_FILE = 100_000


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The parcels, the newest first; the table alone for the page's own polling, and for the search while typing."""
    chosen = ParcelFilter(request.GET, queryset=Parcel.objects.all(), request=request)
    table = configured(request, ParcelTable(listed_parcels(chosen.qs)))
    context = {"table": table, "listed": table.data.data, "filter": chosen, "narrowed": narrowed(chosen)}
    live = live_part(request, "web/shipments/list.html", context)
    if is_poll(request, "shipments"):
        return poll_answer(request, live, "web/shipments/live.html")
    return render(request, "web/shipments/index.html", context | {"live": live})


@role_required(Role.VIEWER)
@require_GET
def file(request: HttpRequest) -> StreamingHttpResponse:
    """The parcels that the list is narrowed to, the newest first, as CSV."""
    chosen = ParcelFilter(request.GET, queryset=Parcel.objects.all(), request=request)
    newest = chosen.qs.order_by("-shipment__processed_at", "-pk")
    ids = list(newest.values_list("pk", flat=True)[:MOST_IN_FILE])
    audit(request, f"Downloaded {len(ids)} parcel{'' if len(ids) == 1 else 's'} as CSV.")
    return csv_stream("shipments", parcel_records(in_chunks(ids, shown_parcels)))


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One shipment: its parcels, what the store was told of them, and its history."""
    shipment = get_object_or_404(Shipment.objects.select_related("order__client"), pk=pk)
    shown = shown_shipment(shipment)
    updates = list(with_what(StoreUpdate.objects.filter(parcel__shipment=shipment)))
    table = configured(request, UpdateTable(updates[::-1], exclude=("import_id",)))
    context = {
        "shipment": shipment,
        "order": shipment.order,
        "shown": shown,
        "table": table,
        "updates": updates,
        "history": history_of(shipment, shown, updates),
        "on_its_way": any(each.is_on_its_way for each in shown.parcels),
    }
    return render(request, "web/shipments/show.html", context)
