"""Exports of sales orders: the layout adds up, what counts as exported, and what breaks off leaves nothing."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.csv.text import csv_lines, read_csv
from counterfoil.sales.errors import Refused
from counterfoil.sales.exports import exports
from counterfoil.sales.exports.columns import COLUMNS
from counterfoil.sales.exports.exports import begin_export, marked_when_done, not_exported
from counterfoil.sales.models import Export, ExportedOrder, SalesOrder
from counterfoil.stores.weborders.refunds_for_export import export_records
from tests.web.factories.orders import ODD, a_foreign_shipment, a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
D = Decimal


def begun(*, new_only: bool = False) -> Export:
    """An export of all orders that has begun."""
    export = begin_export(SalesOrder.objects.all(), by="Ada", which="", new_only=new_only)
    assert export is not None
    return export


def written(export: Export) -> list[dict[str, str]]:
    """The rows of its file, each by the names of its columns, as a spreadsheet reads them; then it is complete."""
    with marked_when_done(export):
        content = "".join(csv_lines(export_records(export)))
    header, *rows = read_csv(content)
    assert tuple(header) == COLUMNS
    return [dict(zip(header, row, strict=True)) for row in rows]


def added_up(rows: list[dict[str, str]], column: str) -> Decimal:
    """The column as a spreadsheet adds it up."""
    return sum((D(row[column]) for row in rows if row[column]), D(0))


def test_each_line_has_a_row_and_the_order_s_own_money_stands_once() -> None:
    """Order, client, addresses and line on each row; shipping, total and tenders on the first one only."""
    order = an_order(a_store(), lines=3)
    rows = written(begun())
    assert [row["sku"] for row in rows] == ["ENGINE-0", "ENGINE-1", "ENGINE-2"]
    for row in rows:
        assert (row["order_number"], row["import_id"], row["store"]) == (str(order.number), "WEB-10234", "WEB-")
        assert (row["store_order_number"], row["po_number"], row["currency"]) == ("10234", "PO-10234", "EUR")
        assert (row["client"], row["contact"]) == ("Analytical Engines Ltd", "Ada Lovelace")
        assert (row["bill_to_name"], row["bill_to_postcode"]) == ("Ada Lovelace", "SW1Y 4JH")
        assert (row["ship_to_name"], row["ship_to_street_1"]) == ("Charles Babbage", "1 Dorset Street")
        assert row["order_date"] == f"{order.order_date:%Y-%m-%dT%H:%M:%SZ}"
    first, *others = rows
    assert first["order_total"] == str(order.total)
    assert (first["shipping"], first["gift_certificates"]) == ("9.9500", "10.0000")
    assert {row[name] for row in others for name in ("order_total", "shipping", "paid", "refunds")} == {""}


def test_the_columns_add_up_to_the_totals() -> None:
    """Lines − order discount + shipping + handling + wrapping + fees + rounding = totals."""
    store = a_store()
    an_order(store, 1, lines=3)
    SalesOrder.objects.update(discount=D("9.0100"), total=D("0.9400") + 2 * D("39.9900"))  # 1.01 stands on no line
    an_order(store, 2, lines=40)
    rows = written(begun())
    parts = {
        "line_total": 1,
        "order_discount": -1,
        "shipping": 1,
        "handling": 1,
        "wrapping": 1,
        "fees": 1,
        "rounding": 1,
    }
    total = sum((sign * added_up(rows, name) for name, sign in parts.items()), D(0))
    assert total == added_up(rows, "order_total") == sum(order.total for order in SalesOrder.objects.all())
    assert rows[0]["order_discount"] == "1.0100"
    assert added_up(rows, "line_subtotal") - added_up(rows, "line_discount") == added_up(rows, "line_total")


def test_quantities_and_refunds_stand_where_they_belong() -> None:
    """What was shipped, cancelled and refunded of each line; the money that was paid back, once."""
    order = an_order(a_store(), lines=2)
    a_shipment(order)
    a_foreign_shipment(order)
    order.lines.filter(position=0).update(refunded=1)
    first, second = written(begun())
    assert (first["quantity"], first["shipped"], first["refunded"], first["refunds"]) == ("2", "2", "1", "5.0000")
    assert (second["shipped"], second["refunded"], second["refunds"]) == ("2", "0", "")


def test_an_order_without_lines_has_a_row_too() -> None:
    """Its money would be missing else."""
    order = an_order(a_store())
    order.lines.all().delete()
    (row,) = written(begun())
    assert row["line"] == ""
    assert row["order_total"] == str(order.total)


def test_nothing_is_taken_for_a_formula_and_numbers_stay_numbers() -> None:
    """Also names from the store; amounts below zero have no apostrophe."""
    order = an_order(a_store(), text="=cmd|' /C calc'!A0")
    SalesOrder.objects.filter(pk=order.pk).update(rounding=D("-0.0100"), total=order.total - D("0.0100"))
    export = begun()
    with marked_when_done(export):
        content = "".join(csv_lines(export_records(export)))
    assert ",=" not in content
    assert "\n=" not in content
    assert "'=cmd|" in content
    assert ",-0.0100," in content


@given(st.text(max_size=20))
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    """Whatever a customer typed: no cell begins like a formula, and reading takes the apostrophe off again."""
    (line,) = csv_lines([[text, D("-1E+2")]])
    if "\0" not in text:
        ((back, number),) = read_csv(line.removesuffix("\r\n"))
        assert number == "-100"
        if text == text.strip() and "\r" not in text and not text.startswith("="):
            assert back.removeprefix("'") == text.removeprefix("'")
    assert line.lstrip('"')[:1] not in ("=", "+", "-", "@")


def test_new_only_leaves_out_what_a_finished_export_had() -> None:
    """Each order once."""
    store = a_store()
    an_order(store, 1)
    assert [row["import_id"] for row in written(begun(new_only=True))] == ["WEB-1", "WEB-1"]
    an_order(store, 2)
    assert {row["import_id"] for row in written(begun(new_only=True))} == {"WEB-2"}
    assert begin_export(SalesOrder.objects.all(), by="Ada", which="", new_only=True) is None
    assert Export.objects.count() == 2


def test_an_export_that_breaks_off_marks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was not taken to its end: the orders are new as before."""
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    store = a_store()
    for number in (1, 2, 3):
        an_order(store, number)
    export = begun(new_only=True)

    def file() -> Iterator[Any]:
        with marked_when_done(export):
            yield from export_records(export)

    half = file()
    assert [next(half)[1] for _ in range(4)] == ["import_id", "WEB-1", "WEB-1", "WEB-2"]
    half.close()
    assert not Export.objects.exists()
    assert not ExportedOrder.objects.exists()
    assert not_exported(SalesOrder.objects.all()).count() == 3


def test_an_export_has_the_same_orders_again() -> None:
    """What was ordered since is not in it."""
    store = a_store()
    an_order(store, 1)
    export = begun()
    first = written(export)
    an_order(store, 2)
    again = Export.objects.get(pk=export.pk)
    assert written(again) == first
    assert Export.objects.get(pk=export.pk).finished_at == export.finished_at


def test_two_people_never_get_the_same_new_orders() -> None:
    """The second one is told who was first; another kind of export is not in the way."""
    an_order(a_store())
    first = begun(new_only=True)
    with pytest.raises(Refused, match="Ada is exporting the new orders right now"):
        begun(new_only=True)
    assert begun() is not None
    written(first)
    assert begin_export(SalesOrder.objects.all(), by="Ada", which="", new_only=True) is None


def test_who_died_is_forgotten_and_cannot_finish_afterwards() -> None:
    """After two minutes without a sign of life the next one gets the orders."""
    an_order(a_store())
    dead = begun(new_only=True)
    Export.objects.update(alive_at=timezone.now() - timedelta(minutes=3))
    assert begun(new_only=True).pk != dead.pk
    with pytest.raises(Refused, match="took too long and was stopped"):
        written(dead)


def test_a_file_takes_as_many_statements_and_as_little_memory_for_each_200_orders() -> None:
    """Seven for 200, whatever they hold."""
    store = a_store()
    for number in range(1, 9):
        an_order(store, number, lines=30)
    export = begun()
    with CaptureQueriesContext(connection) as captured:
        assert sum(1 for _ in export_records(export)) == 1 + 8 * 30
    assert len(captured.captured_queries) <= 8
    assert export.row_count == 240


def test_odd_names_come_through() -> None:
    """Any writing, markup, quotation marks and names of 300 characters."""
    order = an_order(a_store(), text=ODD)
    rows = written(begun())
    assert rows[0]["client"] == order.client.name.strip()
