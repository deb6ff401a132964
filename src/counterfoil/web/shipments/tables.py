"""The list of all parcels, on the page and as a file."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.db.models import Func, QuerySet, TextField
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.db.bounded_list import BoundedList
from counterfoil.sales.models import Client, Parcel, ParcelItem, SalesOrder
from counterfoil.web.shipments.presenters import ParcelView, shown_parcels
from counterfoil.web.ui.formatting import moment, state
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.tables import ROWS_PER_PAGE, WIDE

MOST_ITEMS = 3
WHICH = re.compile(r"The shipment .+? couldn’t be \w+\. ")
"""How the reason of a failure begins: which shipment that is, the row says already."""
SORTS: dict[str, tuple[Any, ...]] = {
    "date": ("shipment__processed_at", "pk"),
    "order": ("shipment__order__number",),
    "client": (Func(Left("shipment__order__client__name", 100), function="sales_fold", output_field=TextField()),),
    "carrier": ("carrier",),
    "tracking": ("tracking_number",),
}
CSV_COLUMNS = (
    *("shipped_at", "order", "import_id", "store", "client", "carrier", "service", "tracking_number"),
    *("tracking_link", "items", "state", "why", "voided_at", "void_reason"),
)


def listed_parcels(parcels: QuerySet[Parcel]) -> BoundedList[ParcelView]:
    """The parcels as the table asks for them, the newest first."""
    return BoundedList(parcels, sorts=SORTS, by_index=("date",), natural="-date", shown=shown_parcels, is_read=True)


def shipment_path(record: ParcelView) -> str:
    """The address of a parcel on the page of its shipment."""
    return f"{reverse('shipment', args=[record.parcel.shipment_id])}#parcel-{record.parcel.pk}"


class ParcelTable(tables.Table):
    """Parcels, as `listed_parcels` gives them."""

    date = tables.Column(accessor="parcel__shipment__processed_at", verbose_name="Shipped", order_by=("date",))
    order = tables.Column(accessor="parcel__shipment__order", verbose_name="Order", order_by=("order",))
    client = tables.Column(
        accessor="parcel__shipment__order__client", verbose_name="Client", order_by=("client",), attrs=WIDE
    )
    carrier = tables.Column(accessor="parcel__carrier", verbose_name="Carrier", order_by=("carrier",), default="–")
    tracking = tables.Column(
        accessor="parcel__tracking_number",
        verbose_name="Tracking number",
        order_by=("tracking",),
        empty_values=(),
        attrs={"td": {"class": "tracking-number"}},
    )
    items = tables.Column(accessor="items", verbose_name="Items", orderable=False, empty_values=(), attrs=WIDE)
    state = tables.Column(
        accessor="state", verbose_name="In the store", orderable=False, attrs={"td": {"class": "wide in-store"}}
    )

    class Meta:
        order_by = ("-date",)
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": shipment_path, "id": lambda record: f"row-{record.parcel.pk}"}

    def render_date(self, value: datetime, record: ParcelView) -> SafeString:
        return format_html('<a href="{}">{}</a>', shipment_path(record), moment(value))

    def render_order(self, value: SalesOrder) -> SafeString:
        known = format_html(' <span class="muted small nowrap">{}</span>', value.import_id) if value.import_id else ""
        return format_html('<a href="{}">{}</a>{}', order_path(value), value.number, known)

    def render_client(self, value: Client) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("client", args=[value.pk]), value.name)

    def render_carrier(self, value: str, record: ParcelView) -> SafeString:
        return format_html('{} <span class="muted small">{}</span>', value, record.parcel.service)

    def render_tracking(self, record: ParcelView) -> SafeString:
        number = record.parcel.tracking_number
        if record.link:
            text = number or "Track"
            where = format_html('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>', record.link, text)
        else:
            where = format_html("{}", number or "–")
        return format_html('<span class="part">{}</span>', where)

    def render_items(self, record: ParcelView) -> SafeString | str:
        if record.parcel.belongs_to:
            return format_html('<span class="tag">Further box</span> of {}', record.parcel.belongs_to)
        text = items_text(record.items[:MOST_ITEMS])
        left_out = len(record.items) - MOST_ITEMS
        return f"{text} and {left_out} more" if left_out > 0 else text

    def render_state(self, record: ParcelView) -> SafeString:
        return format_html("{}{}{}", state(record.state.text, record.tone), _voided(record), _why(record))


def _voided(record: ParcelView) -> SafeString | str:
    return SafeString(' <span class="tag">Voided</span>') if record.parcel.voided_at else ""


def _why(record: ParcelView) -> SafeString | str:
    """Why it failed or was skipped, and what to do; the row shows the first lines of it, the shipment's page all."""
    told = record.state
    if not told.reason:
        return ""
    if not record.needs_someone:
        return format_html('<div class="small muted why">{}</div>', told.reason)
    return format_html(
        '<div class="small bad why">{} {}</div><a class="small" href="{}">What to do</a>',
        *(WHICH.sub("", told.reason), told.next_step, shipment_path(record)),
    )


def items_text(items: Iterable[ParcelItem]) -> str:
    """What lies in a parcel: "2 × ABC, 1 × DEF"."""
    return ", ".join(f"{item.quantity} × {item.line.name}" for item in items)


def parcel_records(parcels: Iterable[ParcelView]) -> Iterator[list[object]]:
    """The parcels as the rows of a file, its header first."""
    yield list(CSV_COLUMNS)
    for shown in parcels:
        parcel, order = shown.parcel, shown.parcel.shipment.order
        voided_at = parcel.voided_at.isoformat(timespec="seconds") if parcel.voided_at else ""
        yield [
            *(parcel.shipment.processed_at.isoformat(timespec="seconds"), order.number, order.import_id or ""),
            *(order.source, order.client.name, parcel.carrier, parcel.service, parcel.tracking_number),
            *(parcel.tracking_link, items_text(shown.items), shown.state.text, shown.state.reason),
            *(voided_at, parcel.void_reason),
        ]
