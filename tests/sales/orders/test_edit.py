"""What a person may change on an order, and that each change is recorded."""

from typing import Any

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, SalesOrder
from counterfoil.sales.orders.edit import edit_address, edit_order
from counterfoil.sales.shipping.shipments import Tracking, process_shipment, void_parcel
from tests.sales.factories import placed, whole_order

pytestmark = pytest.mark.django_db


def history(order: SalesOrder) -> list[tuple[str, str, str, str]]:
    """Who changed which field from what to what."""
    return list(order.changes.values_list("by", "field", "before", "after"))


def ship_to(order: SalesOrder) -> OrderAddress:
    """Where the order goes."""
    return order.addresses.get(kind="ship_to")


def test_each_field_that_changed_is_recorded_and_no_other() -> None:
    """By whom, from what, to what; the second time nothing differs."""
    order = placed()
    assert edit_order(order.pk, by="Ada", ship_via=" Express  mail ", notes="Call first.\r\nThen ring.\n") == [
        "ship_via",
        "notes",
    ]
    assert edit_order(order.pk, by="Ada", ship_via="Express mail") == []
    order.refresh_from_db()
    assert (order.ship_via, order.notes) == ("Express mail", "Call first.\nThen ring.")
    assert history(order) == [
        ("Ada", "ship via", "Ground", "Express mail"),
        ("Ada", "notes", "", "Call first.\nThen ring."),
    ]


def test_an_address_is_changed_field_by_field() -> None:
    """Under the names that changes in the store have too."""
    order = placed()
    assert edit_address(ship_to(order).pk, {"street_1": "1 Dorset Street", "city": "London"}, by="Ada") == [
        "street_1",
        "city",
    ]
    assert (ship_to(order).street_1, ship_to(order).city) == ("1 Dorset Street", "London")
    assert history(order) == [
        ("Ada", "Ship to street 1", "", "1 Dorset Street"),
        ("Ada", "Ship to city", "", "London"),
    ]


def test_an_address_that_a_parcel_went_to_stays_until_the_parcel_is_voided() -> None:
    order = placed()
    shipment = process_shipment(order.pk, whole_order(order, Tracking()), by="Ada")
    with pytest.raises(Refused, match="A parcel already went to this address"):
        edit_address(ship_to(order).pk, {"city": "Paris"}, by="Ada")
    void_parcel(shipment.parcels.get().pk, by="Ada", reason="Wrong address")
    assert edit_address(ship_to(order).pk, {"city": "Paris"}, by="Ada") == ["city"]


def test_the_bill_to_address_is_not_edited() -> None:
    """It is whom the store has charged."""
    order = placed()
    with pytest.raises(Refused, match="The bill to address can’t be edited here"):
        edit_address(order.addresses.get(kind="bill_to").pk, {"city": "Paris"}, by="Ada")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"street_1": " "}, "An address needs a street."),
        ({"city": "x" * 301}, "300 characters are allowed for city; there are 301."),
    ],
)
def test_what_makes_no_address_is_refused_and_nothing_of_it_is_written(values: dict[str, Any], sentence: str) -> None:
    order = placed()
    with pytest.raises(Refused, match=sentence):
        edit_address(ship_to(order).pk, {"postcode": "SW1"} | values, by="Ada")
    assert ship_to(order).postcode == ""
    assert history(order) == []


def test_other_columns_are_out_of_reach() -> None:
    """Money and ids of an address are none of a form's business."""
    order = placed()
    assert edit_address(ship_to(order).pk, {"shipping_cost": "9", "source_id": "1"}, by="Ada") == []


def test_notes_that_are_too_long_are_refused_with_the_number_that_is_allowed() -> None:
    order = placed()
    with pytest.raises(Refused, match="20000 characters are allowed for notes"):
        edit_order(order.pk, by="Ada", notes="x" * 20_001)
