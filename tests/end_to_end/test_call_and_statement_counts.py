"""The counts that do not vary: calls to the store, statements to the database."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.intake.conversion.rules import rules_of
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing.import_order import import_order
from counterfoil.intake.importing.sync import ImportCounts, import_waiting_orders, read_again
from counterfoil.sales.models import Product, SalesOrder
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from tests.factories import NEW, connect, fresh, in_store, run_sync, web_order
from tests.sandbox_store import SandboxStore, paths
from tests.scale import at_full_size

pytestmark = pytest.mark.django_db
CONTROL = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def statements(act: Callable[[], object]) -> list[str]:
    """The SQL that an act takes, transaction control left out."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(CONTROL)]


@pytest.mark.django_db(transaction=True)  # one transaction around a thousand would make PostgreSQL slow
def test_a_thousand_waiting_orders_take_1020_calls_at_most(store: SandboxStore) -> None:
    """Importing and acknowledging them; the naive way takes over four for each."""
    waiting = at_full_size(1000, 200)
    store.set(plan="enterprise")
    store.place(waiting, kind="registered")
    integration = connect(store)
    store.clear_calls()
    done = run_sync(integration, seconds=600)
    assert done.imports.outcomes == {"Imported": waiting}
    assert done.sent.sent == waiting
    assert done.api_calls == len(store.calls()) <= 1.02 * waiting


@pytest.mark.django_db(transaction=True)
def test_coupons_on_a_quarter_of_a_thousand_orders_cost_no_call(store: SandboxStore) -> None:
    """1,020 calls are enough for them as well: their lines tell the codes and the sums."""
    waiting = at_full_size(1000, 200)
    store.set(plan="enterprise")
    for kind in ("line_coupon", "order_coupon"):
        store.place(waiting // 8, kind=kind)
    store.place(waiting - 2 * (waiting // 8), kind="registered")
    done = run_sync(connect(store), seconds=600)
    assert done.imports.outcomes == {"Imported": waiting}
    assert done.sent.sent == waiting
    assert done.api_calls == len(store.calls()) <= waiting + 20
    assert [path for path in paths(store.calls()) if path.startswith("GET /v2/orders/1")] == []
    codes = {code for order in SalesOrder.objects.all() for code in [each["code"] for each in order.coupons]}
    assert codes == {"SPRING15", "WELCOME10"}


def test_each_waiting_order_costs_one_write_and_no_read_of_its_own(store: SandboxStore) -> None:
    """Count, light list, one page, the writes; what was just read is not read again."""
    store.reset(orders=40, seed=3)  # placed over the last weeks, not just now
    waiting = store.orders(status_id=NEW)
    integration = connect(store)
    store.clear_calls()
    done = run_sync(integration)
    assert done.imports.outcomes == {"Imported": len(waiting)}
    lists = [call for call in store.calls() if call["path"] in ("/v2/orders", "/v2/orders/count")]
    read_alone = [call["path"] for call in store.calls() if call["method"] == "GET" and call["path"].count("/") == 3]
    assert len(lists) <= 4
    assert read_alone == ["/v2/orders/count"]


def test_a_pass_with_nothing_waiting_takes_two_calls(store: SandboxStore) -> None:
    """One count and one light list."""
    store.place(3)
    integration = connect(store)
    run_sync(integration)
    store.clear_calls()
    assert run_sync(integration).api_calls == 2
    assert len(store.calls()) == 2


def test_a_sync_without_time_asks_what_waits_once_a_poll_and_by_its_counts_alone(store: SandboxStore) -> None:
    """While much is told to a store, neither its looks nor its counts add up; what came meanwhile is listed."""
    store.place(3)
    integration = connect(store)
    run_sync(integration)
    _take_in_without_time(integration)
    store.clear_calls()
    _take_in_without_time(integration)
    assert store.calls() == []
    StoreState.objects.update(collected_at=None)
    _take_in_without_time(integration)
    assert [call["path"] for call in store.calls()] == ["/v2/orders/count"]
    (late,) = store.place(1)
    StoreState.objects.update(collected_at=None)
    _take_in_without_time(integration)
    assert web_order(late).state == "undecided"


def test_a_sync_without_time_leaves_what_is_to_be_read_again_to_the_next(store: SandboxStore) -> None:
    """A worker that is to stop does not read hundreds of orders first."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    WebOrder.objects.update(read_again="It changed in BigCommerce.")
    store.clear_calls()
    with open_session(fresh(integration), seconds=0) as there:
        read_again(there, ImportCounts())
    assert store.calls() == []
    run_sync(integration)
    assert f"/v2/orders/{order_id}" in [call["path"] for call in store.calls()]
    assert web_order(order_id).read_again == ""


def _take_in_without_time(integration: WebIntegration) -> None:
    with open_session(fresh(integration), seconds=0) as there:
        import_waiting_orders(there, ImportCounts())


def _taking_in(integration: WebIntegration) -> int:
    with open_session(fresh(integration), seconds=60) as there:
        return len(statements(lambda: import_waiting_orders(there, ImportCounts())))


@pytest.mark.parametrize(("customer", "most"), [("new", 16), ("known", 12)])
def test_importing_one_more_order_takes_few_statements(store: SandboxStore, customer: str, most: int) -> None:
    """What one more order adds to a pass: payload, log entry and update included."""
    integration = connect(store)
    bill_to: dict[str, str] = {}

    def pass_over(count: int) -> int:
        for order_id in store.place(count, kind="registered"):
            order = in_store(store, order_id)
            for line in order["products"]:
                Product.objects.get_or_create(part_number=line["sku"])
            bill_to.update(
                {"email": f"{order_id}@example.com", "phone": ""} if customer == "new" or not bill_to else {}
            )
            store.edit(order_id, customer_id=order_id if customer == "new" else 5, billing_address=bill_to)
        return _taking_in(integration)

    pass_over(1)
    assert pass_over(3) - pass_over(2) <= most
    assert SalesOrder.objects.count() == 6


def test_seeing_an_unchanged_order_again_takes_five_statements(store: SandboxStore) -> None:
    """Next to keeping its page, and the rules every five seconds: lock, look for the version among those that were
    replaced, ensure the acknowledgement, note, log."""
    (order_id,) = store.place(1)
    integration = connect(store)
    run_sync(integration)
    store.edit(order_id, status_id=NEW)
    with open_session(fresh(integration), seconds=60) as there:
        ((kept,),) = list(fetching.list_new_orders(there.integration, there.api))
        fetching.complete(there.api, kept)
        rules_of(there.integration)
        taken = statements(lambda: import_order(there.integration, kept.web_order_id))
    assert len(taken) <= 5, "\n".join(taken)
