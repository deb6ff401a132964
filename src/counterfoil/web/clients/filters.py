"""What the lists of clients and products can be narrowed to."""

import django_filters
from django.db.models import QuerySet

from counterfoil.sales.clients.search import clients_with
from counterfoil.sales.models import Client


class ClientFilter(django_filters.FilterSet):
    """The clients: any words."""

    q = django_filters.CharFilter(method="search", label="Search")

    class Meta:
        model = Client
        fields: list[str] = []

    def search(self, clients: QuerySet[Client], _name: str, words: str) -> QuerySet[Client]:
        """Every word has to appear in a name, an e-mail or a phone."""
        return clients.filter(pk__in=clients_with(words).values("pk"))
