"""Which shipment of the store is the one that a request made whose answer never came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StoreShipment
from counterfoil.bigcommerce.shipments import ShipmentItem
from counterfoil.dispatch.shipment_matching import find_made, would_be_refused
from counterfoil.sales.models import Parcel, ParcelItem
from counterfoil.sales.models import Shipment as Shipped
from counterfoil.stores.models import StoreUpdate, UpdateKind, WebOrder, WebShipment
from tests.sales.factories import draft, line, placed
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db

ASKED: dict[str, Any] = {
    "order_address_id": 9,
    "items": [{"order_product_id": 1, "quantity": 2}, {"order_product_id": 2, "quantity": 1}],
    "tracking_number": "1Z9",
    "tracking_link": "",
    "tracking_carrier": "ups",
    "shipping_provider": "",
    "shipping_method": "Ground",
    "comments": "",
}


@dataclass
class Asked:
    """An update whose request left a minute ago, and its order."""

    update: StoreUpdate
    order: WebOrder
    at: datetime

    def ask(self, **changes: Any) -> None:
        """Something else was asked for."""
        self.update.asked = ASKED | changes

    def found(self, *shipments: StoreShipment) -> int | None:
        """The id of the shipment that is taken for ours."""
        ours = find_made(self.update, shipments)
        return None if ours is None else ours.id


@pytest.fixture
def asked() -> Asked:
    """A request for two items, of which nobody knows whether it arrived."""
    order = web_order(saved())
    at = timezone.now() - timedelta(minutes=1)
    return Asked(StoreUpdate(web_order=order, kind=UpdateKind.CREATE, asked=ASKED, asked_at=at), order, at)


def made(number: int = 1, *, items: tuple[tuple[int, int], ...] = ((2, 1), (1, 2)), **fields: Any) -> StoreShipment:
    """A shipment as the store would have made it of the request."""
    whole: dict[str, Any] = {
        "order_address_id": 9, "tracking_number": "1Z9", "tracking_carrier": "ups", "shipping_method": "Ground"
    }  # fmt: skip
    return StoreShipment(id=number, items=tuple(ShipmentItem(*item) for item in items), **whole | fields)


def test_one_that_is_as_it_was_asked_for_is_ours(asked: Asked) -> None:
    """In whatever order its items stand; a tracking number is read without case, an address may be left out."""
    assert asked.found(made(7)) == 7
    assert asked.found(made(7, tracking_number=" 1z9 ")) == 7
    assert asked.found(made(7, tracking_number="1Z-9\u200b")) == 7
    assert asked.found(made(7, order_address_id=None)) == 7
    assert asked.found(made(7, items=((1, 1), (2, 1), (1, 1)))) == 7


@pytest.mark.parametrize(
    "other",
    [
        made(order_address_id=8),
        made(items=((1, 2),)),
        made(items=((1, 2), (2, 2))),
        made(items=((1, 2), (3, 1))),
        made(tracking_number="1Z8"),
        made(tracking_number=""),
    ],
)
def test_one_with_another_address_item_or_tracking_number_is_somebody_elses(asked: Asked, other: StoreShipment) -> None:
    """Then ours may still be made."""
    assert asked.found(other) is None


@pytest.mark.parametrize("number", ["1Z9", ""])
@pytest.mark.parametrize("hours", [-48, -2, 0, 3, 48])
def test_no_clock_decides_which_is_ours(asked: Asked, hours: int, number: str) -> None:
    """The store's may be before ours or behind it, by whatever it likes."""
    asked.ask(tracking_number=number)
    date = format_datetime(asked.at + timedelta(hours=hours))
    assert asked.found(made(tracking_number=number, date_created_text=date)) == 1


def test_one_that_is_another_parcels_is_not_ours(asked: Asked) -> None:
    """Whatever its number: equal parcels are told apart."""
    order = placed(import_id="WEB-7")
    parcel = Parcel.objects.create(shipment=Shipped.objects.create(order=order, processed_by="clerk"))
    WebShipment.objects.create(web_order=asked.order, bigcommerce_shipment_id=2, parcel=parcel, items=[])
    assert asked.found(made(2)) is None
    assert asked.found(made(2), made(4)) == 4


def test_one_that_was_taken_over_is_the_parcels_that_has_its_number(asked: Asked) -> None:
    """Somebody else made it, and the sales data had a parcel for it already."""
    order = placed(import_id="WEB-7")
    shipped = Shipped.objects.create(order=order, processed_by="BigCommerce")
    parcel = Parcel.objects.create(shipment=shipped, taken_over=True)
    WebShipment.objects.create(web_order=asked.order, bigcommerce_shipment_id=2, parcel=parcel, items=[])
    assert asked.found(made(2)) == 2


def test_without_a_number_one_that_was_known_before_is_not_ours(asked: Asked) -> None:
    """By its id, not by a time. With our number it is ours all the same."""
    asked.update.known_shipments = [1]
    assert asked.found(made(1)) == 1
    asked.ask(tracking_number="")
    assert asked.found(made(1, tracking_number="")) is None
    assert asked.found(made(1, tracking_number=""), made(3, tracking_number="")) == 3


def test_of_a_request_that_left_before_ids_were_noted_the_time_has_to_do(asked: Asked) -> None:
    """That was so until this version."""
    asked.ask(tracking_number="")
    before, later = asked.at - timedelta(seconds=1), asked.at + timedelta(seconds=1)
    for number, seen_at in ((1, before), (3, later)):
        WebShipment.objects.create(web_order=asked.order, bigcommerce_shipment_id=number, seen_at=seen_at, items=[])
    assert asked.found(*(made(number, tracking_number="") for number in (1, 3, 4))) == 3
    other = web_order(asked.order.integration, 8)
    WebShipment.objects.create(web_order=other, bigcommerce_shipment_id=9, seen_at=before, items=[])
    assert asked.found(made(9, tracking_number="")) == 9


def test_of_several_the_likest_is_ours_and_of_equal_ones_the_first(asked: Asked) -> None:
    """Carrier, service, link and comments may differ: the store may have changed them."""
    plain = made(5, tracking_carrier="", shipping_method="Express", comments="x")
    near = made(6, shipping_method="Express")
    assert asked.found(plain) == 5
    assert asked.found(plain, near) == 6
    assert asked.found(made(9), near, made(8)) == 8


def parcel_with(*quantities: int, **columns: int) -> Parcel:
    """A parcel with so many of the lines 1, 2, … of an order that has five of each."""
    lines = [line(number, quantity=5, **columns) for number in range(1, len(quantities) + 1)]
    order = placed(draft(*lines), import_id="WEB-7")
    parcel = Parcel.objects.create(shipment=Shipped.objects.create(order=order, processed_by="clerk"))
    for each, quantity in zip(order.lines.order_by("position"), quantities, strict=True):
        ParcelItem.objects.create(parcel=parcel, line=each, quantity=quantity)
    return parcel


def test_a_second_shipment_would_be_refused_where_too_little_is_left_for_two(asked: Asked) -> None:
    """Then it may be asked for at once: two of them cannot come of it."""
    asked.update.parcel = parcel_with(2)
    assert not would_be_refused(asked.update, [])
    assert not would_be_refused(asked.update, [made(items=((1, 1),))])
    assert not would_be_refused(asked.update, [made(items=((2, 5),))])
    assert would_be_refused(asked.update, [made(items=((1, 2),))])
    assert would_be_refused(asked.update, [made(items=((1, 1),)), made(2, items=((1, 1),))])


def test_what_was_refunded_is_not_left_either(asked: Asked) -> None:
    """Of five, two are left for two parcels of two."""
    asked.update.parcel = parcel_with(2, refunded=2)
    assert would_be_refused(asked.update, [])


def test_one_item_of_which_too_little_is_left_is_enough(asked: Asked) -> None:
    """The store refuses the whole shipment."""
    asked.update.parcel = parcel_with(1, 3)
    assert would_be_refused(asked.update, [])
