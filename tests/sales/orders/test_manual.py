"""Sales orders made by hand: whole, adding up, and in the same database."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, Client, Product, SalesOrder
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.manual import HandLine, ManualOrder, place_by_hand
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from tests.sales.factories import whole_order

pytestmark = pytest.mark.django_db
ADA = AddressDraft(AddressKind.BILL_TO, first_name="Ada", last_name="Lovelace", street_1="12 St James’s Square")


def an_order(**changes: Any) -> ManualOrder:
    """Two mugs and a brush for a new client."""
    lines = (HandLine("MUG", "Stoneware mug", 2, Decimal("12.50")), HandLine("", "Bottle brush", 1, Decimal("3")))
    entered = ManualOrder(
        lines, ADA, client_name="Analytical Engines", email="ada@example.com", shipping=Decimal("4.90")
    )
    return replace(entered, **changes)


def test_an_order_made_by_hand_adds_up_and_is_of_no_store() -> None:
    """Subtotal, shipping, total; no import ID, no source, no tax override; the history says who made it."""
    Product.objects.create(part_number="MUG")
    order = SalesOrder.objects.get(pk=place_by_hand(an_order(notes=" Ring twice "), by="Mira").pk)
    assert (order.subtotal, order.shipping, order.total) == (Decimal("28.00"), Decimal("4.90"), Decimal("32.90"))
    assert (order.import_id, order.source, order.tax_override, order.notes) == (None, "", False, "Ring twice")
    assert (order.client.name, order.contact.email, order.matched_by) == ("Analytical Engines", "ada@example.com", "")
    assert order.status.role == "initial"
    assert [line.product is not None for line in order.lines.all()] == [True, False]
    assert list(order.changes.values_list("by", "after")) == [("Mira", "made by hand")]
    assert not hasattr(order, "web_order")


def test_a_line_without_a_description_takes_the_products() -> None:
    """Whoever enters a part number need not type what it is."""
    Product.objects.create(part_number="MUG", description="Stoneware mug, 350 ml")
    order = place_by_hand(an_order(lines=(HandLine("MUG", "", 1, Decimal(9)),)), by="Mira")
    assert order.lines.get().description == "Stoneware mug, 350 ml"


def test_it_is_shipped_like_any_other() -> None:
    """To the bill-to address where no other is given."""
    order = place_by_hand(an_order(), by="Mira")
    shipment = process_shipment(order.pk, whole_order(order, Tracking()), by="Mira")
    assert shipment.parcels.get().ship_to.street_1 == "12 St James’s Square"
    order.refresh_from_db()
    assert order.status.name == "Shipped"


def test_an_own_ship_to_address_is_kept_next_to_the_bill_to_address() -> None:
    """With how it is shipped there."""
    babbage = AddressDraft(AddressKind.SHIP_TO, last_name="Babbage", street_1="1 Dorset Street")
    order = place_by_hand(an_order(ship_to=babbage, ship_via="Courier"), by="Mira")
    there = order.addresses.get(kind="ship_to")
    assert (there.last_name, there.shipping_method, there.shipping_cost) == ("Babbage", "Courier", Decimal("4.90"))


def test_a_known_client_is_chosen_and_the_contact_found_again() -> None:
    """A second order makes no second client and no second contact."""
    first = place_by_hand(an_order(), by="Mira")
    second = place_by_hand(an_order(client_id=first.client_id, client_name=""), by="Mira")
    assert (second.client_id, second.contact_id) == (first.client_id, first.contact_id)
    assert Client.objects.count() == 1
    nameless = place_by_hand(an_order(client_id=first.client_id, email=""), by="Mira")
    again = place_by_hand(an_order(client_id=first.client_id, email=""), by="Mira")
    assert nameless.contact_id == again.contact_id


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lines": ()}, "The order has no lines."),
        ({"lines": (HandLine("", "", 1, Decimal(1)),)}, "Line 1 doesn’t say what is sold."),
        ({"lines": (HandLine("A", "", 0, Decimal(1)),)}, "The quantity of line 1 isn’t a whole number of 1 or more."),
        ({"lines": (HandLine("A", "", 1, Decimal("-1")),)}, "The unit price of line 1 isn’t an amount of 0 or more."),
        ({"lines": (HandLine("A", "", 1, Decimal("NaN")),)}, "The unit price of line 1 isn’t an amount of 0 or more."),
        ({"lines": (HandLine("A", "", 1, Decimal("0.00001")),)}, "more than 4 decimal places"),
        ({"lines": (HandLine("A" * 301, "", 1, Decimal(1)),)}, "The part number is too long"),
        ({"lines": (HandLine("A", "", 1, Decimal(1)),) * 201}, "The order has 201 lines; 200 are allowed."),
        ({"currency": "euro"}, "“euro” isn’t a currency."),
        ({"client_name": " "}, "The order has no client."),
        ({"client_id": 0}, "This client no longer exists."),
        ({"email": "ada"}, "“ada” isn’t an e-mail address."),
        ({"bill_to": AddressDraft(AddressKind.BILL_TO)}, "The order has no address to ship to."),
        ({"notes": "x" * 20_001}, "The notes have more than 20000 characters."),
    ],
)
def test_what_makes_no_order_is_refused_and_nothing_is_written(changes: dict[str, Any], sentence: str) -> None:
    """Each with its own sentence."""
    with pytest.raises(Refused, match=sentence):
        place_by_hand(an_order(**changes), by="Mira")
    assert not SalesOrder.objects.exists()
    assert not Client.objects.exists()


def test_prices_without_tax_have_the_tax_on_top() -> None:
    """As on a US invoice; each line has its share of the tax, and the shares sum up to it."""
    order = place_by_hand(an_order(tax_included=False, tax=Decimal("2.31")), by="Mira")
    order = SalesOrder.objects.get(pk=order.pk)
    assert (order.subtotal, order.tax, order.total) == (Decimal("28.00"), Decimal("2.31"), Decimal("35.21"))
    assert (order.tax_included, order.rounding) == (False, 0)
    assert [line.tax for line in order.lines.all()] == [Decimal("2.06"), Decimal("0.25")]


def test_prices_with_tax_contain_it() -> None:
    """The total is the same with and without a tax that is told apart."""
    order = place_by_hand(an_order(tax=Decimal("4.47")), by="Mira")
    assert (order.total, order.tax, order.tax_included) == (Decimal("32.90"), Decimal("4.47"), True)


def test_a_tax_larger_than_the_order_is_refused() -> None:
    """It cannot be contained in it."""
    with pytest.raises(Refused, match="more than the order"):
        place_by_hand(an_order(tax=Decimal("33")), by="Mira")
