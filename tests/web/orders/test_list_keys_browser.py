"""A real browser: choosing over several pages, the list by keyboard, its columns, and a change in the background."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.platform.worker.bulk_changes import make_bulk_changes
from counterfoil.sales.models import SalesOrder
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.orders.test_bulk_changes import stop_after
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sixty(page: Page, live_server: Any) -> Page:
    """The first page of sixty orders, in front of a clerk."""
    store = a_store()
    for number in range(1, 61):
        an_order(store, number)
    a_person("clerk", "mira")
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.locator("#orders tbody tr")).to_have_count(50)
    return page


def test_what_is_chosen_outlives_pages_printing_and_the_way_back(
    sixty: Page, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shift takes a range; an order that left the list is named; a change of many shows how far it is."""
    monkeypatch.setattr("counterfoil.web.orders.bulk_status.AT_ONCE", 3)
    rows, said = sixty.locator("#orders tbody tr"), sixty.locator("[data-chosen]")
    rows.nth(1).get_by_role("checkbox").check()
    rows.nth(4).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(said).to_have_text("4 selected")
    sixty.get_by_role("link", name="Next", exact=True).click()
    expect(rows).to_have_count(10)
    rows.nth(0).get_by_role("checkbox").check()
    expect(said).to_have_text("5 selected, 4 not on this page")
    sixty.get_by_role("button", name="Pick list and slips").click()
    expect(sixty.get_by_role("heading", name="Packing slip")).to_have_count(5)
    sixty.go_back()
    expect(said).to_have_text("5 selected, 4 not on this page")
    expect(rows.nth(0).get_by_role("checkbox")).to_be_checked()

    SalesOrder.objects.filter(import_id="WEB-57").update(hold_reason="Refunded")
    sixty.goto(f"{live_server.url}/orders/?show=to_ship")
    expect(sixty.locator("#selection-note")).to_contain_text("1 of the 5 selected isn’t in this list: WEB-57")
    sixty.get_by_role("button", name="Keep only those in this list").click()
    expect(said).to_have_text(re.compile("^4 selected"))
    expect(sixty.locator("#selection-note")).to_be_empty()

    sixty.get_by_text("Change status …").click()
    sixty.get_by_role("button", name="Picking").click()
    sixty.get_by_role("button", name="Change 4 orders to Picking").click()
    expect(sixty.get_by_text("0 of 4")).to_be_visible()
    make_bulk_changes(stop_after(2))
    expect(sixty.get_by_text("2 of 4")).to_be_visible()
    make_bulk_changes()
    expect(sixty.get_by_role("heading", name="Done: 4 changed")).to_be_visible()
    sixty.get_by_role("link", name="Back to the list").click()
    sixty.get_by_role("button", name="Clear the selection").click()
    expect(said).to_have_text("")
    expect(sixty.get_by_role("button", name="Print pick list")).to_be_disabled()


def test_the_list_is_worked_by_keyboard_and_its_head_stays_in_sight(sixty: Page) -> None:
    """At most five presses of Tab to the first row; arrows from the search into the rows and back; Enter opens."""
    search = sixty.get_by_role("searchbox")
    link = sixty.locator("#orders tbody tr").get_by_role("link")
    keyboard_of(sixty).press("Tab")
    expect(sixty.get_by_role("link", name="Skip to content")).to_be_focused()
    keyboard_of(sixty).press("Tab")
    expect(sixty.get_by_role("link", name="Skip to the list")).to_be_focused()
    keyboard_of(sixty).press("Enter")
    expect(link.nth(0)).to_be_focused()
    keyboard_of(sixty).press("ArrowDown")
    expect(link.nth(1)).to_be_focused()
    keyboard_of(sixty).press("ArrowUp")
    keyboard_of(sixty).press("ArrowUp")
    expect(search).to_be_focused()
    for key in ("ArrowDown", "Escape"):
        search.focus()
        keyboard_of(sixty).press(key)
        expect(link.nth(0)).to_be_focused()
    for _ in range(60):
        keyboard_of(sixty).press("ArrowDown")
    expect(link.nth(49)).to_be_focused()
    head, bar = sixty.get_by_role("columnheader", name="Client"), sixty.locator("[data-list-bar]")
    expect(head).to_be_in_viewport(ratio=1)
    expect(bar).to_be_in_viewport(ratio=1)
    expect(sixty.get_by_role("navigation", name="Main")).to_be_in_viewport()
    keyboard_of(sixty).press("Enter")
    expect(sixty.get_by_role("heading", name="Sales order")).to_be_visible()
    sixty.go_back()

    search.fill("where is order 31?")
    keyboard_of(sixty).press("Enter")
    expect(sixty.get_by_role("heading", name="Sales order")).to_contain_text(
        str(SalesOrder.objects.get(import_id="WEB-31").number)
    )
    sixty.go_back()
    expect(search).to_be_visible()
    sixty.get_by_text("Columns", exact=True).click()
    sixty.get_by_label("Country").check()
    sixty.get_by_role("button", name="Save", exact=True).last.click()
    expect(sixty.get_by_role("columnheader", name="Country")).to_be_visible()
