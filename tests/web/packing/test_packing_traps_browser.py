"""Ways in which a label could end up on the wrong parcel at the packing bench, or get lost: in a real browser."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from counterfoil.accounts.models import Role
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder, Shipment
from counterfoil.sales.shipping.shipments import Tracking, cancel_open, process_shipment
from counterfoil.stores.models import WebIntegration
from tests.sales.factories import whole_order
from tests.web.factories.orders import PASSWORD, a_person, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.packing.test_packing_browser import ROW, SCANNED, label, page, scan
from tests.web.test_first_order_browser import browser, context, log_in

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
TWO_ENTERS = SCANNED.replace('key("Enter");', 'key("Enter"); key("Enter");')


@pytest.fixture(autouse=True)
def orders(page: Page, live_server: Any) -> list[SalesOrder]:
    """Six orders to ship; a clerk is logged in."""
    a_person(Role.CLERK, "mira")
    store = a_store()
    found = [an_order(store, number) for number in range(1, 7)]
    log_in(page, live_server.url, "mira", PASSWORD)
    return found


def open_page(page: Page, live_server: Any) -> None:
    """*Pack and ship* with all that is to ship."""
    page.goto(f"{live_server.url}{reverse('orders-pack')}")
    expect(number_of(page, "WEB-1")).to_be_focused()


def number_of(page: Page, name: str) -> Any:
    """The tracking field of an order."""
    return page.get_by_label(f"Tracking number of {name}")


def row_of(page: Page, name: str) -> Any:
    """The row of an order."""
    return page.locator(".pack-row", has=page.get_by_role("link", name=name, exact=True))


def shipped(page: Page, *names: str) -> None:
    """Waits until these orders have left the page as shipped."""
    for name in names:
        expect(row_of(page, name)).to_have_count(0)


def numbers() -> dict[str, str]:
    """What was shipped: the tracking number by the order's name."""
    parcels = Parcel.objects.select_related("shipment__order")
    return {parcel.shipment.order.name: parcel.tracking_number for parcel in parcels}


def test_no_label_goes_to_the_order_beside_its_own(page: Page, live_server: Any, orders: list[SalesOrder]) -> None:
    """Two Enters, slips of orders that are not worked on, a number that still stands there, what a scanner adds."""
    open_page(page, live_server)
    page.evaluate(TWO_ENTERS, label(1))
    expect(number_of(page, "WEB-2")).to_be_focused()
    scan(page, f"]C0{label(2)}")
    shipped(page, "WEB-1", "WEB-2")
    assert numbers() == {"WEB-1": label(1), "WEB-2": label(2)}

    for slip, said in (
        ("WEB-1", "WEB-1 was already shipped on this page."),
        ("]C1WEB-77", "WEB-77 isn’t on this page."),
    ):
        number_of(page, "WEB-3").focus()
        scan(page, slip)
        expect(row_of(page, "WEB-3").locator("[data-said]")).to_have_text(f"{said} Choose a row to continue.")
        expect(page.locator("body")).to_be_focused()
        expect(number_of(page, "WEB-3")).to_have_value("")

    # A colleague ships one meanwhile: its row says so, and its slip leads nowhere.
    process_shipment(orders[3].pk, whole_order(orders[3], Tracking("UPS", "", "1Z1", "")), by="ben")
    number_of(page, "WEB-4").focus()
    scan(page, label(4))
    expect(row_of(page, "WEB-4").locator("[data-said]")).to_contain_text("Nothing is left to ship here.")
    expect(number_of(page, "WEB-4")).to_be_disabled()
    number_of(page, "WEB-3").focus()
    scan(page, "WEB-4")
    expect(row_of(page, "WEB-3").locator("[data-said]")).to_contain_text("WEB-4: nothing is left to ship here.")
    expect(page.locator("body")).to_be_focused()

    # A refused number stays to be read, and the next scan takes its place.
    number_of(page, "WEB-5").focus()
    scan(page, label(1))
    expect(row_of(page, "WEB-5").locator("[data-said]")).to_contain_text("already used")
    number_of(page, "WEB-3").focus()
    scan(page, "WEB-5")
    expect(number_of(page, "WEB-5")).to_be_focused()
    keyboard_of(page).insert_text(label(5))
    keyboard_of(page).press("Enter")
    shipped(page, "WEB-5")
    assert numbers()["WEB-5"] == label(5)


def test_ship_is_pressed_twice_on_purpose_to_ship_without_a_number(
    page: Page, live_server: Any, orders: list[SalesOrder]
) -> None:
    """A double-click is no purpose, and neither is a click after other work."""
    open_page(page, live_server)
    ship = row_of(page, "WEB-1").get_by_role("button", name="Ship", exact=True)
    asked = row_of(page, "WEB-1").locator("[data-said]")
    ship.dblclick()
    expect(asked).to_contain_text("Press Ship again")
    number_of(page, "WEB-2").focus()
    scan(page, label(2))
    shipped(page, "WEB-2")
    ship.click()
    expect(asked).to_contain_text("Press Ship again")
    assert set(numbers()) == {"WEB-2"}
    expect(number_of(page, "WEB-1")).to_be_focused()
    ship.click()
    shipped(page, "WEB-1")
    assert numbers()["WEB-1"] == ""
    assert Shipment.objects.filter(order=orders[0]).count() == 1


def test_a_row_that_fails_keeps_no_other_waiting(page: Page, live_server: Any, orders: list[SalesOrder]) -> None:
    """A fault of ours in two rows: the others are saved, and these say what to do; the session's end stays in sight."""
    open_page(page, live_server)
    failing = {str(orders[0].number), str(orders[1].number)}

    def answer(route: Any) -> None:
        sent = dict(part.split("=", 1) for part in (route.request.post_data or "").split("&"))
        if sent["order"] in failing:
            route.fulfill(status=500, body="")
        else:
            route.continue_()

    page.route(f"**{reverse(ROW)}", answer)
    for number in range(1, 5):
        scan(page, label(number))
    shipped(page, "WEB-3", "WEB-4")
    for name in ("WEB-1", "WEB-2"):
        expect(row_of(page, name).locator("[data-said]")).to_contain_text("Something went wrong in Counterfoil")
    failing.clear()
    number_of(page, "WEB-1").focus()
    keyboard_of(page).press("Enter")
    shipped(page, "WEB-1")
    assert numbers()["WEB-1"] == label(1)


def test_the_end_of_a_session_is_said_until_someone_logs_in(page: Page, live_server: Any) -> None:
    """Whatever becomes of the other request; who logs in at the same computer reads whose scans still wait."""
    a_person(Role.CLERK, "ben")
    open_page(page, live_server)
    held: list[Any] = []
    page.route(f"**{reverse(ROW)}", lambda route: held.append(route))
    scan(page, label(1))
    scan(page, label(2))
    page.wait_for_function("() => document.querySelectorAll('.pack-row.is-saving').length === 2")
    while len(held) < 2:
        page.wait_for_timeout(10)
    held[0].fulfill(status=403, body="")
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    held[1].abort()
    scan(page, label(3))
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    page.unroute_all()
    page.context.clear_cookies()
    page.get_by_role("link", name="Log in").click()
    page.get_by_label("Username").fill("ben")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    waiting = page.get_by_text("Not sent yet, scanned by someone else on this computer")
    expect(waiting).to_contain_text("WEB-1, WEB-2, WEB-3. They’re sent when that person logs in here.")
    assert numbers() == {}


def test_scans_count_by_what_the_order_has_now(page: Page, live_server: Any, orders: list[SalesOrder]) -> None:
    """A colleague cancels one of two meanwhile: one scan counts, and the row can be shipped."""
    WebIntegration.objects.update(scan_to_ship=True)
    open_page(page, live_server)
    cancel_open(
        orders[0].pk,
        dict.fromkeys(OrderLine.objects.filter(order=orders[0]).values_list("pk", flat=True), 1),
        by="ben",
        reason="Sold out",
    )
    for code in ("ENGINE-0", "ENGINE-1", label(1)):
        scan(page, code)
    expect(row_of(page, "WEB-1").locator("[data-said]")).to_contain_text("The row now shows what’s open.")
    expect(row_of(page, "WEB-1")).to_contain_text("1 of 1 scanned")
    number_of(page, "WEB-1").focus()
    keyboard_of(page).press("Enter")
    shipped(page, "WEB-1")
    assert Parcel.objects.filter(tracking_number=label(1)).count() == 1


def test_several_parcels_come_back_after_a_login_in_between(
    page: Page, live_server: Any, orders: list[SalesOrder]
) -> None:
    """On Process shipment: each with its number, its items and what was scanned into it; and they ship."""
    page.goto(f"{live_server.url}{reverse('order-ship', args=[orders[0].number])}")
    quantity = page.locator("[name^='p0-q']").last
    expect(quantity).to_have_value("2")
    quantity.fill("1")
    page.locator("[name^='p0-q']").first.fill("1")
    page.get_by_role("button", name="Add parcel").click()
    expect(page.locator("[name='p1-tracking_number']")).to_be_visible()
    scanner = page.get_by_label("Scan an item").first
    scanner.focus()
    scan(page, "ENGINE-1")
    expect(page.get_by_text("1 of 1 scanned")).to_be_visible()
    page.locator("[name='p0-tracking_number']").fill("1Z999AA10123456784")
    page.locator("[name='p1-tracking_number']").fill("1Z5R89390357567127")
    Session.objects.all().delete()
    page.get_by_role("button", name="Process shipment").last.click()
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("What you typed earlier is back. It isn’t saved yet.").first).to_be_visible()
    expect(page.locator("[name='p1-tracking_number']")).to_have_value("1Z5R89390357567127")
    expect(page.locator("[name='p0-scans']")).to_have_value("ENGINE-1")
    page.locator("[name='p1-scans']").evaluate("field => { field.value = 'ENGINE-1'; }")
    page.get_by_role("button", name="Process shipment").last.click()
    expect(page.get_by_text("2 parcels were processed.")).to_be_visible()
    assert set(Parcel.objects.values_list("tracking_number", flat=True)) == {"1Z999AA10123456784", "1Z5R89390357567127"}
