"""What the lists of clients and products can be narrowed to."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from counterfoil.sales.finding_clients import clients_with
from counterfoil.sales.models import Client, Product, ProductAlias, ProductType
from counterfoil.web.filters import MOST_WORDS


class ClientFilter(django_filters.FilterSet):
    """The clients: any words."""

    q = django_filters.CharFilter(method="search", label="Search")

    class Meta:
        model = Client
        fields: list[str] = []

    def search(self, clients: QuerySet[Client], _name: str, words: str) -> QuerySet[Client]:
        """Every word has to appear in a name, an e-mail or a phone."""
        return clients.filter(pk__in=clients_with(words).values("pk"))


class ProductFilter(django_filters.FilterSet):
    """The products: any words, a type, whether they are in use."""

    q = django_filters.CharFilter(method="search", label="Search")
    type = django_filters.ChoiceFilter(choices=ProductType.choices, label="Type", empty_label="All types")
    active = django_filters.ChoiceFilter(
        choices=[("1", "In use"), ("0", "Out of use")], label="Use", empty_label="In use or not"
    )

    class Meta:
        model = Product
        fields: list[str] = []

    def search(self, products: QuerySet[Product], _name: str, words: str) -> QuerySet[Product]:
        """Every word has to appear in the part number, the description, the bin, or an alias."""
        for word in words.split()[:MOST_WORDS]:
            products = products.filter(mentions(word))
        return products


def mentions(word: str) -> Q:
    """Products that have a word in what people call them."""
    alias = ProductAlias.objects.filter(product=OuterRef("pk"), sku__icontains=word)
    return Q(part_number__icontains=word) | Q(description__icontains=word) | Q(bin__icontains=word) | Q(Exists(alias))
