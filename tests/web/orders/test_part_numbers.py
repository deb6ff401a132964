"""Where a page names an item, it is our part number, and next to it what the store sold it as."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus, Product, SalesOrder
from counterfoil.sales.orders.status import change_status
from counterfoil.sales.products.edit import add_product
from counterfoil.stores.attention.unknown_skus import add_alias
from counterfoil.web.shipments.form import ShipForm
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
SOLD_AS = 'sold as <span class="part">ENGINE-1</span>'


@pytest.fixture
def order() -> SalesOrder:
    """The store's ENGINE-1 is our GEAR-7."""
    order = an_order(a_store(), 1)
    add_product("GEAR-7", by="Ada")
    add_alias("WEB-", "ENGINE-1", "GEAR-7", by="Ada")
    return order


def text(client: Client, name: str, *args: object, **query: object) -> str:
    """A page."""
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("tab", ["items", "addresses", "shipping"])
def test_an_order_s_tabs_show_both(order: SalesOrder, clerk: Client, tab: str) -> None:
    """The items, where they go, and what lies in the parcels."""
    a_shipment(order)
    page = text(clerk, "order", order.number, tab=tab)
    assert "GEAR-7" in page
    assert SOLD_AS in page
    assert 'sold as <span class="part">ENGINE-0' not in page


@pytest.mark.parametrize("name", ["order-ship", "order-quantities"])
def test_what_is_shipped_and_cancelled_is_ours(order: SalesOrder, clerk: Client, name: str) -> None:
    """On the pages on which it is done."""
    page = text(clerk, name, order.number)
    assert '<span class="part">GEAR-7</span>' in page
    assert SOLD_AS in page


PRINTED = ({"what": "pick_list", "by": "order"}, {"what": "pick_list", "by": "bin"}, {"what": "packing_slip"})


@pytest.mark.parametrize("what", PRINTED, ids=str)
def test_what_is_printed_shows_both(order: SalesOrder, clerk: Client, what: dict[str, str]) -> None:
    """Who picks looks for ours; the shopper knows what the store called it."""
    Product.objects.update(bin="A-1")
    page = text(clerk, "print", order=order.number, **what)
    assert "GEAR-7" in page
    assert "sold as ENGINE-1" in page


def test_an_order_is_found_by_both_and_a_product_shows_what_its_orders_came_as(
    order: SalesOrder, clerk: Client
) -> None:
    """In the list of orders, among the shipments, and on the product's page."""
    a_shipment(order)
    for words in ("gear-7", "engine-1"):
        assert order.name in text(clerk, "orders", q=words)
        assert order.name in text(clerk, "shipments", q=words)
    page = text(clerk, "product", Product.objects.get(part_number="GEAR-7").pk)
    assert order.name in page
    assert "ENGINE-1" in page


def test_what_is_open_of_an_item_is_refused_by_our_name(order: SalesOrder, clerk: Client) -> None:
    """A refusal names what the clerk sees."""
    line = order.lines.get(part_number="ENGINE-1")
    form = ShipForm(order)
    sent = {"parcels": "1", "seen": form.seen, "p0-address": str(line.ship_to_id), f"p0-q{line.pk}": "99"}
    answer = clerk.post(reverse("order-ship", args=[order.number]), sent)
    assert "99 × GEAR-7 is too many" in answer.content.decode()


def set_status(client: Client, order: SalesOrder, name: str, **more: str) -> str:
    """The answer of the page to a status, followed."""
    sent = {"status": OrderStatus.objects.get(name=name).pk} | more
    return client.post(reverse("order-status", args=[order.number]), sent, follow=True).content.decode()


def test_shipped_by_hand_is_asked_about(order: SalesOrder, clerk: Client) -> None:
    """With the way to a shipment first, and the reason kept; pressed again, it is set."""
    page = set_status(clerk, order, "Shipped", why="Told by phone")
    assert "4 items are still open. Process a shipment?" in page
    assert reverse("order-ship", args=[order.number]) in page
    assert 'value="Told by phone"' in page
    assert SalesOrder.objects.get().status.name == "New"
    assert "Status changed to Shipped." in set_status(
        clerk, order, "Shipped", anyway="4 items are still open. Process a shipment?", why="Told by phone"
    )
    assert order.changes.get(field="status").why == "Told by phone"


def test_a_status_that_holds_says_how_it_ends(order: SalesOrder, clerk: Client, manager: Client) -> None:
    """A clerk puts the order elsewhere; a manager may also release it."""
    set_status(clerk, order, "On Hold")
    page = text(clerk, "order", order.number)
    assert "Its order status puts it on hold." in page
    assert "Change its order status, or ask a manager to release it." in page
    assert page.count(">On Hold</span>") + page.count(">On hold</span>") == 1
    assert "Release from hold …" in text(manager, "order", order.number)
    assert "Release it first?" in set_status(clerk, order, "Shipped")
    set_status(clerk, order, "Released")
    assert not SalesOrder.objects.get().is_held


def test_after_printing_what_stays_is_named(order: SalesOrder, clerk: Client) -> None:
    """An order with open items does not become Shipped because it was printed; the others do."""
    free = an_order(order.web_order.integration, 2)
    free.lines.update(kind="digital")
    sent = {"what": "packing_slip", "order": [order.number, free.number]}
    sent |= {"status": OrderStatus.objects.get(name="Shipped").pk}
    page = clerk.post(reverse("print-status"), sent, follow=True).content.decode()
    assert "1 sales order changed to Shipped." in page
    assert "WEB-1: It is not completely shipped." in page


def test_bulk_leaves_out_what_is_open_and_says_so(order: SalesOrder, clerk: Client) -> None:
    """In the summary, before anything is done."""
    held = an_order(order.web_order.integration, 2)
    change_status(held.pk, OrderStatus.objects.get(name="On Hold"), by="Ada")
    sent = {"order": [order.number, held.number], "status": OrderStatus.objects.get(name="Shipped").pk}
    page = clerk.get(reverse("orders-status"), sent).content.decode()
    assert "is not completely shipped" in page
    assert "is on hold" in page
    assert "No orders to change to Shipped" in page
