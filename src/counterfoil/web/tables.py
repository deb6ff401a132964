"""The lists."""

from datetime import datetime
from decimal import Decimal

import django_tables2 as tables
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.stores.models import LogEntry, WebOrder
from counterfoil.web import tones
from counterfoil.web.templatetags.shown import moment, money_in, order_status, state

ROWS_PER_PAGE = 50
LAST_PAGE = 10**9
NUMBER = {"th": {"class": "end"}, "td": {"class": "end"}}
WIDE = {"td": {"class": "wide"}}


def order_path(record: SalesOrder) -> str:
    """The address of an order's page. The table passes its rows under this name."""
    return reverse("order", args=[record.number])


class OrderTable(tables.Table):
    """Sales orders. Needs status, client, contact and web_order__integration__state loaded along."""

    number = tables.Column(verbose_name="Order")
    import_id = tables.Column(verbose_name="Import ID", default="")
    order_date = tables.Column(verbose_name="Date")
    client = tables.Column(accessor="client__name", verbose_name="Client", attrs=WIDE)
    status = tables.Column(order_by="status__position", verbose_name="Status")
    in_store = tables.Column(accessor="web_order", verbose_name="In the store", orderable=False, default="")
    po_number = tables.Column(verbose_name="PO", default="")
    total = tables.Column(verbose_name="Total", attrs=NUMBER)

    class Meta:
        order_by = ("-order_date", "-id")
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": order_path, "id": lambda record: f"order-{record.number}"}

    def render_number(self, record: SalesOrder) -> SafeString:
        return format_html('<a href="{}" id="open-{}">{}</a>', order_path(record), record.number, record.number)

    def render_order_date(self, value: datetime) -> SafeString | str:
        return moment(value)

    def render_client(self, value: str, record: SalesOrder) -> SafeString | str:
        contact = record.contact.name if record.contact else ""
        if not contact or contact == value:
            return value
        return format_html('{} <span class="muted">{}</span>', value, contact)

    def render_status(self, value: OrderStatus) -> SafeString:
        return order_status(value)

    def render_in_store(self, value: WebOrder) -> SafeString | str:
        text = value.integration.status_text(value.status_seen)
        return state(text, tones.store_status_tone(value.status_seen)) if text else ""

    def render_total(self, value: Decimal, record: SalesOrder) -> SafeString:
        return money_in(value, record.currency)


class LogTable(tables.Table):
    """The web integration log. Needs the integration loaded along."""

    at = tables.Column(verbose_name="When", orderable=False)
    store = tables.Column(accessor="integration__code", verbose_name="Store", orderable=False)
    import_id = tables.Column(verbose_name="Import ID", orderable=False, default="")
    kind = tables.Column(verbose_name="Kind", orderable=False)
    text = tables.Column(verbose_name="What happened", orderable=False, attrs=WIDE)

    def render_at(self, value: datetime) -> SafeString | str:
        return moment(value, seconds=True)

    def render_kind(self, record: LogEntry) -> SafeString:
        return state(record.get_kind_display(), tones.log_tone(record.kind))

    def render_import_id(self, value: str) -> SafeString:
        return format_html('<a href="{}?import_id={}">{}</a>', reverse("log"), value, value)


class LongList(tables.paginators.LazyPaginator):
    """Pages of a list too long to count. The database counts its rows in 64 bits, whatever an address asks for."""

    def validate_number(self, number: object) -> int:
        return min(int(super().validate_number(number)), LAST_PAGE)


def configured(request: HttpRequest, table: tables.Table, *, lazy: bool = False) -> tables.Table:
    """The table as the address asks for it: sorted, one page; nonsense in the address is passed over."""
    paginate: dict[str, object] = {"per_page": ROWS_PER_PAGE, "silent": True}
    if lazy:
        paginate["paginator_class"] = LongList
    tables.RequestConfig(request, paginate=paginate).configure(table)
    return table
