"""The sandbox store's page, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.sandbox.receiver import Receiver
from tests.sandbox_store import SandboxStore


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A telephone's width."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 390, "height": 800})
        yield opened
        browser.close()


@pytest.fixture
def trouble(page: Page) -> Iterator[None]:
    """Any error that the browser reports fails the test that caused it."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    yield
    assert found == []


@pytest.mark.usefixtures("trouble")
class TestPage:
    def test_an_order_is_placed_shipped_and_set_to_another_status(self, page: Page, store: SandboxStore) -> None:
        """From the empty list to its history."""
        page.goto(store.origin)
        page.get_by_text("No orders yet").wait_for()
        page.get_by_label("Kind of order").select_option("kit")
        page.get_by_role("button", name="Place an order").click()
        page.get_by_role("button", name="Ship what is open").click()
        page.get_by_role("cell", name="UPS").wait_for()
        page.get_by_label("Status").select_option("Completed")
        page.get_by_role("heading", name="Completed").wait_for()
        order = store.order(store.orders()[0]["id"])
        assert [step["by"] for step in order["history"]] == ["shopper", "another app", "person"]

    @pytest.mark.parametrize(
        ("basis", "heading", "rows"),
        [
            ("prices with tax", "Money, prices with tax", ["Subtotal", "Total", "of which tax"]),
            ("prices without tax", "Money, prices without tax", ["Subtotal", "Tax", "Total"]),
        ],
    )
    def test_an_order_is_placed_on_either_basis(
        self, page: Page, store: SandboxStore, basis: str, heading: str, rows: list[str]
    ) -> None:
        """Its money is shown as it adds up: tax is in the total, or comes to the parts."""
        page.goto(store.origin)
        page.get_by_label("Kind of order").select_option("options")
        page.get_by_label("Prices").select_option(basis)
        page.get_by_role("button", name="Place an order").click()
        money = page.locator("section", has=page.get_by_role("heading", name=heading))
        money.wait_for()
        names = [name for name in money.locator("dt").all_inner_texts() if name in rows]
        assert names == rows
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    def test_an_order_is_edited(self, page: Page, store: SandboxStore) -> None:
        """Address and quantity, as a person in the control panel does."""
        order_id = store.place(kind="line_discount")[0]
        page.goto(f"{store.origin}/#/orders/{order_id}")
        page.get_by_text("Edit the order").click()
        page.get_by_label("city").fill("Lisbon")
        page.get_by_label("Quantity of").first.fill("9")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved.").wait_for()
        order = store.order(order_id)
        assert (order["header"]["billing_address"]["city"], order["lines"][0]["quantity"]) == ("Lisbon", 9)

    def test_calls_show_as_they_come_in(self, page: Page, store: SandboxStore) -> None:
        """With the fault that struck them."""
        store.fault("GET", "/time", status=503)
        page.goto(f"{store.origin}/#/calls")
        page.get_by_role("heading", name="Calls").wait_for()
        store.api("GET", "/v2/time")
        page.get_by_role("cell", name="503").wait_for()

    def test_a_fault_and_a_setting_are_set(self, page: Page, store: SandboxStore) -> None:
        """By their forms."""
        page.goto(f"{store.origin}/#/faults")
        page.get_by_label("Respond with status").fill("429")
        page.get_by_role("button", name="Set the fault").click()
        page.get_by_text("responds with 429").wait_for()
        page.goto(f"{store.origin}/#/settings")
        page.get_by_label("plan").select_option("pro")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved.").wait_for()
        assert store.control("GET", "/settings")["plan"] == "pro"

    def test_hooks_and_their_deliveries_show_as_they_happen(self, page: Page, store: SandboxStore) -> None:
        """Who listens, what was delivered, and a fault set by its form."""
        page.goto(f"{store.origin}/#/webhooks")
        page.get_by_text("No hooks yet").wait_for()
        with Receiver() as receiver:
            store.hook("store/order/created", receiver.url)
            page.get_by_label("What happens").select_option("duplicate")
            page.get_by_role("button", name="Set the fault").click()
            page.get_by_role("cell", name="The same message is sent twice.").wait_for()
            store.place(kind="guest")
            receiver.wait(2)
        page.get_by_role("cell", name="delivered").nth(1).wait_for()
        page.get_by_text("(duplicate)").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    @pytest.mark.parametrize("kind", ["very_long", "right_to_left", "odd_name", "over_fifty_lines", "emoji"])
    def test_odd_orders_stay_within_a_narrow_page(self, page: Page, store: SandboxStore, kind: str) -> None:
        """Nothing makes a telephone's page scroll sideways; markup in names stays text."""
        order_id = store.place(kind=kind)[0]
        for path in ("/#/orders", f"/#/orders/{order_id}"):
            page.goto(f"{store.origin}{path}")
            page.get_by_role("heading", level=1).wait_for()
            page.get_by_text(str(order_id)).first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.locator("bdi b").count() == 0
