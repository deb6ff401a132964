"""A real browser at the packing bench: twenty labels in a row, what goes wrong on the way, items that are scanned."""

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderLine, Parcel, ParcelItem, Product, Shipment
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import WebIntegration
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in

__all__ = ["browser", "context"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
SCANNED = """text => {
    const field = document.activeElement;
    const key = (name) =>
        field.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    for (const sign of text) { key(sign); field.value += sign; }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    key("Enter");
}"""
# The page tries again by itself after three seconds: here only when it is told to.
NOT_BY_ITSELF = """() => {
    const later = setTimeout;
    globalThis.setTimeout = (call, wait) => wait === 3000 ? 0 : later(call, wait);
}"""
ROW = "orders-pack-ship"


@pytest.fixture
def page(context: Any) -> Page:
    """A tab that listens for sounds: each is a frequency in `sounds`."""
    page: Page = context.new_page()
    page.add_init_script(
        """globalThis.sounds = [];
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (at) {
            sounds.push(this.frequency.value);
            return start.call(this, at);
        };"""
    )
    return page


def label(number: int) -> str:
    """A tracking number of a carrier that nobody is sure of."""
    return f"TRACK{number:05d}"


def scan(page: Page, text: str) -> None:
    """As a scanner does: quicker than people, with Enter at the end."""
    page.evaluate(SCANNED, text)


def test_labels_are_scanned_one_after_the_other_and_what_is_refused_stays(page: Page, live_server: Any) -> None:
    """Nothing waits for the server; a lost network and an ended login lose nothing; nothing is shipped twice."""
    a_person(Role.CLERK, "mira")
    store = a_store()
    orders = [an_order(store, number) for number in range(1, 8)]
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}{reverse('orders-pack')}")
    rows = page.locator(".pack-row")
    expect(rows).to_have_count(7)
    expect(page.get_by_label("Tracking number of WEB-1")).to_be_focused()

    # One order is put on hold meanwhile; the others go, in the order of the scans.
    put_on_hold(orders[1].pk, "The order was disputed in the store.", by="BigCommerce")
    for number in (1, 2, 3):
        scan(page, label(number))
    expect(page.get_by_label("Tracking number of WEB-4")).to_be_focused()
    expect(rows).to_have_count(5)
    expect(page.get_by_text("2 shipped · 1 refused · 4 to ship")).to_be_visible()
    refused = page.locator(".pack-row", has_text="WEB-2")
    expect(refused).to_contain_text("The order was disputed in the store.")
    expect(page.get_by_label("Tracking number of WEB-2")).to_have_value(label(2))
    assert 220 in page.evaluate("sounds")

    # A slip's number goes to its row; a number that is used already is asked about.
    scan(page, "WEB-6")
    expect(page.get_by_label("Tracking number of WEB-6")).to_be_focused()
    scan(page, label(1))
    page.get_by_role("button", name="Use it anyway").click()
    expect(rows).to_have_count(4)

    # The answer is lost on its way: the row is sent again under its key, and shipped once.
    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**{reverse(ROW)}", swallow, times=1)
    page.evaluate(NOT_BY_ITSELF)
    page.get_by_label("Tracking number of WEB-4").focus()
    scan(page, label(4))
    expect(page.get_by_text("Can’t reach Counterfoil.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(rows).to_have_count(3)
    assert Shipment.objects.filter(order=orders[3]).count() == 1

    # The login ends: what was scanned is sent after the next one.
    Session.objects.all().delete()
    scan(page, label(5))
    scan(page, label(7))
    page.get_by_role("link", name="Log in").click()
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Shipped on this page")).to_be_visible()
    expect(rows).to_have_count(0)
    expect(page.get_by_text("Nothing is left to ship here")).to_be_visible()
    numbers = set(Parcel.objects.values_list("tracking_number", flat=True))
    assert numbers == {label(number) for number in (1, 3, 4, 5, 7)}
    assert Shipment.objects.count() == 6


def test_a_refused_row_says_why_after_a_reload_too(page: Page, live_server: Any) -> None:
    """What the server said stays with the row, not only that it was refused."""
    a_person(Role.CLERK, "mira")
    store = a_store()
    for number in (1, 2):
        an_order(store, number)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}{reverse('orders-pack')}")
    expect(page.get_by_label("Tracking number of WEB-1")).to_be_focused()
    scan(page, label(1))
    expect(page.locator(".pack-row")).to_have_count(1)
    scan(page, label(1))
    said = page.locator(".pack-row", has_text="WEB-2").locator("[data-said]")
    expect(said).to_contain_text("WEB-1")
    why = said.evaluate("said => said.firstChild.textContent")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(said).to_contain_text(why)


def test_items_are_scanned_into_a_parcel_and_a_wrong_one_is_refused_aloud(page: Page, live_server: Any) -> None:
    """On Process shipment, after the slip was scanned in the search; and in a row of Pack and ship."""
    a_person(Role.CLERK, "mira")
    store = a_store()
    order, other = an_order(store, 1), an_order(store, 2)
    OrderLine.objects.filter(part_number="ENGINE-1").update(
        product=Product.objects.create(part_number="ENGINE-1", upc="012345678905")
    )
    WebIntegration.objects.update(scan_to_ship=True)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_role("searchbox").focus()
    scan(page, f"]C1{order.import_id}")
    expect(page.get_by_role("heading", name="Process shipment of WEB-1")).to_be_visible()
    scanner, said = page.get_by_label("Scan an item"), page.get_by_role("alert").filter(visible=True)
    expect(scanner).to_be_focused()
    scan(page, "0012345678905")
    expect(page.get_by_text("1 of 2 scanned")).to_be_visible()
    scan(page, "PEN-1")
    expect(said).to_have_text("“PEN-1” is not on this order. Take it out of the parcel.")
    expect(said).to_have_css("background-color", "rgb(252, 228, 229)")
    assert page.evaluate("sounds") == [1320, 220, 165]
    scan(page, "012345678905")
    number = page.get_by_label("Tracking number")
    expect(number).to_be_focused()
    scanner.focus()
    scan(page, "ENGINE-1")
    expect(said).to_contain_text("All of ENGINE-1 is already in the parcel.")
    number.fill("1Z999AA10123456784")
    number.press("Enter")
    expect(page.get_by_text("1 parcel was processed.")).to_be_visible()
    assert set(ParcelItem.objects.values_list("scanned", flat=True)) == {2}

    page.get_by_role("link", name="Ship next").click()
    expect(page.get_by_role("heading", name="Process shipment of WEB-2")).to_be_visible()
    page.goto(f"{live_server.url}{reverse('orders-pack')}?order={other.number}")
    expect(page.get_by_label("Tracking number of WEB-2")).to_be_focused()
    scan(page, label(2))
    expect(page.locator(".pack-said")).to_contain_text("is not on this order")
    scan(page, "ENGINE-1")
    expect(page.get_by_text("1 of 2 scanned")).to_be_visible()
    scan(page, label(2))
    expect(page.locator(".pack-said")).to_contain_text("is not on this order")
    scan(page, "ENGINE-0")
    expect(page.get_by_text("2 of 2 scanned")).to_be_visible()
    scan(page, label(2))
    expect(page.locator(".pack-row")).to_have_count(0)
    assert json.dumps(sorted(Parcel.objects.values_list("tracking_number", flat=True))) == json.dumps(
        ["1Z999AA10123456784", label(2)]
    )
