"""The lists of clients and products."""

from datetime import datetime

import django_tables2 as tables
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.models import Client, Contact, Product, SalesOrder
from counterfoil.web import tones
from counterfoil.web.tables import NUMBER, ROWS_PER_PAGE, WIDE
from counterfoil.web.templatetags.shown import moment, state


def listed_clients() -> QuerySet[Client]:
    """Clients with what stands in their row, asked for within the statement of the page."""
    contact = Contact.objects.filter(client=OuterRef("pk")).order_by("pk")
    orders = SalesOrder.objects.filter(client=OuterRef("pk")).order_by()
    counted = orders.values("client").annotate(number=Count("pk")).values("number")
    return Client.objects.filter(merged_into=None).annotate(
        email=Subquery(contact.exclude(email="").values("email")[:1]),
        phone=Subquery(contact.exclude(phone="").values("phone")[:1]),
        order_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        latest=Subquery(orders.order_by("-order_date").values("order_date")[:1]),
    )


class ClientTable(tables.Table):
    """Clients, as `listed_clients` gives them."""

    name = tables.Column(verbose_name="Client", order_by=("name", "pk"), attrs=WIDE)
    email = tables.Column(verbose_name="E-mail", default="")
    phone = tables.Column(verbose_name="Phone", orderable=False, default="")
    order_count = tables.Column(verbose_name="Orders", attrs=NUMBER)
    latest = tables.Column(verbose_name="Latest order", default="–")

    class Meta:
        order_by = ("name",)
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": lambda record: reverse("client", args=[record.pk])}

    def render_name(self, value: str, record: Client) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("client", args=[record.pk]), value)

    def render_order_count(self, value: int) -> str:
        return intcomma(value)

    def render_latest(self, value: datetime) -> SafeString | str:
        return moment(value)


def listed_products() -> QuerySet[Product]:
    """Products with what stands in their row."""
    return Product.objects.annotate(alias_count=Count("aliases"))


class ProductTable(tables.Table):
    """Products, as `listed_products` gives them."""

    part_number = tables.Column(verbose_name="Part number")
    description = tables.Column(verbose_name="Description", default="", attrs=WIDE)
    type = tables.Column(verbose_name="Type")
    bin = tables.Column(verbose_name="Bin", default="")
    alias_count = tables.Column(verbose_name="Aliases", attrs=NUMBER)
    active = tables.Column(verbose_name="Use")

    class Meta:
        order_by = ("part_number",)
        per_page = ROWS_PER_PAGE
        row_attrs = {"data-href": lambda record: reverse("product", args=[record.pk])}

    def render_part_number(self, value: str, record: Product) -> SafeString:
        return format_html('<a class="part" href="{}">{}</a>', reverse("product", args=[record.pk]), value)

    def render_type(self, record: Product) -> str:
        return record.get_type_display()

    def render_alias_count(self, value: int) -> str:
        return str(value or "–")

    def render_active(self, value: bool) -> SafeString:
        return state("In use", tones.GOOD) if value else state("Out of use", tones.QUIET)
