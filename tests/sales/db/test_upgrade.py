"""A database of an earlier version: their lines show our part numbers, and what stands in On Hold is held."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection

from counterfoil.sales.models import OrderLine, OrderStatus, SalesOrder
from counterfoil.sales.orders.search import found_by
from tests.sales.factories import draft, line, placed

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = import_module("counterfoil.sales.migrations.0013_product_number_of_lines").Migration
((_, BEFORE),) = FIRST.dependencies


@pytest.fixture
def earlier_database() -> Iterator[None]:
    """Three lines: of a product called otherwise, of an alias that came later, of a product that came later."""
    order = placed(draft(line(1, part_number="ODD-1"), line(2, part_number="ODD-2"), line(3, part_number="PEN")))
    SalesOrder.objects.update(source="WEB-", status=OrderStatus.objects.get(name="On Hold"))
    call_command("migrate", "sales", BEFORE, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_product (part_number, description, type, bin, active, origin, made_by)"
            " VALUES ('MUG-01', '', 'physical', '', true, '', ''), ('PEN', '', 'physical', '', true, '', '')"
        )
        cursor.execute(
            "UPDATE sales_orderline SET product_id = (SELECT id FROM sales_product WHERE part_number = 'MUG-01')"
            " WHERE order_id = %s AND part_number = 'ODD-1'",
            [order.pk],
        )
        cursor.execute(
            "INSERT INTO sales_productalias (source, sku, product_id)"
            " SELECT 'WEB-', 'ODD-2', id FROM sales_product WHERE part_number = 'MUG-01'"
        )
    yield
    call_command("migrate", verbosity=0)  # of the stores too: some of theirs build on the ones taken back


@pytest.mark.usefixtures("earlier_database")
def test_an_upgrade_brings_earlier_orders_up_to_it() -> None:
    """Nobody has to import anything again."""
    call_command("migrate", verbosity=0)
    assert [(each.our_part_number, each.sold_as) for each in OrderLine.objects.order_by("position")] == [
        ("MUG-01", "ODD-1"),
        ("MUG-01", "ODD-2"),
        ("PEN", ""),
    ]
    order = SalesOrder.objects.get()
    assert list(found_by(SalesOrder.objects.all(), "mug-01")) == [order]
    assert order.is_held_by_status
    call_command("migrate", "sales", BEFORE, verbosity=0)
    assert not OrderStatus.objects.filter(role="hold").exists()
