"""What lists can be narrowed to."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateKind, UpdateState, WebIntegration

MOST_WORDS = 6


def store_choices() -> list[tuple[str, str]]:
    """The web integrations by their import source code."""
    return [(each.code, str(each)) for each in WebIntegration.objects.only("code", "description")]


class OrderFilter(django_filters.FilterSet):
    """The sales orders: any words, a store, an order status."""

    q = django_filters.CharFilter(method="search", label="Search")
    store = django_filters.ChoiceFilter(field_name="source", choices=store_choices, empty_label="All stores")
    status = django_filters.ModelChoiceFilter(
        queryset=OrderStatus.objects.all(), label="Order status", empty_label="All statuses"
    )

    class Meta:
        model = SalesOrder
        fields: list[str] = []

    def search(self, orders: QuerySet[SalesOrder], _name: str, words: str) -> QuerySet[SalesOrder]:
        """Every word has to appear in one of the numbers or names."""
        for word in words.split()[:MOST_WORDS]:
            orders = orders.filter(_mentions(word))
        return orders


def _mentions(word: str) -> Q:
    found = Q()
    places = (
        "import_id",
        "web_order_number",
        "po_number",
        "client__name",
        "contact__first_name",
        "contact__last_name",
        "contact__email",
    )
    for place in places:
        found |= Q(**{f"{place}__icontains": word})
    if word.isascii() and word.isdigit() and len(word) <= 18:
        found |= Q(number=int(word))
    return found


class LogFilter(django_filters.FilterSet):
    """The web integration log: a store, a kind, an import ID."""

    store = django_filters.ChoiceFilter(
        field_name="integration__code", choices=store_choices, label="Store", empty_label="All stores"
    )
    kind = django_filters.ChoiceFilter(choices=LogKind.choices, label="Kind", empty_label="All kinds")
    import_id = django_filters.CharFilter(method="of_order", label="Import ID")

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def of_order(self, lines: QuerySet[LogEntry], _name: str, import_id: str) -> QuerySet[LogEntry]:
        """The lines of one order."""
        return lines.filter(import_id=import_id.strip())


class UpdateFilter(django_filters.FilterSet):
    """The updates to the stores: a store, a state, a kind, an import ID."""

    store = django_filters.ChoiceFilter(
        field_name="web_order__integration__code", choices=store_choices, label="Store", empty_label="All stores"
    )
    state = django_filters.ChoiceFilter(choices=UpdateState.choices, label="State", empty_label="All states")
    kind = django_filters.ChoiceFilter(choices=UpdateKind.choices, label="What", empty_label="All kinds")
    import_id = django_filters.CharFilter(method="of_order", label="Import ID")

    class Meta:
        model = StoreUpdate
        fields: list[str] = []

    def of_order(self, updates: QuerySet[StoreUpdate], _name: str, import_id: str) -> QuerySet[StoreUpdate]:
        """The updates of one order."""
        return updates.filter(web_order__import_id=import_id.strip())


def narrowed(chosen: Any) -> bool:
    """Whether anything was chosen at all."""
    return any(chosen.form.cleaned_data.values()) if chosen.form.is_valid() else chosen.form.is_bound
