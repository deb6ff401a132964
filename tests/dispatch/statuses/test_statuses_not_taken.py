"""A status that the store took and does not show is not done."""

from typing import Any

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.checking import check
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState, WebIntegration
from tests.dispatch.factories import assign, imported, make_due, put, ship, shipments_in, writes
from tests.factories import DOWNLOADED, NEW, connect, fresh, in_store, run_sync, sales_order, updates, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_status_that_is_answered_with_another_one_is_set_again_and_then_needs_a_person(store: SandboxStore) -> None:
    """Three times; what the store shows is what was seen last, so `check` tells the same."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    shown = store.api("GET", f"/v2/orders/{order_id}").json()
    store.fault("PUT", f"/orders/{order_id}$", status=200, body=shown)
    put(order_id, "Released")
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.WAITING
    assert web_order(order_id).status_seen == DOWNLOADED
    for _ in range(4):
        make_due()
        run_sync(integration)
    (item,) = attention()
    assert item.code == "status_not_taken"
    assert "BigCommerce accepted the status Awaiting Pickup but shows Awaiting Shipment." in item.sentence
    assert writes(store) == ["PUT order"] * 3
    assert web_order(order_id).status_sent == DOWNLOADED


def test_a_status_that_is_taken_at_the_second_try_is_sent(store: SandboxStore) -> None:
    """Nobody is needed."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    shown = store.api("GET", f"/v2/orders/{order_id}").json()
    store.fault("PUT", f"/orders/{order_id}$", status=200, body=shown, times=1)
    put(order_id, "Released")
    run_sync(integration)
    make_due()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert in_store(store, order_id)["status_id"] == StatusId.AWAITING_PICKUP
    assert attention() == []


def test_orders_that_do_not_take_their_status_keep_nothing_else_waiting(store: SandboxStore) -> None:
    """Neither the status of another order behind them, nor new orders."""
    integration = connect(store)
    ids = sorted(store.place(5, kind="guest"))
    for each in ids[:4]:
        shown = store.api("GET", f"/v2/orders/{each}").json()
        store.fault("PUT", f"/orders/{each}$", status=200, body=shown)
    run_sync(integration)
    assert [in_store(store, each)["status_id"] for each in ids] == [NEW] * 4 + [DOWNLOADED]
    (new,) = store.place(1, kind="guest")
    make_due()
    run_sync(integration)
    assert sales_order(new)
    assert in_store(store, new)["status_id"] == DOWNLOADED


def beside_shipments_that_fail(store: SandboxStore) -> tuple[WebIntegration, int]:
    """A store that makes no shipments, of which three wait, and a new order there."""
    integration = connect(store)
    ids = store.place(3, kind="guest")
    run_sync(integration)
    for each in ids:
        ship(each, tracking_number=f"1Z{each}")
    store.fault("POST", "/shipments$", status=500)
    return integration, store.place(1, kind="guest")[0]


def test_updates_that_the_store_cannot_do_keep_no_new_order_waiting(store: SandboxStore) -> None:
    """Three in a row end the round of updates, not the sync; who is told when to come back comes then."""
    integration, new = beside_shipments_that_fail(store)
    assert sync_store(fresh(integration), seconds=60).not_now is not None
    assert sales_order(new)


def test_shipments_that_the_store_cannot_make_keep_no_status_of_another_order_waiting(store: SandboxStore) -> None:
    """However many they are: three are tried with each sync."""
    integration, new = beside_shipments_that_fail(store)
    for _ in range(2):
        make_due()
        sync_store(fresh(integration), seconds=60)
    assert in_store(store, new)["status_id"] == DOWNLOADED


def test_shipments_that_the_store_cannot_make_keep_no_other_waiting(store: SandboxStore) -> None:
    """What was tried the least goes first."""
    integration = connect(store)
    ids = sorted(store.place(4, kind="guest"))
    run_sync(integration)
    for each in ids:
        ship(each, tracking_number=f"1Z{each}")
    for each in ids[:3]:
        store.fault("POST", f"/orders/{each}/shipments$", status=500)
    for _ in range(2):
        make_due()
        sync_store(fresh(integration), seconds=60)
    assert len(shipments_in(store, ids[3])) == 1


def test_a_store_that_does_not_answer_a_poll_is_not_asked_for_new_orders(store: SandboxStore) -> None:
    """Updates wait, so a poll comes first; what follows it would only wait for the same store."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.fault(status=503, bare=True)
    store.clear_calls()
    assert sync_store(fresh(integration)).not_now is not None
    asked = [call["path"] for call in store.calls()]
    assert asked
    assert not any("count" in path for path in asked)


UNREADABLE: dict[str, dict[str, Any]] = {
    "nothing": {"status": 200, "body": ""},
    "204": {"status": 204},
    "an empty object": {"status": 200, "body": {}},
    "a list": {"status": 200, "body": []},
    "HTML": {"status": 200, "body": "<html>Thanks</html>", "content_type": "text/html"},
    "another order": {"status": 200, "body": {"id": 1, "status_id": 8}},
    "a status that is none": {"alter": {"status_id": "soon"}},
    "no status": {"status": 200, "body": {"id": 100}},
    "the half of it": {"truncate": 40},
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_leaves_the_outcome_open_and_the_order_tells(
    store: SandboxStore, answer: dict[str, Any]
) -> None:
    """The store did it: it is looked for, and not done again."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.fault("PUT", f"/orders/{order_id}$", **answer, done=True, times=1)
    store.clear_calls()
    for _ in range(2):
        run_sync(integration)
        make_due()
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert writes(store) == ["PUT order"]
    assert f"/v2/orders/{order_id}" in [call["path"] for call in store.calls() if call["method"] == "GET"]


def test_an_answer_that_cannot_be_read_is_looked_for_later_where_the_order_cannot_be_read_now(
    store: SandboxStore,
) -> None:
    """Its outcome stays unknown meanwhile."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.fault("PUT", f"/orders/{order_id}$", status=200, body={}, done=True, times=1)
    store.fault("GET", f"/orders/{order_id}$", status=503, times=1)
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENDING
    make_due()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert writes(store) == ["PUT order"]


@pytest.mark.parametrize("answer", [UNREADABLE[each] for each in UNREADABLE if "alter" not in UNREADABLE[each]])
def test_a_status_that_is_answered_unreadably_and_not_set_needs_a_person_in_the_end(
    store: SandboxStore, answer: dict[str, Any]
) -> None:
    """Three times; then the clerk is told what BigCommerce shows, and a retry begins anew."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    shown = store.api("GET", f"/v2/orders/{order_id}").data if "truncate" in answer else b""
    lie = {"status": 200, "body": shown[:40].decode()} if "truncate" in answer else answer
    store.fault("PUT", f"/orders/{order_id}$", **lie)
    for _ in range(6):
        run_sync(integration)
        make_due()
    (item,) = attention()
    assert item.code == "status_not_taken"
    assert "BigCommerce accepted the status Awaiting Pickup but shows Awaiting Shipment." in item.sentence
    assert writes(store) == ["PUT order"] * 3
    store.clear_faults()
    retry_group()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert in_store(store, order_id)["status_id"] == StatusId.AWAITING_PICKUP


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", [{"body": {}}, {"body": {"id": 100, "status_id": 9}}])
def test_check_names_a_status_that_the_store_took_and_does_not_show(
    store: SandboxStore, answer: dict[str, Any]
) -> None:
    """Until it shows it."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    store.fault("PUT", f"/orders/{order_id}$", status=200, **answer)
    for _ in range(6):
        run_sync(integration)
        make_due()
    (found,) = check([fresh(integration)], lock_wait=5).findings
    assert "BigCommerce accepted the status Awaiting Pickup but shows Awaiting Shipment." in found.sentence
    store.clear_faults()
    retry_group()
    run_sync(integration)
    assert check([fresh(integration)], lock_wait=5).holds


@pytest.mark.django_db(transaction=True)
def test_check_finds_nothing_where_someone_changed_the_status_afterwards(store: SandboxStore) -> None:
    """That was seen, and is theirs to decide."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    put(order_id, "Released")
    run_sync(integration)
    store.edit(order_id, status_id=int(StatusId.COMPLETED))
    run_sync(integration)
    assert check([fresh(integration)], lock_wait=5).holds
