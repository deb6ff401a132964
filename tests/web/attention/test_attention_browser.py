"""A real browser resolves what stops orders: an SKU, a client, two clients, a field, a total; and looks ahead."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from counterfoil.sales.models import Client, OrderLine, Product
from counterfoil.stores.models import UnknownProduct, WebOrder, WebOrderState
from tests.factories import connect, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.clients_and_products import a_client
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.test_first_order_browser import browser, context, log_in, page

__all__ = ["browser", "context", "page"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True)
KIND = "registered"


@pytest.fixture
def mira(page: Page, live_server: Any) -> Page:
    """A manager who is logged in."""
    a_person("manager", name="mira")
    log_in(page, live_server.url, "mira", PASSWORD)
    expect(page.get_by_role("link", name="Custom fields")).to_be_visible()
    return page


def open_order(page: Page, number: int) -> None:
    """As a person does, from the list."""
    page.get_by_role("link", name="Sales orders").first.click()
    page.get_by_role("cell", name=f"WEB-{number}", exact=True).click()
    expect(page.get_by_role("heading", name="Sales order")).to_be_visible()


def renamed(store: SandboxStore, order_id: int, sku: str) -> None:
    """The first item of the order came under this SKU; the others are in the product list."""
    first, *rest = store.order(order_id)["lines"]
    for line in rest:
        Product.objects.get_or_create(part_number=line["sku"])
    store.edit(order_id, lines=[{"id": first["id"], "sku": sku}, *({"id": line["id"]} for line in rest)], raw=True)


def test_one_alias_resolves_ten_orders_that_an_unknown_sku_kept_out(mira: Page, store: SandboxStore) -> None:
    """From Needs attention to the product that we have under another number; the orders come, and nobody reloads."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    numbers = store.place(10, kind=KIND)
    for number in numbers:
        renamed(store, number, "THEIRS")
    Product.objects.create(part_number="OUR-7", description="The same thing by our own name")
    run_sync(integration)
    assert {web_order(number).state for number in numbers} == {WebOrderState.NOT_IMPORTED}

    mira.get_by_role("link", name="Needs attention").click()
    expect(mira.locator("#inbox")).to_contain_text("10 orders")
    mira.get_by_role("link", name="Match to our product … THEIRS").click()
    mira.get_by_role("searchbox", name="Search by part number").press_sequentially("own name")
    mira.get_by_label("OUR-7").check()
    mira.get_by_role("button", name="Use this one").click()
    expect(mira.get_by_text("THEIRS is OUR-7. 10 orders will be retried within seconds.")).to_be_visible()
    expect(mira.get_by_role("status").filter(has_text="0 of 10 resolved")).to_be_visible()
    run_sync(integration)

    expect(mira.get_by_text("All 10 resolved.")).to_be_visible()
    expect(mira.get_by_role("heading", name="All caught up")).to_be_visible()
    line = OrderLine.objects.get(order=sales_order(numbers[0]), product__part_number="OUR-7")
    open_order(mira, numbers[0])
    expect(mira.get_by_role("cell", name=line.part_number).first).to_be_visible()


def test_an_order_moves_to_the_right_client_and_the_next_one_finds_it(mira: Page, store: SandboxStore) -> None:
    """The page says why it was this client; moved, the buyer's next order goes to the right one by itself."""
    integration = connect(store)
    right = a_client(name="The Right Company Ltd")
    (number,) = store.place(1, kind=KIND)
    run_sync(integration)
    customer = store.order(number)["header"]["customer_id"]

    open_order(mira, number)
    mira.get_by_text("Why this client?").click()
    expect(mira.get_by_text("No existing client matched, so this one was created from the order.")).to_be_visible()
    mira.get_by_role("link", name="Change client …").click()
    mira.get_by_role("searchbox").press_sequentially("right comp")
    mira.get_by_label("The Right Company Ltd").check()
    mira.get_by_label("Why (optional)").fill("They moved")
    mira.get_by_role("button", name="Move the order").click()
    expect(mira.get_by_text("The order now belongs to The Right Company Ltd")).to_be_visible()
    expect(mira.locator(".why-client summary")).to_contain_text("mira chose this client.")

    (following,) = store.place(1, kind=KIND, customer_id=customer)
    run_sync(integration)
    assert sales_order(following).client == right
    mira.get_by_role("link", name="History").click()
    expect(mira.locator(".history")).to_contain_text("They moved")


def test_two_clients_that_are_one_are_merged_after_a_look(mira: Page, store: SandboxStore) -> None:
    """What moves is shown first; then the orders are the other's, and the next order finds it."""
    integration = connect(store)
    first, second = store.place(1, kind=KIND) + store.place(1, kind=KIND)
    run_sync(integration)
    keep, drop = sales_order(first).client, sales_order(second).client
    assert keep != drop
    Client.objects.filter(pk=drop.pk).update(name="Twin GmbH")

    mira.get_by_role("link", name="Clients").click()
    mira.get_by_role("searchbox").fill(keep.name)
    mira.get_by_role("link", name=keep.name, exact=True).click()
    mira.get_by_role("link", name="Merge another client …").click()
    mira.get_by_role("searchbox").press_sequentially("twin")
    mira.get_by_label("Twin GmbH").check()
    mira.get_by_role("button", name="Preview merge").click()
    expect(mira.get_by_role("heading", name="What moves")).to_be_visible()
    expect(mira.locator(".tally")).to_contain_text("1 sales order")
    assert sales_order(second).client == drop
    mira.get_by_role("button", name="Merge Twin GmbH into").click()
    expect(mira.get_by_text(f"Twin GmbH was merged into {keep.name}.")).to_be_visible()
    expect(mira.get_by_role("cell", name=f"WEB-{second}", exact=True).first).to_be_visible()

    customer = store.order(second)["header"]["customer_id"]
    (following,) = store.place(1, kind=KIND, customer_id=customer)
    run_sync(integration)
    assert sales_order(following).client == keep


def test_a_field_is_mapped_from_the_order_and_appears_on_the_next_import(mira: Page, store: SandboxStore) -> None:
    """Defined, tried live on a stored order, checked against the last ones, saved; the next order shows it."""
    integration = connect(store)
    store.place(3, kind=KIND)
    run_sync(integration)

    mira.get_by_role("link", name="Custom fields").click()
    mira.get_by_label("Label", exact=True).fill("Paid by")
    mira.get_by_role("button", name="Add").click()
    expect(mira.get_by_text("“Paid by” is now a field of every sales order.")).to_be_visible()
    mira.get_by_role("link", name="Web integrations").click()
    mira.get_by_role("link", name="WEB-", exact=True).click()
    mira.get_by_role("link", name="Field mapping").click()
    mira.get_by_role("link", name="Map Paid by").click()
    mira.get_by_label("Expression").press_sequentially("order.payment_methot")
    expect(mira.locator("#tried")).to_contain_text("Error")
    mira.get_by_role("button", name="Check the last 100 orders").click()
    expect(mira.locator("#tried")).to_contain_text("It fails on 3 of the last 3 orders.")
    mira.get_by_label("Expression").press("Backspace")
    mira.get_by_label("Expression").press_sequentially("d")
    expect(mira.locator("#tried")).to_contain_text("Value")
    mira.get_by_role("button", name="Check the last 100 orders").click()
    expect(mira.locator("#tried")).to_contain_text("It fails on none of the last 3 orders.")
    mira.get_by_role("button", name="Save").click()
    expect(mira.get_by_text("“Paid by” will be filled from the next import on.")).to_be_visible()

    (number,) = store.place(1, kind=KIND)
    run_sync(integration)
    open_order(mira, number)
    expect(mira.locator(".further")).to_contain_text(store.order(number)["header"]["payment_method"])
    mira.get_by_role("link", name="Edit fields").click()
    mira.get_by_label("Paid by").fill("Cash on the nail")
    mira.get_by_role("button", name="Save").click()
    expect(mira.locator(".further")).to_contain_text("Cash on the nail")


def test_the_preview_says_what_the_import_then_does(mira: Page, store: SandboxStore) -> None:
    """Imported, refused for a product, refused for a total, updated: each row is right, and nothing was written."""
    integration = connect(store)
    (known,) = store.place(1, kind=KIND)
    run_sync(integration)
    store.edit(known, customer_message="Please hurry", status_id=11)
    (good,) = store.place(1, kind=KIND)
    (odd,) = store.place(1, kind=KIND, coupon_discount="3.0000")
    mira.get_by_role("link", name="Web integrations").click()
    mira.get_by_role("link", name="WEB-", exact=True).click()
    mira.get_by_role("link", name="Import preview").click()
    mira.get_by_role("button", name="Preview now").click()
    expect(mira.locator(f"#preview-{good}")).to_contain_text("Will be imported")
    expect(mira.locator(f"#preview-{odd}")).to_contain_text("Won’t be imported")
    expect(mira.locator(f"#preview-{known}")).to_contain_text("Will be updated")
    expect(mira.locator(f"#preview-{known}")).to_contain_text("Please hurry")
    assert not WebOrder.objects.filter(bigcommerce_order_id__in=[good, odd]).exists()
    reason = mira.locator(f"#preview-{odd} td").last.locator("div").first.inner_text()
    run_sync(integration)
    assert [web_order(number).state for number in (good, odd)] == [WebOrderState.IMPORTED, WebOrderState.NOT_IMPORTED]
    assert web_order(odd).reason == reason
    assert sales_order(known).customer_message == "Please hurry"


def test_a_manager_accepts_a_difference_in_the_total_as_a_rounding_line(mira: Page, store: SandboxStore) -> None:
    """The sum is shown; accepted, the order is imported, and the line stands where the total is made up."""
    integration = connect(store)
    (number,) = store.place(1, kind=KIND, coupon_discount="3.0000")
    run_sync(integration)
    mira.get_by_role("link", name="Needs attention").click()
    mira.get_by_role("button", name="Accept 3.00").click()
    expect(mira.get_by_text(f"WEB-{number} is imported with a Rounding line.")).to_be_visible()
    run_sync(integration)
    open_order(mira, number)
    mira.locator("#tab-payment").click()
    expect(mira.get_by_role("row", name="Rounding")).to_be_visible()
    assert sales_order(number).rounding != 0
