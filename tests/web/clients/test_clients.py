"""Clients: found, looked at, merged, and an order moved to another one."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from counterfoil.sales.clients.merge import merge
from counterfoil.sales.models import Client, ClientChange, Contact, FieldDefinition, SalesOrder
from tests.web.factories.clients_and_products import a_client, some_fields
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def text(browser: Browser, path: str, **query: object) -> str:
    """A page as it is now."""
    return browser.get(path, query).content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "babbage works",
        "BABBAGE",
        "ada77@",
        "King 77",
        "020 7946 0077",
        "+44 20 7946 0077",
        "7946 0077",
        "(020) 79460077",
    ],
)
def test_a_client_is_found_by_name_e_mail_and_phone_however_it_is_spaced(words: str, clerk: Browser) -> None:
    """A phone number is one word, with or without its country."""
    a_client(1)
    a_client(77, name="Babbage Works")
    page = text(clerk, reverse("clients"), q=words)
    assert "1 client found" in page
    assert "Babbage Works" in page


def test_a_phone_that_only_an_order_taught_finds_the_client_too(clerk: Browser) -> None:
    """The keys are searched as well as the contacts."""
    client = a_client(5)
    Contact.objects.update(phone="")
    assert client.name in text(clerk, reverse("clients"), q="020 7946 0005")


def test_clients_that_were_merged_are_in_no_list(clerk: Browser) -> None:
    """Their page says where they went."""
    keep, drop = a_client(1), a_client(2)
    merge(keep.pk, drop.pk, by="Ada")
    assert re.search(r"\b1 client\s*<", text(clerk, reverse("clients")))
    page = text(clerk, reverse("client", args=[drop.pk]))
    assert f'<a href="{reverse("client", args=[keep.pk])}">{keep}</a>' in page
    assert "Merge another client" not in page


def test_a_client_s_page_shows_each_address_that_its_orders_used_once(clerk: Browser) -> None:
    """However it is spaced, with what for and by how many orders; a place of pickup is not the client's."""
    store = a_store()
    first, second = an_order(store, 5), an_order(store, 6)
    SalesOrder.objects.filter(pk=second.pk).update(client=first.client)
    second.addresses.filter(kind="ship_to").update(street_1=" 1 dorset  street")
    first.addresses.filter(kind="bill_to").update(street_1="Elsewhere 2", kind="pickup")
    page = text(clerk, reverse("client", args=[first.client_id]))
    card = page.partition(">Addresses<")[2].partition("</ul>")[0]
    assert card.count("<li>") == 2
    assert "Elsewhere 2" not in card
    assert "Ship to · 2 orders, latest " in card
    assert f'<a href="{reverse("order", args=[second.number])}">{second.name}</a>' in card


def test_a_client_with_many_addresses_shows_the_latest_ones(clerk: Browser) -> None:
    """And says how many more there are."""
    store = a_store()
    client = an_order(store, 1).client
    for number in range(2, 25):
        order = an_order(store, number)
        order.addresses.update(street_1=f"Street {number}")
        SalesOrder.objects.filter(pk=order.pk).update(client=client)
    page = text(clerk, reverse("client", args=[client.pk]))
    assert "And 28 more; each order shows its own." in page
    assert "Street 24" in page
    assert "Street 2<" not in page.partition(">Addresses<")[2]


def test_a_merge_that_cannot_be_is_refused_in_words(manager: Browser) -> None:
    """Into itself, or with one that was merged already."""
    keep, drop = a_client(1), a_client(2)
    path = reverse("client-merge", args=[keep.pk])
    answer = manager.post(path, {"other": keep.pk})
    assert (answer.status_code, "merged into itself" in answer.content.decode()) == (422, True)
    manager.post(path, {"other": drop.pk, "why": "Twins"})
    assert Client.objects.get(pk=drop.pk).merged_into == keep
    answer = manager.post(path, {"other": drop.pk})
    assert (answer.status_code, "was merged into" in answer.content.decode()) == (422, True)
    assert ClientChange.objects.filter(client=keep, why__startswith="Twins").count() == 1


def test_moving_an_order_without_choosing_a_client_is_refused(clerk: Browser) -> None:
    """What was typed stays."""
    order = an_order(a_store())
    answer = clerk.post(reverse("order-client", args=[order.number]), {"why": "It is the other one"})
    assert answer.status_code == 422
    assert "No client selected." in answer.content.decode()
    assert "It is the other one" in answer.content.decode()


def test_an_order_moves_to_a_new_client(clerk: Browser) -> None:
    """Made from its bill-to address."""
    order = an_order(a_store())
    before = order.client
    clerk.post(reverse("order-client", args=[order.number]), {"client": "new", "why": "A stranger"})
    moved = SalesOrder.objects.get()
    assert moved.client != before
    assert moved.client.name == "Analytical Engines Ltd"
    assert moved.changes.get(field="client").why.startswith("A stranger")


def test_an_order_says_who_was_passed_over_and_offers_them(clerk: Browser) -> None:
    """With the rule that named them, and what spoke against them."""
    order = an_order(a_store())
    other = a_client(3)
    order.match_others = [
        {"rule": "email", "value": "ada3@example.com", "client_id": other.pk, "name": "x", "why": "It is a customer."}
    ]
    order.save()
    page = text(clerk, reverse("order", args=[order.number]))
    assert "1 other client not used" in page
    assert 'e-mail ada3@example.com. <span class="muted">It is a customer.</span>' in page
    assert f'name="client" value="{other.pk}"' in text(clerk, reverse("order-client", args=[order.number]))


def test_custom_fields_of_a_client_are_set_with_a_history(clerk: Browser) -> None:
    """A second press changes nothing, and says so."""
    some_fields()
    client = a_client(1)
    path = reverse("client-fields", args=[client.pk])
    for said in ("Saved.", "Nothing was changed."):
        assert said in clerk.post(path, {"field-segment": "Schools"}, follow=True).content.decode()
    client.refresh_from_db()
    assert client.fields == {"segment": "Schools"}
    assert ClientChange.objects.filter(client=client, after="Schools", by="clerk").count() == 1


def test_fields_of_an_order_and_its_lines_are_all_saved_or_none(clerk: Browser) -> None:
    """What does not fit its type is refused in words, with all that was typed still there."""
    some_fields()
    order = an_order(a_store())
    line = order.lines.first()
    assert line is not None
    path = reverse("order-fields", args=[order.number])
    sent = {f"line-{line.pk}-engraving": "For Ada", "field-of_number": "many", "field-of_yes_no": "Yes"}
    answer = clerk.post(path, sent)
    page = answer.content.decode()
    assert (answer.status_code, "“Number” takes a number" in page, "For Ada" in page) == (422, True, True)
    order.refresh_from_db()
    assert order.fields == {}
    clerk.post(path, sent | {"field-of_number": "12.50", "field-of_date": "2026-12-24"})
    order.refresh_from_db()
    line.refresh_from_db()
    assert order.fields == {"of_number": "12.50", "of_yes_no": True, "of_date": "2026-12-24"}
    assert line.fields == {"engraving": "For Ada"}
    page = text(clerk, reverse("order", args=[order.number]))
    assert "Engraving: For Ada" in page
    assert "2026-12-24" in page


def test_a_retired_field_shows_its_value_and_takes_none(clerk: Browser) -> None:
    """It stands on the order as long as there is something in it."""
    some_fields()
    order = an_order(a_store())
    order.fields = {"of_text": "An old value"}
    order.save()
    FieldDefinition.objects.update(retired=True)
    assert "An old value" in text(clerk, reverse("order", args=[order.number]))
    assert "No custom fields" in text(clerk, reverse("order-fields", args=[order.number]))
