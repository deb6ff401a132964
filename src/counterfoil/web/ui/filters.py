"""What lists can be narrowed to."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateKind, UpdateState, WebIntegration

MOST_WORDS = 6


def store_choices() -> list[tuple[str, str]]:
    """The web integrations by their import source code."""
    return [(each.code, str(each)) for each in WebIntegration.objects.only("code", "description")]


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
