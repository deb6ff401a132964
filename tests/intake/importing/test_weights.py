"""What items weigh comes with the order, in the unit that the store has then."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.sales.models import OrderChange, OrderLine, SalesOrder
from counterfoil.stores.models import StoreState, WebOrder
from tests.factories import NEW, connect, fresh, in_store, run_sync, sales_order
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db


def weights(order_id: int) -> dict[int | None, Decimal | None]:
    """What the lines of an order weigh, by their ids in the store."""
    return dict(sales_order(order_id).lines.values_list("source_id", "weight"))


def there(store: SandboxStore, order_id: int) -> dict[int, Decimal | None]:
    """As the store has them; 0 is none."""
    return {each["id"]: Decimal(each["weight"]) or None for each in in_store(store, order_id)["products"]}


def an_hour_later() -> None:
    """The store's unit was read long ago."""
    StoreState.objects.update(weight_unit_asked_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("kind", ["guest", "kit", "digital", "several_addresses"])
def test_each_line_keeps_the_weight_of_one(store: SandboxStore, kind: str) -> None:
    """And the order the store's unit; what is not shipped weighs nothing that anybody knows."""
    (order_id,) = store.place(1, kind=kind)
    run_sync(connect(store))
    assert weights(order_id) == there(store, order_id)
    assert sales_order(order_id).weight_unit == "oz"


def test_a_merchant_who_changes_the_unit_changes_no_order_that_is_here(store: SandboxStore) -> None:
    """Read again, it keeps the old one; an order after it has the new one, within the hour."""
    (old,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    store.set(weight_units="LBS")
    (new,) = store.place(1, kind="guest")
    an_hour_later()
    store.edit(old, status_id=NEW)
    run_sync(integration)
    assert (sales_order(old).weight_unit, sales_order(new).weight_unit) == ("oz", "lb")
    assert weights(old) == there(store, old)


def test_an_order_of_before_is_filled_when_it_is_read_again(store: SandboxStore) -> None:
    """By itself it is no change: nothing stands in its history, and nobody has to choose."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    OrderLine.objects.update(weight=None)
    SalesOrder.objects.update(weight_unit="")
    WebOrder.objects.update(digest="of an earlier version")
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert weights(order_id) == there(store, order_id)
    assert sales_order(order_id).weight_unit == "oz"
    assert not OrderChange.objects.exclude(field="status").exists()


def test_the_unit_is_asked_for_only_where_orders_wait_and_once_an_hour(store: SandboxStore) -> None:
    """No order is imported by a unit of yesterday."""
    integration = connect(store)
    run_sync(integration)
    assert "GET /v2/store" not in paths(store.calls())
    for waited, asked in ((False, 1), (False, 0), (True, 1)):
        if waited:
            an_hour_later()
        store.place(1, kind="guest")
        store.clear_calls()
        run_sync(integration)
        assert paths(store.calls()).count("GET /v2/store") == asked


@pytest.mark.parametrize(
    "said",
    [{"status": 503}, {"status": 403}, {"status": 200, "body": {"id": "sandbox", "weight_units": "Stones"}}],
)
def test_no_order_waits_for_a_unit_that_is_not_told(store: SandboxStore, said: dict[str, Any]) -> None:
    """Its weights are kept, and get their unit when the order has changed in the store."""
    (order_id,) = store.place(1, kind="guest")
    fault = store.fault("GET", "^/v2/store$", **said)
    assert fault
    integration = connect(store)
    run_sync(integration)
    assert weights(order_id) == there(store, order_id)
    assert sales_order(order_id).weight_unit == ""
    assert fresh(integration).state.weight_unit == ""
    store.clear_faults()
    an_hour_later()
    store.edit(order_id, status_id=NEW, customer_message="Ring twice")
    run_sync(integration)
    assert sales_order(order_id).weight_unit == "oz"
