"""What the list of products can be narrowed to."""

from functools import reduce
from operator import or_

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from counterfoil.sales.models import OrderLine, Product, ProductAlias, ProductOrigin, ProductType
from counterfoil.web.ui.filters import MOST_WORDS

MADE = [(origin.value, f"Added {origin.label[0].lower()}{origin.label[1:]}") for origin in ProductOrigin]


class ProductFilter(django_filters.FilterSet):
    """The products: any words, a type, whether they are in use, how they were made, whether orders have them."""

    q = django_filters.CharFilter(method="search", label="Search")
    type = django_filters.ChoiceFilter(choices=ProductType.choices, label="Type", empty_label="All types")
    active = django_filters.ChoiceFilter(
        choices=[("1", "Active"), ("0", "Inactive")], label="Status", empty_label="Active or not"
    )
    origin = django_filters.ChoiceFilter(choices=MADE, label="Added", empty_label="Any source")
    ordered = django_filters.ChoiceFilter(
        method="of_orders",
        choices=[("1", "Ordered"), ("0", "Never ordered")],
        label="Orders",
        empty_label="Ordered or not",
    )

    class Meta:
        model = Product
        fields: list[str] = []

    def search(self, products: QuerySet[Product], _name: str, words: str) -> QuerySet[Product]:
        """Every word has to appear in the part number, the description, the bin, the UPC, or an alias."""
        for word in words.split()[:MOST_WORDS]:
            products = products.filter(mentions(word))
        return products

    def of_orders(self, products: QuerySet[Product], _name: str, ordered: str) -> QuerySet[Product]:
        """Whether any imported order has them."""
        has_orders = Exists(OrderLine.objects.filter(product=OuterRef("pk")))
        return products.filter(has_orders if ordered == "1" else ~has_orders)


def mentions(word: str) -> Q:
    """Products that have a word in what people call them."""
    alias = ProductAlias.objects.filter(product=OuterRef("pk"), sku__icontains=word)
    texts = ("part_number", "description", "bin", "upc")
    return reduce(or_, (Q(**{f"{name}__icontains": word}) for name in texts)) | Q(Exists(alias))
