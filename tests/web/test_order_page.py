"""One sales order: the ledger adds up, kits hold together, conflicts are settled, the import ID stands on Notes."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderLine
from counterfoil.sales.money import money_text
from counterfoil.stores.models import Conflict, LogEntry
from counterfoil.web.order_page import ledger, lines_under_kits, unpaid
from tests.web.books import a_conflict, a_store, an_order


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("12.3000", "12.30"),
        ("1234567.5", "1,234,567.50"),
        ("0.0125", "0.0125"),
        ("-3", "−3.00"),
        ("1E+3", "1,000.00"),
        ("999999999999.9999999999", "999,999,999,999.9999999999"),
        ("-0.0000", "0.00"),
    ],
)
def test_money_shows_two_places_and_more_where_they_say_something(amount: str, text: str) -> None:
    """The store's trailing zeros go, its digits stay."""
    assert money_text(Decimal(amount)) == text


@pytest.mark.django_db
def test_the_ledger_adds_up_to_the_total() -> None:
    """Subtotal − discounts + shipping + handling + wrapping + fees + rounding = total; the tenders pay it."""
    order = an_order(a_store())
    signs = {"": 1, "+": 1, "−": -1}
    assert sum(signs[row.sign] * row.amount for row in ledger(order, order.lines.all())) == order.total
    assert unpaid(order, order.tenders.all()) == 0


@pytest.mark.parametrize(
    ("parents", "placed"),
    [
        ((None, None, 0, 2), [(0, 0), (2, 1), (3, 2), (1, 0)]),
        ((None, 7), [(0, 0), (1, 0)]),
        ((1, 0, None), [(2, 0), (0, 0), (1, 0)]),
    ],
    ids=["kits within kits", "a parent that is not there", "parents in a circle"],
)
def test_no_line_is_left_out_whatever_its_parents_say(
    parents: tuple[int | None, ...], placed: list[tuple[int, int]]
) -> None:
    """Child lines stand right below their kit; lines without a way to the top stand by themselves."""
    lines = [OrderLine(position=position, parent_position=parent) for position, parent in enumerate(parents)]
    assert [(each.line.position, each.depth) for each in lines_under_kits(lines)] == placed


@pytest.mark.django_db
def test_the_notes_show_the_import_id_as_xml_import_id(clerk: Client) -> None:
    """Its name in the original, at the place where people look for it."""
    order = an_order(a_store())
    page = clerk.get(reverse("order", args=[order.number]), {"tab": "notes"}).content.decode()
    assert re.search(r"XML Import ID</span>\s*<strong>WEB-10234</strong>", page)


@pytest.mark.django_db
def test_tax_is_shown_apart_and_marked_override(clerk: Client) -> None:
    """The store's tax is never computed again, and the page says so."""
    order = an_order(a_store())
    page = clerk.get(reverse("order", args=[order.number]), {"tab": "payment"}).content.decode()
    assert "of which tax" in page
    assert "override" in page
    assert "7.12" in page


@pytest.mark.django_db
@pytest.mark.parametrize("tab", ["items", "history"])
def test_both_values_of_a_conflict_stand_on_top_of_every_tab(tab: str, clerk: Client) -> None:
    """A person sees both and picks one."""
    order = an_order(a_store())
    a_conflict(order)
    page = clerk.get(reverse("order", args=[order.number]), {"tab": tab}).content.decode()
    assert "The PO number was changed here and in the store." in page
    assert "PO-7" in page
    assert "PO-8" in page


@pytest.mark.django_db
def test_keeping_ours_settles_the_conflict_and_leads_back(clerk: Client) -> None:
    """The decision is in the log with who made it; pressing twice is no error."""
    order = an_order(a_store())
    conflict = a_conflict(order)
    path = reverse("order", args=[order.number])
    for _ in range(2):
        answer = clerk.post(reverse("pick", args=[conflict.pk]), {"whose": "ours", "next": path})
        assert answer["Location"] == path
    assert not Conflict.objects.exists()
    assert LogEntry.objects.filter(text__contains="clerk decided on the po number").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_button_leads_back_into_the_house_only(target: str, clerk: Client) -> None:
    """`next` is no way to another host."""
    answer = clerk.post(reverse("retry"), {"all": "1", "next": target})
    assert answer["Location"] == reverse("attention")
