"""The dashboard: what needs a person first, how each store is doing, and the figures of its charts."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.stores.models import LogEntry, StoreState, StoreUpdate, UpdateState, WebIntegration, WebOrder
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in
from tests.web.factories.orders import a_refused_order, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 15


def home(client: Client, **query: str) -> str:
    """The page."""
    return client.get(reverse("home"), query).content.decode()


def facts(page: str) -> dict[str, str]:
    """What stands next to each term of the stores' cards, as text."""
    found = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return {term: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for term, text in found}


def drawn(page: str) -> dict[str, Any]:
    """What the charts draw, by their titles."""
    found = re.findall(r'<h3 id="title-[^"]*">(.*?)</h3>.*?data-chart="([^"]*)"', page, re.DOTALL)
    return {title: json.loads(html.unescape(text)) for title, text in found}


def placed(number: int, at: datetime, *, integration: WebIntegration, seconds: float = 8) -> SalesOrder:
    """An order that was placed at that moment and was here so many seconds later."""
    order = an_order(integration, number)
    SalesOrder.objects.filter(pk=order.pk).update(order_date=at, created_at=at + timedelta(seconds=seconds))
    order.refresh_from_db()
    return order


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("clerk", False)])
def test_without_a_store_it_leads_to_the_guided_set_up(role: str, may: bool) -> None:
    """Whoever may connect a store is led there; the others are told who can."""
    page = home(logged_in(role))
    assert "Connect your first store" in page
    assert (reverse("guide") in page, "A manager connects it" in page) == (may, not may)


def test_a_new_store_says_what_to_expect(clerk: Client) -> None:
    """Connected, and nothing has come in yet: what will, and when."""
    integration = a_store()
    page = home(clerk)
    assert "Every order in a new order status (Awaiting Fulfillment) becomes a sales order within 60 seconds" in page
    assert "No data yet" in page
    an_order(integration)
    assert "No orders yet" not in home(clerk)


def test_the_oldest_thing_that_needs_a_person_comes_first(clerk: Client) -> None:
    """Its sentence, its age, what to do, a button; how many more there are. Without any it says so."""
    integration = a_store()
    assert "All caught up." in home(clerk)
    for number, days in ((1, 2), (2, 5), (3, 1)):
        a_refused_order(integration, number, text=f"Reason of {number}.")
        WebOrder.objects.filter(bigcommerce_order_id=number).update(reason_since=timezone.now() - timedelta(days=days))
    page = home(clerk)
    first = page[page.index("first-of-all") : page.index("</article>")]
    assert "Reason of 2." in first
    assert "Reason of 1." not in first
    assert f'href="{reverse("attention")}?q=WEB-2"' in first
    assert "Waiting for 5\xa0days." in first
    assert "2 more" in first


def test_a_store_shows_what_waits_where(clerk: Client) -> None:
    """Waiting, outside import, before the cut-off, today's, what needs someone, updates and requests left."""
    integration = a_store(not_before=datetime(2026, 1, 31, tzinfo=UTC).date())
    StoreState.objects.update(before_cut_off=1234)
    order = an_order(integration, 7)
    a_refused_order(integration, 8)
    waiting = StoreUpdate.objects.create(web_order=WebOrder.objects.get(sales_order=order), status_id=2)
    StoreUpdate.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=3))
    shown = facts(home(clerk))
    assert shown["Waiting in the store"] == "3"
    assert shown["Outside import"] == "14 Awaiting Payment, 60 Awaiting Shipment"
    assert shown["Before Jan 31, 2026"] == "1,234 left in the store"
    assert shown["Imported today"] == "1"
    assert f"{reverse('log')}?kind=imported&amp;store=WEB-" in home(clerk)
    assert shown["Needs attention"] == "1"
    assert shown["Updates waiting"] == "1 oldest: 3 hours"
    assert shown["API requests left"] == "120 120 of 150"
    StoreUpdate.objects.filter(pk=waiting.pk).update(state=UpdateState.FAILED, reason="Moved.")
    shown = facts(home(clerk))
    assert (shown["Updates waiting"], shown["Needs attention"]) == ("0 1 failed", "2")


def test_outside_import_leaves_out_the_orders_that_we_put_there(clerk: Client, store: SandboxStore) -> None:
    """Those that were imported and acknowledged; what others put into the same status stays."""
    integration = connect(store)
    numbers = store.place(4, kind="registered")
    store.edit(numbers[3], status_id=9)
    for _ in range(2):
        run_sync(integration)
    assert facts(home(clerk))["Outside import"] == "1 Awaiting Shipment"


def test_today_begins_at_midnight_where_the_store_is(clerk: Client) -> None:
    """An order that came in a minute before the store's midnight is not of today."""
    integration = a_store()
    an_order(integration, 1)
    an_order(integration, 2)
    StoreState.objects.update(time_zone="Pacific/Kiritimati")
    midnight = timezone.now().astimezone(ZoneInfo("Pacific/Kiritimati")).replace(hour=0, minute=0, second=0)
    LogEntry.objects.filter(import_id="WEB-1").update(at=midnight - timedelta(minutes=1))
    LogEntry.objects.filter(import_id="WEB-2").update(at=midnight + timedelta(seconds=1))
    assert facts(home(clerk))["Imported today"] == "1"


@pytest.mark.parametrize(
    ("state", "word", "button"),
    [
        ({"trouble_code": "credentials", "trouble": "The token is refused."}, "Waiting", "Change store setup"),
        ({"trouble_code": "unreachable", "trouble": "It cannot be reached."}, "Waiting", "Try again now"),
        ({"due_at": datetime(2026, 1, 1, tzinfo=UTC)}, "Not synced", ""),
        ({}, "Connected", ""),
    ],
)
def test_a_store_that_is_not_well_says_why_and_how_it_is_resolved(
    state: dict[str, Any], word: str, button: str, manager: Client
) -> None:
    """What a person resolves leads to the settings, what passes by itself may be tried at once."""
    a_store()
    StoreState.objects.update(**state)
    page = home(manager)
    card = page[page.index("store-card") :]
    assert f">{word}</span>" in card
    assert state.get("trouble", "") in card
    for each in ("Change store setup", "Try again now", "Resume"):
        assert (each in card) == (each == button), each


def test_orders_and_sales_are_drawn_by_day_and_currencies_are_never_added(clerk: Client) -> None:
    """A cancelled order does not count; each currency has a chart of its own; the same stands in a table."""
    integration = a_store()
    StoreState.objects.update(time_zone="UTC")
    noon = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1, hours=-1)
    first = placed(1, noon, integration=integration)
    placed(2, noon, integration=integration)
    other = placed(3, noon, integration=integration)
    SalesOrder.objects.filter(pk=other.pk).update(currency="USD")
    gone = placed(4, noon, integration=integration)
    SalesOrder.objects.filter(pk=gone.pk).update(status=OrderStatus.objects.get(role=StatusRole.CANCELLED))
    placed(5, noon - timedelta(days=60), integration=integration)
    page = home(clerk)
    charts = drawn(page)
    assert charts["Orders placed"]["series"][0]["values"][-2:] == [3, 0]
    assert sum(charts["Orders placed"]["series"][0]["values"]) == 3
    assert charts["Sales in EUR"]["series"][0]["values"][-2] == float(first.total * 2)
    assert charts["Sales in USD"]["series"][0]["values"][-2] == float(first.total)
    row = rf'<th scope="row">{noon:%b} {noon.day}</th><td class="end">3</td>'
    assert re.search(row, page)


def test_orders_and_sales_stand_beside_those_of_as_many_days_before(clerk: Client) -> None:
    """Each day beside the one thirty days earlier, and the sums compared; without earlier ones nothing is compared."""
    integration = a_store()
    StoreState.objects.update(time_zone="UTC")
    now = timezone.now()
    placed(1, now, integration=integration)
    placed(2, now, integration=integration)
    assert [len(chart["series"]) for chart in drawn(home(clerk)).values() if chart["scale"] != "seconds"] == [1, 1]
    before = placed(3, now - timedelta(days=30), integration=integration)
    page = home(clerk)
    orders = drawn(page)["Orders placed"]["series"]
    assert [each["name"] for each in orders] == ["orders", "30 days earlier"]
    assert [each["values"][-1] for each in orders] == [2, 1]
    assert "2 orders in 30 days, 1 before (+100%)" in page
    assert drawn(page)["Sales in EUR"]["series"][1]["values"][-1] == float(before.total)


def test_of_many_currencies_those_most_used_are_drawn(clerk: Client) -> None:
    """The sums of the others stand in a sentence."""
    integration = a_store()
    for number, currency in enumerate(("EUR", "USD", "USD", "CHF", "CHF", "GBP", "GBP"), start=1):
        order = placed(number, timezone.now(), integration=integration)
        SalesOrder.objects.filter(pk=order.pk).update(currency=currency)
    page = home(clerk)
    assert [title for title in drawn(page) if "Sales" in title] == ["Sales in CHF", "Sales in GBP", "Sales in USD"]
    assert f"Same period: {order.total:.2f} EUR." in page


@pytest.mark.parametrize(("unit", "length"), [("day", 30), ("week", 26), ("month", 12), ("nonsense", 30)])
def test_the_columns_are_days_weeks_or_months(unit: str, length: int, clerk: Client) -> None:
    """The last column is the present one, whatever stands for a unit in the address."""
    placed(1, timezone.now(), integration=a_store())
    orders = drawn(home(clerk, unit=unit))["Orders placed"]
    assert len(orders["labels"]) == length
    assert orders["series"][0]["values"] == [0] * (length - 1) + [1]


def test_the_charts_of_one_store_leave_the_others_out(clerk: Client) -> None:
    """By its import source code; a code that nobody has shows all."""
    one, two = a_store("ONE-"), a_store("TWO-")
    placed(1, timezone.now(), integration=one)
    placed(2, timezone.now(), integration=two)
    for store, number in (("ONE-", 1), ("", 2), ("NONE-", 2)):
        assert drawn(home(clerk, store=store))["Orders placed"]["series"][0]["values"][-1] == number


def test_both_ways_are_timed(clerk: Client) -> None:
    """From the order to its import, and from the shipment to the store's answer: half within, nine of ten within."""
    integration = a_store()
    WebIntegration.objects.update(created_at=timezone.now() - timedelta(days=2))
    now = timezone.now()
    orders = [
        placed(number, now, integration=integration, seconds=seconds)
        for number, seconds in enumerate((2, 4, 100), start=1)
    ]
    placed(9, now - timedelta(days=5), integration=integration, seconds=500_000)
    shipment = a_shipment(orders[0])
    StoreUpdate.objects.filter(kind="create_shipment").update(ended_at=shipment.processed_at + timedelta(seconds=3))
    charts = drawn(home(clerk))
    half, most = charts["From the order to Counterfoil"]["series"]
    assert [half["values"][-1], most["values"][-1]] == pytest.approx([4, 80.8])
    assert half["values"][:-1] == [None] * 29
    assert half["texts"][-1] == "4.0 s"
    assert charts["From the shipment to the store"]["series"][0]["values"][-1] == pytest.approx(3)


def test_a_full_dashboard_takes_a_few_statements(manager: Client, django_assert_max_num_queries: Any) -> None:
    """At most fifteen, whatever the number of stores and orders."""
    for code in ("A-", "B-", "C-", "D-"):
        integration = a_store(code)
        for number in range(1, 6):
            a_shipment(an_order(integration, number))
            a_refused_order(integration, 100 + number)
    with django_assert_max_num_queries(MOST_STATEMENTS):
        home(manager)


def test_its_parts_come_again_only_when_they_changed(clerk: Client) -> None:
    """The page asks for each of them by itself and gets 204 while it shows what is there."""
    integration = a_store()
    an_order(integration, 1)
    for part in ("stores", "charts"):
        asks = {"HX-Request": "true", "HX-Target": part}
        answer = clerk.get(reverse("home"), headers=asks).content.decode()
        assert answer.lstrip().startswith(f'<section id="{part}"')
        version = re.search(r'X-Seen": "(\w+)"', answer)
        assert version is not None
        assert clerk.get(reverse("home"), headers=asks | {"X-Seen": version[1]}).status_code == 204
    StoreState.objects.update(counts={"11": 4})
    assert clerk.get(reverse("home"), headers=asks | {"HX-Target": "stores", "X-Seen": version[1]}).status_code == 200


def test_the_navigation_counts_failed_updates(clerk: Client) -> None:
    """Next to *Updates*, on each page and by itself; what needs attention counts them, too."""
    integration = a_store()
    a_shipment(an_order(integration, 1), sent=False)
    a_refused_order(integration, 2)
    asked = clerk.get(reverse("attention-count"), headers={"HX-Request": "true"}).content.decode()
    for page in (clerk.get(reverse("log")).content.decode(), asked):
        badges = dict(re.findall(r'id="(\w+-badge)" class="count[^"]*"[^>]*>(\d+)<', page))
        assert badges == {"attention-badge": "2", "updates-badge": "1"}
