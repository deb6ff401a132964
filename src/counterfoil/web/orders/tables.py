"""The list of sales orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.db.bounded_list import BoundedList, in_order
from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.stores.models import WebOrder
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.formatting import moment, money_in, order_status, state
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.tables import NUMBER, ROWS_PER_PAGE, WIDE

CHOICE = {"th": {"class": "choice"}, "td": {"class": "choice"}}


CHOOSE_ALL = SafeString(
    '<input class="form-check-input" type="checkbox" data-choose-all hidden aria-label="Choose all on this page">'
)


ALONG = ("status", "client", "contact", "web_order__integration__state")
"""What is loaded along with an order for its row."""

SORTS: dict[str, tuple[str, ...]] = {
    "order_date": ("order_date", "pk"),
    "number": ("number",),
    "client": ("client__name",),
    "status": ("status__position",),
    "in_store": ("web_order__status_seen",),
    **{name: (name,) for name in ("import_id", "po_number", "total")},
}


def listed_orders(
    orders: QuerySet[SalesOrder], *, before_all: Sequence[int] = (), is_worklist: bool = False, is_read: bool = False
) -> BoundedList[SalesOrder]:
    """The sales orders as the table asks for them, the newest first; the others as in `BoundedList`."""
    return BoundedList(
        orders,
        sorts=SORTS,
        by_index=("order_date", "number"),
        natural="-order_date",
        shown=_shown_orders,
        before_all=before_all,
        nulls_last=False,
        is_worklist=is_worklist,
        is_read=is_read,
    )


def _shown_orders(ids: Sequence[int]) -> list[SalesOrder]:
    """Sales orders with what stands in their rows. One statement."""
    return in_order(SalesOrder.objects.select_related(*ALONG), ids)


class OrderTable(tables.Table):
    """Sales orders, as `listed_orders` gives them."""

    choice = tables.Column(accessor="number", verbose_name=CHOOSE_ALL, orderable=False, attrs=CHOICE)
    number = tables.Column(verbose_name="Order")
    import_id = tables.Column(verbose_name="Import ID", default="")
    order_date = tables.Column(verbose_name="Date")
    client = tables.Column(accessor="client__name", verbose_name="Client", order_by=("client",), attrs=WIDE)
    status = tables.Column(verbose_name="Status")
    in_store = tables.Column(accessor="web_order", order_by=("in_store",), verbose_name="In the store", default="")
    po_number = tables.Column(verbose_name="PO", default="")
    total = tables.Column(verbose_name="Total", attrs=NUMBER)

    class Meta:
        order_by = ("-order_date",)
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": lambda record: order_path(record), "id": lambda record: f"order-{record.number}"}

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
