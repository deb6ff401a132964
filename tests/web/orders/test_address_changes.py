"""An address that was changed in the store after import, on each page that leads to a parcel."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderAddress, Parcel, SalesOrder
from counterfoil.sales.orders.addresses import as_lines
from counterfoil.sales.shipping.address_changes import version_of
from tests.web.factories.orders import a_changed_address, a_store, an_order
from tests.web.shipments.test_process import path, suggested

pytestmark = pytest.mark.django_db
CHANGED = "was changed in the store after import"


def pages(client: Client, order: SalesOrder) -> list[str]:
    """The order, *Process shipment*, its packing slip, and Needs attention, in words."""
    paths = (
        reverse("order", args=[order.number]),
        path(order),
        reverse("print", query={"what": "packing_slip", "order": order.number}),
        reverse("attention"),
    )
    return [" ".join(client.get(each).content.decode().split()) for each in paths]


def choose(client: Client, address: OrderAddress, whose: str, **asked: str) -> str:
    """One of the two buttons; the page that it leads to."""
    seen = asked or {"seen": version_of(address)}
    answer = client.post(reverse("choose-address", args=[address.pk], query=seen), {"whose": whose}, follow=True)
    return answer.content.decode()


def test_both_addresses_and_the_two_buttons_stand_on_every_page(clerk: Client, viewer: Client) -> None:
    """Before the order is shipped; who only looks sees no buttons. A shipment is refused until someone has chosen."""
    order = an_order(a_store())
    assert not any(CHANGED in page for page in pages(clerk, order)[:3])
    address = a_changed_address(order)
    for page in pages(clerk, order):
        assert "1 Dorset Street" in page
        assert "12 Elm Street" in page
        assert "Use the store’s address" in page
        assert "Keep ours" in page
    for page in pages(viewer, order)[2:]:
        assert "12 Elm Street" in page
        assert '<button type="submit" name="whose"' not in page
    assert "\n".join(as_lines(address.source_address or {})) in clerk.get(reverse("attention")).content.decode()
    assert f'href="#address-{address.pk}">Choose an address</a>' in pages(clerk, order)[0]
    answer = clerk.post(path(order), suggested(order))
    assert answer.status_code == 422
    assert "12 Elm Street" in answer.content.decode()
    assert not Parcel.objects.exists()


@pytest.mark.parametrize(("whose", "street"), [("ours", "1 Dorset Street"), ("theirs", "12 Elm Street")])
def test_one_press_chooses_and_the_order_is_shipped(whose: str, street: str, clerk: Client) -> None:
    """The history tells who chose what."""
    order = an_order(a_store())
    address = a_changed_address(order)
    choose(clerk, address, whose)
    assert not any(CHANGED in page for page in pages(clerk, order))
    assert clerk.post(path(order), suggested(order)).status_code == 302
    ship_to = Parcel.objects.get().ship_to
    assert ship_to is not None
    assert ship_to.street_1 == street
    history = clerk.get(reverse("order", args=[order.number]), {"tab": "history"}).content.decode()
    assert "Ship to address" in history
    assert "12 Elm Street" in history


def test_a_press_on_a_page_that_is_out_of_date_chooses_nothing(clerk: Client) -> None:
    """Another address has come since, someone has chosen already, or nothing was said."""
    order = an_order(a_store())
    address = a_changed_address(order)
    assert "changed in the store again" in choose(clerk, address, "theirs", seen="20200101000000000000")
    assert "Choose which address is right." in choose(clerk, address, "")
    choose(clerk, address, "theirs")
    assert "someone has already chosen" in choose(clerk, address, "ours")


def test_a_bill_to_address_is_told_of_on_its_tab_alone(clerk: Client) -> None:
    """It doesn’t affect shipping."""
    order = an_order(a_store())
    a_changed_address(order)
    order.addresses.filter(kind="ship_to").update(source_address=None, source_changed_at=None)
    bill_to = order.addresses.get(kind="bill_to")
    bill_to.source_address, bill_to.source_changed_at = {"street_1": "12 Elm Street"}, order.created_at
    bill_to.save()
    assert not any("12 Elm Street" in page for page in pages(clerk, order))
    page = clerk.get(reverse("order", args=[order.number]), {"tab": "addresses"}).content.decode()
    assert "It doesn’t affect shipping." in page
    assert clerk.post(path(order), suggested(order)).status_code == 302
