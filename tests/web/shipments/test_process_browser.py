"""A real browser walks from an imported order to two parcels in the store, and looks at the store's own page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder, Shipment
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import StatusMapping, WebIntegration
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore, paths
from tests.web.factories.orders import ODD, PASSWORD, a_foreign_shipment, a_person, a_shipment, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
LOOK, COUNT = "GET /v2/orders", "GET /v2/orders/count"
MAPPED = {
    "Released": StatusId.AWAITING_PICKUP,
    "Partially Shipped": StatusId.PARTIALLY_SHIPPED,
    "Shipped": StatusId.SHIPPED,
}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(store: SandboxStore) -> WebIntegration:
    """A store that is told three order statuses, and leaves the status of a shipped order alone."""
    store.set(status_after_shipment="stays")
    integration = connect(store, push_status=True)
    for name, status in MAPPED.items():
        order_status = OrderStatus.objects.get(name=name)
        StatusMapping.objects.create(integration=integration, order_status=order_status, status_id=status)
    return integration


def quantity(page: Page, at: int, value: str) -> None:
    """Types into the quantity of one item of the first parcel."""
    page.locator(".ship-items input.quantity").nth(at).fill(value)


def a_day_passes() -> None:
    """What was shipped until now was shipped yesterday."""
    Shipment.objects.update(processed_at=F("processed_at") - timedelta(days=1))


def test_an_order_is_released_printed_shipped_on_two_days_and_corrected(
    page: Page, live_server: Any, store: SandboxStore, connected: WebIntegration
) -> None:
    """The store's page shows both shipments with their items and tracking numbers, and the mapped statuses."""
    a_person(name="mira")
    (number,) = store.place(1, kind="line_discount")
    ordered = sum(line["quantity"] for line in store.order(number)["lines"])
    assert ordered > 1
    run_sync(connected)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.get_by_role("cell", name=f"WEB-{number}").click()

    page.get_by_text("Change status …").click()
    page.get_by_label("Order status").select_option("Released")
    page.get_by_label("Why").fill("Paid and checked")
    page.get_by_role("button", name="Change status").click()
    expect(page.get_by_text("Status changed to Released.")).to_be_visible()
    run_sync(connected)

    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Packing slip").click()
    expect(page.get_by_role("heading", name="Packing slip")).to_be_visible()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    page.get_by_role("button", name="Mark as printed").click()
    expect(page.get_by_text("Marked as printed by mira.")).to_be_visible()
    page.get_by_role("link", name="Back").click()

    shipped = [f"POST /v2/orders/{number}/shipments", LOOK, f"PUT /v2/orders/{number}"]
    store.clear_calls()
    _ship(page, "1Z0000000000000001", first_only=True)
    expect(page.locator(".parcel .state")).to_have_text("Waiting")
    run_sync(connected)
    expect(page.locator(".parcel .state")).to_have_text("Sent")
    assert paths(store.calls()) == [LOOK, *shipped, COUNT]
    a_day_passes()

    store.clear_calls()
    _ship(page, "1Z0000000000000002")
    run_sync(connected)
    assert paths(store.calls()) == [LOOK, *shipped, COUNT]
    expect(page.locator(".parcel .state")).to_have_text(["Sent", "Sent"])

    store.clear_calls()
    page.get_by_role("link", name=re.compile("Correct or void UPS 1Z0000000000000001")).click()
    page.get_by_label("Tracking number").fill("1Z0000000000000009")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_text("Parcel corrected.")).to_be_visible()
    run_sync(connected)
    (first, _) = store.order(number)["shipments"]
    shipments = f"/v2/orders/{number}/shipments"
    assert paths(store.calls()) == [LOOK, f"GET {shipments}", f"PUT {shipments}/{first['id']}", COUNT, LOOK]
    assert SalesOrder.objects.get().status.name == "Shipped"
    _look_at_the_store(page, store, number, ordered)


def test_parcels_are_added_in_place_and_typing_goes_on_there(page: Page, live_server: Any) -> None:
    """Nothing that was typed is lost; the new parcel's first field has the focus."""
    a_person(name="mira")
    order = an_order(a_store())
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}/orders/{order.number}/ship/")
    page.get_by_label("Tracking number").fill("1Z1")
    quantity(page, 0, "1")
    page.get_by_role("button", name="Add parcel").click()
    expect(page.locator("#p1-number")).to_be_focused()
    expect(page.locator("#p0-number")).to_have_value("1Z1")
    page.get_by_role("button", name="Add further box").first.click()
    expect(page.get_by_text("Further box 2")).to_be_visible()
    page.get_by_role("button", name="Remove parcel 3").click()
    expect(page.get_by_text("Parcel 3")).to_have_count(0)
    assert not Shipment.objects.exists()


def test_what_is_chosen_stays_chosen_when_new_orders_arrive(page: Page, live_server: Any) -> None:
    """And is what gets printed."""
    a_person(name="mira")
    integration = a_store()
    first, second = an_order(integration, 1), an_order(integration, 2)
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.get_by_role("button", name="Print pick list")).to_be_disabled()
    page.get_by_label(f"Choose order {first.number}").check()
    an_order(integration, 3)
    expect(page.locator("#orders tbody tr")).to_have_count(3)
    expect(page.get_by_label(f"Choose order {first.number}")).to_be_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_label("Choose all on this page").check()
    page.get_by_label(f"Choose order {second.number}").uncheck()
    page.get_by_role("button", name="Print pick list").click()
    expect(page.get_by_text("2 orders, by bin")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1920])
def test_odd_names_do_not_widen_the_shipping_pages(width: int, browser: Any, live_server: Any) -> None:
    """300 characters without a break, on a phone and on a large screen."""
    a_person(name="mira")
    integration = a_store()
    order, shipped = an_order(integration, 1, text=ODD), an_order(integration, 2, text=ODD)
    parcel = a_shipment(shipped, text=ODD, sent=False).parcels.first()
    a_foreign_shipment(order, text=ODD)
    put_on_hold(order.pk, ODD, by=ODD)
    OrderStatus.objects.filter(role="cancelled").update(name=ODD)
    tab = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    log_in(tab, live_server.url, "mira", PASSWORD)
    at, there = f"/orders/{order.number}/", f"/orders/{shipped.number}/"
    paths_ = [f"{there}?tab=shipping", f"{there}?tab=history", f"{at}?tab=web", f"{at}?tab=notes", at]
    paths_ += [f"{at}ship/", f"{at}quantities/", f"{at}edit/", f"/parcels/{parcel.pk}/", "/updates/"]
    paths_ += ["/setup/statuses/", "/setup/carriers/", "/orders/new/", "/orders/ship/"]
    free = an_order(integration, 3, text=ODD).number
    paths_ += [f"/orders/print/?what={what}&order={free}" for what in ("pick_list&by=bin", "pick_list", "packing_slip")]
    for path in paths_:
        tab.goto(live_server.url + path)
        across = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 0, path
    tab.context.close()


def _ship(page: Page, tracking_number: str, *, first_only: bool = False) -> None:
    """Process shipment: one of the first item only, or all that is open; Enter processes it."""
    page.get_by_role("link", name="Process shipment").click()
    expect(page.get_by_label("Tracking number")).to_be_focused()
    keyboard_of(page).type(tracking_number)
    page.get_by_label("Carrier").fill("UPS")
    if first_only:
        for at in range(page.locator(".ship-items input.quantity").count()):
            quantity(page, at, "1" if at == 0 else "0")
    page.get_by_label("Tracking number").press("Enter")
    expect(page.get_by_text("1 parcel was processed.")).to_be_visible()


def _look_at_the_store(page: Page, store: SandboxStore, number: int, ordered: int) -> None:
    """The sandbox's own page, and what it keeps."""
    page.goto(f"{store.origin}/#/orders/{number}")
    shipments = page.locator("section", has=page.get_by_role("heading", name="Shipments"))
    expect(shipments.get_by_role("cell", name="1Z0000000000000009")).to_be_visible()
    expect(shipments.get_by_role("cell", name="1Z0000000000000002")).to_be_visible()
    expect(shipments.get_by_role("cell", name="1Z0000000000000001")).to_have_count(0)
    kept = store.order(number)
    sent = [sum(item["quantity"] for item in each["items"]) for each in kept["shipments"]]
    assert sent == [1, ordered - 1]
    assert [each["tracking_carrier"] for each in kept["shipments"]] == ["ups", "ups"]
    assert Parcel.objects.filter(web_shipment__isnull=False).count() == 2
    statuses = [step["to"] for step in kept["history"]]
    assert statuses[-3:] == [StatusId.AWAITING_PICKUP, StatusId.PARTIALLY_SHIPPED, StatusId.SHIPPED]
