"""Orders that a reconciliation finds stopped in the store: held here, unless someone has decided already."""

import pytest
from django.db import OperationalError

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import DifferenceKind
from counterfoil.stores.weborders import changes
from tests.dispatch.factories import imported, log_text, make_due, writes
from tests.factories import in_store, run_sync, sales_order, web_order
from tests.intake.fetching.late_lists import CANCELLED, catch_up, late, ship_unseen
from tests.intake.reconciliation.test_run import go_on, reconcile
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_an_order_that_a_reconciliation_finds_stopped_is_held(store: SandboxStore) -> None:
    """No look has shown it: the report and the log say so, and nothing of it is shipped."""
    order_id, integration = imported(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    catch_up(store)
    ship_unseen(order_id)
    found = reconcile(integration)
    difference = found.differences.get(kind=DifferenceKind.STATUS)
    assert difference.sentence == f"{CANCELLED} This wasn’t known before. The order is now on hold here."
    assert not difference.is_off
    assert sales_order(order_id).hold_reason == CANCELLED
    assert f"On hold: {CANCELLED}" in log_text()
    make_due()
    run_sync(integration)
    assert writes(store) == []


def test_a_reconciliation_that_breaks_off_before_the_hold_finds_the_order_again(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen is looked for no more: it is noted with the hold, or not at all."""
    order_id, integration = imported(store)
    late(store, order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    catch_up(store)
    with monkeypatch.context() as patch:
        patch.setattr(changes, "update_holds", _breaks_off)
        with pytest.raises(OperationalError):
            reconcile(integration)
    go_on(integration)
    assert sales_order(order_id).hold_reason == CANCELLED


def _breaks_off(*_: object) -> None:
    raise OperationalError("The connection is lost.")


def test_a_reconciliation_leaves_what_a_manager_released(store: SandboxStore) -> None:
    """The store's status was seen before, and someone has decided."""
    order_id, integration = imported(store)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    put_on_hold(sales_order(order_id).pk, "", by="Max")
    reconcile(integration)
    assert not sales_order(order_id).is_held


def test_a_refund_that_only_a_reconciliation_shows_is_read(store: SandboxStore) -> None:
    """No poll has shown it, and none will: what was refunded is not shipped all the same."""
    order_id, integration = imported(store, quantities=(2, 3))
    store.set(list_lag_seconds=600.0)
    line = in_store(store, order_id)["products"][0]
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1})
    run_sync(integration)
    catch_up(store)
    ship_unseen(order_id)
    reconcile(integration)
    assert web_order(order_id).refunds_to_read
    store.set(list_lag_seconds=600.0)  # the next poll does not show it either
    run_sync(integration)
    assert web_order(order_id).refunds.count() == 1
