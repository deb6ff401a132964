"""The store is told: downloaded, or import error, and never over what someone else decided."""

from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.dispatch.sender import Sent, send_due
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing import import_order as importing
from counterfoil.platform.worker.sync import sync_store
from counterfoil.stores.attention.actions import retry
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import (
    StatusMapping,
    StoreState,
    StoreUpdate,
    UpdateCause,
    UpdateState,
    WebIntegration,
    WebOrder,
)
from counterfoil.stores.sync import session as sessions
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.updates.outbox import ensure_status
from counterfoil.stores.weborders.changes import poll_changes
from tests.factories import DOWNLOADED, NEW, connect, fresh, in_store, run_sync, sales_order, updates, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def import_only(integration: WebIntegration) -> None:
    """Imports what waits and tells the store nothing yet."""
    with open_session(fresh(integration), seconds=60) as there:
        fetching.count_orders(there.integration, there.api)
        poll_changes(there.integration, there.api)
        for page in fetching.list_new_orders(there.integration, there.api):
            for kept in page:
                fetching.complete(there.api, kept)
                importing.import_order(there.integration, kept.web_order_id)


def make_due() -> None:
    """Lets the waiting of an update that was put off pass."""
    StoreUpdate.objects.filter(state__in=["waiting", "sending"]).update(due_at=timezone.now())


def writes(store: SandboxStore) -> list[dict[str, object]]:
    """The calls that changed something in the store."""
    return [call for call in store.calls() if call["method"] != "GET"]


def test_an_imported_order_becomes_downloaded_in_the_store(store: SandboxStore) -> None:
    """One write an order, to the downloaded order status (rule 3)."""
    (order_id,) = store.place(1)
    run_sync(connect(store))
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    assert len(writes(store)) == 1
    assert [update.state for update in updates(order_id)] == [UpdateState.SENT]


@pytest.mark.parametrize("status", [4, 5, 6, 13, 14, 10])
def test_a_status_that_someone_set_meanwhile_is_left_alone(store: SandboxStore, status: int) -> None:
    """An acknowledgement that finds another status than a new one is done, and logged (rule 12)."""
    (order_id,) = store.place(1)
    integration = connect(store)
    import_only(integration)
    store.edit(order_id, status_id=status)
    store.clear_calls()
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == status
    assert writes(store) == []
    assert updates(order_id)[0].state == UpdateState.NOT_NEEDED


def test_an_order_edited_between_reading_and_acknowledging_ends_as_edited(store: SandboxStore) -> None:
    """It is read and imported again before it is acknowledged."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    import_only(integration)
    line = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": line["id"], "quantity": line["quantity"] + 3}])
    run_sync(integration)
    here = sales_order(order_id)
    assert here.lines.get(source_id=line["id"]).quantity == line["quantity"] + 3
    assert f"{here.total:.4f}" == in_store(store, order_id)["total_inc_tax"]
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_an_order_edited_after_the_last_poll_is_found_out_by_the_answer(store: SandboxStore) -> None:
    """The answer to the update is the whole order; where it differs, the order is read and imported again."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    import_only(integration)
    with open_session(fresh(integration), seconds=60) as there:
        poll_changes(there.integration, there.api)
        line = in_store(store, order_id)["products"][0]
        store.edit(order_id, lines=[{"id": line["id"], "quantity": line["quantity"] + 1}])
        integration_state = there.integration.state
        integration_state.glanced_at = timezone.now() + timedelta(seconds=5)
        WebOrder.objects.update(modified_seen=web_order(order_id).modified_read)
        from counterfoil.dispatch.set_status import SetStatus

        SetStatus(there, Sent()).send(updates(order_id)[0].pk)
    assert "edited" in web_order(order_id).read_again
    run_sync(integration)
    assert f"{sales_order(order_id).total:.4f}" == in_store(store, order_id)["total_inc_tax"]
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_a_shipped_order_whose_old_payload_is_in_hand_is_not_set_back(store: SandboxStore) -> None:
    """A payload read before our last write, or a status that went on, sends nothing."""
    (order_id,) = store.place(1)
    integration = connect(store)
    with open_session(fresh(integration), seconds=60) as there:
        (page,) = list(fetching.list_new_orders(there.integration, there.api))
    store.edit(order_id, status_id=StatusId.SHIPPED)
    importing.import_order(fresh(integration), page[0].web_order_id)
    store.clear_calls()
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == StatusId.SHIPPED
    assert writes(store) == []


def test_a_payload_read_before_our_own_write_is_read_again(store: SandboxStore) -> None:
    """Old bytes never decide after we wrote to the order."""
    (order_id,) = store.place(1)
    integration = connect(store)
    with open_session(fresh(integration), seconds=60) as there:
        (page,) = list(fetching.list_new_orders(there.integration, there.api))
    WebOrder.objects.update(written_at=timezone.now())
    assert importing.import_order(fresh(integration), page[0].web_order_id) is None
    assert web_order(order_id).read_again
    run_sync(integration)
    assert sales_order(order_id)


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_lost_answer_is_asked_after_not_repeated(store: SandboxStore, cut: str) -> None:
    """Where the outcome is unknown the order is read first; the store ends with the status, written once."""
    (order_id,) = store.place(1)
    integration = connect(store)
    store.fault(method="PUT", path="^/v2/orders/\\d+", cut=cut, times=1)
    sync_store(fresh(integration), seconds=60)
    assert updates(order_id)[0].state == UpdateState.SENDING
    make_due()
    sync_store(fresh(integration), seconds=60)
    assert updates(order_id)[0].state == UpdateState.SENT
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    assert len(writes(store)) == (1 if cut == "after" else 2)


def test_a_refused_update_needs_attention_with_the_store_s_own_words(store: SandboxStore) -> None:
    """It is sent again when someone retries."""
    (order_id,) = store.place(1)
    integration = connect(store)
    body = [{"status": 400, "message": "The status is locked by the fraud app."}]
    store.fault(method="PUT", path="^/v2/orders/\\d+", status=400, body=body, times=1)
    run_sync(integration)
    (item,) = attention()
    assert "locked by the fraud app" in item.sentence
    assert retry([f"WEB-{order_id}"]) == 1
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    assert attention() == []


def test_an_order_deleted_while_its_update_was_on_its_way_needs_attention(store: SandboxStore) -> None:
    """A person reads that the store has it no more; nothing is repeated."""
    (order_id,) = store.place(1)
    integration = connect(store)
    store.fault(method="PUT", path="^/v2/orders/\\d+", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    store.delete(order_id)
    make_due()
    sync_store(fresh(integration), seconds=60)
    told = {item.code: item.sentence for item in attention()}
    assert told["not_in_store"].startswith("The status Awaiting Shipment couldn’t be set. ")
    update = updates(order_id)[0]
    assert (update.state, update.asked_at) == (UpdateState.FAILED, None)  # it was certainly not carried out


def test_one_order_s_trouble_delays_no_other(store: SandboxStore) -> None:
    """The others are acknowledged in the same sync."""
    ids = store.place(5)
    store.fault(method="PUT", path=f"^/v2/orders/{ids[1]}", status=500)
    sync_store(fresh(connect(store)), seconds=60)
    assert [in_store(store, order_id)["status_id"] for order_id in ids] == [9, 11, 9, 9, 9]


@pytest.mark.usefixtures("due_when_we_say_so")
def test_an_update_that_waits_holds_back_the_later_ones_of_its_order(store: SandboxStore) -> None:
    """The final status in the store is the one that was asked for last."""
    (order_id,) = store.place(1)
    integration = connect(store, push_status=True)
    store.fault(method="PUT", path="^/v2/orders/\\d+", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    ensure_status(web_order(order_id), StatusId.AWAITING_PICKUP, UpdateCause.MAPPED)
    store.clear_calls()
    sync_store(fresh(integration), seconds=60)
    assert writes(store) == []
    make_due()
    sync_store(fresh(integration), seconds=60)
    assert in_store(store, order_id)["status_id"] == StatusId.AWAITING_PICKUP


def test_a_newer_status_takes_the_place_of_one_that_could_not_be_sent(store: SandboxStore) -> None:
    """An update put back to waiting yields to the newer one that waits already."""
    (order_id,) = store.place(1)
    integration = connect(store)
    import_only(integration)
    older = updates(order_id)[0]
    StoreUpdate.objects.filter(pk=older.pk).update(state=UpdateState.SENDING)
    ensure_status(web_order(order_id), StatusId.AWAITING_PICKUP, UpdateCause.MAPPED)
    store.fault(method="PUT", path="^/v2/orders/\\d+", status=409, times=1)
    sync_store(fresh(integration), seconds=60)
    assert {update.state for update in updates(order_id)} <= {"not_needed", "waiting", "sent"}
    make_due()
    sync_store(fresh(integration), seconds=60, quota_wait=5)
    assert in_store(store, order_id)["status_id"] == StatusId.AWAITING_PICKUP


def test_after_a_reimport_the_mapped_status_is_set_where_push_is_on(store: SandboxStore) -> None:
    """Rule 3: mapped after a re-import, downloaded after the first import."""
    (order_id,) = store.place(1)
    integration = connect(store, push_status=True)
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    status = sales_order(order_id).status
    StatusMapping.objects.create(integration=integration, order_status=status, status_id=8)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == 8


def test_a_paused_store_reads_nothing_and_still_sends(store: SandboxStore) -> None:
    """Paused stops reading; what is due is still sent."""
    (order_id,) = store.place(1)
    integration = connect(store)
    import_only(integration)
    store.place(1)
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    assert in_store(store, order_id)["status_id"] == DOWNLOADED
    assert WebOrder.objects.count() == 1


def test_a_wrong_token_makes_the_store_wait_with_a_reason(store: SandboxStore) -> None:
    """Attempts are not counted; entering the token again makes it go on."""
    store.place(1)
    integration = connect(store)
    store.set(access_token="another")
    done = sync_store(fresh(integration), seconds=30)
    assert done.trouble is not None
    assert fresh(integration).state.trouble_code == "credentials"
    assert attention()[0].kind == "store"
    store.set(access_token=store.token)
    run_sync(integration)
    assert fresh(integration).state.trouble_code == ""
    assert attention() == []


class SessionClock:
    """The time as a session sees it: it goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_updates_that_take_long_leave_half_of_a_sync_to_new_orders(
    store: SandboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store so slow that each update takes a third of a sync: what waits there is imported all the same."""
    told = store.place(4)
    integration = connect(store)
    import_only(integration)
    placed = store.place(3)
    StoreState.objects.update(collected_at=None)  # a minute ago
    clock = SessionClock()
    monkeypatch.setattr(sessions, "time", clock)

    def pass_time(what: str, _done: int, _of: int) -> None:
        clock.now += 20.0 if what == "Updating the store" else 0.0

    run_sync(integration, seconds=60.0, progress=pass_time)
    assert WebOrder.objects.filter(bigcommerce_order_id__in=placed, sales_order__isnull=False).count() == 3
    assert sorted(in_store(store, order_id)["status_id"] for order_id in told) == [9, 9, 9, 11]
    run_sync(integration)
    assert {in_store(store, order_id)["status_id"] for order_id in (*told, *placed)} == {DOWNLOADED}


def test_nothing_due_sends_nothing(store: SandboxStore) -> None:
    """An empty outbox costs no call."""
    integration = connect(store)
    with open_session(fresh(integration), seconds=30) as there:
        send_due(there, Sent())
        assert there.api.calls == 0
