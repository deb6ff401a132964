"""The lists of clients and products."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.db.bounded_list import BoundedList, in_order
from counterfoil.sales.models import Client, Contact, SalesOrder
from counterfoil.sales.models.clients import client_sorting
from counterfoil.web.ui.formatting import moment
from counterfoil.web.ui.tables import NUMBER, ROWS_PER_PAGE, WIDE

_ORDERS = SalesOrder.objects.filter(client=OuterRef("pk")).order_by()
_COUNTED = _ORDERS.values("client").annotate(number=Count("pk")).values("number")
_CONTACTS = Contact.objects.filter(client=OuterRef("pk")).order_by("pk")
OF_A_CLIENT: dict[str, Any] = {
    "email": Subquery(_CONTACTS.exclude(email="").values("email")[:1]),
    "phone": Subquery(_CONTACTS.exclude(phone="").values("phone")[:1]),
    "order_count": Coalesce(Subquery(_COUNTED, output_field=IntegerField()), 0),
    "latest": Subquery(_ORDERS.order_by("-order_date").values("order_date")[:1]),
}
"""What stands in the row of a client besides its own columns."""

CLIENT_SORTS: dict[str, tuple[Any, ...]] = {
    "name": (client_sorting(), "pk"),
    "number": ("pk",),
    **{name: (OF_A_CLIENT[name],) for name in ("email", "order_count", "latest")},
}


def listed_clients(clients: QuerySet[Client]) -> BoundedList[Client]:
    """The clients as the table asks for them, by name."""
    along = ("name", "number")  # an index of an expression gives the order; the rows are read all the same
    return BoundedList(clients, sorts=CLIENT_SORTS, by_index=along, natural="name", shown=shown_clients, is_read=True)


def shown_clients(ids: Sequence[int]) -> list[Client]:
    """Clients with what stands in their row. One statement."""
    return in_order(Client.objects.annotate(**OF_A_CLIENT), ids)


class ClientTable(tables.Table):
    """Clients, as `listed_clients` gives them."""

    number = tables.Column(accessor="pk", verbose_name="No.", order_by=("number",), attrs=NUMBER)
    name = tables.Column(verbose_name="Client", order_by=("name",), attrs=WIDE)
    email = tables.Column(verbose_name="E-mail", default="", order_by=("email",), attrs=WIDE)
    phone = tables.Column(verbose_name="Phone", orderable=False, default="", attrs={"td": {"class": "phone"}})
    order_count = tables.Column(verbose_name="Orders", attrs=NUMBER, order_by=("order_count",))
    latest = tables.Column(verbose_name="Latest order", default="–", order_by=("latest",))

    class Meta:
        order_by = ("name",)
        sequence = ("name", "email", "phone", "order_count", "latest", "number")
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": lambda record: reverse("client", args=[record.pk])}

    def render_name(self, value: str, record: Client) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("client", args=[record.pk]), value)

    def render_order_count(self, value: int) -> str:
        return intcomma(value)

    def render_latest(self, value: datetime) -> SafeString | str:
        return moment(value)
