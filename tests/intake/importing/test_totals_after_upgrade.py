"""What older versions refused or rounded, since they took every price to include tax, is put right once."""

from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing.import_order import record_not_imported
from counterfoil.intake.outcomes import NotImported
from counterfoil.sales.models import OrderLine, SalesOrder
from counterfoil.stores.models import LogEntry, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from tests.bigcommerce.examples import ADDRESS, LINE, order
from tests.factories import ERROR, NEW, connect, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
NUMBER = 7007


def net_order(status_id: int, **changes: Any) -> dict[str, Any]:
    """An order of a store that prices without tax: 100.00 less 10.00 and 10 % tax on the rest, 99.00."""
    item = LINE | {
        "quantity": 1, "price_ex_tax": "100", "price_inc_tax": "110", "total_ex_tax": "100", "total_inc_tax": "110",
        "total_tax": "9", "discounted_total_inc_tax": "99",
    }  # fmt: skip
    shipping = [{**ADDRESS, "id": 1, "cost_inc_tax": 0, "cost_ex_tax": 0, "line_items": [item]}]
    figures: dict[str, Any] = {
        "shipping_cost_inc_tax": "0", "shipping_cost_ex_tax": "0", "items_total": 1, "discount_amount": "10",
        "is_tax_inclusive_pricing": False, "total_ex_tax": "90", "total_tax": "9", "total_inc_tax": "99",
    }  # fmt: skip
    figures["consignments"] = {"shipping": shipping}
    return order(id=NUMBER, status_id=status_id, **(figures | changes))


def as_an_older_version_left_it() -> None:
    """Imported with every amount including tax, and a Rounding line that a manager accepted."""
    SalesOrder.objects.update(tax_included=True, subtotal=110, rounding=Decimal(-1))
    OrderLine.objects.update(unit_price=110, extended=110, discount=11, total=99)
    WebOrder.objects.update(accepted_difference=Decimal(-1), totals_to_check=True)


def imported(store: SandboxStore, **options: Any) -> WebIntegration:
    store.place_raw(net_order(NEW))
    integration = connect(store, unknown_product="create", **options)
    run_sync(integration)
    return integration


def test_an_order_that_was_refused_is_tried_again(store: SandboxStore) -> None:
    """It stands in the import error status that we set, and its figures add up now."""
    store.place_raw(net_order(ERROR))
    integration = connect(store, unknown_product="create")
    with open_session(integration, seconds=60) as there:
        kept = fetching.read_one(there.integration, there.api, NUMBER)
        record_not_imported(integration, kept.web_order_id, NotImported("totals", "A difference of −1.00.", "Correct."))
    WebOrder.objects.update(status_sent=ERROR, written_at=None, totals_to_check=True)
    run_sync(integration)
    assert (sales_order(NUMBER).total, sales_order(NUMBER).rounding) == (99, 0)
    assert not web_order(NUMBER).totals_to_check
    assert LogEntry.objects.filter(text__contains="the order will be retried").count() == 1


def test_an_order_that_still_does_not_add_up_is_left_alone(store: SandboxStore) -> None:
    """It is not even read; the reason stays what it was."""
    store.place_raw(net_order(ERROR, total_ex_tax="190", total_inc_tax="199"))
    integration = connect(store, unknown_product="create")
    with open_session(integration, seconds=60) as there:
        kept = fetching.read_one(there.integration, there.api, NUMBER)
        record_not_imported(integration, kept.web_order_id, NotImported("totals", "A difference.", "Correct it."))
    WebOrder.objects.update(status_sent=ERROR, totals_to_check=True)
    run_sync(integration)
    assert web_order(NUMBER).reason == "A difference."
    assert not web_order(NUMBER).totals_to_check


def test_a_rounding_line_that_is_not_needed_goes(store: SandboxStore) -> None:
    """The order gets the store's figures on the store's basis, and its history says why."""
    integration = imported(store)
    as_an_older_version_left_it()
    run_sync(integration)
    here = sales_order(NUMBER)
    assert (here.tax_included, here.subtotal, here.rounding, here.total) == (False, 100, 0, 99)
    line = here.lines.get()
    assert (line.unit_price, line.discount, line.total, line.tax) == (100, 10, 90, 9)
    assert "prices without tax" in here.changes.filter(field="rounding").get().why
    assert LogEntry.objects.filter(text__contains="Rounding line of −1.00 USD is no longer needed").count() == 1
    run_sync(integration)
    assert LogEntry.objects.filter(text__contains="is no longer needed").count() == 1


def test_an_order_that_someone_changed_keeps_what_it_has(store: SandboxStore) -> None:
    """Neither its figures nor its Rounding line are touched, and nobody is asked."""
    integration = imported(store)
    as_an_older_version_left_it()
    OrderLine.objects.update(description="A mug, chipped")
    run_sync(integration)
    here = sales_order(NUMBER)
    assert (here.tax_included, here.rounding) == (True, -1)
    assert not web_order(NUMBER).conflicts.exists()


def test_what_was_imported_on_the_other_basis_keeps_its_figures(store: SandboxStore) -> None:
    """An edit in the store is taken over, on the basis that the order has where it adds up there too."""
    item = LINE | {
        "quantity": 1, "price_ex_tax": "100", "price_inc_tax": "110", "total_ex_tax": "100", "total_inc_tax": "110",
        "total_tax": "10",
    }  # fmt: skip
    shipping = [{**ADDRESS, "id": 1, "cost_inc_tax": 0, "cost_ex_tax": 0, "line_items": [item]}]
    whole = net_order(
        NEW, discount_amount="0", total_ex_tax="100", total_tax="10", total_inc_tax="110",
        consignments={"shipping": shipping},
    )  # fmt: skip
    store.place_raw(whole)
    integration = connect(store, unknown_product="create")
    run_sync(integration)
    SalesOrder.objects.update(tax_included=True, subtotal=110)
    OrderLine.objects.update(unit_price=110, extended=110, total=110)
    store.delete(NUMBER)
    store.place_raw(whole | {"customer_message": "Ring twice", "date_modified": "Thu, 11 Jan 2018 21:05:30 +0000"})
    WebOrder.objects.update(read_again="Someone asked.", written_at=None)
    run_sync(integration)
    here = sales_order(NUMBER)
    assert (here.customer_message, here.tax_included, here.subtotal, here.total) == ("Ring twice", True, 110, 110)
    assert not web_order(NUMBER).conflicts.exists()


def test_an_accepted_difference_stays_accepted(store: SandboxStore) -> None:
    """A manager accepted it when all prices were taken to include tax; the sum on the store's basis is another."""
    store.place_raw(net_order(NEW, total_ex_tax="190", total_tax="9", total_inc_tax="199"))
    integration = connect(store, unknown_product="create")
    run_sync(integration)
    assert web_order(NUMBER).difference == 100
    WebOrder.objects.update(accepted_difference=Decimal(99), read_again="Accepted.", written_at=None)
    run_sync(integration)
    here = sales_order(NUMBER)
    assert (here.tax_included, here.rounding, here.total) == (True, 99, 199)


def test_the_migration_marks_what_was_refused_or_rounded_and_nothing_else(store: SandboxStore) -> None:
    store.place(3)
    run_sync(connect(store))
    first, second, _ = SalesOrder.objects.order_by("pk")
    WebOrder.objects.filter(sales_order=first).update(reason_code="totals", reason="A difference.")
    SalesOrder.objects.filter(pk=second.pk).update(rounding=1, total=second.total + 1)
    migration = import_module("counterfoil.stores.migrations.0019_mark_totals_to_check")
    with connection.cursor() as cursor:
        cursor.execute(migration.MARK)
    marked = WebOrder.objects.filter(totals_to_check=True).values_list("sales_order", flat=True)
    assert sorted(marked) == [first.pk, second.pk]
