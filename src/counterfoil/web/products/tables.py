"""The list of products."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.sales.db.bounded_list import BoundedList, in_order
from counterfoil.sales.models import Product, ProductAlias
from counterfoil.web.ui import status_colors
from counterfoil.web.ui.formatting import state
from counterfoil.web.ui.tables import NUMBER, ROWS_PER_PAGE, WIDE

_ALIASES = ProductAlias.objects.filter(product=OuterRef("pk")).order_by().values("product")


ALIAS_COUNT = Coalesce(Subquery(_ALIASES.annotate(number=Count("pk")).values("number"), output_field=IntegerField()), 0)


PRODUCT_SORTS: dict[str, tuple[Any, ...]] = {
    **{name: (name,) for name in ("part_number", "description", "type", "bin", "active")},
    "alias_count": (ALIAS_COUNT,),
}


def listed_products(products: QuerySet[Product]) -> BoundedList[Product]:
    """The products as the table asks for them, by part number."""
    return BoundedList(
        products, sorts=PRODUCT_SORTS, by_index=("part_number",), natural="part_number", shown=_shown_products
    )


def _shown_products(ids: Sequence[int]) -> list[Product]:
    """Products with what stands in their row. One statement."""
    return in_order(Product.objects.annotate(alias_count=ALIAS_COUNT), ids)


class ProductTable(tables.Table):
    """Products, as `listed_products` gives them."""

    part_number = tables.Column(verbose_name="Part number")
    description = tables.Column(verbose_name="Description", default="", attrs=WIDE)
    type = tables.Column(verbose_name="Type")
    bin = tables.Column(verbose_name="Bin", default="")
    alias_count = tables.Column(verbose_name="Aliases", attrs=NUMBER)
    active = tables.Column(verbose_name="Status")

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
        return state("Active", status_colors.GOOD) if value else state("Inactive", status_colors.QUIET)
