"""The list of sales orders."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from counterfoil.sales.db.bounded_list import BoundedList, in_order
from counterfoil.sales.models import OrderStatus, PrintoutKind, SalesOrder, StatusRole
from counterfoil.stores.models import WebIntegration, WebOrder
from counterfoil.web.orders.listing.columns import (
    COLUMNS,
    STANDARD,
    hidden_columns,
    items_in_words,
    weight_in_words,
    with_columns,
)
from counterfoil.web.templatetags.attention import waiting
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.formatting import moment, money_in, order_status, state
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.tables import NUMBER, ROWS_PER_PAGE, UNBROKEN, WIDE

LONGEST_HINT = 300  # characters of a message
CHOICE = {"th": {"class": "choice"}, "td": {"class": "choice"}}


CHOOSE_ALL = SafeString(
    '<input class="form-check-input" type="checkbox" data-choose-all hidden aria-label="Choose all on this page">'
)


RELATED = ("status", "client", "contact", "web_order")
"""What is loaded along with an order for its row, where the stores are there already."""
RELATED_WITH_STORE = (*RELATED, "web_order__integration__state")
SHOWN_FIELDS = (
    *("number", "import_id", "web_order_number", "po_number", "order_date", "ship_via", "customer_message"),
    *("total", "currency", "hold_reason", "hold_overridden_by"),
    *("status__name", "status__role", "client__name", "contact__first_name", "contact__last_name", "contact__email"),
    *("web_order__sales_order", "web_order__integration", "web_order__status_seen"),
)
"""What the columns and the links of a row read: of some 130 fields that these records have together."""
STORE_FIELDS = ("web_order__integration__code", "web_order__integration__state__status_labels")

OF_CLIENT = ("import_id", "order_date", "items", "status", "total")
"""The columns on the page of a client."""

SORTS: dict[str, tuple[str, ...]] = {
    "order_date": ("order_date", "pk"),
    "number": ("number",),
    "client": ("client__name",),
    "status": ("status__position",),
    "in_store": ("web_order__status_seen",),
    **{name: (name,) for name in ("import_id", "po_number", "total")},
}


def listed_orders(
    orders: QuerySet[SalesOrder],
    *,
    before_all: Sequence[int] = (),
    columns: Sequence[str] = STANDARD,
    oldest_first: bool = False,
    is_worklist: bool = False,
    is_read: bool = False,
    stores: Iterable[WebIntegration] = (),
) -> BoundedList[SalesOrder]:
    """The sales orders as the table asks for them, the newest first; the others as in `BoundedList`.

    `stores`: all of them with their states, where they are loaded already.
    """
    return BoundedList(
        orders,
        sorts=SORTS,
        by_index=("order_date", "number"),
        natural=_natural(oldest_first=oldest_first),
        shown=partial(_shown_orders, columns=columns, stores={each.pk: each for each in stores}),
        before_all=before_all,
        nulls_last=False,
        is_worklist=is_worklist,
        is_read=is_read,
    )


def _natural(*, oldest_first: bool) -> str:
    return "order_date" if oldest_first else "-order_date"


def _shown_orders(
    ids: Sequence[int], *, columns: Sequence[str], stores: Mapping[int, WebIntegration]
) -> list[SalesOrder]:
    """Sales orders with what stands in their rows. One statement, whatever the columns."""
    orders: list[SalesOrder] = in_order(_rows(tuple(columns), with_stores=not stores), ids)
    for order in orders if stores else ():
        if hasattr(order, "web_order") and order.web_order.integration_id in stores:
            order.web_order.integration = stores[order.web_order.integration_id]
    return orders


@lru_cache(maxsize=64)  # people choose their columns
def _rows(columns: tuple[str, ...], *, with_stores: bool) -> QuerySet[SalesOrder]:
    """Never read itself: what is asked for in each column takes longer to say than to find."""
    related, fields = (RELATED_WITH_STORE, (*SHOWN_FIELDS, *STORE_FIELDS)) if with_stores else (RELATED, SHOWN_FIELDS)
    return with_columns(SalesOrder.objects.select_related(*related).only(*fields), columns)


def order_table(listed: BoundedList[SalesOrder], columns: Sequence[str], *, oldest_first: bool = False) -> "OrderTable":
    """The table with these columns of COLUMNS."""
    return OrderTable(listed, exclude=hidden_columns(columns), order_by=(_natural(oldest_first=oldest_first),))


def orders_of_client(orders: QuerySet[SalesOrder]) -> "OrderTable":
    """Those of one client or contact, as wide as there is room for next to what else the page says."""
    return OrderTable(listed_orders(orders, columns=OF_CLIENT), exclude=("choice", *hidden_columns(OF_CLIENT)))


def hide_repeated(table: "OrderTable") -> None:
    """Leaves out the import ID and the PO where they say nothing on this page that is not said beside them."""
    _hide_where_all(table, {"po_number": po_is_repeated, "import_id": _is_without_import_id})


def hide_repeated_numbers(table: "OrderTable") -> None:
    """Leaves out our own numbers where each on this page is the one in its import ID."""
    _hide_where_all(table, {"number": number_is_repeated})


def _hide_where_all(table: "OrderTable", says_nothing: Mapping[str, Callable[[SalesOrder], bool]]) -> None:
    """Leaves out the columns that say nothing in each row of this page."""
    shown = [row.record for row in table.page.object_list]
    for name, is_empty in says_nothing.items():
        if shown and name in table.columns and all(is_empty(order) for order in shown):
            table.columns.hide(name)


def po_is_repeated(order: SalesOrder) -> bool:
    """Whether the PO is only the number that the import ID, or our own number, says already."""
    return order.po_number in ("", order.web_order_number, order.import_id, str(order.number))


def _is_without_import_id(order: SalesOrder) -> bool:
    return not order.import_id


def number_is_repeated(order: SalesOrder) -> bool:
    """Whether our number is the one in the import ID."""
    return bool(order.import_id) and order.web_order_number == str(order.number)


class OrderTable(tables.Table):
    """Sales orders, as `listed_orders` gives them."""

    choice = tables.Column(accessor="number", verbose_name=CHOOSE_ALL, orderable=False, attrs=CHOICE)
    number = tables.Column(attrs=UNBROKEN, verbose_name="Order")
    import_id = tables.Column(default="", attrs=UNBROKEN, verbose_name=COLUMNS["import_id"])
    order_date = tables.Column(verbose_name=COLUMNS["order_date"])
    age = tables.Column(accessor="order_date", orderable=False, verbose_name=COLUMNS["age"])
    client = tables.Column(accessor="client__name", order_by=("client",), attrs=WIDE, verbose_name=COLUMNS["client"])
    items = tables.Column(
        accessor="shown_lines", orderable=False, default="", attrs=WIDE, verbose_name=COLUMNS["items"]
    )
    weight = tables.Column(
        accessor="weight_to_ship", orderable=False, default="", attrs=NUMBER, verbose_name=COLUMNS["weight"]
    )
    ship_via = tables.Column(orderable=False, default="", verbose_name=COLUMNS["ship_via"])
    country = tables.Column(accessor="shown_countries", orderable=False, default="", verbose_name=COLUMNS["country"])
    status = tables.Column(verbose_name=COLUMNS["status"])
    in_store = tables.Column(accessor="web_order", order_by=("in_store",), default="", verbose_name=COLUMNS["in_store"])
    message = tables.Column(accessor="customer_message", orderable=False, default="", verbose_name=COLUMNS["message"])
    printed = tables.Column(accessor="printed_kinds", orderable=False, default="", verbose_name=COLUMNS["printed"])
    po_number = tables.Column(default="", verbose_name=COLUMNS["po_number"])
    total = tables.Column(attrs=NUMBER, verbose_name=COLUMNS["total"])

    class Meta:
        order_by = ("-order_date",)
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": lambda record: order_path(record), "id": lambda record: f"order-{record.number}"}

    def render_choice(self, record: SalesOrder) -> SafeString:
        number = int(record.number)  # digits: nothing to escape
        return SafeString(
            '<input class="form-check-input" type="checkbox" form="batch" name="order" '
            f'value="{number}" id="choose-{number}" aria-label="Choose order {number}">'
        )

    def render_number(self, record: SalesOrder) -> SafeString | str:
        has_column = "import_id" in self.columns
        return "" if has_column and number_is_repeated(record) else _link(record, str(record.number))

    def render_import_id(self, value: str, record: SalesOrder) -> SafeString | str:
        return _link(record, value) if number_is_repeated(record) else value

    def render_age(self, value: datetime) -> SafeString:
        return waiting(value)

    def render_items(self, value: list[dict[str, object]]) -> str:
        return items_in_words(value)

    def render_weight(self, value: dict[str, Any], record: SalesOrder) -> str:
        return "" if record.status.role == StatusRole.CANCELLED else weight_in_words(value)

    def render_country(self, value: list[str]) -> str:
        return ", ".join(dict.fromkeys(value))

    def render_message(self, value: str) -> SafeString:
        return format_html('<span class="tag" title="{}">Message</span>', value[:LONGEST_HINT])

    def render_printed(self, value: list[str]) -> SafeString:
        labels = [(PrintoutKind(kind).label,) for kind in reversed(value)]
        return format_html_join(" ", '<span class="tag">{}</span>', labels)

    def render_po_number(self, value: str, record: SalesOrder) -> str:
        return "" if po_is_repeated(record) else value

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


def _link(order: SalesOrder, text: str) -> SafeString:
    return format_html('<a href="{}" id="open-{}">{}</a>', order_path(order), order.number, text)
