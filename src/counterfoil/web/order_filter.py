"""What the list of sales orders can be narrowed to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.sales.channels import FIRST, known_channels
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.searching import found_by
from counterfoil.sales.standing import on_hold, shipped, to_ship
from counterfoil.stores.orders_in_need import needing_attention
from counterfoil.web.filters import store_choices
from counterfoil.web.reader_zone import beginning_of, zone_of

Orders = QuerySet[SalesOrder]
SHOWN: dict[str, tuple[str, Callable[[Orders], Orders]]] = {
    "to_ship": ("To ship", to_ship),
    "attention": ("Needs attention", needing_attention),
    "held": ("On hold", on_hold),
    "shipped": ("Shipped", shipped),
}
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)
DAYS = {"today": ("Today", 1), "7": ("Last 7 days", 7), "30": ("Last 30 days", 30)}


def channel_choices() -> list[tuple[str, str]]:
    """The storefront channels; none where there is but one."""
    return [(str(number), channel_name(number)) for number in known_channels()]


def channel_name(number: int) -> str:
    """What a storefront channel is called."""
    return f"Channel {number}, the store itself" if number == FIRST else f"Channel {number}"


def _day(label: str) -> django_filters.DateFilter:
    input_of_day = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return django_filters.DateFilter(method="ordered", label=label, widget=input_of_day)


class OrderFilter(django_filters.FilterSet):
    """The sales orders: any words, a store and its channel, an order status, how they stand, when they were ordered."""

    q = django_filters.CharFilter(method="search", label="Search")
    show = django_filters.ChoiceFilter(
        method="standing",
        choices=[(name, label) for name, (label, _) in SHOWN.items()],
        label="Show",
        empty_label="All orders",
    )
    store = django_filters.ChoiceFilter(
        field_name="source", choices=store_choices, label="Store", empty_label="All stores"
    )
    channel = django_filters.ChoiceFilter(label="Channel", empty_label="All channels")
    status = django_filters.ModelChoiceFilter(
        queryset=OrderStatus.objects.all(), label="Order status", empty_label="All statuses"
    )
    when = django_filters.ChoiceFilter(
        method="lately",
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
        channels = channel_choices()
        if channels:
            self.filters["channel"].extra["choices"] = channels
        else:
            del self.filters["channel"]

    def search(self, orders: Orders, _name: str, words: str) -> Orders:
        """Every word has to be found in the order, its client, its lines or its parcels."""
        return found_by(orders, words)

    def standing(self, orders: Orders, _name: str, shown: str) -> Orders:
        """To ship, shipped, on hold, in need of attention."""
        return SHOWN[shown][1](orders)

    def lately(self, orders: Orders, _name: str, days: str) -> Orders:
        """Today, or so many days with today, by the reader's clock."""
        zone = zone_of(self.request)
        first = timezone.now().astimezone(zone).date() - timedelta(days=DAYS[days][1] - 1)
        return orders.filter(order_date__gte=beginning_of(first, zone))

    def ordered(self, orders: Orders, name: str, day: date) -> Orders:
        """From a day on, or up to its end, by the reader's clock."""
        day = min(max(day, FIRST_DAY), LAST_DAY)
        if name == "since":
            return orders.filter(order_date__gte=self._midnight(day))
        return orders.filter(order_date__lt=self._midnight(day + timedelta(days=1)))

    def _midnight(self, day: date) -> datetime:
        return beginning_of(day, zone_of(self.request))
