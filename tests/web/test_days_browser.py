"""The days of a viewer and of a clerk, in a real browser: an order found on the phone, twenty shipped from a file."""

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import PASSWORD, a_person, a_shipment, a_store, an_order
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
TWENTY = 20
PHONE = {"width": 390, "height": 844}
NUMBER = "1Z999AA10123456784"


def test_a_viewer_finds_an_order_by_the_tracking_number_read_on_the_phone(browser: Any, live_server: Any) -> None:
    """As it is read out, in groups; the order shows its parcel, and nothing that a viewer may not press."""
    a_person("viewer", name="vera")
    integration = a_store()
    for number in range(1, 9):
        an_order(integration, number)
    wanted = an_order(integration, 10234)
    a_shipment(wanted, text=NUMBER)
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="en-GB")
    page = context.new_page()
    log_in(page, live_server.url, "vera", PASSWORD)
    page.get_by_role("searchbox").tap()
    page.get_by_role("searchbox").press_sequentially("1z999 aa1 0123 4567 84")
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    page.get_by_role("link", name=str(wanted.number), exact=True).tap()
    expect(page.get_by_role("heading", name=f"Sales order {wanted.number}")).to_be_visible()
    page.get_by_label("Parts of the order").get_by_role("link", name="Shipping").tap()
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    expect(page.get_by_role("button", name="Process shipment")).to_have_count(0)
    context.close()


def test_a_clerk_ships_twenty_orders_from_a_file(page: Page, live_server: Any, store: SandboxStore) -> None:
    """The open orders are downloaded, filled in, tried and applied; each has its shipment in the store then."""
    a_person("clerk", name="carl")
    integration = connect(store)
    numbers = store.place(TWENTY, kind="registered")
    run_sync(integration)
    log_in(page, live_server.url, "carl", PASSWORD)
    page.get_by_role("link", name="Ship from CSV").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download open orders").click()
    filled = filled_in(waiting.value.path().read_text(encoding="utf-8-sig"))
    page.get_by_label("CSV file").set_input_files({"name": "today.csv", "mimeType": "text/csv", "buffer": filled})
    page.get_by_role("button", name="Test run").click()
    expect(page.get_by_text("nothing shipped yet")).to_be_visible()
    assert not any(store.order(number)["shipments"] for number in numbers)
    page.get_by_role("button", name="Ship these").click()
    expect(page.get_by_role("heading", name="Applied")).to_be_visible()
    run_sync(integration)
    sent = {number: [each["tracking_number"] for each in store.order(number)["shipments"]] for number in numbers}
    assert sent == {number: [f"1Z{number}"] for number in numbers}


def filled_in(text: str) -> bytes:
    """The file of open orders with a tracking number for each order."""
    rows = list(csv.DictReader(io.StringIO(text)))
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0].keys())
    writer.writeheader()
    for row in rows:
        writer.writerow(row | {"carrier": "UPS", "tracking_number": f"1Z{row['order'].removeprefix('WEB-')}"})
    return written.getvalue().encode()
