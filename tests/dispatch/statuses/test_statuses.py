"""Rules 3, 11 and 12: which statuses are pushed, and what they never write over."""

import pytest
from django.utils import timezone

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.actions import retry_group, retry_update
from counterfoil.stores.attention.items import attention
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.models import StoreUpdate, UpdateCause, UpdateKind, UpdateState, WebIntegration
from counterfoil.stores.updates.resend_statuses import present_statuses, send_present_statuses
from tests.dispatch.factories import assign, imported, log_text, make_due, place, put, reads, ship, writes
from tests.factories import DOWNLOADED, NEW, fresh, in_store, run_sync, sales_order, updates, web_order
from tests.sandbox_store import SandboxStore
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db


def only_updates(integration: WebIntegration) -> None:
    """From now on nothing but the updates asks the store."""
    WebIntegration.objects.filter(pk=integration.pk).update(paused=True)


def test_a_changed_order_status_goes_to_the_store_by_the_mapping(store: SandboxStore) -> None:
    """One write, one read (rule 11)."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    only_updates(integration)
    store.set(clock_offset_seconds=60.0)
    put(order_id, "Released")
    run_sync(integration)
    assert store.status(order_id) == 8
    assert (writes(store), reads(store)) == (["PUT order"], 1)
    assert log_text().endswith("Status in the store: Awaiting Pickup (the order's status here).")
    order = web_order(order_id)
    assert order.modified_read == order.modified_seen  # our own write is no edit


@pytest.mark.parametrize(("faults", "sent", "failed"), [({}, 2, 0), ({"status": 400}, 0, 2)])
def test_a_sync_counts_what_it_sent_and_what_was_refused(
    store: SandboxStore, faults: dict[str, int], sent: int, failed: int
) -> None:
    """The command and the metrics tell it."""
    integration = imported(store, push_status=True)[1]
    place(store, 1)
    run_sync(integration)
    assign(integration, Released=8)
    for order in SalesOrder.objects.all():
        put(int(order.web_order_number), "Released")
    if faults:
        store.fault(method="PUT", path=r"orders/\d+$", **faults)
    done = run_sync(integration)
    assert (done.sent.sent, done.sent.failed) == (sent, failed)


@pytest.mark.parametrize("assigned_elsewhere", [False, True])
def test_a_status_that_is_not_assigned_pushes_nothing(store: SandboxStore, assigned_elsewhere: bool) -> None:
    """No update, no call: what another store assigns says nothing here."""
    order_id, integration = imported(store, push_status=True)
    if assigned_elsewhere:
        assign(saved(code="OTHER-", store_hash="other"), Released=8)
    assign(integration, Shipped=2)
    only_updates(integration)
    put(order_id, "Released")
    run_sync(integration)
    assert store.calls() == []
    assert len(updates(order_id)) == 1


def test_three_changes_before_dispatch_cost_one_write(store: SandboxStore) -> None:
    """The last one counts."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8, Picking=9, Closed=10)
    for name in ("Released", "Picking", "Closed"):
        put(order_id, name)
    run_sync(integration)
    assert store.status(order_id) == 10
    assert writes(store) == ["PUT order"]


def test_a_change_that_was_taken_back_before_dispatch_is_not_sent(store: SandboxStore) -> None:
    """The order went on to a status that is not assigned: what waits is true no more."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=2)
    only_updates(integration)
    put(order_id, "Shipped")
    put(order_id, "New")
    run_sync(integration)
    assert store.calls() == []
    assert updates(order_id)[-1].state == UpdateState.NOT_NEEDED


@pytest.mark.parametrize(("last", "status"), [("Released", 8), ("On Hold", DOWNLOADED)])
def test_an_acknowledgement_is_never_dropped_by_a_change_of_status(store: SandboxStore, last: str, status: int) -> None:
    """It takes the mapped status along; one that is not assigned leaves the downloaded status."""
    integration = imported(store, push_status=True)[1]
    assign(integration, Released=8)
    (order_id,) = store.place(1, kind="guest")
    store.fault(method="PUT", path=f"^/v2/orders/{order_id}", status=409, times=1)
    sync_store(fresh(integration), seconds=60)
    put(order_id, "Released")
    put(order_id, last) if last != "Released" else None
    make_due()
    run_sync(integration)
    assert store.status(order_id) == status
    assert len([each for each in updates(order_id) if each.state == UpdateState.SENT]) == 1


def test_the_import_pushes_no_mapped_status(store: SandboxStore) -> None:
    """Rule 3: the downloaded order status, though the initial status is assigned to another."""
    integration = imported(store, push_status=True)[1]
    assign(integration, New=8)
    (order_id,) = store.place(1)
    run_sync(integration)
    assert store.status(order_id) == DOWNLOADED


def test_saving_mapping_and_push_sends_nothing_by_itself(store: SandboxStore) -> None:
    """Only a change pushes (rule 11)."""
    order_id, integration = imported(store)
    integration.push_status = True
    new = sales_order(order_id).status
    save_integration(integration, by="manager", mapping={new.pk: 8})
    only_updates(integration)
    run_sync(integration)
    assert writes(store) == []


def test_present_statuses_are_listed_first_and_then_sent(store: SandboxStore) -> None:
    """Orders that are right already, cancelled ones, and those without an assigned status are not among them."""
    order_id, integration = imported(store, push_status=True)
    cancelled, right, unassigned = store.place(3, kind="guest")
    run_sync(integration)
    assign(integration, New=8)
    store.edit(cancelled, status_id=5)
    store.edit(right, status_id=8)
    run_sync(integration)
    put(unassigned, "Picking")
    (listed,) = present_statuses(fresh(integration))
    assert (listed.order, listed.from_status, listed.to_status) == (sales_order(order_id), DOWNLOADED, 8)
    store.clear_calls()
    assert send_present_statuses(fresh(integration), by="manager") == 1
    assert present_statuses(fresh(integration)) == []
    run_sync(integration)
    assert store.status(order_id) == 8
    assert writes(store) == ["PUT order"]
    assert "manager sent the current statuses of 1 orders." in log_text()


def test_present_statuses_are_not_sent_while_push_is_off(store: SandboxStore) -> None:
    """It says what to switch on."""
    _, integration = imported(store)
    with pytest.raises(Refused, match="is off"):
        send_present_statuses(integration, by="manager")


def test_a_status_that_someone_else_set_needs_a_person(store: SandboxStore) -> None:
    """The store says Completed by now; retry, with that seen, sets it all the same (rule 12)."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    store.edit(order_id, status_id=10)
    run_sync(integration)
    assert store.status(order_id) == 10
    (item,) = attention()
    assert item.code == "status_changed"
    assert "The order is Completed in BigCommerce now; someone else set that." in item.sentence
    assert item.next_step == "Set it anyway (retry), or keep the store’s status (skip)."
    assert retry_update(item.pk)
    run_sync(integration)
    assert store.status(order_id) == 8
    assert attention() == []


@pytest.mark.parametrize("status", [4, 5, 6, 13, 14])
def test_what_someone_decided_about_money_is_never_written_over(store: SandboxStore, status: int) -> None:
    """Not even by a retry; it stays with a person until it has been skipped."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    store.edit(order_id, status_id=status)
    for _ in range(2):
        run_sync(integration)
        assert "which Counterfoil never overwrites" in attention()[0].sentence
        assert "change the status in BigCommerce and then retry" in attention()[0].next_step
        retry_group()
    assert store.status(order_id) == status
    assert writes(store) == []


def test_after_our_own_shipment_the_store_s_own_move_is_expected(store: SandboxStore) -> None:
    """The store moved the order to Shipped by itself; the mapped status is set onto that."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=10)
    ship(order_id)
    run_sync(integration)
    assert writes(store) == ["POST shipment", "PUT order"]
    assert store.status(order_id) == 10
    assert attention() == []


def test_without_our_shipment_shipped_is_somebody_else_s(store: SandboxStore) -> None:
    """Then it is not written over."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    store.edit(order_id, status_id=StatusId.SHIPPED)
    run_sync(integration)
    assert store.status(order_id) == StatusId.SHIPPED
    assert [item.code for item in attention()] == ["status_changed"]


def test_a_status_that_the_store_has_already_costs_no_call(store: SandboxStore) -> None:
    """One look tells."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    only_updates(integration)
    put(order_id, "Released")
    store.edit(order_id, status_id=8)
    run_sync(integration)
    assert writes(store) == []
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert log_text().endswith(" The store already has this status.")


def test_an_edit_after_the_import_is_shown_and_not_imported_when_a_mapped_status_is_sent(store: SandboxStore) -> None:
    """Only an acknowledgement brings an edit in (rules 2 and 8)."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    total = sales_order(order_id).total
    line = in_store(store, order_id)["products"][0]
    put(order_id, "Released")
    store.set(clock_offset_seconds=5)  # dates of modification are whole seconds
    store.edit(order_id, lines=[{"id": line["id"], "quantity": line["quantity"] + 1}])
    run_sync(integration)
    assert store.status(order_id) == 8
    assert sales_order(order_id).total == total
    seen = web_order(order_id)
    assert seen.read_again == ""
    assert seen.modified_seen != seen.modified_read


def test_our_own_writes_are_no_edits(store: SandboxStore) -> None:
    """After a shipment and a status the order is not shown as edited in the store."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Shipped=10)
    ship(order_id)
    run_sync(integration)
    run_sync(integration)
    seen = web_order(order_id)
    assert seen.modified_seen == seen.modified_read


def test_a_lost_answer_to_a_mapped_status_is_asked_after(store: SandboxStore) -> None:
    """The order is read; what was carried out is not repeated."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    store.fault(method="PUT", path="orders", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    assert updates(order_id)[-1].state == UpdateState.SENDING
    make_due()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    assert writes(store) == ["PUT order"]


def test_an_answer_that_cannot_be_read_was_an_answer_all_the_same(store: SandboxStore) -> None:
    """The store did it: the status is noted as seen now, and nothing is sent again."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    store.fault(method="PUT", path=r"orders/\d+$", status=200, body={"id": order_id}, done=True, times=1)
    before = timezone.now()
    run_sync(integration)
    order = web_order(order_id)
    assert (order.status_sent, order.status_seen) == (8, 8)
    assert min(order.status_seen_at, order.written_at) > before
    assert updates(order_id)[-1].state == UpdateState.SENT
    store.clear_calls()
    run_sync(integration)
    assert writes(store) == []


def test_an_order_set_back_to_new_is_acknowledged_with_its_mapped_status(store: SandboxStore) -> None:
    """Rule 3 after a re-import: the mapped status of the present order status."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    run_sync(integration)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert store.status(order_id) == 8
    assert updates(order_id)[-1].cause == UpdateCause.REIMPORTED


def test_a_status_waits_for_the_shipments_of_its_order_and_no_shipment_for_a_status(store: SandboxStore) -> None:
    """A status that failed lets a parcel through, and a shipment that failed holds back the status."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8, Shipped=10)
    store.fault(method="PUT", path="orders", status=400, body=[], times=1)
    put(order_id, "Released")
    run_sync(integration)
    store.fault(method="POST", path="shipments$", status=400, body=[], times=1)
    ship(order_id)
    run_sync(integration)
    assert store.status(order_id) == DOWNLOADED
    assert StoreUpdate.objects.filter(state=UpdateState.WAITING, kind=UpdateKind.STATUS).count() == 1
    retry_group()
    run_sync(integration)
    assert [each.state for each in updates(order_id) if each.kind == UpdateKind.CREATE] == [UpdateState.SENT]
    assert store.status(order_id) == 10


def test_what_follows_here_from_the_stores_own_refund_is_not_sent_back(store: SandboxStore) -> None:
    """The order is cancelled in the sales data because it was refunded there; nobody has to skip an update for that."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Cancelled=5)
    lines = in_store(store, order_id)["products"]
    store.refund(
        order_id, *({"item_type": "PRODUCT", "item_id": each["id"], "quantity": each["quantity"]} for each in lines)
    )
    run_sync(integration)
    run_sync(integration)
    assert sales_order(order_id).status.name == "Cancelled"
    assert len(updates(order_id)) == 1
    assert attention() == []


def test_what_is_not_sent_says_where_the_order_went(store: SandboxStore) -> None:
    """The status by its name."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    put(order_id, "Released")
    put(order_id, "Picking")
    sentence = "The order changed to Picking, which isn’t assigned, before this status was sent."
    assert updates(order_id)[-1].reason == sentence


def test_a_status_that_a_person_sets_is_not_dropped_because_the_store_has_stopped_the_order(
    store: SandboxStore,
) -> None:
    """They are told that it is never written over."""
    order_id, integration = imported(store, push_status=True)
    assign(integration, Released=8)
    store.edit(order_id, status_id=StatusId.CANCELLED)
    run_sync(integration)
    put(order_id, "Released")
    run_sync(integration)
    assert "which Counterfoil never overwrites" in attention()[0].sentence
    assert store.status(order_id) == StatusId.CANCELLED
