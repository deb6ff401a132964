"""The books' promises hold in the database itself: each is tried to be broken."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from counterfoil.sales.models import (
    Client,
    ClientKey,
    Contact,
    OrderAddress,
    OrderLine,
    OrderStatus,
    Product,
    SalesOrder,
    Tender,
)
from tests.sales.factories import D, draft, line, placed

pytestmark = pytest.mark.django_db


def refused(constraint: str, act: Any) -> None:
    """The database refuses it, by this constraint."""
    with pytest.raises(Error, match=constraint), transaction.atomic():
        act()


def test_an_order_is_placed_whole_in_four_statements() -> None:
    """However many lines it has: order, addresses, lines, tenders."""
    lines = tuple(line(number) for number in range(1, 1001))
    client = Client.objects.create(name="warm-up")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        order = placed(draft(*lines))
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 4 + 1  # the client is made too
    assert order.lines.count() == 1000
    assert order.status.name == "New"
    assert client.orders.count() == 0


def test_money_keeps_its_digits() -> None:
    """What came as 5.0000 is 5.0000 in the sales data, and 1E+3 is a thousand."""
    order = placed(draft(line(unit_price=D("1E+3"), extended=D("10.0000"))))
    kept = OrderLine.objects.get(order=order)
    assert (str(kept.extended), str(kept.unit_price)) == ("10.0000", "1000")
    assert str(SalesOrder.objects.get().total) == "13.5000"


def test_each_line_goes_to_its_address_and_hangs_under_its_parent() -> None:
    """Indexes of the draft become rows of this order."""
    order = placed(draft(line(1), line(2, parent=0, ship_to=None)))
    kit, child = order.lines.all()
    assert kit.ship_to is not None
    assert (kit.ship_to.source_id, child.ship_to, child.parent_position) == (9, None, 0)


def test_what_was_refunded_before_shipping_need_not_be_shipped() -> None:
    """Refunded ones count as cancelled as far as they were not shipped."""
    order = placed(draft(line(quantity=5, shipped=3, refunded=4)))
    kept = order.lines.get()
    assert (kept.shipped, kept.cancelled, kept.refunded, kept.open) == (3, 2, 4, 0)


def test_one_import_id_makes_one_sales_order() -> None:
    """A second order with it is refused; orders without one are many."""
    placed()
    refused("import_id", placed)
    placed(import_id=None)
    placed(import_id=None)
    refused("import_id_is_never_empty", lambda: placed(import_id=""))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1000000000000", "-1000000000000", "0.00000000001"])
@pytest.mark.parametrize(
    ("model", "column"), [(SalesOrder, "tax"), (OrderLine, "tax"), (OrderAddress, "shipping_cost")]
)
def test_no_column_takes_what_is_no_amount(model: Any, column: str, amount: str) -> None:
    """NaN, infinity, 10^12 and an eleventh decimal place."""
    placed()
    refused("check constraint", lambda: model.objects.update(**{column: Decimal(amount)}))


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (SalesOrder, {"total": D("13.51")}, "order_parts_add_up"),
        (SalesOrder, {"rounding": D("0.01")}, "order_parts_add_up"),
        (SalesOrder, {"discount": D(-1), "total": D("14.50")}, "order_parts_are_not_negative"),
        (SalesOrder, {"currency": "usd"}, "order_currency"),
        (OrderLine, {"quantity": 0}, "line_"),
        (OrderLine, {"quantity": -1}, "line_|quantity"),
        (OrderLine, {"shipped": 2, "cancelled": 1}, "line_never_more_shipped"),
        (OrderLine, {"shipped": 1, "backordered": 2}, "line_never_more_shipped"),
        (OrderLine, {"refunded": 3}, "line_refunded_within"),
        (OrderLine, {"discount": D(1)}, "line_adds_up"),
        (OrderLine, {"extended": D(-1), "total": D(-1)}, "line_money_is_not_negative"),
        (OrderLine, {"parent_position": 0}, "line_is_not_its_own_parent"),
        (OrderAddress, {"kind": "bill_to"}, "one_bill_to"),
        (Tender, {"amount": D(-1)}, "tender_is_not_negative"),
        (Client, {"name": ""}, "client_has_a_name"),
        (OrderStatus, {"role": "initial"}, "one_order_status_per_role"),
    ],
)
def test_the_database_refuses_what_must_never_be(model: Any, change: dict[str, Any], constraint: str) -> None:
    """Whoever tries: the program, a script, or someone with psql."""
    placed()
    refused(constraint, lambda: model.objects.update(**change))


def test_lines_and_addresses_stand_once_in_an_order() -> None:
    """No position and no line of the store twice."""
    placed(draft(line(1), line(2)))
    refused("line_source_once", lambda: OrderLine.objects.update(source_id=1))
    refused("line_position_once", lambda: OrderLine.objects.update(position=5))
    refused("address_position_once", lambda: OrderAddress.objects.update(position=5))


def test_a_key_belongs_to_one_client() -> None:
    """The same key of the same store is never given twice; a guest's 0 is no key."""
    one, other = Client.objects.create(name="One"), Client.objects.create(name="Other")
    ClientKey.objects.create(client=one, source="WEB-", rule="email", value="a@b.c")
    ClientKey.objects.create(client=other, source="SHOP-", rule="email", value="a@b.c")
    refused("key_belongs", lambda: ClientKey.objects.create(client=other, source="WEB-", rule="email", value="a@b.c"))
    refused("a_guest", lambda: ClientKey.objects.create(client=one, source="WEB-", rule="customer", value="0"))
    refused("key_has_a_value", lambda: ClientKey.objects.create(client=one, source="WEB-", rule="phone", value=""))


def test_a_contact_stands_once_at_its_client() -> None:
    """By e-mail, else by name; two people of one name with two e-mails are two."""
    client = Client.objects.create(name="One")
    for email_key in ("a@b.c", "d@e.f", ""):
        Contact.objects.create(client=client, name_key="ada", email_key=email_key)
    refused("contact_email_once", lambda: Contact.objects.create(client=client, name_key="bob", email_key="a@b.c"))
    refused("contact_name_once", lambda: Contact.objects.create(client=client, name_key="ada", email_key=""))


def test_a_product_has_one_part_number() -> None:
    """Neither none nor the same twice."""
    Product.objects.create(part_number="MUG")
    refused("part_number", lambda: Product.objects.create(part_number="MUG"))
    refused("product_has_a_part_number", lambda: Product.objects.create(part_number=""))


def test_a_client_with_orders_cannot_be_removed() -> None:
    """Nothing that is imported loses what it stands on."""
    order = placed()
    with pytest.raises(ProtectedError):
        order.client.delete()


def test_order_numbers_never_repeat() -> None:
    """They come from a sequence of the database."""
    first, second = placed(import_id=None), placed(import_id=None)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.number == first.number + 1
