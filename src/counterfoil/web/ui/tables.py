"""The lists."""

from datetime import datetime
from decimal import Decimal

import django_tables2 as tables
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.stores.models import LogEntry, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.updates.descriptions import describe
from counterfoil.web.templatetags.formatting import moment, money_in, order_status, state
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.security import current_user

ROWS_PER_PAGE = 50
LAST_PAGE = 10**9
NUMBER = {"th": {"class": "end"}, "td": {"class": "end"}}
WIDE = {"td": {"class": "wide"}}
UNBROKEN = {"td": {"class": "nowrap"}}
CHOICE = {"th": {"class": "choice"}, "td": {"class": "choice"}}
CHOOSE_ALL = SafeString(
    '<input class="form-check-input" type="checkbox" data-choose-all hidden aria-label="Choose all on this page">'
)


def order_path(record: SalesOrder) -> str:
    """The address of an order's page. The table passes its rows under this name."""
    return reverse("order", args=[record.number])


class OrderTable(tables.Table):
    """Sales orders. Needs status, client, contact and web_order__integration__state loaded along."""

    choice = tables.Column(accessor="number", verbose_name=CHOOSE_ALL, orderable=False, attrs=CHOICE)
    number = tables.Column(verbose_name="Order")
    import_id = tables.Column(verbose_name="Import ID", default="")
    order_date = tables.Column(verbose_name="Date")
    client = tables.Column(accessor="client__name", verbose_name="Client", attrs=WIDE)
    status = tables.Column(order_by="status__position", verbose_name="Status")
    in_store = tables.Column(
        accessor="web_order", order_by="web_order__status_seen", verbose_name="In the store", default=""
    )
    po_number = tables.Column(verbose_name="PO", default="")
    total = tables.Column(verbose_name="Total", attrs=NUMBER)

    class Meta:
        order_by = ("-order_date", "-id")
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": order_path, "id": lambda record: f"order-{record.number}"}

    def render_choice(self, record: SalesOrder) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" form="batch" name="order" value="{}" id="choose-{}" '
            'aria-label="Choose order {}">',
            record.number,
            record.number,
            record.number,
        )

    def render_number(self, record: SalesOrder) -> SafeString:
        return format_html('<a href="{}" id="open-{}">{}</a>', order_path(record), record.number, record.number)

    def render_order_date(self, value: datetime) -> SafeString | str:
        return moment(value)

    def render_client(self, value: str, record: SalesOrder) -> SafeString | str:
        contact = record.contact.name if record.contact else ""
        if not contact or contact == value:
            return value
        return format_html('{} <span class="muted">{}</span>', value, contact)

    def render_status(self, value: OrderStatus, record: SalesOrder) -> SafeString:
        if not record.is_held or value.role == StatusRole.HOLD:
            return order_status(value)
        return format_html("{} {}", state("On hold", status_colors.BAD), order_status(value))

    def render_in_store(self, value: WebOrder) -> SafeString | str:
        text = value.integration.status_text(value.status_seen)
        return state(text, status_colors.store_status_tone(value.status_seen)) if text else ""

    def render_total(self, value: Decimal, record: SalesOrder) -> SafeString:
        return money_in(value, record.currency)


class LogTable(tables.Table):
    """The web integration log. Needs the integration loaded along."""

    at = tables.Column(verbose_name="When", orderable=False)
    store = tables.Column(accessor="integration__code", verbose_name="Store", orderable=False)
    import_id = tables.Column(verbose_name="Import ID", orderable=False, default="", attrs=UNBROKEN)
    kind = tables.Column(verbose_name="Kind", orderable=False)
    text = tables.Column(verbose_name="What happened", orderable=False, attrs=WIDE)

    def render_at(self, value: datetime) -> SafeString | str:
        return moment(value, seconds=True)

    def render_kind(self, record: LogEntry) -> SafeString:
        return state(record.get_kind_display(), status_colors.log_tone(record.kind))

    def render_import_id(self, value: str) -> SafeString:
        return format_html('<a href="{}?import_id={}">{}</a>', reverse("log"), value, value)


class UpdateTable(tables.Table):
    """Updates to the stores. Needs web_order with integration, state and sales order, and the parcel, loaded along."""

    import_id = tables.Column(accessor="web_order", verbose_name="Order", orderable=False, attrs=UNBROKEN)
    what = tables.Column(accessor="kind", verbose_name="What", orderable=False, attrs=WIDE)
    state = tables.Column(verbose_name="State", orderable=False)
    since = tables.Column(accessor="created_at", verbose_name="Since", orderable=False)
    reason = tables.Column(empty_values=(), verbose_name="Why", orderable=False, attrs=WIDE)

    class Meta:
        row_attrs = {"id": lambda record: f"update-{record.pk}"}

    def render_import_id(self, value: WebOrder) -> SafeString:
        if value.sales_order is None:
            return format_html('<a href="{}?q={}">{}</a>', reverse("orders"), value.import_id, value.import_id)
        return format_html('<a href="{}?tab=web">{}</a>', order_path(value.sales_order), value.import_id)

    def render_what(self, record: StoreUpdate) -> SafeString:
        cause = record.get_cause_display() if record.cause else ""
        text = describe(record)
        return format_html('{} <span class="muted small">{}</span>', text, cause) if cause else format_html("{}", text)

    def render_state(self, record: StoreUpdate) -> SafeString:
        return state(record.get_state_display(), status_colors.update_tone(record.state))

    def render_since(self, record: StoreUpdate) -> SafeString | str:
        return moment(record.ended_at or record.created_at, seconds=True)

    def render_reason(self, record: StoreUpdate) -> SafeString:
        failed = record.state == UpdateState.FAILED
        may_retry = failed and current_user(self.request).may(Role.CLERK)
        told = {"update": record, "failed": failed, "may_retry": may_retry}
        return SafeString(render_to_string("web/updates/reason.html", told).strip())


class UncountedPaginator(tables.paginators.LazyPaginator):
    """Pages of a list too long to count. The database counts its rows in 64 bits, whatever an address asks for."""

    def validate_number(self, number: object) -> int:
        return min(int(super().validate_number(number)), LAST_PAGE)


def paginated(request: HttpRequest, table: tables.Table, *, lazy: bool = False) -> tables.Table:
    """The table as the address asks for it: sorted, one page; nonsense in the address is passed over."""
    paginate: dict[str, object] = {"per_page": ROWS_PER_PAGE, "silent": True}
    if lazy:
        paginate["paginator_class"] = UncountedPaginator
    tables.RequestConfig(request, paginate=paginate).configure(table)
    return table
