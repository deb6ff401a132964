"""Pick lists and packing slips: what stands on them, who printed them, what follows."""

import re

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import OrderAddress, OrderLine, OrderStatus, Printout, PrintoutKind, Product, SalesOrder
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import StoreLogo, WebIntegration
from counterfoil.web.orders.printouts import natural, picks_by_bin, printed_orders, slips
from counterfoil.web.paper.messages import CUT, CUT_FOR_CUSTOMERS, capped
from tests.web.factories.orders import a_changed_address, a_store, an_order
from tests.web.paper.pictures import PNG_PICTURE

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


def test_a_slip_printed_after_shipping_says_what_was_shipped(clerk: Client) -> None:
    """Not that there is nothing to pack; while something is open, that is what it says."""
    order = an_order(a_store())
    assert "To pack" in page(clerk, order, what="packing_slip")
    OrderLine.objects.update(shipped=F("quantity"))
    text = page(clerk, order, what="packing_slip")
    assert "To pack" not in text
    assert re.findall(r'class="end big">\s*(\d+)', text) == ["2", "2"]


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


def test_both_in_one_go_name_the_picker_and_ask_about_a_changed_address(clerk: Client) -> None:
    """The sheets inside the page, and those that are loaded in parts, know who prints."""
    order = an_order(a_store())
    a_changed_address(order)
    both = page(clerk, order, what="both")
    assert f"</time> · {Person.objects.get(role=Role.CLERK)}</p>" in both
    assert "Use the store’s address" in both
    part = clerk.get(reverse("print-sheets"), {"what": "packing_slip", "order": order.number}).content.decode()
    assert "Use the store’s address" in part
    assert f'value="{reverse("print")}?' in part


def test_without_a_choice_the_list_says_what_to_do(clerk: Client) -> None:
    """Nothing was ticked, or what was is gone."""
    answer = clerk.get(reverse("print"), {"what": "pick_list"}, follow=True)
    assert "Choose at least one sales order to print." in answer.content.decode()


def test_bins_are_walked_as_people_count_and_equal_lines_are_one_pick(clerk: Client) -> None:
    """A2 before A10; the store's own bin where the catalog has none; an order's equal lines add up; who, and when."""
    integration = a_store()
    order = an_order(integration, 1, lines=5)
    order.lines.update(parent_position=None, part_number="ENGINE-9", bin="a10", options="")
    order.lines.filter(position__gt=2).update(part_number="ENGINE-8", bin="A2")
    lying_in("A1", "ENGINE-7")
    order.lines.filter(position=0).update(part_number="ENGINE-7", product=Product.objects.get())
    (printed,) = printed_orders([order.number], PICK)
    expected = [("A1", "ENGINE-7", 2), ("A2", "ENGINE-8", 4), ("a10", "ENGINE-9", 4)]
    assert [(row.bin, row.line.part_number, row.quantity) for row in printed.rows] == expected
    picks = picks_by_bin([printed])
    assert [(pick.bin, pick.part_number, pick.quantity) for pick in picks] == expected
    assert picks[1].orders == ["WEB-1 (4)"]
    text = page(clerk, order, by="order")
    assert re.search(r"Printed <time[^>]*>[^<]+</time> · clerk", text)
    assert sorted(["b1", "A10", "A2", ""], key=natural) == ["", "A2", "A10", "b1"]


def test_a_kit_and_its_parts_stand_together_where_the_first_part_lies() -> None:
    """The parts by bin below their kit, on the pick list; one group on the slip."""
    order = an_order(a_store(), lines=4)
    order.lines.filter(position=3).update(parent_position=0)
    for position, bin_ in {1: "C1", 2: "B1", 3: "A1"}.items():
        order.lines.filter(position=position).update(bin=bin_)
    (printed,) = printed_orders([order.number], PICK)
    assert [row.line.position for row in printed.rows] == [0, 3, 1, 2]
    (slip,) = slips([printed])
    assert [[each.line.position for each in group] for group in slip.groups] == [[0, 1, 3], [2]]


def test_a_slip_has_the_letterhead_of_its_store_and_names_the_order_once(clerk: Client) -> None:
    """Name, logo, return address and foot; at home no country; the number below its barcode."""
    integration = a_store(
        letterhead_name="Paper & Co", letterhead_address="1 High Street\nLeeds LS1 4AP", letterhead_foot="Thank you!",
        letterhead_country="GB",
    )  # fmt: skip
    StoreLogo.objects.create(integration=integration, content=PNG_PICTURE, media_type="image/png")
    order = an_order(integration)
    text = page(clerk, order, what="packing_slip")
    sheet = text[text.index("<main") :]
    for words in (
        "Paper &amp; Co",
        "1 High Street",
        "Leeds LS1 4AP",
        "Thank you!",
        reverse("logo", args=[integration.pk]),
    ):
        assert words in sheet
    assert "London W1U 4EG" in sheet
    assert "UNITED KINGDOM" not in sheet
    assert sheet.count(order.name) == 1
    assert "<svg" in sheet
    WebIntegration.objects.update(letterhead_country="US")
    assert "UNITED KINGDOM" in page(clerk, order, what="packing_slip")


def test_a_long_message_is_cut_and_says_where_it_goes_on(clerk: Client) -> None:
    """On the pick list, not on the slip, whose reader sees no order page; that page has all of it."""
    order = an_order(a_store())
    SalesOrder.objects.update(customer_message="Ring twice. " * 100)
    text = page(clerk, order, what="packing_slip")
    assert 0 < text.count("Ring twice") < 50
    assert f"Ring twice{CUT_FOR_CUSTOMERS}<" in text
    assert CUT in page(clerk, order, what="pick_list")
    assert capped("Short.") == "Short."
    assert capped("\n".join("123456789")) == "\n".join("12345678") + CUT


def test_the_paper_is_the_persons_choice_else_that_of_the_stores_country(clerk: Client) -> None:
    """Letter in the United States; a choice is kept; one print can have another."""
    integration = a_store()
    order = an_order(integration)
    assert "paper-a4.css" in page(clerk, order)
    integration.state.country_code = "US"
    integration.state.save()
    assert "paper-letter.css" in page(clerk, order)
    clerk.post(reverse("print-paper"), {"paper": "4x6", "next": "/orders/"})
    assert "paper-4x6.css" in page(clerk, order)
    assert "paper-a4.css" in page(clerk, order, paper="a4")
    assert "paper-4x6.css" in page(clerk, order, paper="<nonsense>")
    clerk.post(reverse("print-paper"), {"paper": "tablecloth"})
    assert "paper-4x6.css" in page(clerk, order)
