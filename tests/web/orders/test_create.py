"""New sales order: chosen or new client, lines, sums; what is refused keeps what was entered."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import Client as Buyer
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import StoreUpdate
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
ENTERED = {
    "client_name": "Analytical Engines",
    "email": "ada@example.com",
    "bill-last_name": "Lovelace",
    "bill-street_1": "12 St James’s Square",
    "same": "1",
    "lines": "3",
    "l0-part_number": "MUG",
    "l0-quantity": "2",
    "l0-unit_price": "12,50",
    "l2-description": "Bottle brush",
    "l2-unit_price": "3",
    "currency": "eur",
    "shipping": "4.90",
}


def test_an_order_is_made_and_shown(clerk: Client) -> None:
    """Its number leads to it; empty lines are left out; nothing is sent to any store."""
    a_store()
    answer = clerk.post(reverse("order-new"), ENTERED)
    order = SalesOrder.objects.get()
    assert answer["Location"] == reverse("order", args=[order.number])
    assert (order.total, order.currency, order.lines.count()) == (Decimal("32.90"), "EUR", 2)
    page = clerk.get(answer["Location"]).content.decode()
    assert "Analytical Engines" in page
    assert "Process shipment" in page
    assert not StoreUpdate.objects.exists()


@pytest.mark.parametrize("button", ["sums", "add", "search"])
def test_the_buttons_that_only_preview_save_nothing_and_keep_all(button: str, clerk: Client) -> None:
    """The sums follow what stands there; more lines come below."""
    page = clerk.post(reverse("order-new"), ENTERED | {button: "1"}).content.decode()
    assert "28.00" in page
    assert '32.90</data> <span class="currency">EUR' in page
    assert 'value="12 St James’s Square"' in page
    assert ('name="l5-part_number"' in page) == (button == "add")
    assert not SalesOrder.objects.exists()


def test_a_client_is_found_by_name_or_email_and_chosen(clerk: Client) -> None:
    """A merged one is not offered."""
    buyer = an_order(a_store()).client
    gone = Buyer.objects.create(name="Analytical Engines (old)", merged_into=buyer)
    page = clerk.post(reverse("order-new"), {"client_q": "engines", "search": "1"}).content.decode()
    assert f'name="client" value="{buyer.pk}"' in page
    assert f'name="client" value="{gone.pk}"' not in page
    clerk.post(reverse("order-new"), ENTERED | {"client": str(buyer.pk), "client_name": ""})
    assert SalesOrder.objects.filter(client=buyer).count() == 2
    assert (
        "No clients match."
        in clerk.post(reverse("order-new"), {"client_q": "zeppelin", "search": "1"}).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"l0-quantity": "two"}, "Line 1: “two” isn’t a quantity."),
        ({"l0-unit_price": "1.2.3"}, "Line 1: “1.2.3” isn’t an amount."),
        ({"l0-unit_price": "12 euro"}, "Line 1: “12 euro” isn’t an amount."),
        ({"shipping": "free"}, "“free” isn’t an amount."),
        ({"client_name": ""}, "The order has no client."),
        ({"client": "999999"}, "This client no longer exists."),
        ({"same": ""}, "The order has no address to ship to."),
        ({"currency": "E"}, "“E” isn’t a currency."),
        ({"lines": "0"}, "The order has no lines."),
        ({"l0-quantity": "9" * 9, "l0-unit_price": "9" * 9}, "isn’t a whole number of 1 or more"),
    ],
)
def test_a_refusal_keeps_what_was_entered(changes: dict[str, str], sentence: str, clerk: Client) -> None:
    """With the sentence on top."""
    answer = clerk.post(reverse("order-new"), ENTERED | changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="ada@example.com"' in page
    assert not SalesOrder.objects.exists()


def fields(page: str) -> dict[str, str]:
    """The values of the text fields on the page, those that are empty left out."""
    inputs = re.findall(r"<input[^>]*>", page)
    values = ((re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in inputs)
    return {name[1]: unescape(value[1]) for name, value in values if name and value and value[1]}


def is_same(page: str) -> bool:
    """Whether it is shipped to the bill-to address."""
    return bool(re.search(r'name="same" value="1" checked', page))


BILL_TO = {"bill-first_name": "Ada", "bill-company": "Analytical Engines Ltd", "bill-postcode": "SW1Y 4JH"}
SHIP_TO = {"ship-first_name": "Charles", "ship-last_name": "Babbage", "ship-street_1": "1 Dorset Street"}


def test_a_known_client_s_last_addresses_are_filled_in(clerk: Client) -> None:
    """Those of the latest order; the e-mail too; what is saved is what stands there."""
    store = a_store()
    buyer = an_order(store, 5).client
    latest = an_order(store, 9)
    SalesOrder.objects.filter(pk=latest.pk).update(client=buyer)
    latest.addresses.filter(kind="bill_to").update(street_1="14 St James’s Square")
    page = clerk.post(reverse("order-new"), {"client": str(buyer.pk), "same": "1", "fill": "1"}).content.decode()
    filled = fields(page)
    assert filled.items() >= (BILL_TO | SHIP_TO).items()
    assert (filled["bill-street_1"], filled["email"]) == ("14 St James’s Square", "ada@example.com")
    assert (is_same(page), filled["filled"]) == (False, str(buyer.pk))
    assert latest.name in page
    clerk.post(reverse("order-new"), filled | {"l0-description": "Brush", "l0-unit_price": "3"})
    made = SalesOrder.objects.latest("pk")
    assert [each.lines for each in made.addresses.all()] == [each.lines for each in latest.addresses.all()]


def test_the_client_s_page_leads_to_a_form_that_is_filled_in(clerk: Client) -> None:
    """One that was merged, or is none, is not chosen."""
    order = an_order(a_store())
    path = f"{reverse('order-new')}?client={order.client_id}"
    assert path in clerk.get(reverse("client", args=[order.client_id])).content.decode()
    page = clerk.get(path).content.decode()
    assert fields(page).items() >= SHIP_TO.items()
    assert f'value="{order.client_id}" checked' in page
    gone = Buyer.objects.create(name="Gone", merged_into=order.client)
    for wrong in (gone.pk, 999_999, "x", "9" * 30):
        assert "bill-first_name" not in fields(clerk.get(reverse("order-new"), {"client": wrong}).content.decode())


def test_another_client_s_addresses_take_the_place_of_those_filled_in_before(clerk: Client) -> None:
    """A client without an order, and a new one, leave the fields empty."""
    buyer = an_order(a_store()).client
    other = Buyer.objects.create(name="Without an order")
    first = fields(clerk.get(reverse("order-new"), {"client": buyer.pk}).content.decode())
    for client in (str(other.pk), ""):
        page = clerk.post(reverse("order-new"), first | {"client": client, "fill": "1"}).content.decode()
        assert not {"bill-street_1", "ship-street_1", "email", "filled"} & fields(page).keys()
        assert is_same(page)


def test_what_someone_typed_stays_unless_they_ask_for_the_last_addresses(clerk: Client) -> None:
    """Also where it is a correction of what was filled in."""
    buyer = an_order(a_store()).client
    typed = {"client": str(buyer.pk), "bill-street_1": "Main 1", "email": "x@example.com", "same": "1"}
    page = clerk.post(reverse("order-new"), typed | {"fill": "1"}).content.decode()
    assert fields(page)["bill-street_1"] == "Main 1"
    assert "Use the addresses" in page
    page = clerk.post(reverse("order-new"), typed | {"fill": "all"}).content.decode()
    assert fields(page).items() >= (BILL_TO | SHIP_TO | {"email": "x@example.com"}).items()
    corrected = fields(page) | {"bill-street_1": "13 St James’s Square", "client": ""}
    page = clerk.post(reverse("order-new"), corrected | {"fill": "1"}).content.decode()
    assert fields(page)["bill-street_1"] == "13 St James’s Square"


def test_an_order_that_went_to_the_bill_to_address_fills_in_one_address(clerk: Client) -> None:
    """An address that was replaced after a parcel went there is filled in as it is now."""
    clerk.post(reverse("order-new"), ENTERED)
    order = SalesOrder.objects.get()
    page = clerk.get(reverse("order-new"), {"client": order.client_id}).content.decode()
    assert is_same(page)
    assert "ship-street_1" not in fields(page)
    place = order.addresses.get(kind="ship_to")
    place.pk, place.position, place.street_1 = None, 2, "Elsewhere 2"
    place.save(force_insert=True)
    page = clerk.get(reverse("order-new"), {"client": order.client_id}).content.decode()
    assert fields(page)["ship-street_1"] == "Elsewhere 2"


def test_a_refused_order_without_an_address_comes_back_with_the_client_s(clerk: Client) -> None:
    """Where scripts are off, nothing was filled in before."""
    buyer = an_order(a_store()).client
    answer = clerk.post(
        reverse("order-new"),
        {"client": str(buyer.pk), "l0-description": "X", "lines": "3", "currency": "USD", "same": "1"},
    )
    assert (answer.status_code, fields(answer.content.decode()).items() >= SHIP_TO.items()) == (422, True)


def test_a_form_that_is_sent_twice_makes_one_order(clerk: Client) -> None:
    """By a double-click, or since the answer was lost: the second leads to the order, and says to check it."""
    html = clerk.get(reverse("order-new")).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key is not None
    entered = ENTERED | {"key": key[1]}
    assert key[1] in clerk.post(reverse("order-new"), entered | {"add": "1"}).content.decode()
    first = clerk.post(reverse("order-new"), entered)
    again = clerk.post(reverse("order-new"), entered | {"shipping": "5.90"}, follow=True)
    order = SalesOrder.objects.get()
    assert first["Location"] == again.redirect_chain[0][0]
    assert "was already created from this form" in again.content.decode()
    assert (order.shipping, Buyer.objects.count()) == (Decimal("4.90"), 1)
    assert clerk.post(reverse("order-new"), ENTERED).status_code == 302
    assert SalesOrder.objects.count() == 2


@pytest.mark.parametrize(("typed", "price"), [("1,234", None), ("0,125", "0.125"), ("1,23", "1.23"), ("12,5", "12.5")])
def test_a_comma_that_may_separate_thousands_is_asked_about(typed: str, price: str | None, clerk: Client) -> None:
    """1,234 is one thousand to some and one to others."""
    answer = clerk.post(reverse("order-new"), ENTERED | {"l0-unit_price": typed})
    if price is None:
        assert answer.status_code == 422
        assert f"“{typed}” isn’t an amount." in answer.content.decode()
    else:
        assert SalesOrder.objects.get().lines.get(position=0).unit_price == Decimal(price)
