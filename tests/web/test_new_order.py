"""New sales order: chosen or new client, lines, sums; what is refused keeps what was entered."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import Client as Buyer
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import StoreUpdate
from tests.web.books import a_store, an_order

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
def test_the_buttons_that_only_look_save_nothing_and_keep_all(button: str, clerk: Client) -> None:
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
        "No client has these words."
        in clerk.post(reverse("order-new"), {"client_q": "zeppelin", "search": "1"}).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"l0-quantity": "two"}, "Line 1: “two” is no quantity."),
        ({"l0-unit_price": "1.2.3"}, "Line 1: “1.2.3” is no amount."),
        ({"l0-unit_price": "12 euro"}, "Line 1: “12 euro” is no amount."),
        ({"shipping": "free"}, "“free” is no amount."),
        ({"client_name": ""}, "The order has no client."),
        ({"client": "999999"}, "This client is not in the books any more."),
        ({"same": ""}, "The order has no address to ship to."),
        ({"currency": "E"}, "“E” is no currency."),
        ({"lines": "0"}, "The order has no lines."),
        ({"l0-quantity": "9" * 9, "l0-unit_price": "9" * 9}, "is no whole number from 1"),
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
