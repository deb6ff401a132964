"""Orders are found by anything a clerk has at hand, and still are when that is changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from counterfoil.sales.models import AddressKind, Client, Contact, MatchRule, OrderSearchIndex, Parcel, SalesOrder
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.search import MOST_FOUND, folded, found_by, newest_found, query_of
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from tests.sales.factories import draft, line, placed, whole_order

pytestmark = pytest.mark.django_db
NUL = "\x00"
BILL_TO = AddressDraft(
    AddressKind.BILL_TO,
    first_name="Zoë",
    last_name="O’Brien-Müller",
    company="Straßenbau & Söhne GmbH",
    phone="+49 (0)171 123-45 67",
    email="Zoe.OBrien@Example.com",
)
SHIP_TO = AddressDraft(AddressKind.SHIP_TO, source_id=9, first_name="Игорь", last_name="Ωmega", phone="020 7946 0958")


def an_order() -> SalesOrder:
    """One that has a word of its own in each place that is searched."""
    client = Client.objects.create(name="Nordwind Papier")
    contact = Contact.objects.create(client=client, first_name="Jörg", last_name="Voß", email="j.voss@nordwind.example")
    lines = (line(1, part_number="MUG-0001/RED"), line(2, part_number="Ink 50 ml"))
    drafted = draft(*lines, po_number="PO-77812", web_order_number="10234", addresses=(BILL_TO, SHIP_TO))
    order = create_order(
        drafted,
        client_id=client.pk,
        contact=contact,
        matched_by=MatchRule.NEW,
        products={},
        source="WEB-",
        import_id="WEB-10234",
    )
    process_shipment(order.pk, whole_order(order, Tracking("UPS", "", "1Z 999 AA1 0123456784")), by="Ada")
    return order


def is_found(text: str) -> bool:
    """Whether the only order there is is found, in both ways of asking."""
    found = newest_found(text)
    assert found is not None
    assert found.ids == list(found_by(SalesOrder.objects.all(), text).values_list("pk", flat=True))
    return bool(found.ids)


@pytest.mark.parametrize(
    "text",
    [
        *("10234", "#10234", "WEB-10234", "web10234", "1023", "PO-77812", "po77812", "77812"),
        *("Nordwind", "nordwind papier", "papier nord", "jorg voss", "JÖRG", "j.voss@nordwind.example", "j.voss@nord"),
        *("zoe", "Zoë", "O'Brien", "obrien-muller", "Müller", "STRASSENBAU", "söhne gmbh", "zoe.obrien@example.com"),
        *("example.com", "игорь", "ИГОРЬ", "ωmega", "ΩMEGA"),
        *("+49 171 1234567", "0171 1234567", "0171/123 45 67", "491711234567", "1234567", "+44 20 7946 0958"),
        *("MUG-0001/RED", "mug0001", "mug-0001-red", "red mug", "ink 50", "50 ml"),
        *("1Z999AA10123456784", "1z 999 aa1 01 2345 6784", "1z999aa1-0123456784", "23456784"),
        *("10234 mug zoe", "  zoe \t 10234 ", "web-10234 nordwind 1234567"),
    ],
)
def test_an_order_is_found_by_what_is_in_it(text: str) -> None:
    """Numbers, names, e-mails, phones however they are written, SKUs, tracking numbers; several words at once."""
    an_order()
    assert is_found(text)


@pytest.mark.parametrize(
    "text",
    ["10235", "zoe zeppelin", "WEB-1023", "mu", "102", "4567", "999AA1", "1Z999AA1", "mug-0002", "& | ! :*", "'", "–"],
)
def test_what_is_not_in_it_does_not_find_it(text: str) -> None:
    """Every word has to be found; too short a beginning is a whole word; nothing typed is an operator."""
    an_order()
    assert newest_found(text) is None or not is_found(text)


@pytest.mark.parametrize("text", ["", "   ", "…", "---", NUL])
def test_without_words_nothing_is_searched(text: str) -> None:
    """All orders then."""
    order = an_order()
    assert newest_found(text) is None
    assert list(found_by(SalesOrder.objects.all(), text)) == [order]


def test_the_order_that_is_called_so_is_told_apart() -> None:
    """Its own number, import ID or number in the store; a number that only begins so is found next to it."""
    exact, other = (
        placed(draft(web_order_number="5012")),
        placed(draft(web_order_number="50121"), import_id="WEB-50121"),
    )
    found = newest_found("5012")
    assert found is not None
    assert set(found.ids) == {exact.pk, other.pk}
    assert found.exactly == [exact.pk]


def test_only_the_days_asked_for_are_searched() -> None:
    """From the first moment on, before the last one."""
    order = an_order()
    at, hour = order.order_date, timedelta(hours=1)
    for since, before, expected in ((at, None, 1), (None, at, 0), (at + hour, None, 0), (at - hour, at + hour, 1)):
        found = newest_found("mug", since=since, before=before)
        assert found is not None
        assert len(found.ids) == expected


def test_a_word_in_very_many_orders_gives_the_newest_and_says_so() -> None:
    """Never more than MOST_FOUND are looked at."""
    order = placed()
    day = datetime(2026, 3, 1, tzinfo=UTC)
    SalesOrder.objects.bulk_create(
        SalesOrder(
            order_date=day + timedelta(minutes=index),
            status_id=order.status_id,
            client_id=order.client_id,
            currency="EUR",
            subtotal=0,
            total=0,
        )
        for index in range(MOST_FOUND + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_write_words(ARRAY(SELECT id FROM sales_salesorder))")
    found = newest_found("O'Brien")
    assert found is not None
    assert found.too_many
    assert len(found.ids) == MOST_FOUND
    newest = SalesOrder.objects.order_by("-order_date").values_list("pk", flat=True)[:MOST_FOUND]
    assert found.ids == list(newest)
    assert found_by(SalesOrder.objects.all(), "O'Brien").count() == MOST_FOUND + 2


def test_what_is_changed_is_found_by_its_new_words_only() -> None:
    """PO, client, contact, addresses, part numbers, tracking numbers: whoever changes them, and by whatever way."""
    order = an_order()
    SalesOrder.objects.filter(pk=order.pk).update(po_number="BESTELLUNG-9")
    Client.objects.filter(orders=order).update(name="Südwind")
    Contact.objects.filter(orders=order).update(first_name="Wilma", email="w@example.net")
    order.addresses.filter(kind="bill_to").update(company="Brückenbau")
    order.lines.filter(part_number="MUG-0001/RED").update(part_number="PLATE-7")
    Parcel.objects.update(tracking_number="JD014600003")
    for old, new in {
        "77812": "bestellung-9",
        "nordwind papier": "sudwind",
        "jörg": "wilma",
        "straßenbau": "BRÜCKENBAU",
        "mug-0001": "plate-7",
        "1Z999AA10123456784": "JD014600003",
    }.items():
        assert not is_found(old), old
        assert is_found(new), new


def test_an_order_that_moves_is_found_under_its_new_client() -> None:
    """And no longer under the old one."""
    order = an_order()
    order.client, order.contact = Client.objects.create(name="Westwind"), None
    order.save()
    assert is_found("westwind")
    assert not is_found("papier")


def test_lines_and_addresses_that_come_and_go_take_their_words_along() -> None:
    """As an update from the store adds and removes them."""
    order = an_order()
    order.addresses.create(kind="ship_to", position=7, last_name="Latecomer")
    assert is_found("latecomer")
    order.addresses.filter(position=7).delete()
    assert not is_found("latecomer")
    kept = order.lines.get(part_number="Ink 50 ml")
    kept.parcel_items.all().delete()
    kept.delete()
    assert not is_found("ink 50")


def test_words_are_written_once_for_an_order_and_go_with_it() -> None:
    """One row, which nothing that is not searched for touches; none without its order."""
    order = an_order()

    def version() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin::text || ctid::text FROM sales_orderwords WHERE order_id = %s", [order.pk])
            return str(cursor.fetchone()[0])

    before = version()
    order.lines.update(shipped=1)
    SalesOrder.objects.update(notes="Called back")
    assert version() == before
    other = placed(import_id="WEB-7")
    assert OrderSearchIndex.objects.count() == 2
    other.lines.all().delete()
    other.delete()
    assert OrderSearchIndex.objects.get().order == order


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cn", "Co"], exclude_characters=NUL)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(text=st.text(LETTERS, max_size=30) | st.sampled_from(["ẞ", "ΑΣ ας", "İI", "ĄŁ Đ", "ﬁ", "é", "Ёж"]))
def test_the_database_spells_as_the_program_does(text: str) -> None:
    """What is searched is folded by the one, what is kept by the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_fold(%s)", [text])
        assert cursor.fetchone()[0] == folded(text)


def test_very_long_words_are_found_by_their_beginning() -> None:
    """Cut alike on both sides; hundreds of lines fit as well."""
    name = "x" * 5000
    lines = [line(number, part_number=f"PART-{number:04d}-{name}") for number in range(1, 301)]
    placed(draft(*lines, addresses=(replace(BILL_TO, company=name), SHIP_TO)))
    assert is_found(name)
    assert is_found("part-0300")
    assert query_of(" ".join(["word"] * 500)) is not None
