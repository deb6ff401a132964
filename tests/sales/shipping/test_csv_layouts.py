"""The file of open orders in its layouts, and back again."""

import csv
import io
from decimal import Decimal

import pytest

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.shipping.csv_columns import PASSED_OVER
from counterfoil.sales.shipping.csv_import import apply, read_rows
from counterfoil.sales.shipping.csv_layouts import OpenLayout, open_orders_in
from tests.sales.factories import draft, line, placed

pytestmark = pytest.mark.django_db
BILL_TO = AddressDraft(AddressKind.BILL_TO, first_name="Ada", email="ada@example.com", phone="555 0100")
SHIP_TO = AddressDraft(
    AddressKind.SHIP_TO, source_id=9, first_name="Charles", last_name="Babbage", company="=Engines",
    street_1="1 Main St", city="Oakland", state="California", postcode="94607", country="United States",
    country_code="us",
)  # fmt: skip
SECOND = AddressDraft(AddressKind.SHIP_TO, source_id=10, first_name="Grace", city="Leeds", country="United Kingdom")
LINES = (line(1), line(2, part_number="PEN", quantity=3), line(3, quantity=1))


def an_order() -> None:
    """Three mugs and three pens to Oakland."""
    placed(draft(*LINES, addresses=(BILL_TO, SHIP_TO), web_order_number="158"), import_id="DEMO-158")


def rows(layout: OpenLayout) -> list[dict[str, str]]:
    """The file as a spreadsheet has it."""
    return list(csv.DictReader(io.StringIO(open_orders_in(layout))))


def test_an_order_is_one_row_with_its_items_recipient_and_address() -> None:
    """Equal items are one; e-mail and phone are those of the buyer where the address has none; no cell is a formula."""
    an_order()
    assert rows(OpenLayout.ORDERS) == [
        {
            "order": "DEMO-158", "carrier": "", "service": "Ground", "tracking_number": "", "tracking_link": "",
            "items": "3 × MUG, 3 × PEN", "recipient": "Charles Babbage", "company": "'=Engines",
            "street_1": "1 Main St", "street_2": "", "city": "Oakland", "state": "California", "postcode": "94607",
            "country": "United States", "country_code": "US", "email": "ada@example.com", "phone": "555 0100",
            "order_date": "2026-01-02",
        }
    ]  # fmt: skip


def test_shipstation_gets_a_row_for_each_item_and_pirate_ship_one_for_each_parcel() -> None:
    """With codes for state and country, in columns of their own; a phone number begins with a digit."""
    an_order()
    OrderAddress.objects.filter(kind=AddressKind.BILL_TO).update(phone="+1 555 0100")
    first, *more = rows(OpenLayout.SHIPSTATION)
    assert [each["Item SKU"] for each in (first, *more)] == ["MUG", "PEN", "MUG"]
    assert {each["Order Number"] for each in (first, *more)} == {"DEMO-158"}
    assert (first["Recipient Name"], first["State"], first["Country Code"]) == ("Charles Babbage", "CA", "US")
    assert (first["Order Date"], first["Item Quantity"]) == ("01/02/2026 00:00:00", "2")
    (parcel,) = rows(OpenLayout.PIRATE_SHIP)
    assert first["Phone"] == parcel["Phone"] == "1 555 0100"
    assert (parcel["Order ID"], parcel["Items"], parcel["Zipcode"]) == ("DEMO-158", "3 × MUG, 3 × PEN", "94607")


@pytest.mark.parametrize(
    ("unit", "weights", "items", "parcel"),
    [
        ("lb", ("0.5", "0.25", "1"), ["8", "4", "16"], "44"),
        ("oz", ("1", "2.5", "0.0001"), ["1", "2.5", "0.01"], "9.5"),
        ("kg", ("1", "1", "1"), ["35.27", "35.27", "35.27"], "211.64"),
        ("lb", ("0.5", None, "1"), ["8", "", "16"], ""),
        ("", ("0.5", "0.25", "1"), ["", "", ""], ""),
    ],
)
def test_weights_are_in_ounces_or_not_there(
    unit: str, weights: tuple[str | None, ...], items: list[str], parcel: str
) -> None:
    """Two mugs, three pens, one mug; one that is not known leaves the parcel's open."""
    an_order()
    SalesOrder.objects.update(weight_unit=unit)
    for position, weight in enumerate(weights):
        OrderLine.objects.filter(position=position).update(weight=weight)
    assert [each["Item Weight (oz)"] for each in rows(OpenLayout.SHIPSTATION)] == items
    assert [each["Weight (oz)"] for each in rows(OpenLayout.PIRATE_SHIP)] == [parcel]


def test_a_kit_and_its_parts_are_weighed_once() -> None:
    """The kit's own weight stands in its row, and the rows of its parts have none."""
    kit = (line(1, weight=Decimal(3)), line(2, parent=0, weight=Decimal(1)), line(3, parent=0))
    placed(draft(*kit, addresses=(BILL_TO, SHIP_TO)), import_id="DEMO-158")
    SalesOrder.objects.update(weight_unit="oz")
    assert [each["Item Weight (oz)"] for each in rows(OpenLayout.SHIPSTATION)] == ["3", "", ""]
    assert [each["Weight (oz)"] for each in rows(OpenLayout.PIRATE_SHIP)] == ["6"]


@pytest.mark.parametrize("weight", [None, Decimal("2.5")])
@pytest.mark.parametrize("layout", [OpenLayout.SHIPSTATION, OpenLayout.PIRATE_SHIP])
def test_the_weights_of_our_own_file_are_passed_over(layout: OpenLayout, weight: Decimal | None) -> None:
    """Given back with tracking numbers, as another program may write it."""
    placed(draft(line(1, weight=weight), addresses=(BILL_TO, SHIP_TO)), import_id="DEMO-158")
    head, row = open_orders_in(layout).splitlines()
    content = f"{head},Tracking Number\n{row},1Z999AA10123456784\n"
    if layout == OpenLayout.PIRATE_SHIP:
        assert [answer.outcome for answer in apply(read_rows(content), by="Ada")] == ["ok"]
    assert {"weightoz", "itemweightoz"} <= set(PASSED_OVER)


@pytest.mark.parametrize("layout", list(OpenLayout))
def test_every_layout_for_people_is_read_again_as_it_is(layout: OpenLayout) -> None:
    """What was exported and given back ships all of it; the two for programs come back with other columns."""
    an_order()
    content = open_orders_in(layout)
    if layout in (OpenLayout.ORDERS, OpenLayout.ITEMS):
        assert {answer.outcome for answer in apply(read_rows(content), by="Ada")} == {"ok"}
        assert len(open_orders_in(layout).splitlines()) == 1


def test_what_shipstation_exports_is_read_as_shipments() -> None:
    """Its headings are a group and a name; an address of several stands with the order's number."""
    addresses = (BILL_TO, SHIP_TO, SECOND)
    two_places = draft(line(1), line(2, part_number="PEN", ship_to=2), addresses=addresses, web_order_number="158")
    placed(two_places, import_id="DEMO-158")
    names = [each["Order Number"] for each in rows(OpenLayout.SHIPSTATION)]
    assert names == ["DEMO-158#1", "DEMO-158#2"]
    head = "Order - Number,Date - Shipped Date,Ship To - Name,Ship To - City,Shipment - Carrier,Shipment - Service,"
    content = (
        head
        + "Shipment - Tracking Number,Custom - Field 1\n"
        + "".join(f"{name},11/30/2026,Ada,Leeds,UPS,Ground,1Z999AA1012345678{at},x\n" for at, name in enumerate(names))
    )
    assert [answer.outcome for answer in apply(read_rows(content), by="Ada")] == ["ok", "ok"]
    assert [
        (each.tracking_number[-1], each.service, [item.line.part_number for item in each.items.all()])
        for each in Parcel.objects.order_by("pk")
    ] == [("0", "Ground", ["MUG"]), ("1", "Ground", ["PEN"])]


def test_what_pirate_ship_exports_is_read_as_shipments() -> None:
    """The order's number and the tracking number are enough; names and addresses are passed over."""
    an_order()
    head = "Ship Date,Name,Zipcode,Order ID,Tracking Number,Carrier\n"
    content = head + "11/30/2026,Ada,94607,DEMO-158,1Z999AA10123456784,UPS\n"
    assert [answer.outcome for answer in apply(read_rows(content), by="Ada")] == ["ok"]
