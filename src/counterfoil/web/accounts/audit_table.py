"""The audit log as a list: what it can be narrowed to, and its columns."""

from collections.abc import Iterator
from datetime import UTC, datetime

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.accounts.models import AuditEntry, Person
from counterfoil.web.ui.formatting import moment
from counterfoil.web.ui.tables import WIDE

COLUMNS = ("at", "by", "what", "about", "address")
_DAY = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditFilter(django_filters.FilterSet):
    """The audit log: any words, a person, a first and a last day (in UTC)."""

    q = django_filters.CharFilter(method="search", label="Search")
    person = django_filters.ModelChoiceFilter(
        queryset=Person.objects.order_by("username"), label="Person", empty_label="Everyone"
    )
    since = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label="From", widget=_DAY)
    until = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label="To", widget=_DAY)

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def search(self, entries: QuerySet[AuditEntry], _name: str, words: str) -> QuerySet[AuditEntry]:
        """Every word has to appear somewhere in the line."""
        for word in words.split()[:6]:
            entries = entries.filter(Q(by__icontains=word) | Q(what__icontains=word) | Q(about__icontains=word))
        return entries


class AuditTable(tables.Table):
    """The audit log, the newest first."""

    at = tables.Column(verbose_name="When", orderable=False)
    by = tables.Column(verbose_name="Who", orderable=False)
    what = tables.Column(verbose_name="What", orderable=False, attrs=WIDE)
    about = tables.Column(verbose_name="About", orderable=False, default="")
    address = tables.Column(verbose_name="From", orderable=False, default="")

    def render_at(self, value: datetime) -> SafeString | str:
        return moment(value, seconds=True)

    def render_by(self, value: str, record: AuditEntry) -> SafeString | str:
        if record.person_id is None:
            return value
        return format_html('<a href="{}">{}</a>', reverse("person", args=[record.person_id]), value)


def records(entries: QuerySet[AuditEntry]) -> Iterator[list[object]]:
    """The lines for a file, with a heading; times in UTC."""
    yield ["When (UTC)", "Who", "What", "About", "From"]
    for at, *rest in entries.values_list(*COLUMNS).iterator(chunk_size=2000):
        yield [f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", *("" if each is None else each for each in rest)]
