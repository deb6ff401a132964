"""Two programs that set a status against each other: after the third time a person is asked, and we stop."""

from datetime import timedelta

import pytest
from django.db.models import F

from counterfoil.stores.attention.actions import retry
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreUpdate, WebIntegration
from tests.dispatch.factories import imported, writes
from tests.factories import DOWNLOADED, ERROR, NEW, connect, in_store, run_sync
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def set_back(store: SandboxStore, order_id: int, integration: WebIntegration, times: int) -> None:
    """Another program sets the order to new again each time that we have set ours."""
    for _ in range(times):
        store.edit(order_id, status_id=NEW)
        run_sync(integration)


def test_after_the_third_time_a_person_is_asked_and_nothing_is_sent_any_more(store: SandboxStore) -> None:
    """Six times set back: three of ours went out, and both statuses are named."""
    order_id, integration = imported(store)
    set_back(store, order_id, integration, 6)
    assert len(writes(store)) == 2  # the first was the import's own
    assert store.status(order_id) == NEW
    (item,) = attention()
    assert item.code == "status_circle"
    assert "Counterfoil (WEB-) has set Awaiting Shipment 3 times since " in item.sentence
    assert "changed it back to Awaiting Fulfillment." in item.sentence
    assert item.next_step.startswith("Find out what sets Awaiting Fulfillment")
    since = item.since
    set_back(store, order_id, integration, 1)
    assert [each.since for each in attention()] == [since]


def test_a_retry_sets_it_once_more(store: SandboxStore) -> None:
    """And stops again where it is set back again."""
    order_id, integration = imported(store)
    set_back(store, order_id, integration, 3)
    assert attention()
    retry([attention()[0].import_id])
    run_sync(integration)
    assert (store.status(order_id), attention()) == (DOWNLOADED, [])
    set_back(store, order_id, integration, 2)
    assert store.status(order_id) == NEW
    assert len(attention()) == 1


def test_a_retry_after_another_status_was_chosen_sets_that_one_as_the_next_step_says(store: SandboxStore) -> None:
    order_id, integration = imported(store)
    set_back(store, order_id, integration, 3)
    WebIntegration.objects.update(downloaded_status=8)
    retry([attention()[0].import_id])
    run_sync(integration)
    assert (store.status(order_id), attention()) == (8, [])


def test_an_order_that_was_edited_each_time_is_in_no_circle(store: SandboxStore) -> None:
    """A merchant who corrects an order and sets it back again has a reason."""
    order_id, integration = imported(store)
    for number in range(6):
        store.edit(order_id, customer_message=f"Later {number}")
        set_back(store, order_id, integration, 1)
    assert (store.status(order_id), attention()) == (DOWNLOADED, [])


def test_what_was_set_days_ago_does_not_count(store: SandboxStore) -> None:
    """Someone who sets an order back now and then is no program."""
    order_id, integration = imported(store)
    for _ in range(5):
        set_back(store, order_id, integration, 1)
        StoreUpdate.objects.update(asked_at=F("asked_at") - timedelta(days=1))
    assert (store.status(order_id), attention()) == (DOWNLOADED, [])


def test_the_import_error_status_goes_in_no_circle_either(store: SandboxStore) -> None:
    """Each time that the order cannot be imported."""
    (order_id,) = store.place(1, kind="guest")
    line = in_store(store, order_id)["products"][0]["id"]
    store.edit(order_id, lines=[{"id": line, "sku": "UNKNOWN"}], raw=True)
    integration = connect(store, unknown_product="refuse")
    run_sync(integration)
    assert store.status(order_id) == ERROR
    store.clear_calls()
    set_back(store, order_id, integration, 6)
    sets = [call for call in store.calls() if call["method"] == "PUT"]
    assert store.status(order_id) == NEW
    assert len([call for call in sets if "status_id" in str(call)]) <= 6
    assert "status_circle" in [item.code for item in attention()]
