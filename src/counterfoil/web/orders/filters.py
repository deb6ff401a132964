"""What the list of sales orders can be narrowed to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, cast

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.sales.db.bounded_list import among
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders.querysets import known_channels, late, on_hold, shipped, to_ship
from counterfoil.sales.orders.search import SearchMatches, found_by, newest_found
from counterfoil.stores.attention.items import needing_attention
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.weborders.holds import disputed
from counterfoil.web.orders.listing.search_text import words_asked_for
from counterfoil.web.ui.formatting import beginning_of, zone_of

Orders = QuerySet[SalesOrder]
SHOWN: dict[str, tuple[str, Callable[[Orders], Orders]]] = {
    "to_ship": ("To ship", to_ship),
    "late": ("To ship, late", late),
    "attention": ("Needs attention", needing_attention),
    "held": ("On hold", on_hold),
    "disputed": ("On hold, disputed", disputed),
    "shipped": ("Shipped", shipped),
}
WORKLISTS = ("to_ship", "attention", "held")
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)
DAYS = {"today": ("Today", 1), "7": ("Last 7 days", 7), "30": ("Last 30 days", 30)}


def channel_choices() -> list[tuple[str, str]]:
    """The storefront channels; none where there is but one."""
    return [(str(number), f"Channel {number}") for number in known_channels()]


def _day(label: str) -> django_filters.DateFilter:
    input_of_day = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return django_filters.DateFilter(method="done_already", label=label, widget=input_of_day)


class OrderFilter(django_filters.FilterSet):
    """The sales orders: any words, a store and its channel, an order status, how they stand, when they were ordered."""

    q = django_filters.CharFilter(method="done_already", label="Search")
    show = django_filters.ChoiceFilter(
        method="done_already",
        choices=[(name, label) for name, (label, _) in SHOWN.items()],
        label="Show",
        empty_label="All orders",
    )
    store = django_filters.ChoiceFilter(field_name="source", label="Store", empty_label="All stores")
    channel = django_filters.ChoiceFilter(label="Channel", empty_label="All channels")
    status = django_filters.ModelChoiceFilter(
        queryset=OrderStatus.objects.all(), label="Order status", empty_label="All statuses"
    )
    when = django_filters.ChoiceFilter(
        method="done_already",
        choices=[(name, label) for name, (label, _) in DAYS.items()],
        label="Ordered",
        empty_label="At any time",
    )
    since = _day("From")
    until = _day("To")

    class Meta:
        model = SalesOrder
        fields: list[str] = []

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.found: SearchMatches | None = None
        self.of_any_standing: Orders = self.queryset.none()
        self.stores = list(WebIntegration.objects.select_related("state"))
        stores = [(each.code, str(each)) for each in self.stores]
        for name, choices in (("store", stores), ("channel", channel_choices())):
            if choices:
                self.filters[name].extra["choices"] = choices
            else:
                del self.filters[name]

    def filter_queryset(self, queryset: Orders) -> Orders:
        """The newest in which the words are found (`found` says whether that is all of them), narrowed by the rest."""
        since, before = self._days
        self.found = newest_found(self._words, since=since, before=before)
        found = queryset if self.found is None else queryset.filter(pk__in=among(self.found.ids))
        self.of_any_standing = self._narrowed(found)
        return self._standing(self.of_any_standing)

    def every_one(self) -> Orders:
        """All that match, however many that are: for a file, not for a page."""
        if not self.is_valid():
            return cast("Orders", self.queryset.none())
        return self._standing(self._narrowed(found_by(self.queryset, self._words)))

    def of_today(self) -> Orders:
        """Those of today, in any standing, among what else is chosen but the days; after `qs`."""
        zone = zone_of(self.request)
        today = beginning_of(timezone.now().astimezone(zone).date(), zone)
        return self.of_any_standing.filter(order_date__gte=today)

    @property
    def shown(self) -> str:
        """How the orders stand that are asked for: a name of SHOWN, "" for all of them."""
        self.form.is_valid()  # fills what is cleaned, as far as it can be
        return str(getattr(self.form, "cleaned_data", {}).get("show") or "")

    @property
    def is_narrowed_by_more_than_words(self) -> bool:
        """Whether a store, a status or days are chosen, beside the words and how the orders stand; after `qs`."""
        chosen = getattr(self.form, "cleaned_data", {})
        return not self.form.is_valid() or any(chosen[name] for name in chosen if name not in ("q", "show"))

    @property
    def is_worklist(self) -> bool:
        """Whether it is narrowed to orders that someone has to do something with: these are never very many."""
        return self.shown in WORKLISTS

    @property
    def is_read(self) -> bool:
        """Whether each order has to be read to know whether it is one of these."""
        return self.shown == "shipped"

    @property
    def _words(self) -> str:
        return words_asked_for(str(self.form.cleaned_data.get("q") or ""))

    def _narrowed(self, orders: Orders) -> Orders:
        since, before = self._days
        orders = orders.filter(order_date__gte=since) if since else orders
        orders = orders.filter(order_date__lt=before) if before else orders
        return cast("Orders", super().filter_queryset(orders))

    @cached_property
    def _days(self) -> tuple[datetime | None, datetime | None]:
        """From when on, and before when, by the reader's clock."""
        zone, chosen = zone_of(self.request), self.form.cleaned_data
        first, last = _within(chosen.get("since")), _within(chosen.get("until"))
        if chosen.get("when"):
            lately = timezone.now().astimezone(zone).date() - timedelta(days=DAYS[chosen["when"]][1] - 1)
            first = max(first or lately, lately)
        return (
            beginning_of(first, zone) if first else None,
            beginning_of(last + timedelta(days=1), zone) if last else None,
        )

    def _standing(self, orders: Orders) -> Orders:
        """To ship, shipped, on hold, in need of attention."""
        return SHOWN[self.shown][1](orders) if self.shown else orders

    def done_already(self, orders: Orders, _name: str, _value: object) -> Orders:
        """The words and the days are looked up together; how they stand comes last, since the views count by it."""
        return orders


def _within(day: date | None) -> date | None:
    """The day, within what databases and clocks can count."""
    return min(max(day, FIRST_DAY), LAST_DAY) if day else None
