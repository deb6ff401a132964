"""A real browser looks at the dashboard, sees it change, and changes a store's settings from tab to tab."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.integrations.import_window import zone_of
from counterfoil.stores.models import StoreState, WebIntegration
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_dashboard_draws_its_charts_and_follows_what_happens(page: Page, live_server: Any) -> None:
    """A chart for the orders and one for their currency; what waits changes by itself, and nothing moves."""
    a_person("manager", name="mira")
    integration = a_store()
    for number in (1, 2):
        an_order(integration, number)
    SalesOrder.objects.update(order_date=timezone.now())
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_role("link", name="Dashboard").click()
    expect(page.locator("#chart-orders canvas")).to_be_visible()
    expect(page.locator("#chart-sales-eur canvas")).to_be_visible()

    chart = page.get_by_role("group", name="Orders placed")
    chart.focus()
    keyboard_of(page).press("End")
    expect(page.locator("#readout-orders")).to_contain_text("2 orders")
    keyboard_of(page).press("ArrowLeft")
    expect(page.locator("#readout-orders")).to_contain_text("0 orders")
    page.get_by_role("link", name="Weeks").click()
    expect(page.locator("#unit-week")).to_have_attribute("aria-current", "true")
    expect(page.locator("#chart-orders canvas")).to_be_visible()
    assert "unit=week" in page.url

    before = page.locator("#charts").bounding_box()
    waiting = page.locator(".store-facts div", has_text="Waiting in the store").locator("dd")
    expect(waiting).to_have_text("3")
    StoreState.objects.update(counts={"11": 12})
    expect(waiting).to_have_text("12")
    assert page.locator("#charts").bounding_box() == before


def test_the_charts_are_tables_without_scripts(browser: Any, live_server: Any) -> None:
    """No empty frame is left, and the unit is a link."""
    a_person("viewer", name="vera")
    integration = a_store()
    an_order(integration, 1)
    SalesOrder.objects.update(order_date=timezone.now())
    month = timezone.now().astimezone(zone_of(integration))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    log_in(page, live_server.url, "vera", PASSWORD)
    page.goto(f"{live_server.url}/")
    expect(page.locator("#chart-orders .plot")).to_be_hidden()
    page.get_by_role("link", name="Months").click()
    page.locator("#chart-orders summary").click()
    row = page.locator("#chart-orders tbody tr").first
    expect(row).to_contain_text(f"{month:%b %Y}")
    expect(row).to_contain_text("1")
    context.close()


def test_settings_are_changed_tab_by_tab_and_not_left_behind_unsaved(page: Page, live_server: Any) -> None:
    """Leaving what was entered asks first; saving stays on the tab; the next tab has its own."""
    a_person("manager", name="mira")
    integration = a_store()
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}/integrations/{integration.pk}/edit/")
    tabs = page.get_by_role("navigation", name="Settings of WEB-")
    tabs.get_by_role("link", name="Orders in").click()
    page.wait_for_load_state("load")  # the script that sees what was changed is there by then
    seconds = page.get_by_label("Check the store every … seconds")
    seconds.fill("90")
    expect(page.get_by_text("Not saved yet", exact=True)).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    tabs.get_by_role("link", name="Clients").click(no_wait_after=True)
    expect(seconds).to_have_value("90")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The store will be synced")).to_be_visible()
    expect(page.get_by_text("Not saved yet", exact=True)).to_be_hidden()
    assert WebIntegration.objects.get().poll_seconds == 90
    tabs.get_by_role("link", name="Clients").click()
    expect(tabs.get_by_role("link", name="Clients")).to_have_attribute("aria-current", "page")
    expect(page.get_by_label("Match clients by e-mail")).to_be_checked()
