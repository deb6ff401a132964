"""Pick lists and packing slips: what stands on them, who printed them, what follows."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderAddress, OrderLine, OrderStatus, Printout, PrintoutKind, Product, SalesOrder
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.web.orders.printouts import picks_by_bin, printed_orders, slips
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
PICK, SLIP = PrintoutKind.PICK_LIST, PrintoutKind.PACKING_SLIP


def lying_in(bin_: str, part_number: str) -> None:
    """The lines of this part number are of a product that lies in the bin."""
    product, _ = Product.objects.update_or_create(part_number=part_number, defaults={"bin": bin_})
    OrderLine.objects.filter(part_number=part_number).update(product=product)


def page(client: Client, *orders: SalesOrder, what: str = "pick_list", **more: str) -> str:
    """The page to print."""
    sent = {"what": what, "order": [str(order.number) for order in orders]} | more
    return client.get(reverse("print"), sent).content.decode()


def test_a_pick_list_by_bin_gathers_many_orders() -> None:
    """By bin, then part number; what has no bin last; a kit's parts instead of the kit; only what is open."""
    integration = a_store()
    first, second = an_order(integration, 1, lines=4), an_order(integration, 2, lines=4)
    lying_in("B-2", "ENGINE-1")
    lying_in("A-9", "ENGINE-3")
    OrderLine.objects.filter(order=second, part_number="ENGINE-3").update(shipped=1)
    picks = picks_by_bin(printed_orders([first.number, second.number], PICK))
    assert [(pick.bin, pick.part_number, pick.quantity) for pick in picks] == [
        ("A-9", "ENGINE-3", 3),
        ("B-2", "ENGINE-1", 4),
        ("", "ENGINE-2", 4),
    ]
    assert picks[0].orders == ["WEB-1 (2)", "WEB-2 (1)"]


def test_a_pick_list_by_order_shows_the_kit_as_a_heading(clerk: Client) -> None:
    """With its parts below it, the customer's message, and ship via."""
    order = an_order(a_store())
    text = page(clerk, order, by="order")
    assert "(kit: pick its parts)" in text
    assert text.index("ENGINE-0") < text.index("└ ENGINE-1")
    assert "Please leave it with the porter." in text
    assert "Royal Mail Tracked 24" in text


def test_a_packing_slip_has_what_the_packer_and_the_client_need(clerk: Client) -> None:
    """Address, items under their kits, options, messages, import ID and PO number; no price."""
    order = an_order(a_store())
    order.lines.filter(position=0).update(wrapping="Paper", wrapping_message="Happy birthday, Charles!")
    text = page(clerk, order, what="packing_slip")
    for words in (
        "1 Dorset Street",
        "└ ENGINE-1",
        "Finish: polished",
        "Happy birthday, Charles!",
        "Please leave it with the porter.",
        "WEB-10234",
        "PO-10234",
        "Royal Mail Tracked 24",
        "Delivery note: Ring twice",
    ):
        assert words in text
    assert "39.99" not in text


def test_each_address_gets_a_slip_of_its_own() -> None:
    """With the lines that go there; digital lines are on none."""
    order = an_order(a_store(), lines=3)
    there = order.addresses.get(kind="ship_to")
    there.pk, there.position, there.source_id, there.first_name = None, 2, 77, "Grace"
    there.save()
    order.lines.filter(position=2).update(ship_to=there)
    found = slips(printed_orders([order.number], SLIP))
    assert [[each.line.part_number for each in slip.lines] for slip in found] == [
        ["ENGINE-0", "ENGINE-1"],
        ["ENGINE-2"],
    ]
    order.lines.filter(position=2).update(kind="digital")
    assert len(slips(printed_orders([order.number], SLIP))) == 1
    assert OrderAddress.objects.filter(order=order).count() == 3


def test_what_is_on_hold_is_left_out_and_named(clerk: Client) -> None:
    """Nobody picks what may not be shipped."""
    integration = a_store()
    free, held = an_order(integration, 1), an_order(integration, 2)
    put_on_hold(held.pk, "The order was cancelled in the store.", by="BigCommerce")
    text = page(clerk, free, held)
    assert "1 on hold is left out: WEB-2" in text
    assert "WEB-2 (2)" not in text
    clerk.post(reverse("printed"), {"what": "pick_list", "order": [free.number, held.number]})
    assert [each.order for each in Printout.objects.all()] == [free]


def test_who_printed_when_is_kept_and_shown_before_the_next_time(clerk: Client, manager: Client) -> None:
    """Confirmed by a press; the slip knows nothing of the pick list; the history has both."""
    order = an_order(a_store())
    answer = clerk.post(reverse("printed"), {"what": "pick_list", "order": order.number}, follow=True)
    assert "Marked as printed by clerk." in answer.content.decode()
    assert re.search("Printed before: WEB-10234 .* by clerk", page(manager, order))
    assert "Printed before" not in page(manager, order, what="packing_slip")
    history = clerk.get(reverse("order", args=[order.number]), {"tab": "history"}).content.decode()
    assert "Pick list." in history


def test_after_printing_all_orders_go_to_a_status_with_one_press(clerk: Client) -> None:
    """Picking is suggested after a pick list; each order's history says why."""
    integration = a_store()
    orders = [an_order(integration, number) for number in (1, 2)]
    picking = OrderStatus.objects.get(name="Picking")
    assert f'<option value="{picking.pk}" selected>' in page(clerk, *orders)
    sent = {"order": [order.number for order in orders], "status": picking.pk}
    answer = clerk.post(reverse("print-status"), sent, follow=True)
    assert "2 sales orders changed to Picking." in answer.content.decode()
    assert set(SalesOrder.objects.values_list("status__name", flat=True)) == {"Picking"}
    assert orders[0].changes.filter(field="status", why="Printed").exists()
    OrderStatus.objects.filter(name="Closed").update(retired=True)
    sent["status"] = OrderStatus.objects.get(name="Closed").pk
    assert "is retired" in clerk.post(reverse("print-status"), sent, follow=True).content.decode()


def test_without_a_choice_the_list_says_what_to_do(clerk: Client) -> None:
    """Nothing was ticked, or what was is gone."""
    answer = clerk.get(reverse("print"), {"what": "pick_list"}, follow=True)
    assert "Choose at least one sales order to print." in answer.content.decode()
