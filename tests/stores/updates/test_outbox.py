"""What is to be said to a store changes while it waits, and only that."""

from typing import Any

import pytest
from django.utils import timezone

from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from counterfoil.stores.models import ACKNOWLEDGEMENTS, StoreUpdate, UpdateCause, UpdateKind, WebOrder
from counterfoil.stores.updates.outbox import (
    ensure_status,
    queue_shipment,
    shipments_in_doubt,
    take_back_mapped,
    wait_again,
)
from counterfoil.stores.updates.status_targets import status_after_reimport
from tests.sales.factories import placed, whole_order
from tests.stores.factories import saved, web_order

pytestmark = pytest.mark.django_db


def an_update(order: WebOrder, status_id: int = 2, cause: str = "mapped", **values: Any) -> StoreUpdate:
    """A status that waits, unless the test says otherwise."""
    values = {"state": "waiting", "acknowledges": UpdateCause(cause) in ACKNOWLEDGEMENTS} | values
    return StoreUpdate.objects.create(web_order=order, status_id=status_id, cause=cause, **values)


def a_parcel(number: int) -> Parcel:
    """Of an order of its own."""
    order = placed(import_id=f"WEB-{number}")
    process_shipment(order.pk, whole_order(order, Tracking()), by="clerk")
    return Parcel.objects.latest("pk")


def present(update: StoreUpdate) -> StoreUpdate:
    """The update as the database has it now."""
    return StoreUpdate.objects.get(pk=update.pk)


def test_each_store_has_a_mapping_of_its_own() -> None:
    """The same order status may be another one in each store; without one of its own it is the downloaded status."""
    order = placed()
    ours, other = saved(push_status=True), saved(push_status=True, code="TOY-", store_hash="toy")
    other.status_mapping.create(order_status_id=order.status_id, status_id=3)
    assert status_after_reimport(ours, order.pk) == (ours.downloaded_status, UpdateCause.DOWNLOADED)
    ours.status_mapping.create(order_status_id=order.status_id, status_id=2)
    assert status_after_reimport(ours, order.pk) == (2, UpdateCause.REIMPORTED)
    assert status_after_reimport(other, order.pk) == (3, UpdateCause.REIMPORTED)


def test_what_waits_onto_a_status_says_which_one_was_seen_last() -> None:
    """By that it is told, when it is sent, whether someone else was quicker."""
    order = web_order(saved(), status_seen=11)
    ensure_status(order, 2, UpdateCause.MAPPED)
    order.status_seen = 9
    ensure_status(order, 3, UpdateCause.MAPPED)
    assert StoreUpdate.objects.get().onto == 9


def test_a_mapped_status_that_waits_is_taken_back_and_says_why() -> None:
    """It is not needed any more, from now on."""
    order = web_order(saved())
    waiting = an_update(order)
    take_back_mapped(order, "Picking")
    waiting = present(waiting)
    assert (waiting.state, waiting.status_id) == ("not_needed", 2)
    assert waiting.reason == "The order changed to Picking, which isn’t assigned, before this status was sent."
    assert waiting.ended_at is not None


@pytest.mark.parametrize(
    ("reason_code", "status", "cause"),
    [("", "downloaded_status", UpdateCause.DOWNLOADED), ("totals", "error_status", UpdateCause.IMPORT_ERROR)],
)
def test_what_it_had_to_acknowledge_is_acknowledged_all_the_same(
    reason_code: str, status: str, cause: UpdateCause
) -> None:
    """With the downloaded status, or after an import that failed with the import error status."""
    integration = saved()
    order = web_order(integration, reason_code=reason_code)
    waiting = an_update(order, acknowledges=True)
    take_back_mapped(order, "Picking")
    waiting = present(waiting)
    assert (waiting.state, waiting.status_id, waiting.cause) == ("waiting", getattr(integration, status), cause)
    assert waiting.ended_at is None


def test_nothing_else_is_taken_back() -> None:
    """Neither what was sent, nor what had another cause, nor what waits of another order."""
    integration = saved()
    order, another = web_order(integration, 1), web_order(integration, 2)
    others = [
        an_update(order, state="sent"),
        an_update(order, cause="import_error", state="failed", reason="No.", next_step="Retry."),
        an_update(order, cause="reimported"),
        an_update(another),
        an_update(web_order(integration, 3), acknowledges=True),
    ]
    before = [list(StoreUpdate.objects.filter(pk=each.pk).values()) for each in others]
    take_back_mapped(order, "Picking")
    assert [list(StoreUpdate.objects.filter(pk=each.pk).values()) for each in others] == before


def test_an_update_that_did_not_go_out_waits_again() -> None:
    """Where nothing newer waits, it does; else it is not needed, and the newer one answers for it."""
    integration = saved()
    order, another = web_order(integration, 1), web_order(integration, 2)
    elsewhere = an_update(another, cause="mapped")
    note = StoreUpdate.objects.create(web_order=order, kind="staff_notes")
    older = an_update(order, cause="downloaded", acknowledges=True)
    wait_again(older)  # before it was begun
    assert present(older).state == "waiting"
    older.state = "sending"
    older.save()
    wait_again(older)
    assert (present(older).state, present(older).reason) == ("waiting", "")
    older.state = "sending"
    older.save()
    newer = an_update(order, cause="mapped", acknowledges=False)
    wait_again(older)
    older = present(older)
    assert (older.state, older.reason) == ("not_needed", "A newer status replaced it before it was sent.")
    assert older.ended_at is not None
    assert present(newer).acknowledges
    assert not present(elsewhere).acknowledges
    assert not present(note).acknowledges


def test_a_correction_is_superseded_by_a_newer_one_of_its_own_parcel() -> None:
    """A correction of another parcel of the order says nothing of it."""
    order = web_order(saved())
    this, that = a_parcel(1), a_parcel(2)

    def correction(parcel: Parcel, state: str) -> StoreUpdate:
        return StoreUpdate.objects.create(web_order=order, parcel=parcel, kind="correct_shipment", state=state)

    correction(that, "waiting")
    older = correction(this, "sending")
    wait_again(older)
    assert present(older).state == "waiting"
    older.state = "sending"
    older.save()
    correction(this, "waiting")
    wait_again(older)
    assert present(older).state == "not_needed"


@pytest.mark.parametrize(("ours", "theirs", "both"), [(False, True, True), (False, False, False), (True, False, True)])
def test_a_newer_status_answers_for_what_either_had_to(ours: bool, theirs: bool, both: bool) -> None:
    """Neither gains an answer that nobody owed, nor loses one."""
    order = web_order(saved())
    older = an_update(order, state="sending", acknowledges=ours)
    newer = an_update(order, acknowledges=theirs)
    wait_again(older)
    assert present(newer).acknowledges is both


def test_what_waits_to_be_said_of_a_parcel_is_not_said_twice() -> None:
    """Ten corrections before dispatch are one; a creation is one for ever."""
    order, parcel = web_order(saved()), a_parcel(1)
    for kind in (UpdateKind.CREATE, UpdateKind.CORRECT):
        for _ in range(2):
            queue_shipment(order, kind, parcel.pk)
    found = StoreUpdate.objects.values_list("kind", "state", "parcel", "web_order")
    assert list(found) == [
        ("create_shipment", "waiting", parcel.pk, order.pk),
        ("correct_shipment", "waiting", parcel.pk, order.pk),
    ]


def test_a_shipment_in_doubt_was_asked_for_and_stays_open() -> None:
    """It is a creation, of this store; what was sent, refused or not asked for yet is in no doubt."""
    integration, other = saved(), saved(code="TOY-", store_hash="toy")
    numbers = iter(range(1, 10))

    def shipment(of: Any = integration, kind: str = "create_shipment", **values: Any) -> StoreUpdate:
        number = next(numbers)
        values = {"state": "sending", "asked_at": timezone.now()} | values
        return StoreUpdate.objects.create(web_order=web_order(of, number), parcel=a_parcel(number), kind=kind, **values)

    doubtful = [shipment(), shipment(state="failed", reason="No."), shipment(state="waiting")]
    shipment(state="sent")
    shipment(asked_at=None)
    shipment(kind="correct_shipment")
    shipment(of=other)
    assert list(shipments_in_doubt(integration)) == doubtful
