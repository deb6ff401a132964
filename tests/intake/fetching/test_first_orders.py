"""Only the first orders of a store are imported, until someone lifts that."""

import pytest

from counterfoil.intake.fetching.orders import imported_orders
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder
from counterfoil.stores.weborders.locate import ask_stores
from counterfoil.stores.weborders.requests import import_this_one
from tests.factories import DOWNLOADED, NEW, connect, fresh, run_sync, sales_order
from tests.sandbox_store import SandboxStore
from tests.scale import at_full_size

pytestmark = pytest.mark.django_db


def lift(integration: WebIntegration) -> WebIntegration:
    """As a manager does."""
    WebIntegration.objects.update(first_orders=None)
    return fresh(integration)


def test_the_first_orders_come_and_the_others_stay_in_the_store_as_they_are(store: SandboxStore) -> None:
    """The oldest first; however often the store is synced; all of them when the limit is lifted."""
    numbers = store.place(7, kind="registered")
    integration = connect(store, first_orders=3)
    for _ in range(3):
        run_sync(integration)
    assert sorted(WebOrder.objects.values_list("bigcommerce_order_id", flat=True)) == numbers[:3]
    assert [store.status(number) for number in numbers] == [DOWNLOADED] * 3 + [NEW] * 4
    run_sync(lift(integration))
    assert SalesOrder.objects.count() == 7


def test_an_order_that_is_refused_counts_and_one_that_is_ignored_does_not(store: SandboxStore) -> None:
    """What was touched in the store is at most so many."""
    store.place(1, kind="registered", coupon_discount="3.0000")
    store.place(1, kind="registered", is_deleted=True)
    store.place(3, kind="registered")
    integration = connect(store, first_orders=3)
    run_sync(integration)
    run_sync(integration)
    assert imported_orders(integration) == 3
    assert SalesOrder.objects.count() == 2


def test_what_was_imported_is_updated_as_always(store: SandboxStore) -> None:
    """The limit holds nothing back that is known: set back to new, an order is read and acknowledged again."""
    first, second, third = store.place(3, kind="registered")
    integration = connect(store, first_orders=2)
    run_sync(integration)
    store.edit(second, customer_message="Please hurry", status_id=NEW)
    run_sync(integration)
    assert sales_order(second).customer_message == "Please hurry"
    assert [store.status(each) for each in (first, second, third)] == [DOWNLOADED, DOWNLOADED, NEW]


def test_a_persons_wish_goes_beyond_the_limit(store: SandboxStore) -> None:
    """*Import this one* means this one."""
    *_, last = store.place(4, kind="registered")
    integration = connect(store, first_orders=1)
    run_sync(integration)
    import_this_one(integration, last, by="Ada")
    run_sync(integration)
    assert sales_order(last).import_id == f"WEB-{last}"
    assert SalesOrder.objects.count() == 2


def test_where_is_an_order_that_the_limit_holds_back(store: SandboxStore) -> None:
    """It says so, and what makes it come."""
    *_, last = store.place(3, kind="registered")
    integration = connect(store, first_orders=2)
    run_sync(integration)
    ((place,), silent) = ask_stores(last, [fresh(integration)], lock_wait=1, seconds=10)
    assert place.reason == "It’s waiting: only the first 2 orders of this store are imported."
    assert "A manager can lift the limit" in place.next_step
    assert silent == []


def test_a_store_full_of_orders_is_not_read_through_for_the_first_ones(store: SandboxStore) -> None:
    """One page of the list at most, with 600 orders waiting."""
    store.set(plan="enterprise")
    store.place(600, kind="registered")
    integration = connect(store, first_orders=5)
    run_sync(integration)
    store.clear_calls()
    run_sync(integration)
    lists = [call for call in store.calls() if call["path"] == "/v2/orders" and "status_id" in call["query"]]
    assert len(lists) == 1
    assert SalesOrder.objects.count() == 5


def test_an_order_that_is_known_is_read_again_behind_all_those_that_are_held_back(store: SandboxStore) -> None:
    """A whole page of orders beyond the limit in between is passed over."""
    store.set(plan="enterprise")
    store.place(1, kind="registered")
    store.place(at_full_size(600, 300), kind="guest")
    (wished,) = store.place(1, kind="registered")
    integration = connect(store, first_orders=1)
    run_sync(integration)
    import_this_one(fresh(integration), wished, by="Ada")
    run_sync(integration)
    store.edit(wished, customer_message="Please hurry", status_id=NEW)
    StoreState.objects.update(listed_at=None)
    run_sync(integration)
    assert sales_order(wished).customer_message == "Please hurry"
    assert SalesOrder.objects.count() == 2


def test_fewer_orders_than_the_limit_are_all_imported(store: SandboxStore) -> None:
    """Whatever is left of the limit is there for the next ones."""
    store.place(2, kind="registered")
    integration = connect(store, first_orders=3)
    run_sync(integration)
    store.place(2, kind="guest")
    run_sync(integration)
    assert SalesOrder.objects.count() == 3
