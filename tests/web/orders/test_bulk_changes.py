"""Many orders at once: chosen on several pages, changed in the background, printed part by part."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.platform.worker.bulk_changes import make_bulk_changes
from counterfoil.sales.models import BulkChange, OrderChange, OrderStatus, Printout, SalesOrder
from counterfoil.sales.orders.bulk_changes import KEPT, STANDS_STILL, ask_for_change
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.web.orders.selection import MOST_TICKED, packed, unpacked
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two are many."""
    monkeypatch.setattr("counterfoil.web.orders.bulk_status.AT_ONCE", 2)
    monkeypatch.setattr("counterfoil.web.orders.print_views.AT_ONCE", 2)
    monkeypatch.setattr("counterfoil.web.orders.print_views.PART", 2)


def picking() -> OrderStatus:
    """The status that orders are put into here."""
    return OrderStatus.objects.get(name="Picking")


def some_orders(count: int = 5) -> list[SalesOrder]:
    """Of one store."""
    store = a_store()
    return [an_order(store, number) for number in range(1, count + 1)]


def press(client: Client, orders: list[SalesOrder]) -> Any:
    """The button on the summary."""
    seen = {f"seen-{orders[0].status_id}": " ".join(str(order.number) for order in orders)}
    return client.post(reverse("orders-status"), {"status": picking().pk, "why": "Morning", "filter": "q=ada"} | seen)


def page_of(client: Client, path: str, **headers: str) -> str:
    """The page there."""
    return " ".join(client.get(path, headers=headers or None).content.decode().split())


def stop_after(number: int) -> Any:
    """Says after so many orders that the worker is to stop."""
    left = iter(range(number))
    return lambda: next(left, None) is None


def test_many_are_changed_by_the_worker_and_each_is_answered(clerk: Client) -> None:
    """Nothing is changed by the press; the page tells how far it is, then what became of each; it leads back."""
    *orders, gone_on, held = some_orders()
    change_status(gone_on.pk, OrderStatus.objects.get(name="Closed"), by="Grace")
    put_on_hold(held.pk, "Refunded", by="BigCommerce")
    path = press(clerk, [*orders, gone_on, held])["Location"]
    assert not SalesOrder.objects.filter(status=picking()).exists()
    page = page_of(clerk, path)
    assert "0 of 5" in page
    assert 'data-poll="1"' in page
    make_bulk_changes()
    page = page_of(clerk, path)
    assert "Done: 3 changed, 2 stayed as they were" in page
    assert 'data-poll="1"' not in page
    assert "It has since changed to Closed." in page
    assert "It is on hold." in page
    assert page.count(">Changed<") == 3
    assert f'href="{reverse("orders")}?q=ada"' in page
    assert OrderChange.objects.filter(field="status", after="Picking", by="clerk", why="Morning").count() == 3
    assert "To Picking" in page_of(clerk, reverse("orders-changes"))


def test_an_interrupted_change_goes_on_and_repeats_none(clerk: Client) -> None:
    """The page says that nobody is at it, and how far it came; the next worker does the rest."""
    path = press(clerk, some_orders())["Location"]
    make_bulk_changes(stop_after(2))
    assert "2 of 5" in page_of(clerk, path)
    BulkChange.objects.update(alive_at=timezone.now() - 2 * STANDS_STILL)
    page = page_of(clerk, path)
    assert "Interrupted" in page
    assert "it continues with the other 3 and repeats none" in page
    make_bulk_changes()
    make_bulk_changes()
    page = page_of(clerk, path)
    assert "Done: 5 changed" in page
    assert "It was interrupted and resumed" in page
    assert OrderChange.objects.filter(field="status").count() == 5


def test_pressed_twice_each_order_changes_once(clerk: Client) -> None:
    """The second change answers that they are there already."""
    orders = some_orders(3)
    press(clerk, orders)
    second = press(clerk, orders)["Location"]
    make_bulk_changes()
    assert OrderChange.objects.filter(field="status").count() == 3
    assert "Done: 0 changed, 3 stayed as they were" in page_of(clerk, second)
    assert "It is already Picking." in page_of(clerk, second)


def test_nobody_at_work_is_said(clerk: Client) -> None:
    """Before the first order, too; old changes are not kept for good."""
    orders = some_orders(3)
    path = press(clerk, orders)["Location"]
    assert "Waiting for a worker" not in page_of(clerk, path)
    BulkChange.objects.update(asked_at=timezone.now() - 2 * STANDS_STILL)
    assert "Waiting for a worker" in page_of(clerk, path)
    make_bulk_changes()
    BulkChange.objects.update(ended_at=timezone.now() - 2 * KEPT)
    ask_for_change({orders[0].number: None}, picking(), by="Ada")
    assert BulkChange.objects.count() == 1


def test_after_printing_many_their_status_goes_to_the_worker_too(clerk: Client) -> None:
    orders = some_orders(3)
    sent = {"order": [order.number for order in orders], "status": picking().pk}
    answer = clerk.post(reverse("print-status"), sent)
    make_bulk_changes()
    assert "Done: 3 changed" in page_of(clerk, answer["Location"])
    assert orders[0].changes.get(field="status").why == "Printed"


def test_pick_list_and_slips_are_one_document(clerk: Client) -> None:
    """The pick list first; both are noted as printed with one press; printed before of either is said."""
    orders = some_orders(2)
    sent = {"what": "both", "order": [order.number for order in orders]}
    page = page_of(clerk, reverse("print", query=sent))
    assert page.count("<html") == 1
    assert page.index("<h1>Pick list") < page.index("<h1>Packing slip")
    assert page.count("<h1>Packing slip") == 2
    clerk.post(reverse("printed"), sent)
    assert sorted(Printout.objects.values_list("kind", flat=True)) == ["packing_slip"] * 2 + ["pick_list"] * 2
    Printout.objects.filter(kind="pick_list").delete()
    assert "Printed before" in page_of(clerk, reverse("print", query=sent))


def test_the_sheets_of_many_come_part_by_part(clerk: Client, viewer: Client) -> None:
    """The pick list of all of them in one, slips two by two; what is held is left out, what has none is named."""
    *orders, digital, held = some_orders(6)
    digital.lines.update(kind="digital")
    put_on_hold(held.pk, "Refunded", by="BigCommerce")
    chosen = packed(order.number for order in SalesOrder.objects.all())
    page = page_of(viewer, reverse("print", query={"what": "both", "chosen": chosen}))
    parts = [each.replace("&amp;", "&") for each in re.findall(r'data-part="([^"]*)" data-number="\d+"', page)]
    assert "0 of 5 loaded" in page
    assert "1 on hold is left out: WEB-6" in page
    assert len(parts) == 1 + 3
    sheets = [page_of(viewer, part) for part in parts]
    assert "4 orders, by bin" in sheets[0]
    assert [each.count("<h1>Packing slip") for each in sheets] == [0, 2, 2, 0]
    assert 'data-nothing="WEB-5"' in sheets[3]
    assert all("<html" not in each for each in sheets)
    answer = clerk.post(reverse("printed"), {"what": "packing_slip", "order": [order.number for order in orders]})
    assert "chosen=" in answer["Location"]
    assert "printed by clerk" in page_of(clerk, answer["Location"])


def test_orders_chosen_on_other_pages_go_along_in_a_short_form(clerk: Client) -> None:
    """Every number is told once; nonsense is none; no more than a thousand."""
    orders = some_orders(3)
    numbers = [order.number for order in orders]
    assert unpacked(packed([5, 1001, 1, 1001, 10**12])) == [1, 5, 1001, 10**12]
    assert packed([1001, 1002, 1003, 1005]) == "rt.1.1.2"
    assert [unpacked(each) for each in ("", "x!", "1..2", "٣", "-1", "1." * 5)] == [[]] * 6
    assert len(unpacked(packed(range(1, 5000)))) == MOST_TICKED
    asked = {"status": picking().pk, "chosen": packed(numbers[:2]), "order": numbers[1:]}
    assert "Change 3 sales orders to Picking" in page_of(clerk, reverse("orders-status", query=asked))
    page = page_of(clerk, reverse("order-exports", query={"chosen": packed(numbers)}))
    assert page.count('name="order" value=') == 3


def test_a_chosen_order_that_left_the_list_is_named(clerk: Client) -> None:
    """With its status, and the numbers that no order has; nothing where all are there."""
    first, second, _ = some_orders(3)
    put_on_hold(second.pk, "Refunded", by="BigCommerce")
    chosen = packed([first.number, second.number, 999_999])
    query = {"chosen": chosen, "filter": "show=to_ship&page=2"}
    page = page_of(clerk, reverse("order-selection", query=query))
    assert "1 of the 3 selected isn’t in this list" in page
    assert ">WEB-2</a>" in page
    assert "WEB-1" not in page
    assert "1 no longer exists:</strong> 999999." in page
    assert f'data-drop="{second.number} 999999"' in page
    query["chosen"] = packed([first.number])
    assert "not in this list" not in page_of(clerk, reverse("order-selection", query=query))
