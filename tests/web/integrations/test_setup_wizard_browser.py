"""A real browser sets up a first store step by step, goes live with its first orders, looks, and lets all come."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.sales.models import Product, SalesOrder
from counterfoil.stores.models import StatusMapping, WebIntegration, WebOrder
from tests.factories import NEW, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_first_store_is_set_up_step_by_step_and_tried_with_three_orders(
    page: Page, live_server: Any, store: SandboxStore
) -> None:
    """Nothing is imported before *Go live*, three orders then, all of them when someone has looked."""
    a_person("manager", name="mira")
    store.place(8, kind="registered")
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_role("link", name="Connect a store").click()

    page.get_by_label("Import source code").fill("WEB-")
    page.get_by_label("Store description").fill("Web shop")
    page.get_by_label("API path").fill(store.api_path)
    page.get_by_label("Access token").fill(store.token)
    page.get_by_role("button", name="Save and test").click()
    expect(page.locator("#checks .good")).to_have_count(5)
    integration = WebIntegration.objects.get()
    assert integration.paused
    run_sync(integration)
    assert not WebOrder.objects.exists()

    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", name="The store’s statuses")).to_be_visible()
    page.get_by_label("Downloaded order status").select_option("9")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_label("Push order status updates").check()
    expect(page.get_by_label("Cancelled", exact=True)).to_have_value("5")
    expect(page.get_by_label("Picking", exact=True)).to_have_value("")
    expect(page.locator("#warnings")).to_contain_text("BigCommerce may e-mail the shopper")
    page.get_by_label("I’ve read it").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="The product list")).to_be_visible()
    mapped = dict(StatusMapping.objects.values_list("order_status__name", "status_id"))
    assert mapped == {"Shipped": 2, "Partially Shipped": 3, "Cancelled": 5}

    page.get_by_role("button", name="Load from the store’s catalog").click()
    expect(page.locator("#loading")).to_contain_text("Loading")
    run_sync(integration)
    expect(page.locator("#loading")).to_contain_text("Done")
    assert Product.objects.exists()
    page.get_by_role("link", name="Back to setting up this store").click()
    page.get_by_label("An order has a product").select_option("refuse")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("button", name="Preview now").click()
    expect(page.locator(".summary")).to_contain_text("8 will be imported")
    assert not SalesOrder.objects.exists()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_label("Import only the first")).to_have_value("10")
    page.get_by_label("Import only the first").fill("3")
    page.get_by_role("button", name="Go live").click()

    expect(page.get_by_text("Only the first 3 orders.")).to_be_visible()
    run_sync(integration)
    run_sync(integration)
    assert SalesOrder.objects.count() == 3
    assert len(store.orders(status_id=NEW)) == 5
    page.reload()
    expect(page.locator(".first-orders")).to_contain_text("3 are imported")
    page.get_by_role("button", name="Looks right: import all").click()
    expect(page.get_by_text("All orders are imported from now on.")).to_be_visible()
    run_sync(integration)
    assert SalesOrder.objects.count() == 8
    assert not store.orders(status_id=NEW)
