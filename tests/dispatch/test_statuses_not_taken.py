"""A status that the store took and does not show is not done."""

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState
from tests.dispatch.house import assign, imported, make_due, put, writes
from tests.house import DOWNLOADED, in_store, turn, updates, web_order
from tests.store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_status_that_is_answered_with_another_one_is_set_again_and_then_needs_a_person(store: SandboxStore) -> None:
    """Three times; what the store shows is what was seen last, so `check` tells the same."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    shown = store.api("GET", f"/v2/orders/{order_id}").json()
    store.fault("PUT", f"/orders/{order_id}$", status=200, body=shown)
    put(order_id, "Released")
    turn(integration)
    assert updates(order_id)[-1].state == UpdateState.WAITING
    assert web_order(order_id).status_seen == DOWNLOADED
    for _ in range(4):
        make_due()
        turn(integration)
    (item,) = attention()
    assert item.code == "status_not_taken"
    assert "BigCommerce took the status Awaiting Pickup and shows Awaiting Shipment." in item.sentence
    assert writes(store) == ["PUT order"] * 3
    assert web_order(order_id).status_sent == DOWNLOADED


def test_a_status_that_is_taken_at_the_second_try_is_sent(store: SandboxStore) -> None:
    """Nobody is needed."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=StatusId.AWAITING_PICKUP)
    shown = store.api("GET", f"/v2/orders/{order_id}").json()
    store.fault("PUT", f"/orders/{order_id}$", status=200, body=shown, times=1)
    put(order_id, "Released")
    turn(integration)
    make_due()
    turn(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert in_store(store, order_id)["status_id"] == StatusId.AWAITING_PICKUP
    assert attention() == []
