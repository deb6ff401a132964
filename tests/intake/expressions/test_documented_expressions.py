"""The expressions in docs/fields.md do what the page says, on orders of every kind."""

import re
from pathlib import Path

import pytest

from counterfoil.intake.conversion.mapping_editor import failing_orders, map_field, try_expression
from counterfoil.sales.custom_fields.definitions import add_field
from counterfoil.sales.models import Client, FieldDefinition, FieldScope, FieldType, OrderLine, SalesOrder
from counterfoil.stores.models import WebOrder
from tests.factories import connect, run_sync
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).parents[3] / "docs" / "fields.md").read_text()
ROW = re.compile(r"^\| ([^|]+) \| (order|line|client): ([a-z ]+?)(?: \(([^)]+)\))? \| `([^`|]+)` \|$", re.M)
EXAMPLES = ROW.findall(PAGE)
KINDS = ("options", "kit", "order_coupon", "wrapping", "form_fields", "message", "digital", "gift_certificate", "yen")
MOST_KINDS = ("several_addresses", "without_sku", "zero_total", "very_long", "guest", "company", "euros")
ABROAD = {"customer_message": "It is a present", "customer_id": 0}


def defined(label: str, scope: str, kind: str, choices: str) -> FieldDefinition:
    """The field as the page defines it."""
    words = {kind.label.lower(): kind for kind in FieldType} | {"yes or no": FieldType.YES_NO}
    return add_field(FieldScope(scope), label, words[kind], choices=choices.split(", ") if choices else ())


@pytest.fixture
def stored(store: SandboxStore) -> list[WebOrder]:
    """An order of each kind, read and stored; nothing is imported yet."""
    store.reset()
    for kind in (*KINDS, *MOST_KINDS):
        store.place(2, kind=kind)
    store.place(1, kind="registered", **ABROAD)
    run_sync(connect(store))
    return list(WebOrder.objects.select_related("payload"))


def test_the_page_has_its_examples() -> None:
    """Ten at least, for orders, lines and clients, and of every type."""
    assert len(EXAMPLES) == PAGE.count("| order: ") + PAGE.count("| line: ") + PAGE.count("| client: ") >= 10
    assert {scope for _, scope, *_ in EXAMPLES} == {"order", "line", "client"}
    assert {kind for _, _, kind, *_ in EXAMPLES} == {"text", "number", "date", "choice", "yes or no"}


def test_each_example_fails_on_no_order_and_tells_some_apart(stored: list[WebOrder]) -> None:
    """Not one error on any order; and its value is not the same for all of them."""
    (integration,) = {order.integration for order in stored}
    for label, scope, kind, choices, expression in EXAMPLES:
        field = defined(label, scope, kind, choices)
        trial = failing_orders(integration, expression, FieldScope(scope), field=field)
        assert (trial.failing, trial.tried, trial.cut) == ((), len(stored), False), expression
        tried = [try_expression(order, expression, FieldScope(scope), field=field) for order in stored]
        values = {each.value for answers in tried for each in answers}
        if kind != "date":
            assert len(values) > 1, (expression, values)


def test_the_examples_fill_their_fields_when_an_order_is_imported(store: SandboxStore) -> None:
    """All of them at once, on orders, lines and clients."""
    integration = connect(store)
    for label, scope, kind, choices, expression in EXAMPLES:
        map_field(integration, defined(label, scope, kind, choices), expression, required=False, by="Ada")
    (number,) = store.place(1, kind="options", customer_message="It is a present")
    run_sync(integration)
    order = SalesOrder.objects.get()
    assert order.fields["its_a_gift"] is True
    assert order.fields["order_date"] == order.order_date.date().isoformat()
    assert order.fields["number_of_different_items"] == str(len(store.order(number)["lines"]))
    lines = list(OrderLine.objects.filter(order=order))
    assert any(line.fields.get("what_the_shopper_chose") for line in lines)
    assert any(line.fields.get("the_brand_in_capitals", "").isupper() for line in lines)
    assert Client.objects.get().fields["has_an_account_in_the_store"] in (True, False)
