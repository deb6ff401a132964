"""The charts' figures of days that are over are kept where there are many orders, and say what counting would."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from counterfoil.sales.models import DayTotal, KeptDays, OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders import statistics
from counterfoil.sales.orders.statistics import Periods, Unit, orders_over_time
from counterfoil.stores.integrations.statistics import both_ways, chart_zone, keep_figures
from counterfoil.stores.models import DayDuration, StoreState, StoreUpdate, WebIntegration
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
ORDERS = 24


@pytest.fixture
def trade(monkeypatch: pytest.MonkeyPatch) -> WebIntegration:
    """Orders of the last year, some of them cancelled, some shipped; so few of them are called many."""
    monkeypatch.setattr(statistics, "MANY", ORDERS - 1)
    store, other = a_store(), a_store("EU-")
    StoreState.objects.update(time_zone="America/New_York")
    WebIntegration.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    cancelled = OrderStatus.objects.get(role=StatusRole.CANCELLED)
    for number in range(ORDERS):
        order = an_order(other if number % 5 == 0 else store, 100 + number)
        at = timezone.now() - timedelta(days=number if number % 2 else number * 14, hours=number % 7, seconds=40)
        shipment = a_shipment(order) if number % 2 else None
        SalesOrder.objects.filter(pk=order.pk).update(order_date=at, created_at=at + timedelta(seconds=number))
        if number % 6 == 0:
            SalesOrder.objects.filter(pk=order.pk).update(status=cancelled)
        if shipment is not None:
            StoreUpdate.objects.filter(parcel__shipment=shipment).update(ended_at=at + timedelta(seconds=30))
    return WebIntegration.objects.select_related("state").get(pk=store.pk)


def shown() -> list[Any]:
    """What all charts show: each unit, of all stores and of one."""
    now, stores = timezone.now(), list(WebIntegration.objects.select_related("state"))
    found: list[Any] = []
    for source in (None, "WEB-"):
        zone = chart_zone(stores, source)
        found += [orders_over_time(Periods.until(now, unit, zone), source=source) for unit in Unit]
        found.append(both_ways(Periods.until(now, Unit.DAY, zone), source=source))
    return found


@pytest.mark.usefixtures("trade")
def test_kept_figures_are_those_that_counting_gives() -> None:
    """By day, week and month, by store and currency; only days that are over are kept."""
    counted = shown()
    keep_figures()
    assert DayTotal.objects.exists()
    assert DayDuration.objects.exists()
    assert shown() == counted


@pytest.mark.usefixtures("trade")
def test_they_are_counted_again_after_an_hour_and_today_is_always_counted() -> None:
    """What changes on an earlier day stands in the chart within the hour, an order of today at once."""
    keep_figures()
    before = shown()
    an_order(WebIntegration.objects.get(code="WEB-"), 900)
    newest = SalesOrder.objects.latest("pk")
    SalesOrder.objects.filter(pk=newest.pk).update(order_date=timezone.now())
    assert sum(shown()[0].orders) == sum(before[0].orders) + 1
    SalesOrder.objects.filter(pk=newest.pk).update(order_date=timezone.now() - timedelta(days=9))
    KeptDays.objects.update(counted_at=F("counted_at") - timedelta(minutes=50))
    keep_figures()
    assert sum(shown()[0].orders) == sum(before[0].orders)
    KeptDays.objects.update(counted_at=F("counted_at") - timedelta(minutes=11))
    keep_figures()
    assert sum(shown()[0].orders) == sum(before[0].orders) + 1


@pytest.mark.usefixtures("trade")
def test_few_orders_are_counted_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was kept while there were many is looked at no more."""
    keep_figures()
    monkeypatch.setattr(statistics, "MANY", ORDERS)
    SalesOrder.objects.filter(order_date__lt=timezone.now() - timedelta(days=2)).update(currency="CHF")
    keep_figures()
    assert not KeptDays.objects.exists()
    assert "CHF" in shown()[0].sales
