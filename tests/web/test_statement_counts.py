"""Every page that is there answers with few SQL statements, as many with a lot of data as with one of everything."""

import math

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterfoil.sales.models import Client as Buyer
from counterfoil.sales.models import Product, ProductAlias, SalesOrder
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_conflict, a_foreign_shipment, a_person, a_refused_order, a_shipment, an_order
from tests.web.matrix import all_rows
from tests.web.matrix.row import EVERYONE, OK, Example, Row, an_example

MOST_STATEMENTS = 15  # session and person included
MANY = 60
SHOWN = [row for row in all_rows() if OK in row.get]


def fill(example: Example) -> None:
    """More of everything than a page shows; the example's own order has many parcels and changes."""
    store = example.integration
    for number in range(1, MANY + 1):
        order = an_order(store, 20_000 + number, lines=12)
        if number % 2:
            a_shipment(order, sent=bool(number % 4 - 1))
        if number % 3:
            a_conflict(order)
        a_foreign_shipment(order)
        a_refused_order(store, 30_000 + number, code="unknown_product", payload=b"{}")
        product = Product.objects.create(part_number=f"PART-{number}")
        ProductAlias.objects.create(product=product, source=store.code, sku=f"ALIAS-{number}")
        example.order.changes.create(by="Ada", field="po number", before=str(number), after=str(number + 1))
    SalesOrder.objects.filter(number__gt=example.order.number, pk__lt=example.order.pk + 30).update(
        client=example.order.client
    )
    Buyer.objects.filter(orders=None).update(name="Nobody")


def statements(client: Client, row: Row, example: Example) -> list[str]:
    """The SQL that it takes to show the page."""
    asked = {key: value(example) if callable(value) else value for key, value in row.asked.items()}
    path = reverse(row.name, args=row.of(example), query=asked)
    client.get(path)  # what is read once in a process is read
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == OK, (path, answer.status_code)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.django_db
def test_every_page_takes_few_statements_whatever_the_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses come from the permission matrix, so that a new page comes in by itself."""
    monkeypatch.setattr("counterfoil.accounts.session_keys.NOTED_EVERY", math.inf)  # a page a minute notes who is there
    client, example = [logged_in_as(a_person(role)) for role in EVERYONE[1:]][-1], an_example()
    rows = [row for row in SHOWN if row.get[-1] == OK]
    few = {row.name: len(statements(client, row, example)) for row in rows}
    fill(example)
    many = {row.name: statements(client, row, example) for row in rows}
    too_many = {name: "\n".join(sql) for name, sql in many.items() if len(sql) > MOST_STATEMENTS}
    assert too_many == {}
    grown = {name: (few[name], "\n".join(sql)) for name, sql in many.items() if len(sql) > few[name] + 2}
    assert grown == {}
    assert len(rows) > 30
