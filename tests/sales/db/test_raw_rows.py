"""Rows that are read and written in few words are those that the ORM would have read and written."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from counterfoil.sales.db.raw_rows import insert, insert_one, select, write
from counterfoil.sales.models import OrderStatus, Product, SalesOrder
from counterfoil.stores.models import Payload, WebOrder
from tests.sales.factories import draft, placed
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db


def columns_of(row: WebOrder | Payload | Product) -> dict[str, object]:
    """Every column with its value."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_as_the_orm_reads_it() -> None:
    """Lists, money, moments and what is empty."""
    kept = web_order(
        saved(),
        unknown_skus=["A", "ß"],
        difference=Decimal("0.0100"),
        status_seen=11,
        written_at=timezone.now(),
        reason="Ä “x”",
    )
    (found,) = select(WebOrder, "WHERE row.id = %s", [kept.pk])
    assert columns_of(found) == columns_of(WebOrder.objects.get())
    assert not found._state.adding
    assert str(found.difference) == "0.0100"


def test_a_row_comes_with_the_one_it_points_to() -> None:
    """Or with none, where it points to none."""
    kept = web_order(saved())
    (alone,) = select(WebOrder, "WHERE row.id = %s", [kept.pk], joined="payload")
    assert alone.payload is None
    kept.payload = Payload.objects.create(web_order=kept, order=b'{"id": 7}\xff', read_at=timezone.now())
    kept.save()
    (both,) = select(WebOrder, "WHERE row.id = %s", [kept.pk], joined="payload")
    assert both.payload is not None
    assert both.payload.parts == (b'{"id": 7}\xff', None, None)
    assert columns_of(both.payload) == columns_of(Payload.objects.get())


def test_a_row_is_written_as_the_orm_writes_it() -> None:
    """Each column, and no other row."""
    row = web_order(saved(), 7)
    other = web_order(row.integration, 8)
    row.unknown_skus, row.difference, row.wanted = ["B"], Decimal("-1.5"), True
    row.reason, row.reason_since, row.status_sent = "It’s new", timezone.now(), None
    write(row)
    assert columns_of(WebOrder.objects.get(import_id="WEB-7")) == columns_of(row)
    assert columns_of(WebOrder.objects.get(import_id="WEB-8")) == columns_of(other)


def test_columns_that_are_not_given_take_their_defaults() -> None:
    """Those of the model and those of the database, and what a statement computes."""
    made = insert_one(Product, {"part_number": "A"}, computed=(("bin", "upper('b7')"),))
    product = Product.objects.get()
    assert (made.pk, made.__dict__["bin"]) == (product.pk, "B7")
    assert (product.bin, product.active, product.type, product.description) == ("B7", True, "physical", "")
    assert product.made_at is not None


def test_what_is_taken_is_left_out_only_where_that_is_asked_for() -> None:
    """Its id is left out, too."""
    insert(Product, [{"part_number": "A"}])
    (made,) = insert(Product, [{"part_number": "A"}, {"part_number": "B"}], leave_out_taken=True)
    assert Product.objects.get(pk=made).part_number == "B"
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Product, [{"part_number": "A"}])
    assert insert(Product, []) == []


def test_an_order_begins_in_the_initial_status_of_the_moment() -> None:
    """Which a manager may move to another one."""
    OrderStatus.objects.filter(role="initial").update(role="")
    OrderStatus.objects.filter(name="Released").update(role="initial")
    assert SalesOrder.objects.get(pk=placed(draft()).pk).status.name == "Released"
