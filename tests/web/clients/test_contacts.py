"""The people of a client on the pages: added, corrected, merged, chosen for an order; a client's figures and keys."""

import csv
import io
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.models import (
    Client,
    Contact,
    FieldDefinition,
    FieldScope,
    FieldType,
    MatchRule,
    OrderStatus,
    SalesOrder,
)
from counterfoil.sales.money import money_text
from tests.web.factories.clients_and_products import a_client, some_fields
from tests.web.factories.orders import ODD, a_store, an_order
from tests.web.test_pages import MOST_STATEMENTS, assert_clean

pytestmark = pytest.mark.django_db


def text(browser: Browser, path: str, **query: object) -> str:
    """A page as it is now."""
    return browser.get(path, query).content.decode()


def test_a_client_is_renamed_on_its_page(clerk: Browser) -> None:
    """The list and its orders' pages call it by the new name; what is no name is refused, and stays typed."""
    order = an_order(a_store())
    path = reverse("client-rename", args=[order.client_id])
    assert "Client renamed." in clerk.post(path, {"name": "Engines & Co"}, follow=True).content.decode()
    assert "Engines &amp; Co" in text(clerk, reverse("clients"), q="engines co")
    assert "Engines &amp; Co" in text(clerk, reverse("order", args=[order.number]))
    answer = clerk.post(path, {"name": "N" * 301})
    assert (answer.status_code, "300 are allowed" in answer.content.decode()) == (422, True)


def test_a_contact_is_added_and_a_second_one_of_the_same_e_mail_leads_to_the_first(clerk: Browser) -> None:
    """What was typed stays, and the button that resolves it is there."""
    client = a_client(1)
    path = reverse("contact-add", args=[client.pk])
    clerk.post(path, {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"})
    grace = Contact.objects.get(last_name="Hopper")
    assert reverse("contact", args=[grace.pk]) in text(clerk, reverse("client", args=[client.pk]))
    answer = clerk.post(path, {"last_name": "Murray", "email": "GRACE@example.com"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<strong>Grace Hopper has the e-mail grace@example.com already.</strong> Open that one." in page
    assert f'href="{reverse("contact", args=[grace.pk])}">Open Grace Hopper' in page
    assert 'value="Murray"' in page


def test_a_contact_whose_e_mail_is_taken_is_merged_with_one_press(clerk: Browser) -> None:
    """The refusal has the button, and pressing it makes one of the two."""
    client = a_client(1)
    ada = client.contacts.get()
    twin = Contact.objects.create(client=client, last_name="King", email="old@example.com", email_key="old@example.com")
    answer = clerk.post(reverse("contact-edit", args=[twin.pk]), {"last_name": "King", "email": ada.email})
    page = answer.content.decode()
    assert (answer.status_code, f'name="other" value="{ada.pk}"' in page) == (422, True)
    said = clerk.post(reverse("contact-merge", args=[twin.pk]), {"other": ada.pk}, follow=True).content.decode()
    assert "Merged into King." in said
    assert list(client.contacts.all()) == [twin]


def test_a_contact_s_page_shows_its_orders_and_who_changed_what(clerk: Browser) -> None:
    """A correction is said by its name; a second press changes nothing."""
    order = an_order(a_store())
    assert order.contact is not None
    path = reverse("contact-edit", args=[order.contact.pk])
    assert "Saved: phone." in clerk.post(path, {"phone": "+44 1"}, follow=True).content.decode()
    page = clerk.post(path, {"phone": "+44 1"}, follow=True).content.decode()
    assert "Nothing was changed." in page
    assert reverse("order", args=[order.number]) in page
    assert "Phone of Ada Lovelace" in page
    assert "Phone of Ada Lovelace" in text(clerk, reverse("client", args=[order.client_id]))


def test_another_contact_is_chosen_for_an_order_or_a_new_one(clerk: Browser) -> None:
    """Choosing nothing is refused; a new one is added and chosen at once, or refused with what was typed."""
    order = an_order(a_store())
    path = reverse("order-contact", args=[order.number])
    second = Contact.objects.create(client_id=order.client_id, last_name="Babbage", name_key="babbage")
    assert clerk.post(path).status_code == 422
    clerk.post(path, {"contact": second.pk})
    assert SalesOrder.objects.get().contact == second
    clerk.post(path, {"new": "1", "first_name": "Grace", "email": "grace@example.com"})
    assert SalesOrder.objects.get().contact == Contact.objects.get(first_name="Grace")
    answer = clerk.post(path, {"new": "1", "first_name": "Grace", "email": "nowhere"})
    assert (answer.status_code, 'value="nowhere"' in answer.content.decode()) == (422, True)


def test_currencies_are_never_added_and_cancelled_orders_are_left_out(clerk: Browser) -> None:
    """A sum for each currency."""
    integration = a_store()
    orders = [an_order(integration, number) for number in range(1, 5)]
    SalesOrder.objects.update(client=orders[0].client)
    SalesOrder.objects.filter(pk=orders[1].pk).update(currency="USD")
    SalesOrder.objects.filter(pk=orders[2].pk).update(status=OrderStatus.objects.get(role="cancelled"))
    page = text(clerk, reverse("client", args=[orders[0].client_id]))
    assert "2 orders in EUR" in page
    assert "1 order in USD" in page
    assert money_text(orders[0].total * 2) in page


def test_a_key_says_which_order_taught_it(clerk: Browser) -> None:
    """The first of the client's orders that carried it."""
    integration = a_store()
    orders = [an_order(integration, number) for number in (1, 2)]
    client = orders[0].client
    SalesOrder.objects.update(client=client, match_keys=[["email", "ada@example.com"]])
    client.keys.create(source="WEB-", rule=MatchRule.EMAIL, value="ada@example.com")
    client.keys.create(source="WEB-", rule=MatchRule.CUSTOMER, value="990077")
    page = text(clerk, reverse("client", args=[client.pk]))
    learnt = page[page.index("Learned from") :]
    assert learnt.index(f'{reverse("order", args=[orders[0].number])}">WEB-1</a>')
    assert "WEB-2</a>" not in learnt
    assert "1 client found" in text(clerk, reverse("clients"), q="990077")


@pytest.mark.parametrize("sort", ["name", "number", "email", "order_count", "latest"])
def test_clients_are_sorted_both_ways(sort: str, clerk: Browser) -> None:
    """By each heading; by name without regard to capitals."""
    first, second = a_client(1, name="apple"), a_client(2, name="Banana")
    integration = a_store()
    for number, client in ((1, first), (2, second), (3, second)):
        SalesOrder.objects.filter(pk=an_order(integration, number).pk).update(client=client)
    up, down = (text(clerk, reverse("clients"), sort=f"{sign}{sort}") for sign in ("", "-"))
    assert up.index(">apple<") < up.index(">Banana<")
    assert down.index(">Banana<") < down.index(">apple<")


def test_the_file_has_a_row_for_each_contact_and_no_formula(clerk: Browser) -> None:
    """Custom fields too; only those that are found; the audit log says who took it."""
    some_fields()
    client = a_client(1, name="=Engines")
    Client.objects.filter(pk=client.pk).update(fields={"segment": "Schools"})
    Contact.objects.create(client=client, last_name="Babbage", name_key="babbage")
    a_client(2)
    answer = clerk.get(reverse("clients-csv"), {"q": "=engines 1"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["last_name"] for row in rows] == ["King 1", "Babbage"]
    assert {(row["client"], row["segment"], row["orders"]) for row in rows} == {("'=Engines", "Schools", "0")}
    assert AuditEntry.objects.filter(what="Downloaded 1 client as CSV.").count() == 1


def test_a_number_of_a_custom_field_is_a_number_in_the_file(clerk: Browser) -> None:
    """Also below zero; a text that looks like one is guarded."""
    FieldDefinition.objects.create(scope=FieldScope.CLIENT, name="balance", label="Balance", type=FieldType.NUMBER)
    FieldDefinition.objects.create(scope=FieldScope.CLIENT, name="remark", label="Remark", type=FieldType.TEXT)
    client = a_client(1)
    Client.objects.filter(pk=client.pk).update(fields={"balance": "-12.50", "remark": "-12.50"})
    (row,) = csv.DictReader(io.StringIO(b"".join(clerk.get(reverse("clients-csv"))).decode("utf-8-sig")))
    assert (row["balance"], row["remark"]) == ("-12.50", "'-12.50")


def test_sixty_contacts_need_no_more_statements_than_one(clerk: Browser, django_assert_max_num_queries: Any) -> None:
    """On the client's page, the contact's, and where one is chosen for an order."""
    integration = a_store()
    orders = [an_order(integration, number) for number in range(1, 61)]
    SalesOrder.objects.update(client=orders[0].client, contact=orders[0].contact)
    for number in range(60):
        Contact.objects.create(client=orders[0].client, last_name=f"King {number}", name_key=f"king{number}")
    assert orders[0].contact is not None
    for path in (
        reverse("client", args=[orders[0].client_id]),
        reverse("contact", args=[orders[0].contact.pk]),
        reverse("order-contact", args=[orders[0].number]),
        reverse("clients"),
    ):
        with django_assert_max_num_queries(MOST_STATEMENTS):
            assert clerk.get(path).status_code == 200


def test_odd_names_break_no_page_of_contacts(clerk: Browser) -> None:
    """Markup, scripts of all alphabets, 300 letters without a break."""
    order = an_order(a_store(), text=ODD)
    assert order.contact is not None
    for path in (reverse("contact", args=[order.contact.pk]), reverse("order-contact", args=[order.number])):
        assert_clean(clerk.get(path), path)
