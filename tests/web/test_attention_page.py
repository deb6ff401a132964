"""Needs attention: every item with its reason and next step, and buttons that mend it."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import Product, SalesOrder
from counterfoil.stores.models import (
    StoreState,
    StoreUpdate,
    UnknownProduct,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from tests.house import connect, turn, web_order
from tests.store import SandboxStore
from tests.web.books import a_conflict, a_refused_order, a_store, an_order

pytestmark = pytest.mark.django_db


def the_page(client: Client) -> str:
    """The page as it is now."""
    return client.get(reverse("attention")).content.decode()


def test_all_that_needs_a_person_is_listed_the_oldest_first(clerk: Client) -> None:
    """A waiting store, a refused order, an update that failed, a conflict."""
    integration = a_store()
    order = an_order(integration, 3)
    a_refused_order(integration, 2)
    a_refused_order(integration, 1)
    StoreUpdate.objects.create(
        web_order=web_order(3), status_id=9, cause="mapped", state=UpdateState.FAILED, reason="It was changed there."
    )
    a_conflict(order)
    StoreState.objects.update(trouble_code="unreachable", trouble="The store does not answer.")
    page = the_page(clerk)
    for sentence in ("The order has no items.", "It was changed there.", "The store does not answer.", "PO-8"):
        assert sentence in page
    assert page.index('id="item-order-') < page.index("WEB-2")
    assert page.index("WEB-1") < page.index("WEB-2")
    assert '<span id="attention-badge" class="count"' in page
    assert ">5<span" in page


def test_a_missing_product_is_added_with_one_press_and_the_order_comes(store: SandboxStore, clerk: Client) -> None:
    """Part number and description stand there already; the order is imported at the next turn."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    (number,) = store.place(1)
    turn(integration)
    assert web_order(number).reason_code == "unknown_product"
    page = the_page(clerk)
    for line in store.order(number)["lines"]:
        assert line["sku"] in page
        sent = {"import_id": f"WEB-{number}", "part_number": line["sku"], "description": line["name"]}
        clerk.post(reverse("add-product"), sent)
    assert Product.objects.count() == len({line["sku"] for line in store.order(number)["lines"]})
    turn(integration)
    assert SalesOrder.objects.get().import_id == f"WEB-{number}"
    assert "Nothing needs you" in the_page(clerk)


def test_skipping_needs_a_reason_and_keeps_what_was_entered(clerk: Client) -> None:
    """Without a reason nothing is skipped; with one, the order is ignored and says why and by whom."""
    integration = a_store()
    a_refused_order(integration, 5)
    answer = clerk.post(reverse("skip"), {"import_id": "WEB-5", "reason": "  "})
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode()
    assert '<details class="skip" open>' in answer.content.decode()
    clerk.post(reverse("skip"), {"import_id": "WEB-5", "reason": "A test of the shop"})
    skipped = WebOrder.objects.get()
    assert skipped.state == WebOrderState.IGNORED
    assert skipped.reason == "Skipped by clerk: A test of the shop"
    assert "Nothing needs you" in the_page(clerk)


def test_only_a_manager_sees_the_button_that_accepts_a_difference(clerk: Client, manager: Client) -> None:
    """And only where a difference is what stopped the order."""
    a_refused_order(a_store(), 5, code="totals")
    assert "Accept the difference" not in the_page(clerk)
    assert "Accept the difference" in the_page(manager)
    manager.post(reverse("accept"), {"import_id": "WEB-5"})
    order = WebOrder.objects.get()
    assert order.accepted_difference == order.difference
    assert order.read_again


def test_retry_all_asks_for_every_order_again(clerk: Client) -> None:
    """The worker does it; pressing it with nothing to do says so."""
    integration = a_store()
    for number in (1, 2, 3):
        a_refused_order(integration, number)
    answer = clerk.post(reverse("retry"), {"all": "1"}, follow=True)
    assert "3 are tried again within seconds." in answer.content.decode()
    assert not WebOrder.objects.filter(read_again="").exists()
    WebOrder.objects.all().delete()
    assert "There is nothing to try again." in clerk.post(reverse("retry"), {"all": "1"}, follow=True).content.decode()


def test_many_items_come_in_pages(clerk: Client) -> None:
    """Fifty at a time, and the number of all."""
    integration = a_store()
    for number in range(1, 121):
        a_refused_order(integration, number)
    page = the_page(clerk)
    assert page.count('<article class="card attention"') == 50
    assert "120, the oldest first" in page
    assert "Page 1 of 3" in page


def test_an_unseen_order_is_asked_for_in_the_store_and_imported_by_hand(store: SandboxStore, clerk: Client) -> None:
    """Where is order N? In the store, in a status outside import; a clerk wants it all the same."""
    integration = connect(store)
    (number,) = store.place(1, status_id=7)
    found = clerk.get(reverse("orders"), {"q": str(number)}).content.decode()
    assert f"No order {number} was seen here." in found
    page = clerk.get(reverse("where"), {"number": number}).content.decode()
    assert "It does not stand in a new order status." in page
    assert "Awaiting Payment" in page
    assert not WebOrder.objects.exists()
    clerk.post(reverse("import-order"), {"store": "WEB-", "number": number})
    turn(integration)
    assert SalesOrder.objects.get().web_order_number == str(number)
    assert WebIntegration.objects.count() == 1


def test_a_product_that_someone_has_just_added_is_not_written_over(clerk: Client) -> None:
    """Whoever comes second is told so; the description of the first one stays."""
    Product.objects.create(part_number="OUR-1", description="Tea towel")
    sent = {"part_number": "OUR-1", "description": "Something else"}
    answer = clerk.post(reverse("add-product"), sent, follow=True).content.decode()
    assert "There is a product OUR-1 already." in answer
    assert Product.objects.get().description == "Tea towel"
