"""A real browser: a clerk takes an order by phone, and chooses who called."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.sales.models import Client, SalesOrder
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_choosing_a_client_fills_in_the_addresses_of_its_last_order(page: Page, live_server: Any) -> None:
    """At once, and another client's take their place; what was typed elsewhere stays, and the keyboard goes on."""
    store = a_store()
    engines, other = an_order(store, 5), an_order(store, 6)
    Client.objects.filter(pk=other.client_id).update(name="Second Engines")
    SalesOrder.objects.filter(pk=other.pk).update(client=Client.objects.create(name="Difference Engines"))
    other.addresses.update(street_1="2 Dorset Street")
    a_person("clerk", "mira")
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}/orders/new/")
    page.get_by_label("PO number").fill("PO-7")
    page.get_by_role("searchbox").fill("engines")
    page.get_by_role("radio", name=engines.client.name).first.check()
    street = page.locator("#bill-street_1")
    expect(street).to_have_value("12 St James’s Square")
    expect(page.get_by_label("Contact’s e-mail")).to_have_value("ada@example.com")
    expect(page.get_by_label("Same as bill to")).not_to_be_checked()
    page.get_by_role("radio", name="Difference Engines").check()
    expect(street).to_have_value("2 Dorset Street")
    street.fill("3 Dorset Street")
    page.get_by_role("radio", name="A new client").check()
    expect(page.get_by_role("radio", name="A new client")).to_be_focused()
    expect(page.get_by_role("button", name="Use the addresses")).to_have_count(0)
    expect(street).to_have_value("3 Dorset Street")
    expect(page.get_by_label("PO number")).to_have_value("PO-7")
    page.get_by_role("radio", name=engines.client.name).first.check()
    page.get_by_role("button", name="Use the addresses").click()
    expect(street).to_have_value("12 St James’s Square")
