"""What a clerk does all day, in a real browser: each task counts its clicks, keys, scans and seconds of waiting.

The table is printed (`pytest -s`); docs/packing.md has it beside what other products' help pages describe.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from counterfoil.accounts.models import Role
from counterfoil.sales.models import Parcel, SalesOrder, Shipment
from tests.web.factories.orders import PASSWORD, a_changed_address, a_person, a_shipment, a_store, an_order
from tests.web.keyboard import keyboard_of
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
TWENTY = 20
PATIENCE = 60_000  # milliseconds: what a busy machine may take, not what a clerk would


@dataclass
class CountingClerk:
    """Someone whose every act is counted. `waited`: seconds until what an act leads to was there."""

    page: Page
    clicks: int = 0
    keys: int = 0
    scans: int = 0
    waited: float = 0.0

    def click(self, there: Locator) -> None:
        """One click."""
        self.clicks += 1
        there.click()

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self.keys += 1
            keyboard_of(self.page).press(key)

    def type(self, text: str) -> None:
        """As many keys as signs."""
        self.keys += len(text)
        keyboard_of(self.page).type(text)

    def scan(self, code: str) -> None:
        """One scan: its keys and the Enter are the scanner's."""
        self.scans += 1
        keyboard_of(self.page).type(f"{code}\n")

    def sees(self, there: Locator, count: int | None = None) -> None:
        """Waits until it is there, or as many as that."""
        began = time.monotonic()
        if count is None:
            expect(there).to_be_visible(timeout=PATIENCE)
        else:
            expect(there).to_have_count(count, timeout=PATIENCE)
        self.waited += time.monotonic() - began

    def types_into(self, there: Locator) -> None:
        """Waits until the cursor stands in a field."""
        began = time.monotonic()
        expect(there).to_be_focused(timeout=PATIENCE)
        self.waited += time.monotonic() - began


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """A row for each task, printed at the end."""
    rows: list[str] = []
    yield rows
    print("\n| task | clicks | keys | scans | seconds of waiting |\n|---|---|---|---|---|\n" + "\n".join(rows))


@pytest.fixture
def task(page: Page, live_server: Any, table: list[str]) -> Iterator[Callable[[str], CountingClerk]]:
    """Begins a task in front of the list of twenty-five orders; the last five were shipped before."""
    a_person(Role.CLERK, "mira")
    store = a_store()
    for number in range(1, TWENTY + 6):
        order = an_order(store, number)
        if number > TWENTY:
            a_shipment(order)
    log_in(page, live_server.url, "mira", PASSWORD)
    page.goto(f"{live_server.url}/orders/?show=to_ship")
    expect(page.locator("#orders tbody tr")).to_have_count(TWENTY)
    begun: list[tuple[str, CountingClerk]] = []

    def begin(name: str) -> CountingClerk:
        begun.append((name, CountingClerk(page)))
        return begun[-1][1]

    yield begin
    table += [
        f"| {name} | {clerk.clicks} | {clerk.keys} | {clerk.scans} | {clerk.waited:.1f} |" for name, clerk in begun
    ]


def test_ship_one(task: Callable[[str], CountingClerk], page: Page) -> None:
    """Two clicks and the number; and the next one with a single key and its number."""
    clerk = task("Ship one order")
    clerk.click(page.get_by_role("cell", name="WEB-7", exact=True))
    clerk.sees(page.get_by_role("link", name="Process shipment"))
    clerk.click(page.get_by_role("link", name="Process shipment"))
    clerk.types_into(page.get_by_label("Tracking number"))
    clerk.scan("1Z999AA10123456784")
    clerk.sees(page.get_by_text("1 parcel was processed."))
    assert (clerk.clicks, clerk.keys, clerk.scans) == (2, 0, 1)
    following = task("Ship the next one")
    following.press("s")
    following.types_into(page.get_by_label("Tracking number"))
    following.scan("1Z5R89390357567127")
    following.sees(page.get_by_text("1 parcel was processed."))
    assert (following.clicks, following.keys, following.scans) == (0, 1, 1)
    carriers = set(Parcel.objects.order_by("-pk")[:2].values_list("carrier", flat=True))
    assert carriers == {"UPS"}


def test_ship_twenty_on_one_page(task: Callable[[str], CountingClerk], page: Page) -> None:
    """Two clicks and twenty scans, none of which waits for the server."""
    clerk = task("Ship twenty orders")
    before = Shipment.objects.count()
    clerk.click(page.get_by_label("Choose all on this page"))
    clerk.click(page.get_by_role("button", name="Pack and ship"))
    clerk.types_into(page.locator(".pack-row input[name='tracking_number']").first)
    for number in range(TWENTY):
        clerk.scan(f"TRACK{number:05d}")
    clerk.sees(page.locator(".pack-row"), 0)
    clerk.sees(page.get_by_text(f"{TWENTY} shipped"))
    assert clerk.clicks <= 3
    assert (clerk.keys, clerk.scans) == (0, TWENTY)
    assert Shipment.objects.count() - before == TWENTY


def test_print_pick_list_and_slips_of_twenty(task: Callable[[str], CountingClerk], page: Page) -> None:
    """Four clicks at most, printing itself (Ctrl+P) aside."""
    clerk = task("Pick list and slips of twenty")
    clerk.click(page.get_by_label("Choose all on this page"))
    clerk.click(page.get_by_role("button", name="Pick list and slips"))
    clerk.sees(page.get_by_role("heading", name="Pick list"))
    clerk.sees(page.get_by_role("heading", name="Packing slip"), TWENTY)
    assert clerk.clicks <= 4


def test_a_phone_call_about_tracking(task: Callable[[str], CountingClerk], page: Page) -> None:
    """From anywhere: the number of the order, and its tracking number stands there."""
    clerk = task("Phone call: order number to tracking")
    clerk.press("g", "s")
    clerk.sees(page.get_by_role("heading", name="Shipments"))
    clerk.press("/")
    clerk.type("WEB-22")
    clerk.sees(page.locator("#shipments tbody tr"), 2)  # the parcel, and its further box
    clerk.sees(page.locator("#shipments").get_by_text("1Z999", exact=True))
    assert clerk.clicks <= 1


def test_an_address_was_changed_in_the_store(
    task: Callable[[str], CountingClerk], page: Page, live_server: Any
) -> None:
    """One click after the banner, and the order ships to the new address."""
    order = SalesOrder.objects.get(import_id="WEB-4")
    a_changed_address(order)
    page.goto(f"{live_server.url}/orders/{order.number}/")
    clerk = task("Address changed in the store")
    clerk.click(page.get_by_role("button", name="Use the store’s address"))
    clerk.sees(page.get_by_role("link", name="Process shipment"))
    clerk.press("s")
    clerk.sees(page.get_by_role("heading", name="12 Elm Street"))
    assert (clerk.clicks, clerk.keys) == (1, 1)


def test_an_order_is_held_by_hand(task: Callable[[str], CountingClerk], page: Page, live_server: Any) -> None:
    """Two clicks on its page."""
    order = SalesOrder.objects.get(import_id="WEB-3")
    page.goto(f"{live_server.url}/orders/{order.number}/")
    clerk = task("Put an order on hold")
    clerk.click(page.get_by_text("Change status …"))
    page.get_by_label("Order status").focus()
    clerk.type("On")
    clerk.click(page.get_by_role("button", name="Change status", exact=True))
    clerk.sees(page.get_by_text("On hold.", exact=False).first)
    order.refresh_from_db()
    assert order.is_held
    assert clerk.clicks <= 2
