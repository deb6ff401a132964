"""One sales order: the ledger adds up, kits hold together, conflicts are resolved, the import ID stands on Notes."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderLine, SalesOrder
from counterfoil.sales.money import money_text
from counterfoil.sales.orders.kits import lines_under_kits
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import Conflict, LogEntry, Payload, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.payloads.format import payload_text
from counterfoil.web.orders.detail import ledger, unpaid
from counterfoil.web.orders.detail_views import TABS
from tests.web.factories.orders import ORDERED, a_conflict, a_foreign_shipment, a_shipment, a_store, an_order


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


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1200.0000", "JPY", "1,200"),
        ("-1200", "JPY", "−1,200"),
        ("1200.5", "JPY", "1,200.5"),
        ("1.2345", "JPY", "1.2345"),
        ("1.5", "KWD", "1.500"),
        ("1.2345", "KWD", "1.2345"),
        ("1.5", "EUR", "1.50"),
    ],
)
def test_money_has_the_places_of_its_currency(amount: str, currency: str, text: str) -> None:
    """Yen have no hundredths, Kuwaiti dinars have thousandths; what the store sent beyond them stays."""
    assert money_text(Decimal(amount), currency) == text


@pytest.mark.django_db
def test_yen_are_shown_whole_on_the_page_of_an_order(viewer: Client) -> None:
    """In the list, the head, the lines and the ledger alike."""
    order = an_order(a_store())
    for part in ("discount", "shipping", "handling", "wrapping", "fees", "rounding", "tax"):
        setattr(order, part, Decimal(0))
    order.currency, order.subtotal, order.total, order.coupons = "JPY", Decimal(1200), Decimal(1200), []
    order.save()
    order.tenders.update(amount=Decimal(1200))
    yen, nothing = Decimal(1200), Decimal(0)
    order.lines.update(unit_price=yen, extended=yen, discount=nothing, tax=nothing, total=yen)
    for path in ("/orders/", f"/orders/{order.number}/", f"/orders/{order.number}/?tab=payment"):
        amounts = re.findall(r'<data class="amount" value="[^"]*">([^<]*)<', viewer.get(path).text)
        assert "1,200" in amounts
        assert not [each for each in amounts if each.endswith("0.00")]


@pytest.mark.django_db
def test_the_ledger_adds_up_to_the_total() -> None:
    """Subtotal − discounts + shipping + handling + wrapping + fees + rounding = total; the tenders pay it."""
    order = an_order(a_store())
    signs = {"": 1, "+": 1, "−": -1}
    assert sum(signs[row.sign] * row.amount for row in ledger(order, order.lines.all())) == order.total
    assert unpaid(order, order.tenders.all()) == 0


@pytest.mark.django_db
def test_tax_is_a_part_of_the_ledger_where_prices_are_without_it() -> None:
    """As on a US invoice; where they include it, it is told apart."""
    order = an_order(a_store())
    assert "Tax" not in [row.name for row in ledger(order, [])]
    order.tax_included, order.tax, order.total = False, Decimal(2), order.total + 2
    rows = {row.name: row.amount for row in ledger(order, [])}
    assert rows["Tax"] == 2


@pytest.mark.django_db
def test_what_no_coupon_took_off_is_told_too() -> None:
    """A coupon of 3.00 next to a discount on the order by hand."""
    order = an_order(a_store())
    order.discount = Decimal(5)
    order.coupons = [{"code": "TEN", "name": "Coupon", "amount": "3.00"}]
    row = next(row for row in ledger(order, []) if row.name == "Discounts")
    assert row.details == ("Coupon TEN 3.00", "Other discounts 2.00")


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
    assert "Tax included" in page
    assert "override" in page
    assert "7.12" in page


@pytest.mark.django_db
def test_what_was_paid_back_stands_next_to_what_was_paid_with_its_reason(clerk: Client) -> None:
    order = an_order(a_store())
    a_foreign_shipment(order)
    page = clerk.get(reverse("order", args=[order.number]), {"tab": "payment"}).content.decode()
    assert re.search(r"Refunded in the store.*Arrived broken.*5\.00", page, re.DOTALL)


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
def test_keeping_ours_resolves_the_conflict_and_leads_back(clerk: Client) -> None:
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
def test_a_button_leads_back_to_our_own_pages_only(target: str, clerk: Client) -> None:
    """`next` is no way to another host."""
    answer = clerk.post(reverse("retry"), {"all": "1", "next": target})
    assert answer["Location"] == reverse("attention")


def act(client: Client, order: SalesOrder) -> str:
    """The one button that stands out, without its menu."""
    page = client.get(reverse("order", args=[order.number])).content.decode()
    found = re.findall(r'class="(?:acts buttons|menu)">.*?</(?:div|details)>', page, re.DOTALL)
    primary = re.search(r'class="btn btn-primary"[^>]*>([^<]+)<', found[0].partition('<summary class="btn">')[0])
    return primary[1].strip() if primary else ""


@pytest.mark.django_db
def test_the_next_sensible_act_is_the_one_button_that_stands_out(clerk: Client, manager: Client) -> None:
    """What is in the way comes before shipping; a hold is a manager's; with nothing to do there is none."""
    order = an_order(a_store())
    assert act(clerk, order) == "Process shipment"
    WebOrder.objects.update(reason_code="totals", reason="It does not add up.")
    assert act(clerk, order) == "Retry"
    WebOrder.objects.update(reason_code="edited_in_store")
    assert act(clerk, order) == "Import the changes"
    WebOrder.objects.update(reason_code="")
    StoreUpdate.objects.update(state=UpdateState.FAILED, reason="Refused")
    assert act(clerk, order) == "Retry"
    put_on_hold(order.pk, "The order is disputed in the store.", by="BigCommerce")
    assert act(clerk, order) == ""
    assert act(manager, order) == "Release from hold …"
    a_conflict(order)
    assert act(clerk, order) == "Pick a value"
    Conflict.objects.all().delete()
    StoreUpdate.objects.update(state=UpdateState.SENT)
    put_on_hold(order.pk, "", by="BigCommerce")
    a_shipment(order)
    assert act(clerk, order) == ""


@pytest.mark.django_db
def test_an_order_with_nothing_to_ship_is_picked_up_or_closed_by_where_its_lines_go(clerk: Client) -> None:
    order = an_order(a_store())
    order.addresses.filter(kind="ship_to").update(kind="pickup")
    assert act(clerk, order) == "Picked up"
    order.lines.update(ship_to=None)
    assert act(clerk, order) == "Nothing to ship: close"


@pytest.mark.django_db
def test_a_failed_update_is_retried_on_the_order_s_page(clerk: Client) -> None:
    """On the Web tab, and one comes back there."""
    order = an_order(a_store())
    a_shipment(order, sent=False)
    path = f"{reverse('order', args=[order.number])}?tab=web"
    page = clerk.get(path).content.decode()
    update = StoreUpdate.objects.get(state=UpdateState.FAILED)
    assert "Only 1 of 2 can still ship in BigCommerce." in page
    assert reverse("update-retry", args=[update.pk]) in page
    assert f"{reverse('update-skip', args=[update.pk])}?next=" in page
    answer = clerk.post(reverse("update-retry", args=[update.pk]), {"next": path})
    assert answer["Location"] == path
    assert StoreUpdate.objects.get(pk=update.pk).state == UpdateState.WAITING


@pytest.mark.django_db
def test_each_version_that_was_read_can_be_looked_at_and_kept(clerk: Client) -> None:
    """Line by line, with its digits; the imported one is marked; a secret's value is left out."""
    order = an_order(a_store())
    web_order = WebOrder.objects.get(sales_order=order)
    document = b'{"id":10234,"total_inc_tax":"12.3000","weight":1.50,"gateway_token":"tok-4711","items":[1]}'
    first = Payload.objects.create(web_order=web_order, order=document, read_at=ORDERED)
    newer = Payload.objects.create(web_order=web_order, order=b"no json \xff", read_at=ORDERED)
    WebOrder.objects.update(imported_payload=first, payload=newer, digest="ab12")
    tab = clerk.get(reverse("order", args=[order.number]), {"tab": "web"}).content.decode()
    assert tab.count(">Imported</span>") == 1
    assert "ab12" in tab
    page = clerk.get(reverse("order-payload", args=[order.number, first.pk])).content.decode()
    assert "&quot;weight&quot;: 1.50," in page
    assert "tok-4711" not in page
    answer = clerk.get(reverse("order-payload-file", args=[order.number, first.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="order-10234-20261102T093000Z.json"'
    assert json.loads(answer.content) == json.loads(document) | {"gateway_token": "•••"}
    page = clerk.get(reverse("order-payload", args=[order.number, newer.pk])).content.decode()
    assert "no json \ufffd" in page
    assert clerk.get(reverse("order-payload", args=[order.number + 1, first.pk])).status_code == 404


@pytest.mark.django_db
def test_what_was_read_apart_is_one_document() -> None:
    """The lines of a large order come with a request of their own."""
    payload = Payload(order=b'{"id":1}', products=b'[{"id":2}]', coupons=None)
    assert json.loads(payload_text(payload)) == {"order": {"id": 1}, "products": [{"id": 2}]}


@pytest.mark.django_db
@pytest.mark.parametrize("lines", [1, 500])
@pytest.mark.parametrize("tab", TABS)
def test_each_tab_takes_few_statements_whatever_the_number_of_lines(
    tab: str, lines: int, manager: Client, django_assert_max_num_queries: Any
) -> None:
    """With parcels, refunds, shipments of others, conflicts, versions and a long history."""
    order = an_order(a_store(), lines=lines)
    a_foreign_shipment(order)
    a_conflict(order)
    a_shipment(order, sent=False)
    web_order = WebOrder.objects.get(sales_order=order)
    for number in range(30):
        Payload.objects.create(web_order=web_order, order=b"{}", read_at=ORDERED)
        order.changes.create(by="Ada", field="po number", before=str(number), after=str(number + 1))
        order.changes.create(by="Ada", field="notes", at=ORDERED, before="", after=str(number))
    path = reverse("order", args=[order.number], query={"tab": tab})
    manager.get(path)
    with django_assert_max_num_queries(15):
        assert manager.get(path).status_code == 200
