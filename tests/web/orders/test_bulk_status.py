"""Many sales orders at once: the summary before, what is done, and what did not go well."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders import bulk_status
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.stores.models import StatusMapping, StoreUpdate, UpdateCause, WebIntegration, WebOrder
from tests.web.conftest import logged_in
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
PAGE = "orders-status"


def picking() -> OrderStatus:
    """The status that orders are put into here."""
    return OrderStatus.objects.get(name="Picking")


def a_store_that_is_told(code: str = "WEB-") -> WebIntegration:
    """Picking is Awaiting Pickup there."""
    store = a_store(code, push_status=True)
    StatusMapping.objects.create(integration=store, order_status=picking(), status_id=StatusId.AWAITING_PICKUP)
    return store


def summary(client: Client, *orders: SalesOrder, **asked: Any) -> str:
    """The page before anything is done."""
    sent = {"status": picking().pk, "order": [order.number for order in orders]} | asked
    return " ".join(client.get(reverse(PAGE), sent).content.decode().split())


def press(client: Client, *orders: SalesOrder, **more: Any) -> Any:
    """The button on the summary."""
    sent = {"status": picking().pk} | more
    for order in orders:
        sent[f"seen-{order.status_id}"] = f"{sent.get(f'seen-{order.status_id}', '')} {order.number}"
    return client.post(reverse(PAGE), sent, follow=True)


def test_the_summary_says_what_each_store_is_told(clerk: Client) -> None:
    """By its own mapping; a store that is not told says why; an order that is never written over is named."""
    told = a_store_that_is_told()
    orders = [an_order(told, number) for number in (1, 2)]
    orders.append(an_order(a_store("OFF-"), 3))
    WebOrder.objects.filter(bigcommerce_order_id=2).update(status_seen=StatusId.PARTIALLY_REFUNDED)
    page = summary(clerk, *orders)
    assert "Change 3 sales orders to Picking" in page
    assert "become <strong>Awaiting Pickup</strong> there." in page
    assert "1 of them is in a status there that is never overwritten" in page
    assert "nothing, because “Push order status updates” is off." in page
    assert not StoreUpdate.objects.filter(cause=UpdateCause.MAPPED).exists()


def test_a_status_that_is_not_assigned_sends_nothing_and_the_summary_says_so(clerk: Client) -> None:
    order = an_order(a_store(push_status=True))
    assert "nothing, because Picking isn’t assigned to a status there." in summary(clerk, order)


def test_what_is_left_out_is_listed_with_its_reason(clerk: Client) -> None:
    """Not in what the button does."""
    store = a_store_that_is_told()
    free, held = an_order(store, 1), an_order(store, 2)
    put_on_hold(held.pk, "The order was cancelled in the store.", by="BigCommerce")
    page = summary(clerk, free, held)
    assert "Change 1 sales order to Picking" in page
    assert "is on hold" in page
    assert f'name="seen-{free.status_id}" value="{free.number} "' in page


def test_one_press_moves_them_and_tells_the_stores(clerk: Client) -> None:
    """Then the list says how many, as it was narrowed before."""
    store = a_store_that_is_told()
    orders = [an_order(store, number) for number in (1, 2)]
    answer = press(clerk, *orders, why="Morning round", filter="store=WEB-&q=engine")
    assert answer.redirect_chain[0][0] == f"{reverse('orders')}?store=WEB-&q=engine"
    assert "2 sales orders changed to Picking." in answer.content.decode()
    assert set(SalesOrder.objects.values_list("status__name", flat=True)) == {"Picking"}
    assert orders[0].changes.get(field="status").why == "Morning round"
    assert StoreUpdate.objects.filter(cause=UpdateCause.MAPPED, status_id=StatusId.AWAITING_PICKUP).count() == 2


def test_the_result_names_each_order_that_stayed_and_why(clerk: Client) -> None:
    """Someone else was quicker with one of them."""
    store = a_store_that_is_told()
    first, second = an_order(store, 1), an_order(store, 2)
    change_status(second.pk, OrderStatus.objects.get(name="Shipped"), by="Grace")
    page = press(clerk, first, second).content.decode()
    assert "1 sales order changed to Picking." in page
    assert "1 order not changed" in page
    assert "WEB-2" in page
    assert "It has since changed to Shipped." in page


def test_all_that_match_are_taken_not_only_one_page(clerk: Client) -> None:
    """The list's filter decides, whatever is ticked next to it."""
    ours, others = a_store("WEB-"), a_store("OFF-")
    for number in range(60):
        an_order(ours, number + 1)
    stranger = an_order(others, 1)
    page = summary(clerk, stranger, all=1, filter="store=WEB-")
    assert "Change 60 sales orders to Picking" in page
    assert "Selected: Store: WEB- Web shop." in page
    assert "OFF-1" not in page
    assert "Selected: To ship; Store: WEB- Web shop." in summary(
        clerk, stranger, all=1, filter="show=to_ship&store=WEB-"
    )


def test_more_than_are_done_at_once_are_said(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest first."""
    monkeypatch.setattr(bulk_status, "MOST_ORDERS", 2)
    store = a_store()
    for number in (1, 2, 3):
        an_order(store, number)
    page = summary(clerk, all=1)
    assert "Change 2 sales orders to Picking" in page
    assert "oldest are included" in page
    assert "WEB-3" not in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"status": "999"}, "Choose an order status."),
        ({"status": "x", "order": "1"}, "Choose an order status."),
        ({}, "Choose at least one sales order."),
        ({"order": ["-1", "99999999999999999999", "drop"]}, "Choose at least one sales order."),
        ({"all": "1", "filter": "store=NONE-&status=999&since=x\x00"}, "Choose at least one sales order."),
    ],
)
def test_nonsense_leads_back_to_the_list(asked: dict[str, Any], said: str, clerk: Client) -> None:
    """With a sentence that says what is missing."""
    an_order(a_store())
    answer = clerk.get(reverse(PAGE), {"status": picking().pk} | asked, follow=True)
    assert said in answer.content.decode()
    answer = clerk.post(reverse(PAGE), {"status": picking().pk} | asked, follow=True)
    assert answer.redirect_chain
    assert not SalesOrder.objects.filter(status=picking()).exists()


def test_the_list_offers_what_may_be_done(clerk: Client) -> None:
    """Each status that is not retired; a viewer can only print."""
    an_order(a_store())
    OrderStatus.objects.filter(name="Closed").update(retired=True)
    page = clerk.get(reverse("orders")).content.decode()
    assert f'name="status" value="{picking().pk}" formaction="{reverse(PAGE)}"' in page
    assert ">Closed</button>" not in page
    page = logged_in(Role.VIEWER).get(reverse("orders")).content.decode()
    assert "Print pick list" in page
    assert "Change status" not in page


def test_all_that_match_are_printed_up_to_a_bound(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how many are left."""
    monkeypatch.setattr("counterfoil.web.orders.print_views.MOST_ORDERS", 2)
    store = a_store()
    for number in (1, 2, 3):
        an_order(store, number)
    page = clerk.get(reverse("print"), {"what": "pick_list", "all": 1, "filter": "store=WEB-"}).content.decode()
    assert "2 orders, by bin" in page
    assert "1 more match" in page
    assert "WEB-3" not in page
