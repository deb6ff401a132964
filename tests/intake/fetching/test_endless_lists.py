"""A store whose lists do not follow what was asked of them: every reading ends, and says what could not be read."""

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.checking import check
from counterfoil.stores.models import LogEntry, StoreState, WebhookEvent
from tests.factories import connect, fresh, run_sync, sales_order
from tests.intake.reconciliation.test_run import off, reconcile
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
EACH = [
    ["page"],
    ["min_date_modified"],
    ["min_date_modified", "page"],
    ["min_id"],
    ["min_id", "page"],
    ["sort", "page"],
]


@pytest.mark.parametrize("ignored", EACH, ids=",".join)
def test_a_poll_ends_and_shows_what_the_list_shows(store: SandboxStore, ignored: list[str]) -> None:
    """All were changed in one second, so the list goes on in pages. Each is read once: its address may have changed."""
    store.set(plan="enterprise")
    integration = connect(store)
    numbers = store.place(20, kind="guest")
    run_sync(integration)
    store.set(ignored_filters=ignored, most_of_a_page=10)
    for number in numbers:
        store.edit(number, status_id=StatusId.CANCELLED)
    assert run_sync(integration).api_calls < 20 + len(numbers)
    assert sum(sales_order(number).is_held for number in numbers) >= 10


def test_a_list_that_begins_anew_for_ever_is_named_once(store: SandboxStore) -> None:
    """In the log of the store, not with every pass."""
    integration = connect(store)
    store.place(20, kind="guest")
    run_sync(integration)
    store.set(ignored_filters=["min_date_modified", "page"], most_of_a_page=10)
    for _ in range(3):
        run_sync(integration)
    said = LogEntry.objects.filter(text__contains="the same page again and again")
    assert said.count() == 1


def test_a_reconciliation_calls_nothing_gone_that_the_list_does_not_reach(store: SandboxStore) -> None:
    """It goes on by pages; where the store follows no page either, it ends and says from where on."""
    store.set(plan="enterprise")
    integration = connect(store)
    numbers = store.place(25, kind="registered")
    run_sync(integration)
    store.set(ignored_filters=["min_id"], most_of_a_page=10)
    found = reconcile(integration)
    assert (found.orders, off(found)) == (len(numbers), {})
    store.set(ignored_filters=["min_id", "page"])
    found = reconcile(integration)
    assert off(found) == {}
    assert "starts over with each page" in found.trouble


@pytest.mark.django_db(transaction=True)
def test_check_reads_by_pages_or_says_that_it_could_not(store: SandboxStore) -> None:
    """Never as if all were well."""
    store.set(plan="enterprise")
    integration = connect(store)
    numbers = store.place(25, kind="registered")
    run_sync(integration)
    store.set(ignored_filters=["min_id"], most_of_a_page=10)
    assert check([fresh(integration)], lock_wait=5).looked_at["orders_in_store"] == len(numbers)
    store.set(ignored_filters=["min_id", "page"])
    assert "same page again and again" in check([fresh(integration)], lock_wait=5).not_asked["WEB-"]


def test_an_order_that_a_webhook_tells_of_is_read_where_the_list_begins_with_another(store: SandboxStore) -> None:
    """Events are not forgotten."""
    integration = connect(store)
    first, second = store.place(2, kind="guest")
    run_sync(integration)
    store.set(ignored_filters=["min_id"], list_lag_seconds=600.0)
    store.edit(second, customer_message="Ring twice", status_id=StatusId.AWAITING_FULFILLMENT)
    WebhookEvent.objects.create(integration=integration, bigcommerce_order_id=second)
    StoreState.objects.update(lagged_at=timezone.now())
    run_sync(integration)
    assert sales_order(second).customer_message == "Ring twice"
    assert sales_order(first).customer_message != "Ring twice"
