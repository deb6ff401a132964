"""What the list of shipments can be narrowed to."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from counterfoil.accounts.models import Person
from counterfoil.sales.models import Parcel
from counterfoil.sales.models.shipments import parcel_carrier
from counterfoil.sales.shipping.figures import SHIPPED
from counterfoil.sales.shipping.search import carriers_used, parcels_with
from counterfoil.stores.updates.parcel_status import ParcelStanding, parcels_that_are
from counterfoil.web.ui.filters import store_choices
from counterfoil.web.ui.formatting import beginning_of, zone_of

Parcels = QuerySet[Parcel]
SHIPPED_HERE = "shipped"
BY_HAND = "by-hand"  # in place of an import source code
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 30)  # that databases and clocks can count
STANDINGS = {
    ParcelStanding.NOT_YET: "Not yet in the store",
    ParcelStanding.WAITING: "Waiting to be sent",
    ParcelStanding.FAILED: "Failed",
    ParcelStanding.SENT: "In the store",
    ParcelStanding.TAKEN_OVER: "Taken over from the store",
    ParcelStanding.VOIDED: "Voided",
}


def _stores() -> list[tuple[str, str]]:
    return [*store_choices(), (BY_HAND, "Manual orders")]


def _carriers() -> list[tuple[str, str]]:
    return [(carrier, carrier) for carrier in carriers_used()]


def _people() -> list[tuple[str, str]]:
    return [(str(person), str(person)) for person in Person.objects.order_by("username")]


class DayInput(forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%Y-%m-%d")


class ParcelFilter(django_filters.FilterSet):
    """The parcels: a tracking number or any words of the order, how they stand, store, carrier, days."""

    q = django_filters.CharFilter(method="search", label="Search")
    state = django_filters.ChoiceFilter(
        method="standing",
        choices=[*STANDINGS.items(), (SHIPPED_HERE, "Shipped here")],
        label="State",
        empty_label="All states",
    )
    store = django_filters.ChoiceFilter(method="of_store", choices=_stores, label="Store", empty_label="All stores")
    carrier = django_filters.ChoiceFilter(
        method="of_carrier", choices=_carriers, label="Carrier", empty_label="All carriers"
    )
    by = django_filters.ChoiceFilter(
        field_name="shipment__processed_by", choices=_people, label="Shipped by", empty_label="Anybody"
    )
    since = django_filters.DateFilter(method="shipped", label="From", widget=DayInput)
    until = django_filters.DateFilter(method="shipped", label="To", widget=DayInput)

    class Meta:
        model = Parcel
        fields: list[str] = []

    def search(self, parcels: Parcels, _name: str, words: str) -> Parcels:
        """A tracking number however typed, else what finds the sales order."""
        return parcels_with(parcels, words)

    def standing(self, parcels: Parcels, _name: str, standing: str) -> Parcels:
        """Where they stand in the store; or all that went out from here, and was not voided."""
        if standing == SHIPPED_HERE:
            return parcels.filter(SHIPPED)
        return parcels_that_are(ParcelStanding(standing), parcels)

    def of_store(self, parcels: Parcels, _name: str, code: str) -> Parcels:
        """Of the orders of one store, or of none."""
        return parcels.filter(shipment__source="" if code == BY_HAND else code)

    def of_carrier(self, parcels: Parcels, _name: str, carrier: str) -> Parcels:
        """That went with one carrier."""
        return parcels.alias(carried_by=parcel_carrier()).filter(carried_by=carrier)

    def shipped(self, parcels: Parcels, name: str, day: Any) -> Parcels:
        """From a day on, or up to its end, by the reader's clock."""
        zone, day = zone_of(self.request), min(max(day, FIRST_DAY), LAST_DAY)
        if name == "since":
            return parcels.filter(shipment__processed_at__gte=beginning_of(day, zone))
        return parcels.filter(shipment__processed_at__lt=beginning_of(day + timedelta(days=1), zone))
