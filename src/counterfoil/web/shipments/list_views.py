"""Shipments: all parcels of all orders, and one shipment with what the store was told of it."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderChange, Parcel, Shipment
from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.updates.descriptions import describe, preloaded
from counterfoil.web.activity.tables import UpdateTable
from counterfoil.web.shipments.filters import ParcelFilter
from counterfoil.web.shipments.presenters import ShownShipment, shown_parcels, shown_shipment
from counterfoil.web.shipments.tables import ParcelTable, listed_parcels, parcel_records
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.csv_pages import csv_stream, in_chunks
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.security import role_required
from counterfoil.web.ui.tables import paginated
from counterfoil.web.ui.timeline import TimelineEntry


def history_of(shipment: Shipment, shown: ShownShipment, updates: Iterable[StoreUpdate]) -> list[TimelineEntry]:
    """The newest first. One statement. Corrections are kept by order: those of its other parcels are among them."""
    number = len(shown.parcels)
    left = f"{number} parcel{'' if number == 1 else 's'}."
    happened = [TimelineEntry(shipment.processed_at, "Shipped", status_colors.GOOD, left, shipment.processed_by)]
    changes = OrderChange.objects.filter(order=shipment.order_id, field__startswith="parcel")
    happened += [
        TimelineEntry(each.at, "Changed", status_colors.CALM, each.field, each.by, each.before, each.after, each.why)
        for each in changes
    ]
    happened += [_told(each) for each in updates]
    return sorted(happened, key=lambda each: each.at, reverse=True)


def _told(update: StoreUpdate) -> TimelineEntry:
    why = f" {update.reason}" if update.reason else ""
    word = f"Store update: {update.get_state_display().lower()}"
    at = update.ended_at or update.created_at
    return TimelineEntry(at, word, status_colors.update_tone(update.state), f"{describe(update)}.{why}")


MOST_IN_FILE = 100_000


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The parcels, the newest first; the table alone for the page's own polling, and for the search while typing."""
    chosen = ParcelFilter(request.GET, queryset=Parcel.objects.all(), request=request)
    table = paginated(request, ParcelTable(listed_parcels(chosen.qs)))
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
    updates = list(preloaded(StoreUpdate.objects.filter(parcel__shipment=shipment)))
    table = paginated(request, UpdateTable(updates[::-1], exclude=("import_id",)))
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
