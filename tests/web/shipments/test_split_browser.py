"""A real browser ships an order whose address was changed in the store, split into two parcels."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.sales.models import Parcel
from tests.web.factories.orders import PASSWORD, a_changed_address, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_address_is_chosen_with_one_press_and_the_order_is_split(page: Page, live_server: Any) -> None:
    """What was typed before one chose stays; what is taken out of one parcel goes into the next; the rest goes into a
    new one with one press.

    On a phone the first order of the list stands above half of the screen.
    """
    a_person(name="mira")
    order = an_order(a_store())
    a_changed_address(order)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}/orders/{order.number}/ship/")
    page.locator("[name='p0-tracking_number']").fill("A0")
    page.get_by_role("button", name="Use the store’s address").click()
    expect(page.get_by_role("button", name="Use the store’s address")).to_have_count(0)
    expect(page.locator("[name='p0-tracking_number']")).to_have_value("A0")
    expect(page.get_by_role("heading", name="12 Elm Street")).to_be_visible()

    quantities = page.locator(".ship-items input.quantity")
    rest = page.get_by_role("button", name="Put the rest into a new parcel")
    expect(rest).to_be_disabled()
    quantities.nth(0).fill("1")
    rest.click()
    expect(quantities).to_have_count(4)
    shown = [(0, "1"), (1, "2"), (2, "1"), (3, "0")]
    for at, value in shown:
        expect(quantities.nth(at)).to_have_value(value)
    expect(rest).to_be_disabled()
    quantities.nth(1).fill("0")
    expect(quantities.nth(3)).to_have_value("2")
    quantities.nth(2).fill("2")
    expect(quantities.nth(0)).to_have_value("0")
    quantities.nth(0).fill("1")
    expect(quantities.nth(2)).to_have_value("1")
    quantities.nth(2).fill("0")
    expect(rest).to_be_enabled()
    expect(quantities.nth(0)).to_have_value("1")
    quantities.nth(2).fill("1")
    page.locator("[name='p0-tracking_number']").fill("A1")
    page.locator("[name='p1-tracking_number']").fill("A2")
    page.get_by_role("button", name="Process shipment").last.click()
    expect(page.get_by_text("2 parcels were processed.")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/orders/")
    expect(page.locator("#orders tr[id]").first).to_be_visible()
    box = page.locator("#orders tr[id]").first.bounding_box()
    assert box is not None
    assert box["y"] < 844 / 2
    first, second = Parcel.objects.order_by("pk")
    assert [item.quantity for item in first.items.all()] == [1]
    assert sorted(item.quantity for item in second.items.all()) == [1, 2]
