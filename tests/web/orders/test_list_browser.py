"""A real browser: a clerk finds an order by what is read out on the phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from counterfoil.sales.models import SalesOrder
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from tests.sales.factories import whole_order
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def some_orders() -> SalesOrder:
    """A dozen; returns the one in the middle, which is shipped."""
    store = a_store()
    orders = [an_order(store, number) for number in range(10_001, 10_013)]
    process_shipment(orders[5].pk, whole_order(orders[5], Tracking("UPS", "", "1Z999AA10123456784")), by="Ada")
    return orders[5]


def test_an_order_is_found_by_the_tracking_number_on_the_phone(page: Page, live_server: Any) -> None:
    """While it is typed, in groups as it is read out; the address says what is chosen, also after the way back."""
    wanted = some_orders()
    a_person("clerk", "mira")
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders tbody tr")).to_have_count(12)
    page.get_by_role("searchbox").fill("1z 999 aa1 01 2345 6784")
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    expect(page.locator("#orders tbody tr")).to_contain_text(str(wanted.import_id))
    page.locator("#orders tbody tr").click()
    expect(page.get_by_role("heading", name=f"Sales order {wanted.number}")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/orders/\?q=1z[^&]*$"))
    expect(page.locator("#orders tbody tr")).to_have_count(1)


def test_filters_fold_away_on_a_phone_and_are_taken_back_one_by_one(
    context: BrowserContext, page: Page, live_server: Any
) -> None:
    """What is chosen is in the address and shown as chips; the reader's own zone goes along."""
    some_orders()
    a_person("clerk", "mira")
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.get_by_label("Ordered", exact=True)).to_be_hidden()
    page.locator(".fold > summary").click()
    page.get_by_label("Ordered", exact=True).select_option("today")
    expect(page.locator("#orders tbody tr")).to_have_count(0)
    expect(page).to_have_url(f"{live_server.url}/orders/?when=today")
    page.get_by_role("link", name=re.compile("Ordered: Today.*remove")).click()
    expect(page.locator("#orders tbody tr")).to_have_count(12)
    page.get_by_role("link", name="Shipped").click()
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    expect(page).to_have_url(f"{live_server.url}/orders/?show=shipped")
    page.get_by_role("link", name="To ship").click()
    expect(page.locator("#orders tbody tr")).to_have_count(11)
    assert {cookie["name"]: cookie["value"] for cookie in context.cookies()}["zone"] == "Europe/Berlin"
