"""What the log and the list of store updates can be narrowed to."""

import django_filters
from django.db.models import QuerySet

from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateKind, UpdateState
from counterfoil.web.ui.filters import store_choices


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
