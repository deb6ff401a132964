"""The list of sales orders: filters, views, sorting, pages; what is chosen stands in the address."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.sales.db import bounded_list
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders import search
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import StoreUpdate, UpdateState
from counterfoil.web.orders.tables import listed_orders
from tests.web.factories.orders import a_conflict, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def listed(client: Client, **asked: object) -> list[str]:
    """The import IDs on the page, from its top."""
    page = client.get(reverse("orders"), asked).content.decode()
    return re.findall(r'data-label="Import ID">(?:<[^>]*>)?(WEB-\d+|EU-\d+)', page)


def page_of(client: Client, query: str = "") -> str:
    """The page at this query."""
    return client.get(reverse("orders") + query).content.decode()


def test_each_filter_leaves_what_it_names(clerk: Client) -> None:
    """Store, channel, status; what is to ship, on hold, shipped, in need of attention."""
    web, europe = a_store(), a_store("EU-")
    plain, held, sent, picked, failed = (an_order(web, number) for number in range(1, 6))
    abroad = an_order(europe, 6)
    SalesOrder.objects.filter(pk=abroad.pk).update(channel=3)
    put_on_hold(held.pk, "Refunded", by="BigCommerce")
    a_shipment(sent)
    a_conflict(picked)
    StoreUpdate.objects.filter(web_order__sales_order=failed).update(state=UpdateState.FAILED, reason="No")
    SalesOrder.objects.filter(pk=plain.pk).update(status=OrderStatus.objects.get(name="Released"))
    released = OrderStatus.objects.get(name="Released").pk
    for asked, expected in (
        ({"store": "EU-"}, ["EU-6"]),
        ({"channel": "3"}, ["EU-6"]),
        ({"channel": "1"}, []),
        ({"status": released}, ["WEB-1"]),
        ({"show": "held"}, ["WEB-2"]),
        ({"show": "shipped"}, ["WEB-3"]),
        ({"show": "attention"}, ["WEB-5", "WEB-4"]),
        ({"show": "to_ship"}, ["WEB-1", "WEB-4", "WEB-5", "EU-6"]),
        ({"show": "to_ship", "store": "WEB-", "q": "engines", "sort": "number"}, ["WEB-1", "WEB-4", "WEB-5"]),
    ):
        assert listed(clerk, **asked) == expected, asked


def test_days_are_the_readers_own(clerk: Client) -> None:
    """An order at half past eleven at night in UTC is of the next day in Auckland."""
    order = an_order(a_store(), 1)
    SalesOrder.objects.filter(pk=order.pk).update(order_date=datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    assert listed(clerk, since="2026-03-09", until="2026-03-09") == ["WEB-1"]
    assert listed(clerk, since="2026-03-10", q="engines") == []
    clerk.cookies["zone"] = "Pacific/Auckland"
    assert listed(clerk, since="2026-03-10", until="2026-03-10", q="engines") == ["WEB-1"]
    assert listed(clerk, until="2026-03-09") == []
    clerk.cookies["zone"] = "../../etc/passwd"
    assert listed(clerk, since="2026-03-09", until="2026-03-09") == ["WEB-1"]


def test_quick_days_count_back_from_today(clerk: Client) -> None:
    """Today, seven days, thirty days; days that cannot be are passed over."""
    web = a_store()
    for number, days in ((1, 0), (2, 3), (3, 20), (4, 60)):
        order = an_order(web, number)
        SalesOrder.objects.filter(pk=order.pk).update(order_date=timezone.now() - timedelta(days=days))
    assert listed(clerk, when="today") == ["WEB-1"]
    assert listed(clerk, when="7") == ["WEB-1", "WEB-2"]
    assert listed(clerk, when="30") == ["WEB-1", "WEB-2", "WEB-3"]
    assert len(listed(clerk, since="0001-01-01", until="9999-12-31")) == 4
    assert len(listed(clerk, since="yesterday", until="31.02.2026")) == 4


def test_what_is_chosen_is_shown_and_taken_back_one_by_one(clerk: Client) -> None:
    """Each chip leads to the list without it, and keeps the rest; the page is begun anew."""
    an_order(a_store(), 1)
    page = page_of(clerk, "?q=ada&show=to_ship&store=WEB-&sort=-total&page=1")
    chips = dict(re.findall(r'class="chip" href="([^"]*)"><span class="muted">([^<:]*)', page))
    assert chips == {"/orders/?q=ada&amp;show=to_ship&amp;sort=-total": "Store"}
    assert "To ship" in page
    assert 'class="chip"' not in page_of(clerk)


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", "All"),
        ("?show=to_ship", "To ship"),
        ("?show=held&sort=number", "On hold"),
        ("?when=today", "Today"),
        ("?q=ada", "All"),
        ("?q=ada&show=shipped&when=today", "Shipped"),
    ],
)
def test_the_view_that_is_open_is_marked(query: str, view: str, clerk: Client) -> None:
    """Whatever it is sorted by and narrowed to besides: the views are the filter."""
    an_order(a_store(), 1)
    views = "All|To ship|Needs attention|On hold|Shipped|Today"
    assert re.findall(rf'aria-current="page">({views})<', page_of(clerk, query)) == [view]
    assert 'name="show"' not in page_of(clerk)


def test_every_column_sorts_and_keeps_what_is_chosen(clerk: Client) -> None:
    """By client, status, the store's status, PO, total: up and down."""
    web = a_store()
    for number in (1, 2, 3):
        order = an_order(web, number)
        order.client.name = f"Client {9 - number}"
        order.client.save()
    up = ["WEB-1", "WEB-2", "WEB-3"]
    for column in ("number", "import_id", "order_date", "po_number"):
        assert listed(clerk, sort=column, q="client") == up, column
        assert listed(clerk, sort=f"-{column}", q="client") == up[::-1], column
    assert listed(clerk, sort="client") == up[::-1]
    for column in ("status", "in_store", "total"):  # all the same: the newest first
        assert listed(clerk, sort=column) == up[::-1], column
    assert "?q=client&amp;sort=-total" in page_of(clerk, "?q=client&sort=total")


def test_the_order_whose_number_was_typed_stands_first(clerk: Client) -> None:
    """Newer ones whose numbers begin with it come after."""
    web = a_store()
    for number in (5012, 50121, 50122):
        an_order(web, number)
    assert listed(clerk, q="5012") == ["WEB-5012", "WEB-50122", "WEB-50121"]
    assert listed(clerk, q="5012", sort="order_date") == ["WEB-5012", "WEB-50121", "WEB-50122"]


def test_a_long_list_is_counted_up_to_a_bound_and_says_so(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than so many; its last page says how to reach the others; other sortings are of the newest."""
    web = a_store()
    for number in range(1, 56):
        an_order(web, number)
    assert "55 sales orders" in page_of(clerk)
    monkeypatch.setattr(bounded_list, "MOST", 52)
    assert "More than 52 sales orders" in page_of(clerk)
    last = page_of(clerk, "?page=2")
    assert "The list stops after 52 orders" in last
    assert listed(clerk, page=2) == ["WEB-5", "WEB-4"]
    assert listed(clerk, sort="order_date")[0] == "WEB-1"
    assert "only the newest 52 are sorted" in page_of(clerk, "?sort=total")
    assert listed(clerk, sort="po_number")[0] == "WEB-10"  # by its letters, among WEB-4 to WEB-55


def test_too_many_found_are_said_to_be_the_newest(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do about it."""
    web = a_store()
    for number in range(1, 6):
        an_order(web, number)
    assert "among the newest" not in page_of(clerk, "?q=engines")
    monkeypatch.setattr(search, "MOST_FOUND", 3)
    page = page_of(clerk, "?q=engines")
    assert "3 sales orders found among the newest 3 that match: add a word or pick dates" in page
    assert listed(clerk, q="engines") == ["WEB-5", "WEB-4", "WEB-3"]


def test_a_list_takes_few_statements_whatever_is_chosen(clerk: Client, django_assert_max_num_queries: object) -> None:
    """Fifteen at most, with everything chosen at once."""
    web = a_store()
    an_order(a_store("EU-"), 900)
    for number in range(1, 61):
        an_order(web, number)
    SalesOrder.objects.filter(number__gt=0).update(channel=2)
    query = "?q=10&show=to_ship&store=WEB-&channel=2&status=1&since=2020-01-01&until=2030-01-01&sort=client&page=2"
    for asked in ("", query, "?q=31", "?sort=status"):
        page_of(clerk, asked)  # what is read once in a process is read
        with django_assert_max_num_queries(15):  # type: ignore[operator]
            assert clerk.get(reverse("orders") + asked).status_code == 200


def test_a_list_asks_for_its_orders_once() -> None:
    """Counting, sorting and cutting out a page take three statements, also when asked for again."""
    an_order(a_store(), 1)
    rows = listed_orders(SalesOrder.objects.all()).order_by("client")
    assert (rows.count(), rows.there_are_more, [order.import_id for order in rows[0:50]]) == (1, False, ["WEB-1"])


def test_the_channel_stands_on_the_orders_web_tab_where_the_store_named_one(clerk: Client) -> None:
    order = an_order(a_store(), 1)
    path = reverse("order", args=[order.number]) + "?tab=web"
    assert "Storefront" not in clerk.get(path).content.decode()
    SalesOrder.objects.update(channel=7)
    assert "Channel 7" in clerk.get(path).content.decode()
