"""A newer status takes the place of the older ones that were not sent, be it that they wait or that they failed."""

import pytest

from counterfoil.stores.attention.actions import retry_group, retry_update
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreUpdate, UpdateCause, UpdateState, WebIntegration
from tests.dispatch.factories import assign, imported, put, writes
from tests.factories import DOWNLOADED, run_sync, updates
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def failed(store: SandboxStore, **mapping: int) -> tuple[int, WebIntegration, StoreUpdate]:
    """An order whose status Released (8) the store has refused."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8, **mapping)
    store.fault(method="PUT", path="orders", status=400, body=[], times=1)
    put(order_id, "Released")
    run_sync(integration)
    store.clear_calls()
    (update,) = [each for each in updates(order_id) if each.state == UpdateState.FAILED]
    return order_id, integration, update


def test_a_newer_status_goes_out_in_the_place_of_one_that_failed(store: SandboxStore) -> None:
    """At once, and nobody has to look at the old one."""
    order_id, integration, old = failed(store, Picking=3)
    put(order_id, "Picking")
    run_sync(integration)
    assert (store.status(order_id), attention()) == (3, [])
    old.refresh_from_db()
    assert (old.state, old.reason) == (UpdateState.NOT_NEEDED, "A newer status replaced it before it was sent.")
    assert (retry_group(), retry_update(old.pk)) == (0, False)
    run_sync(integration)
    assert writes(store) == ["PUT order"]


def test_a_status_that_is_not_assigned_takes_back_one_that_failed(store: SandboxStore) -> None:
    """It says nothing to the store, and neither does the old one any more."""
    order_id, integration, old = failed(store)
    put(order_id, "Picking")
    old.refresh_from_db()
    assert old.state == UpdateState.NOT_NEEDED
    assert old.reason == "The order changed to Picking, which isn’t assigned, before this status was sent."
    retry_group()
    run_sync(integration)
    assert (writes(store), attention()) == ([], [])


def test_a_retry_after_the_order_went_on_while_push_was_off_sends_nothing(store: SandboxStore) -> None:
    """Nothing took it back then; whoever retries is told that it is not needed."""
    order_id, integration, old = failed(store, Picking=3)
    WebIntegration.objects.update(push_status=False)
    put(order_id, "Picking")
    assert retry_group() == 1
    run_sync(integration)
    old.refresh_from_db()
    assert (old.state, old.reason) == (
        UpdateState.NOT_NEEDED,
        "The order changed to another order status before this status was sent.",
    )
    assert writes(store) == []
    assert store.status(order_id) == DOWNLOADED


def test_a_retry_sends_a_status_that_the_order_has_still(store: SandboxStore) -> None:
    """It went on and came back meanwhile."""
    order_id, integration, _ = failed(store)
    WebIntegration.objects.update(push_status=False)
    put(order_id, "Picking")
    put(order_id, "Released")
    assert retry_group() == 1
    run_sync(integration)
    assert store.status(order_id) == 8


@pytest.mark.parametrize("newer", ["sent", "skipped", "not_needed", "failed"])
def test_of_two_that_an_earlier_version_left_the_older_is_never_sent(store: SandboxStore, newer: str) -> None:
    """All are retried: the newer one goes out where it failed, the older one in no case."""
    order_id, integration, old = failed(store, Picking=3)
    reason = {} if newer == "sent" else {"reason": "x"}
    StoreUpdate.objects.create(
        web_order=old.web_order, status_id=3, onto=DOWNLOADED, cause=UpdateCause.MAPPED, state=newer, **reason
    )
    retry_group()
    run_sync(integration)
    old.refresh_from_db()
    assert old.state == UpdateState.NOT_NEEDED
    assert store.status(order_id) == (3 if newer == "failed" else DOWNLOADED)


def test_what_the_failed_one_had_to_acknowledge_the_newer_one_does(store: SandboxStore) -> None:
    """An import is answered whatever becomes of the order meanwhile."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    store.edit(order_id, status_id=11)
    store.fault(method="PUT", path="orders", status=400, body=[], times=1)
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.FAILED
    put(order_id, "Released")
    assert updates(order_id)[-1].acknowledges
    run_sync(integration)
    assert (store.status(order_id), attention()) == (8, [])


def test_one_that_fails_while_a_newer_one_waits_needs_nobody(store: SandboxStore) -> None:
    """It was on its way when the order went on."""
    order_id, integration, old = failed(store, Picking=3)
    put(order_id, "Picking")
    StoreUpdate.objects.filter(pk=old.pk).update(state=UpdateState.SENDING, reason="", asked_at=None)
    store.fault(method="PUT", path="orders", status=400, body=[], times=1)
    run_sync(integration)
    old.refresh_from_db()
    assert old.state == UpdateState.NOT_NEEDED
    assert store.status(order_id) == 3
    assert attention() == []
