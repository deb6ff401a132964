"""A request whose answer was lost is looked for before it is made again: never twice, never lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from counterfoil.dispatch.queue import next_due_at
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry, retry_update, skip_update
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebShipment
from tests.dispatch.factories import (
    creation,
    imported,
    let_pass,
    lines_of,
    log_text,
    make_due,
    ship,
    ship_there,
    shipments_in,
    writes,
)
from tests.factories import fresh, run_sync, sales_order, updates
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_whole_remainder_whose_answer_was_lost_is_looked_for_and_made_once(store: SandboxStore, cut: str) -> None:
    """At once: were it made twice, the store would refuse."""
    order_id, integration = imported(store)
    ship(order_id, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut=cut, times=1)
    sync_store(fresh(integration), seconds=60)
    assert creation(order_id).state == UpdateState.SENDING
    make_due()
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == WebShipment.objects.count() == 1
    assert len(writes(store)) == (2 if cut == "before" else 1)


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_part_of_a_line_whose_answer_was_lost_waits_a_minute_before_it_is_made_again(
    store: SandboxStore, cut: str
) -> None:
    """A second one would not be refused, so the store is looked at twice."""
    order_id, integration = imported(store, quantities=(9,))
    ship(order_id, 2)
    store.fault(method="POST", path="shipments$", cut=cut, times=1)
    sync_store(fresh(integration), seconds=60)
    make_due()
    run_sync(integration)
    assert len(writes(store)) == 1
    if cut == "before":
        assert creation(order_id).state == UpdateState.SENDING
        assert creation(order_id).due_at > timezone.now() + timedelta(seconds=30)
        assert creation(order_id).reason.startswith("The outcome isn’t known. Counterfoil checks BigCommerce again")
        let_pass(timedelta(minutes=1))
        run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == WebShipment.objects.count() == 1


@pytest.mark.parametrize("number", ["1Z", ""])
@pytest.mark.parametrize("hours", [-26, -2, 2, 26])
def test_a_part_of_a_line_is_made_once_however_far_the_clocks_are_apart(
    store: SandboxStore, hours: int, number: str
) -> None:
    """The store's is before ours or behind it: what was not there before our request is ours."""
    store.set(clock_offset_seconds=3600.0 * hours)
    order_id, integration = imported(store, quantities=(9,))
    ship_there(store, order_id, 2, tracking_number="")
    run_sync(integration)
    parcel = ship(order_id, 2, tracking_number=number)
    store.fault(method="POST", path="shipments$", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    if not number:
        assert creation(order_id).reason_code == "like_in_store"  # a person says first that it is another one
        retry([f"WEB-{order_id}"])
        sync_store(fresh(integration), seconds=60)
    assert creation(order_id).state == UpdateState.SENDING
    for _ in range(2):
        let_pass(timedelta(minutes=1))
        run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    made = shipments_in(store, order_id)
    assert len(made) == 2
    assert parcel.web_shipment.bigcommerce_shipment_id == made[1]["id"]
    assert [line.shipped for line in lines_of(order_id)] == [4]


def test_a_request_to_a_slow_store_stays_in_doubt_for_longer(store: SandboxStore) -> None:
    """It may be carried out as late as the store may answer: three times that is waited."""
    order_id, integration = imported(store, answer_seconds=60)
    ship(order_id, 1, 1, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    for minutes, made in ((2, 0), (1, 1)):
        let_pass(timedelta(minutes=minutes))
        run_sync(integration)
        assert len(shipments_in(store, order_id)) == made


def test_a_request_in_doubt_from_before_this_machine_s_clock_was_set_back_is_made_a_minute_later(
    store: SandboxStore,
) -> None:
    """It is looked for at once, and not for a whole day."""
    order_id, integration = imported(store)
    ship(order_id, 1, 1, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    a_day_ahead = timezone.now() + timedelta(days=1)
    StoreUpdate.objects.filter(state=UpdateState.SENDING).update(due_at=a_day_ahead, asked_at=a_day_ahead)
    sync_store(fresh(integration), seconds=60)
    assert timedelta(0) < creation(order_id).due_at - timezone.now() <= timedelta(minutes=1)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1
    assert creation(order_id).state == UpdateState.SENT


@pytest.mark.parametrize("corrected", [False, True])
def test_a_request_that_arrives_late_is_found_when_the_store_refuses_the_second(
    store: SandboxStore, corrected: bool
) -> None:
    """The first poll came too early: the store's guard speaks, and then it is found, by what the first request said."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    store.fault(method="GET", path="shipments$", status=204, times=1)
    asked = creation(order_id).asked
    assert store.api("POST", f"/v2/orders/{order_id}/shipments", asked).status == 201
    if corrected:
        correct_parcel(parcel.pk, Tracking(tracking_number="right"), by="clerk")
    make_due()
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == ["right" if corrected else "1Z"]
    assert WebShipment.objects.get().parcel == parcel
    assert attention() == []


def test_a_request_that_was_refused_because_somebody_else_was_quicker_is_in_no_doubt(store: SandboxStore) -> None:
    """The first never arrived, and the store's guard says so: a person decides, and no later shipment is ours."""
    order_id, integration = imported(store, quantities=(2,))
    ship(order_id, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    store.fault(method="GET", path="shipments$", status=204, times=1)
    store.ship(order_id)
    make_due()
    run_sync(integration)
    update = creation(order_id)
    assert (update.state, update.reason_code, update.asked_at) == (UpdateState.FAILED, "over_shipped", None)
    assert WebShipment.objects.get().parcel is None


def test_a_repetition_that_was_surely_refused_leaves_the_first_request_in_doubt(store: SandboxStore) -> None:
    """What may have arrived may still arrive: it is looked for by what the first request said."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z")
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    first = creation(order_id)
    correct_parcel(parcel.pk, Tracking(tracking_number="right"), by="clerk")
    store.fault(method="POST", path="shipments$", status=409, times=1)
    make_due()
    sync_store(fresh(integration), seconds=60)
    second = creation(order_id)
    assert (second.state, second.asked_at, second.asked) == (UpdateState.SENDING, first.asked_at, first.asked)
    assert store.api("POST", f"/v2/orders/{order_id}/shipments", first.asked).status == 201
    make_due()
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == WebShipment.objects.count() == 1
    assert creation(order_id).state == UpdateState.SENT
    assert "The request had arrived; only the response was lost." in log_text()


def test_a_correction_in_doubt_of_a_parcel_that_was_voided_is_not_repeated(store: SandboxStore) -> None:
    """The shipment is deleted, and that is all that is said of it."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z")
    run_sync(integration)
    correct_parcel(parcel.pk, Tracking(tracking_number="right"), by="clerk")
    store.fault(method="PUT", path="shipments", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    correction = updates(order_id)[-1]
    assert correction.state == UpdateState.SENDING
    void_parcel(parcel.pk, by="clerk", reason="lost")
    store.clear_calls()
    make_due()
    run_sync(integration)
    correction.refresh_from_db()
    assert (correction.state, correction.reason) == (UpdateState.NOT_NEEDED, "The parcel has since been voided.")
    assert [call["method"] for call in store.calls() if call["method"] != "GET"] == ["DELETE"]
    assert shipments_in(store, order_id) == []


def test_equal_parcels_of_one_order_are_told_apart(store: SandboxStore) -> None:
    """The shipment of the first is not taken for the second's, though nothing but its id differs."""
    order_id, integration = imported(store, quantities=(9,))
    first = ship(order_id, 2)
    run_sync(integration)
    second = ship(order_id, 2)
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    made = shipments_in(store, order_id)
    assert len(made) == 2
    assert {first.web_shipment.bigcommerce_shipment_id, second.web_shipment.bigcommerce_shipment_id} == {
        each["id"] for each in made
    }


def test_an_equal_shipment_of_somebody_else_that_was_known_before_is_not_taken_for_ours(store: SandboxStore) -> None:
    """What the sales data had seen before the request is no answer to it."""
    order_id, integration = imported(store, quantities=(9,))
    line = lines_of(order_id)[0]
    body = {
        "order_address_id": line.ship_to.source_id,
        "items": [{"order_product_id": line.source_id, "quantity": 2}],
        "tracking_number": "",
    }
    store.ship(order_id, **body)
    run_sync(integration)
    assert WebShipment.objects.get().parcel is None
    parcel = ship(order_id, 2)
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    retry([f"WEB-{order_id}"])  # it was asked about: it is another one
    sync_store(fresh(integration), seconds=60)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == shipments_in(store, order_id)[1]["id"]


def test_a_parcel_corrected_while_its_shipment_is_in_doubt_is_recognized_and_corrected(store: SandboxStore) -> None:
    """It is compared with what the request said, not with what the parcel says now."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="wrong")
    store.fault(method="POST", path="shipments$", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    correct_parcel(parcel.pk, Tracking(tracking_number="right"), by="clerk")
    make_due()
    run_sync(integration)
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == ["right"]


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_parcel_voided_while_its_shipment_is_in_doubt_leaves_nothing_in_the_store(
    store: SandboxStore, cut: str
) -> None:
    """Found, it is deleted; not found, it is looked for once more and never made."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    store.fault(method="POST", path="shipments$", cut=cut, times=1)
    sync_store(fresh(integration), seconds=60)
    void_parcel(parcel.pk, by="clerk", reason="wrong order")
    make_due()
    run_sync(integration)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert len([each for each in writes(store) if each.startswith("POST")]) == 1
    assert {each.state for each in updates(order_id)} <= {UpdateState.SENT, UpdateState.NOT_NEEDED}


def test_an_order_held_while_its_shipment_is_in_doubt_is_looked_for_but_not_sent_again(store: SandboxStore) -> None:
    """Once that is resolved it waits like any other, and nobody asks the store every second."""
    order_id, integration = imported(store)
    ship(order_id)
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    put_on_hold(sales_order(order_id).pk, "Disputed.", by="BigCommerce")
    make_due()
    run_sync(integration)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert creation(order_id).state == UpdateState.WAITING
    assert next_due_at(integration) is None


def test_a_parcel_of_a_held_order_that_is_voided_while_in_doubt_holds_back_nothing(store: SandboxStore) -> None:
    """Once it is certain that it never left it is not needed, hold or not, and what stands behind it goes on."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    store.fault(method="POST", path="shipments$", cut="before", times=1)
    sync_store(fresh(integration), seconds=60)
    put_on_hold(sales_order(order_id).pk, "Disputed.", by="BigCommerce")
    void_parcel(parcel.pk, by="clerk", reason="It stays here")
    make_due()
    run_sync(integration)
    let_pass(timedelta(minutes=1))
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert {each.state for each in updates(order_id)} <= {UpdateState.SENT, UpdateState.NOT_NEEDED}


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 409}, {"status": 403}])
def test_a_refused_request_leaves_nothing_in_doubt(store: SandboxStore, fault: dict[str, int]) -> None:
    """It simply waits, and is sent without looking."""
    store.set(clock_speed=30)  # a window of the quota passes in a second
    order_id, integration = imported(store)
    ship(order_id)
    store.fault(method="POST", path="shipments$", times=1, **fault)
    sync_store(fresh(integration), seconds=60, quota_wait=0)
    assert (creation(order_id).state, creation(order_id).asked_at) == (UpdateState.WAITING, None)
    make_due()
    store.clear_calls()
    sync_store(fresh(integration), seconds=60, quota_wait=60)
    assert writes(store) == ["POST shipment"]
    assert not [call for call in store.calls() if call["method"] == "GET" and "shipments" in call["path"]]


@pytest.mark.parametrize("kind", [UpdateKind.CORRECT, UpdateKind.VOID])
def test_a_lost_answer_to_a_correction_or_deletion_is_simply_repeated(store: SandboxStore, kind: UpdateKind) -> None:
    """Both may be repeated without harm."""
    order_id, integration = imported(store)
    parcel = ship(order_id)
    run_sync(integration)
    if kind == UpdateKind.CORRECT:
        correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    else:
        void_parcel(parcel.pk, by="clerk", reason="x")
    store.fault(path=r"shipments/\d+", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    make_due()
    run_sync(integration)
    assert {each.state for each in updates(order_id)} == {UpdateState.SENT}
    made = shipments_in(store, order_id)
    assert [each["tracking_number"] for each in made] == (["2"] if kind == UpdateKind.CORRECT else [])


def test_what_another_app_ships_while_a_deletion_is_in_doubt_is_found(store: SandboxStore) -> None:
    """As much was deleted as the other app shipped: the store's count of shipped items tells nothing then."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="x")
    store.fault(path=r"shipments/\d+", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    made = ship_there(store, order_id, 1, tracking_number="THEIRS")
    make_due()
    run_sync(integration)
    run_sync(integration)
    listed = WebShipment.objects.filter(gone_at=None)
    assert list(listed.values_list("bigcommerce_shipment_id", flat=True)) == [made["id"]]


def test_what_another_app_ships_in_place_of_a_shipment_to_correct_is_found(store: SandboxStore) -> None:
    """Somebody deleted ours and shipped as much: the count is the same, and the correction finds nothing."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{shipments_in(store, order_id)[0]['id']}")
    made = ship_there(store, order_id, 1, tracking_number="THEIRS")
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    run_sync(integration)
    run_sync(integration)
    listed = WebShipment.objects.filter(gone_at=None)
    assert list(listed.values_list("bigcommerce_shipment_id", flat=True)) == [made["id"]]


def test_a_shipment_of_another_app_that_a_late_list_does_not_show_is_found_later(store: SandboxStore) -> None:
    """The order counts what was shipped, and its shipments are listed a moment later: they are read once more."""
    order_id, integration = imported(store, quantities=(2,))
    made = ship_there(store, order_id, 1, tracking_number="THEIRS")
    store.fault(method="GET", path="shipments$", status=200, body="[]", times=1)
    run_sync(integration)
    assert not WebShipment.objects.exists()
    run_sync(integration)
    assert [each.bigcommerce_shipment_id for each in WebShipment.objects.all()] == [made["id"]]


def test_a_shipment_replaced_by_another_with_as_many_items_is_seen_while_the_order_is_open(store: SandboxStore) -> None:
    """Another app made a new label for what we shipped: the number of shipped items says nothing of it."""
    order_id, integration = imported(store, quantities=(2,))
    ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    run_sync(integration)
    let_pass(timedelta(minutes=2))
    store.set(clock_offset_seconds=60.0)
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{shipments_in(store, order_id)[0]['id']}")
    made = ship_there(store, order_id, 1, tracking_number="THEIRS")
    run_sync(integration)
    assert [each.bigcommerce_shipment_id for each in WebShipment.objects.filter(gone_at=None)] == [made["id"]]
    assert [item.code for item in attention()] == ["deleted_in_store"]


def test_a_late_list_does_not_void_what_was_taken_over(store: SandboxStore) -> None:
    """It shows nothing yet of two shipments that the order counts."""
    order_id, integration = imported(store, quantities=(3,), take_over_shipments=True)
    ship_there(store, order_id, 1, tracking_number="THEIRS-1")
    run_sync(integration)
    ship_there(store, order_id, 1, tracking_number="THEIRS-2")
    store.fault(method="GET", path="shipments$", status=200, body="[]", times=1)
    run_sync(integration)
    assert [line.shipped for line in lines_of(order_id)] == [1]
    run_sync(integration)
    assert [line.shipped for line in lines_of(order_id)] == [2]
    assert not WebShipment.objects.exclude(gone_at=None).exists()


def test_a_shipment_of_ours_that_seemed_to_be_gone_is_known_again(store: SandboxStore) -> None:
    """A late list shows nothing when a correction is refused; afterwards it is read once, and not on every sync."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    store.set(clock_offset_seconds=300.0)  # long ago by the store's clock
    correct_parcel(parcel.pk, Tracking(tracking_number="2"), by="clerk")
    store.fault(method="PUT", path="shipments", status=404, times=1)
    store.fault(method="GET", path="shipments$", status=200, body="[]", times=1)
    WebIntegration.objects.update(paused=True)
    run_sync(integration)
    assert WebShipment.objects.get().gone_at is not None
    WebIntegration.objects.update(paused=False)
    WebShipment.objects.update(gone_at=timezone.now() - timedelta(minutes=2))
    run_sync(integration)
    assert WebShipment.objects.get().gone_at is None
    store.clear_calls()
    run_sync(integration)
    assert not [call for call in store.calls() if "shipments" in call["path"]]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_deletion_in_doubt_that_is_skipped_leaves_the_shipments_to_be_read(
    store: SandboxStore, arrived: bool
) -> None:
    """Whether it was carried out is read, and what was shipped in its place is found."""
    order_id, integration = imported(store, quantities=(2,))
    parcel = ship(order_id, 1, tracking_number="1Z1")
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="x")
    store.fault(path=r"shipments/\d+", cut="after" if arrived else "before", times=1)
    sync_store(fresh(integration), seconds=60)
    if arrived:
        ship_there(store, order_id, 1, tracking_number="THEIRS")
    waiting = StoreUpdate.objects.get(kind=UpdateKind.VOID)
    StoreUpdate.objects.filter(pk=waiting.pk).update(state=UpdateState.FAILED, failed_since=timezone.now())
    assert skip_update(waiting.pk, why="Enough", by="clerk")
    let_pass(timedelta(minutes=2))
    run_sync(integration)
    listed = WebShipment.objects.filter(gone_at=None)
    there = [each["id"] for each in shipments_in(store, order_id)]
    assert list(listed.values_list("bigcommerce_shipment_id", flat=True)) == there


def test_a_shipment_that_waits_to_be_looked_for_is_looked_for_though_it_is_voided(store: SandboxStore) -> None:
    """It failed in doubt, and someone asked to try again: that it was made is found out, and it is deleted."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z9")
    store.fault(method="POST", path="shipments$", cut="after", times=1)
    sync_store(fresh(integration), seconds=60)
    StoreUpdate.objects.filter(parcel=parcel).update(state=UpdateState.FAILED, failed_since=timezone.now())
    assert retry_update(creation(order_id).pk)
    void_parcel(parcel.pk, by="clerk", reason="wrong order")
    make_due()
    run_sync(integration)
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    assert writes(store) == ["POST shipment", "DELETE shipment"]
