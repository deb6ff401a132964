"""Clients and contacts by hand: renamed, added, corrected, merged, chosen, each with its history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.clients.contacts import SameContact, add_contact, choose_contact, edit_contact, merge_contacts
from counterfoil.sales.clients.edit import rename_client
from counterfoil.sales.clients.merge import merge
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, ClientChange, Contact, OrderChange
from counterfoil.sales.text.normalize import fold_email
from tests.sales.factories import placed

pytestmark = pytest.mark.django_db
ADA = {"first_name": "Ada", "last_name": "King", "email": "Ada@Example.com", "phone": "1"}


def a_client(name: str = "Engines") -> Client:
    return Client.objects.create(name=name)


def said(client: Client) -> list[tuple[str, str, str, str]]:
    """The client's history: by, what, before, after."""
    return list(ClientChange.objects.filter(client=client).values_list("by", "what", "before", "after"))


def test_a_client_is_renamed_with_a_history() -> None:
    """Once; spaces around a name are no part of it."""
    client = a_client()
    assert rename_client(client.pk, "  Engines   Ltd ", by="Ada", why="They said so")
    assert not rename_client(client.pk, "Engines Ltd", by="Ada")
    client.refresh_from_db()
    assert client.name == "Engines Ltd"
    assert said(client) == [("Ada", "name", "Engines", "Engines Ltd")]


@pytest.mark.parametrize("name", ["", "  ", "N" * 301, "A\x01B"])
def test_what_is_no_name_is_refused(name: str) -> None:
    """In words; nothing changes."""
    client = a_client()
    with pytest.raises(Refused):
        rename_client(client.pk, name, by="Ada")
    assert said(client) == []


def test_a_client_that_is_gone_or_merged_is_not_renamed() -> None:
    """The one it became is."""
    keep, drop = a_client("A"), a_client("B")
    merge(keep.pk, drop.pk, by="Ada")
    for pk in (drop.pk, 10**12):
        with pytest.raises(Refused):
            rename_client(pk, "C", by="Ada")


def test_a_contact_is_added_with_the_keys_that_imports_find_it_by() -> None:
    """Folded as an import folds them."""
    contact = add_contact(a_client().pk, ADA, by="Eve")
    assert (contact.email_key, contact.name_key) == ("ada@example.com", "adaking")
    assert said(contact.client) == [("Eve", "new contact", "", "Ada King (Ada@Example.com)")]


def test_each_thing_that_is_corrected_is_in_the_history() -> None:
    """What stays the same is not."""
    contact = add_contact(a_client().pk, ADA, by="Eve")
    assert edit_contact(contact.pk, ADA | {"email": "ada@new.example", "phone": ""}, by="Eve") == ["e-mail", "phone"]
    contact.refresh_from_db()
    assert (contact.email, contact.email_key, contact.phone) == ("ada@new.example", "ada@new.example", "")
    assert said(contact.client)[1:] == [
        ("Eve", "e-mail of Ada King", "Ada@Example.com", "ada@new.example"),
        ("Eve", "phone of Ada King", "1", ""),
    ]
    assert edit_contact(contact.pk, {}, by="Eve") == []
    assert {change.contact for change in ClientChange.objects.all()} == {contact}


@pytest.mark.parametrize(
    "entered",
    [
        {"first_name": "", "last_name": " ", "email": ""},
        {"email": "no address"},
        {"last_name": "K" * 151},
        {"phone": "1\x02"},
    ],
)
def test_what_no_contact_can_be_made_of_is_refused(entered: dict[str, str]) -> None:
    """In words, added or corrected."""
    client = a_client()
    contact = add_contact(client.pk, ADA, by="Eve")
    for act in (
        lambda: add_contact(client.pk, ADA | entered, by="Eve"),
        lambda: edit_contact(contact.pk, entered, by="Eve"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert not isinstance(refused.value, SameContact)
    assert Contact.objects.get().name == "Ada King"


def test_an_e_mail_that_came_from_a_store_as_it_is_stops_no_other_correction() -> None:
    """Only an e-mail that was entered is looked at."""
    contact = Contact.objects.create(client=a_client(), last_name="King", email="odd", name_key="king")
    assert edit_contact(contact.pk, {"phone": "7"}, by="Eve") == ["phone"]


@pytest.mark.parametrize(("entered", "said"), [({"email": "ADA@example.com"}, "e-mail"), ({"email": ""}, "name")])
def test_a_second_contact_of_one_kind_is_refused_and_names_the_first(entered: dict[str, str], said: str) -> None:
    """By e-mail; by name where neither has one. Another client may have the same."""
    client = a_client()
    first = add_contact(client.pk, ADA | entered, by="Eve")
    second = add_contact(client.pk, ADA | {"email": "other@example.com"}, by="Eve")
    for act in (
        lambda: add_contact(client.pk, ADA | entered, by="Eve"),
        lambda: edit_contact(second.pk, entered, by="Eve"),
    ):
        with pytest.raises(SameContact, match=said) as refused:
            act()
        assert refused.value.other == first
    assert client.contacts.count() == 2
    add_contact(a_client("Another").pk, ADA | entered, by="Eve")


def test_two_contacts_become_one_with_all_their_orders_and_history() -> None:
    """The one that stays takes what it lacked, and keeps what it has."""
    order = placed()
    keep = add_contact(order.client_id, {"last_name": "King", "phone": "7"}, by="Eve")
    drop = add_contact(order.client_id, ADA, by="Eve")
    choose_contact(order.pk, drop.pk, by="Eve")
    merged = merge_contacts(keep.pk, drop.pk, by="Eve")
    order.refresh_from_db()
    merged.refresh_from_db()
    assert order.contact == keep == merged
    assert (merged.email, merged.email_key) == ("Ada@Example.com", "ada@example.com")
    assert (merged.phone, merged.name, merged.name_key) == ("7", "King", "king")
    assert not Contact.objects.filter(pk=drop.pk).exists()
    assert ("Eve", "merged contact", "Ada King (Ada@Example.com)", "King (Ada@Example.com)") in said(order.client)
    assert merged.changes.count() == 3


def test_contacts_of_two_clients_and_a_contact_with_itself_are_not_merged() -> None:
    """Clients are merged instead."""
    one, other = (add_contact(a_client(name).pk, ADA, by="Eve") for name in ("A", "B"))
    for drop in (one.pk, other.pk, 10**12):
        with pytest.raises(Refused):
            merge_contacts(one.pk, drop, by="Eve")
    assert Contact.objects.count() == 2


def test_the_contact_of_an_order_is_chosen_from_its_client_s() -> None:
    """Once, with a history; another client's is refused."""
    order = placed()
    contact, stranger = add_contact(order.client_id, ADA, by="Eve"), add_contact(a_client().pk, ADA, by="Eve")
    assert choose_contact(order.pk, contact.pk, by="Eve")
    assert not choose_contact(order.pk, contact.pk, by="Eve")
    with pytest.raises(Refused):
        choose_contact(order.pk, stranger.pk, by="Eve")
    assert OrderChange.objects.get(field="contact").after == "Ada King"


@given(emails=st.lists(st.sampled_from(["a@b.de", "A@B.de ", "c@d.de", "c@d.DE", "", "x"]), min_size=1, max_size=8))
def test_whatever_is_entered_no_client_has_two_contacts_of_one_e_mail(emails: list[str]) -> None:
    """The keys always follow what is shown."""
    client = a_client()
    for number, email in enumerate(emails):
        try:
            add_contact(client.pk, {"last_name": f"King {number % 3}", "email": email}, by="Eve")
        except Refused:
            continue
    kept = [contact.email_key for contact in client.contacts.all() if contact.email_key]
    assert len(kept) == len(set(kept))
    assert all(contact.email_key == fold_email(contact.email) for contact in client.contacts.all())
    client.delete()
