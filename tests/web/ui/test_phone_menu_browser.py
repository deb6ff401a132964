"""On a phone the navigation is one row with a menu; at a desk it is the column at the left."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.factories.orders import PASSWORD, a_person, a_refused_order, a_store
from tests.web.keyboard import keyboard_of
from tests.web.test_first_order_browser import PATIENCE, browser, log_in

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
ONE_ROW = 60  # pixels
LINKS = ("Dashboard", "Sales orders", "Needs attention", "Updates", "Clients", "Products", "Web integrations")
LINKS += ("Log", "Carriers")


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def phone(request: pytest.FixtureRequest, browser: Any, live_server: Any) -> Iterator[Page]:
    """A phone's window in which a manager looks at the orders, with scripts and without."""
    a_person("manager", name="mira")
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    log_in(page, live_server.url, "mira", PASSWORD)
    yield page
    context.close()


def menu(page: Page) -> Locator:
    """What opens and closes it."""
    return page.locator("summary", has_text="Menu")


def link(page: Page, name: str) -> Locator:
    """A link of the main navigation."""
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name)


def test_the_menu_opens_by_keyboard_over_the_page_and_is_closed_on_the_next(phone: Page) -> None:
    """Enter opens it, nothing of the page moves, Tab reaches its links; the page that one leads to has it closed."""
    bar = phone.get_by_role("banner").bounding_box()
    assert bar is not None
    assert bar["height"] <= ONE_ROW
    expect(link(phone, "Clients")).to_have_count(0)
    before = phone.locator("main").bounding_box()
    menu(phone).press("Enter")
    for name in LINKS:
        expect(link(phone, name)).to_be_in_viewport(ratio=1)
    expect(phone.get_by_role("button", name="Log out")).to_be_in_viewport(ratio=1)
    assert phone.locator("main").bounding_box() == before
    keyboard_of(phone).press("Tab")
    expect(link(phone, "Dashboard")).to_be_focused()
    link(phone, "Clients").press("Enter")
    expect(phone.get_by_role("heading", name="Clients", exact=True)).to_be_visible()
    expect(link(phone, "Clients")).to_have_count(0)


@pytest.mark.parametrize("phone", [True], indirect=True)
def test_the_menu_closes_by_escape_and_when_one_goes_elsewhere(phone: Page) -> None:
    """Escape gives the focus back to it; the focus or a press in the page, and the way back, close it."""
    menu(phone).click()
    link(phone, "Clients").focus()
    keyboard_of(phone).press("Escape")
    expect(link(phone, "Clients")).to_have_count(0)
    expect(menu(phone)).to_be_focused()
    menu(phone).click()
    phone.get_by_role("searchbox").focus()
    expect(link(phone, "Clients")).to_have_count(0)
    menu(phone).click()
    phone.mouse.click(20, PHONE["height"] - 5)
    expect(link(phone, "Clients")).to_have_count(0)
    menu(phone).click()
    link(phone, "Products").click()
    expect(phone.get_by_role("heading", name="Products", exact=True)).to_be_visible()
    phone.go_back()
    expect(link(phone, "Clients")).to_have_count(0)


@pytest.mark.parametrize("phone", [True], indirect=True)
def test_the_bar_counts_what_needs_attention_by_itself(phone: Page) -> None:
    """The number stands in the row and follows what happens, as the one in the menu does; it leads to the page."""
    bar = phone.get_by_role("banner").get_by_role("link", name="Needs attention")
    expect(bar.locator(".count")).to_be_hidden()
    before = bar.bounding_box()
    integration = a_store()
    a_refused_order(integration, 1)
    a_refused_order(integration, 2)
    expect(bar).to_have_accessible_name("Needs attention 2 waiting")
    assert bar.bounding_box() == before
    menu(phone).click()
    expect(link(phone, "Needs attention")).to_have_accessible_name("Needs attention 2 waiting")
    menu(phone).click()
    bar.click()
    expect(phone.get_by_role("heading", name="Needs attention")).to_be_visible()


def test_at_a_desk_there_is_no_menu(browser: Any, live_server: Any) -> None:
    """All links stand in the column at the left."""
    a_person("manager", name="mira")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(menu(page)).to_be_hidden()
    for name in LINKS:
        expect(page.get_by_role("link", name=name)).to_have_count(1)
        expect(link(page, name)).to_be_in_viewport(ratio=1)
    context.close()
