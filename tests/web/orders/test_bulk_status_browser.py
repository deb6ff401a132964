"""A real browser puts all orders that match into another status, and sees it in the store."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import StatusMapping
from tests.factories import connect, run_sync, sales_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_one_goes_from_order_to_order_as_they_stand_in_the_list(page: Page, live_server: Any) -> None:
    """Narrowed as it was; and back to it."""
    a_person(name="mira")
    store = a_store()
    an_order(a_store("OFF-"), 1)
    older, newer = an_order(store, 2), an_order(store, 3)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_label("Store").select_option("WEB-")
    expect(page.locator("#orders tbody tr")).to_have_count(2)
    page.get_by_role("link", name=str(newer.number), exact=True).click()
    expect(page.get_by_text("1 of 2")).to_be_visible()
    expect(page.get_by_role("link", name="Previous order")).to_have_count(0)
    page.get_by_role("link", name="Next order").click()
    expect(page.get_by_role("heading", name=f"Sales order {older.number}")).to_be_visible()
    page.get_by_label("Parts of the order").get_by_role("link", name="History").click()
    page.get_by_role("link", name="From the store").click()
    expect(page.get_by_text("Imported as a new sales order.")).to_be_visible()
    page.get_by_role("link", name="Sales orders").last.click()
    expect(page.get_by_label("Store")).to_have_value("WEB-")


def test_statuses_are_changed_in_bulk_and_seen_in_the_store(page: Page, live_server: Any, store: SandboxStore) -> None:
    """Narrow the list, take all that match, look at the summary, press once; what is on hold stays."""
    a_person(name="mira")
    integration = connect(store, push_status=True)
    picking = OrderStatus.objects.get(name="Picking")
    StatusMapping.objects.create(integration=integration, order_status=picking, status_id=StatusId.AWAITING_PICKUP)
    *numbers, held = store.place(4)
    run_sync(integration)
    put_on_hold(sales_order(held).pk, "The customer asks to wait.", by="mira")

    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_label("Store").select_option("WEB-")
    expect(page.get_by_role("button", name="Print pick list")).to_be_disabled()
    page.get_by_label("All that match, not just this page").check()
    page.get_by_text("Change status …").click()
    page.get_by_role("button", name="Picking").click()

    expect(page.get_by_role("heading", name="Change 3 sales orders to Picking")).to_be_visible()
    expect(page.get_by_text("become Awaiting Pickup there.")).to_be_visible()
    expect(page.get_by_text("1 is on hold")).to_be_visible()
    page.get_by_label("Why").fill("Morning round")
    page.get_by_role("button", name="Change 3 orders to Picking").click()
    expect(page.get_by_text("3 sales orders changed to Picking.")).to_be_visible()
    expect(page.get_by_label("Store")).to_have_value("WEB-")

    run_sync(integration)
    assert [store.status(number) for number in numbers] == [StatusId.AWAITING_PICKUP] * 3
    assert store.status(held) == StatusId.AWAITING_SHIPMENT
    page.goto(f"{store.origin}/#/orders/{numbers[0]}")
    expect(page.get_by_text("Awaiting Pickup").first).to_be_visible()
