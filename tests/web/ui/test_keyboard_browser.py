"""Everything is done without a mouse: keys go places, move in lists and choose; the focus is never lost."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from counterfoil.accounts.models import Person
from counterfoil.sales.models import SalesOrder
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.test_first_order_browser import browser, context, log_in

__all__ = ["browser", "context"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(context: BrowserContext, live_server: Any) -> Page:
    """The list of three orders, in front of a clerk."""
    page = context.new_page()
    a_person("clerk", name="mira")
    integration = a_store()
    for number in (1, 2, 3):
        an_order(integration, number)
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders tbody tr")).to_have_count(3)
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    return page


def test_keys_search_go_places_and_move_in_a_list(orders: Page) -> None:
    """They do nothing while one types; j, k, x and Enter work on the row that has the focus."""
    search = orders.get_by_role("searchbox")
    rows = orders.locator("#orders tbody tr")
    keyboard_of(orders).press("j")
    keyboard_of(orders).press("j")
    expect(rows.nth(1).get_by_role("link").first).to_be_focused()
    keyboard_of(orders).press("x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    keyboard_of(orders).press("k")
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    keyboard_of(orders).press("/")
    expect(search).to_be_focused()
    keyboard_of(orders).type("gcjx?")
    expect(search).to_have_value("gcjx?")
    orders.get_by_role("heading", name="Sales orders").click()
    keyboard_of(orders).press("g")
    keyboard_of(orders).press("d")
    expect(orders).to_have_title("Dashboard · Counterfoil")
    expect(orders.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
    keyboard_of(orders).press("/")
    expect(orders.get_by_role("heading", name="Sales orders")).to_be_visible()
    expect(search).to_be_focused()
    keyboard_of(orders).press("Tab")
    keyboard_of(orders).press("j")
    keyboard_of(orders).press("Enter")
    expect(orders.get_by_role("heading", name="Sales order ", exact=False)).to_be_visible()


def test_the_keys_are_told_and_can_be_switched_off(orders: Page) -> None:
    """? shows them, Escape closes them; who speaks to the computer switches them off, for good."""
    keyboard_of(orders).press("?")
    dialog = orders.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Needs attention")
    expect(dialog).to_contain_text("Next, previous order")
    box, end = dialog.bounding_box(), dialog.get_by_text("Use shortcuts").bounding_box()
    assert box
    assert end
    assert box["y"] + box["height"] - end["y"] < 80  # it ends where its last line does
    keyboard_of(orders).press("Escape")
    expect(dialog).to_be_hidden()
    orders.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_label("Use shortcuts").uncheck()
    expect(dialog.get_by_role("status")).to_have_text("Saved.")
    dialog.get_by_role("button", name="Close").click()
    orders.context.clear_cookies(name="counterfoil-keys-off")
    orders.reload()
    keyboard_of(orders).press("/")
    expect(orders.get_by_role("searchbox")).not_to_be_focused()
    assert not Person.objects.get(username="mira").keys_on


def test_an_order_is_shipped_printed_and_left_with_one_key(orders: Page) -> None:
    """n and b go through the list, p prints, s ships; no key does anything with Ctrl, or while one types."""
    keyboard_of(orders).press("j")
    keyboard_of(orders).press("Enter")
    heading = orders.get_by_role("heading", level=1)
    newest, middle, _ = (f"Sales order {number}" for number in _newest_first())
    expect(heading).to_have_text(newest)
    expect(orders.get_by_role("link", name="Next order")).to_be_visible()
    keyboard_of(orders).press("n")
    expect(heading).to_have_text(middle)
    expect(orders.get_by_role("link", name="Previous order")).to_be_visible()
    keyboard_of(orders).press("Control+b")
    keyboard_of(orders).press("b")
    expect(heading).to_have_text(newest)
    expect(orders.get_by_role("link", name="Next order")).to_be_visible()
    keyboard_of(orders).press("s")
    expect(heading).to_have_text("Process shipment of WEB-3")
    expect(orders.get_by_label("Tracking number")).to_be_focused()
    keyboard_of(orders).type("spnb")
    expect(orders.get_by_label("Tracking number")).to_have_value("spnb")
    orders.go_back()
    expect(heading).to_have_text(newest)
    keyboard_of(orders).press("p")
    expect(orders.get_by_role("heading", name="Packing slip")).to_be_visible()


def _newest_first() -> list[int]:
    return list(SalesOrder.objects.order_by("-order_date").values_list("number", flat=True))


def test_the_focus_stays_when_the_list_comes_anew_and_goes_to_what_was_refused(orders: Page, live_server: Any) -> None:
    """A new order arrives: the link that had the focus has it. A form is refused: its alert or first error has it."""
    oldest = orders.locator("#orders tbody tr").last.get_by_role("link").first
    oldest.focus()
    an_order(a_store("SHOP-"), 9)
    expect(orders.locator("#orders tbody tr")).to_have_count(4)
    expect(oldest).to_be_focused()
    number = SalesOrder.objects.earliest("pk").number
    orders.goto(f"{live_server.url}{reverse('order-quantities', args=[number])}")
    orders.get_by_role("button", name="Cancel quantities", exact=True).last.click()
    expect(orders.locator("main .alert-danger")).to_be_focused()
