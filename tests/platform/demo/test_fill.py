"""The demo looks like a shop that has sold for ninety days, and what it shows is true in the sandbox store too."""

import html
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from counterfoil.accounts.models import Person, Role
from counterfoil.platform.checking import check
from counterfoil.platform.demo.fill import fill_demo
from counterfoil.platform.demo.store import SandboxControl, connect_demo_store
from counterfoil.platform.processes.first_login import first_administrator
from counterfoil.sales.models import OrderAddress, OrderStatus, Product, SalesOrder, Shipment
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import LogEntry, StoreUpdate, WebIntegration, WebOrder, WebRefund
from counterfoil.stores.sync.session import open_session
from tests.factories import fresh
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 150


@pytest.fixture
def demo(store: SandboxStore) -> WebIntegration:
    """A filled demo."""
    control = SandboxControl(store.origin)
    control.ask("POST", "/reset", {"orders": ORDERS, "seed": 1, "products": 20, "history_days": 90})
    first_administrator()
    connect_demo_store(store.api_path, store.token, code="DEMO-")
    fill_demo(store.origin, code="DEMO-")
    return WebIntegration.objects.select_related("state").get()


def shapes() -> Any:
    """What the same seed makes the same: who shipped what, in which status each order stands, what needs attention."""
    orders = SalesOrder.objects.order_by("number").values_list("import_id", "status__name", "total")
    shipped = Shipment.objects.order_by("pk").values_list("order__import_id", "processed_by")
    return list(orders), list(shipped), sorted(item.cause for item in attention())


def test_the_demo_is_a_shop_with_a_past(demo: WebIntegration, store: SandboxStore) -> None:
    """Ninety days of growing orders, two clerks and an owner, all statuses, holds, six causes; true in the store."""
    now = timezone.now()
    placed = list(SalesOrder.objects.order_by("order_date").values_list("order_date", flat=True))
    assert timedelta(days=70) < now - placed[0] <= timedelta(days=91)
    middle = now - timedelta(days=45)
    assert sum(each > middle for each in placed) > 1.3 * sum(each <= middle for each in placed)

    assert Counter(Person.objects.values_list("role", flat=True)) == {Role.ADMINISTRATOR: 1, Role.CLERK: 2}
    by = dict(Shipment.objects.order_by().values_list("processed_by").annotate(Count("pk")))
    assert len(by) == 2
    assert min(by.values()) > 10
    assert Shipment.objects.filter(processed_at__lt=now - timedelta(days=60)).exists()
    assert not Shipment.objects.filter(processed_at__gt=now).exists()

    used = set(SalesOrder.objects.values_list("status__name", flat=True))
    assert used == set(OrderStatus.objects.values_list("name", flat=True))
    assert len(set(SalesOrder.objects.values_list("currency", flat=True))) >= 3
    assert len(set(OrderAddress.objects.values_list("country_code", flat=True))) >= 4
    assert Product.objects.exclude(bin="").count() > 20

    causes = {item.cause for item in attention()}
    assert len(causes) >= 6
    assert SalesOrder.objects.filter(hold_reason__contains="disputed").count() == 1
    assert SalesOrder.objects.exclude(hold_reason="").exclude(hold_reason__contains="in the store").exists()
    assert WebRefund.objects.exists()
    assert SalesOrder.objects.exclude(notes="").exists()
    assert demo.push_status
    assert demo.status_mapping.count() == 4
    assert WebOrder.objects.count() < ORDERS + 2, "some stand outside import"

    told = StoreUpdate.objects.exclude(ended_at=None)
    assert not told.filter(ended_at__gt=timezone.now()).exists()
    times = list(LogEntry.objects.order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)

    report = check([fresh(demo)], lock_wait=0)
    assert not report.findings
    with open_session(fresh(demo), seconds=30):
        pass  # nobody holds the store any more
    before = shapes()
    fill_demo(store.origin, code="DEMO-")
    assert shapes() == before, "a demo that has orders is left as it is"

    client = logged_in("clerk")
    page = client.get(reverse("home")).content.decode()
    work = page[page.index("work-figures") : page.index("store-cards")]
    figures = re.findall(r'href="([^"]+)"\s*>([^<]+)</a>', work)
    assert len(figures) >= 6, "to ship, late, on hold, disputed, shipped today, and by whom"
    for address, words in figures:
        listed = client.get(html.unescape(address)).content.decode()
        found = re.search(r'counted">\s*(\d+)', listed)
        assert found is not None, address
        assert re.findall(r"\d+", words) == [found[1]], address
