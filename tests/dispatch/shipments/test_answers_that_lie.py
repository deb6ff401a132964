"""An answer that is not what was asked for is not believed: the outcome is unknown, and the store is looked at."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState, WebOrder, WebShipment
from tests.dispatch.factories import creation, imported, let_pass, lines_of, make_due, ship, shipments_in, writes
from tests.factories import run_sync, updates
from tests.sandbox_store import SandboxStore

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("due_when_we_say_so")]
POST = {"method": "POST", "path": "shipments$"}
LIES: dict[str, dict[str, Any]] = {
    "another order's": {"alter": {"order_id": 99}},
    "another address": {"alter": {"order_address_id": 99}},
    "no items": {"alter": {"items": []}},
    "another tracking number": {"alter": {"tracking_number": "OTHER"}},
    "an empty answer": {"status": 201, "body": "", "done": True},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_answer_that_does_not_fit_is_looked_for_and_nothing_is_made_twice(
    store: SandboxStore, lie: dict[str, Any]
) -> None:
    """A part of a line, so that the store would let a second one through."""
    order_id, integration = imported(store, quantities=(9,))
    parcel = ship(order_id, 2, tracking_number="1Z")
    store.fault(**POST, **lie, times=1)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENDING
    assert not WebShipment.objects.exists()
    make_due()
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    (made,) = shipments_in(store, order_id)
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == made["id"]
    assert writes(store) == ["POST shipment"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("number", ["1Z", ""])
def test_the_first_answer_once_more_is_not_the_second_parcel_and_voiding_that_leaves_the_first(
    store: SandboxStore, number: str, done: bool
) -> None:
    """Two equal parcels: each has a shipment of its own in the end, and the right one goes."""
    order_id, integration = imported(store, quantities=(9,))
    store.fault(**POST, replay=True, done=done, times=2)
    first = ship(order_id, 2, tracking_number=number)
    run_sync(integration)
    second = ship(order_id, 2, tracking_number=f"{number}2" if number else "")
    run_sync(integration)
    for _ in range(3):
        let_pass(timedelta(minutes=2))
        run_sync(integration)
    assert len(shipments_in(store, order_id)) == 2
    kept = WebShipment.objects.get(parcel=first).bigcommerce_shipment_id
    assert WebShipment.objects.get(parcel=second).bigcommerce_shipment_id != kept
    void_parcel(second.pk, by="clerk", reason="wrong")
    run_sync(integration)
    assert [each["id"] for each in shipments_in(store, order_id)] == [kept]


def test_another_order_s_shipment_is_not_this_parcel_s(store: SandboxStore) -> None:
    """The store numbers its shipments through: an id that is taken is no answer, whatever else it says."""
    others, integration = imported(store, quantities=(2,))
    ship(others, tracking_number="THEIRS")
    run_sync(integration)
    (taken,) = shipments_in(store, others)
    (order_id,) = store.place(1, kind="guest")
    run_sync(integration)
    parcel = ship(order_id, tracking_number="1Z")
    store.fault(**POST, alter={"id": taken["id"]}, times=1)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENDING
    make_due()
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == made["id"] != taken["id"]


def test_a_list_of_another_order_s_shipments_is_not_believed(store: SandboxStore) -> None:
    """Ours are not gone because of it: nobody is asked whether they were shipped."""
    others, integration = imported(store)
    ship(others, tracking_number="THEIRS")
    (order_id,) = store.place(1, kind="guest")
    run_sync(integration)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    let_pass(timedelta(minutes=2))
    WebOrder.objects.filter(bigcommerce_order_id=order_id).update(shipments_to_read=True)
    store.fault("GET", f"/orders/{order_id}/shipments$", status=200, body=shipments_in(store, others), times=1)
    run_sync(integration)
    assert attention() == []
    run_sync(integration)
    assert not WebOrder.objects.filter(shipments_to_read=True).exists()
    assert attention() == []


@pytest.mark.parametrize("lie", [{"id": 99_999}, {"items": []}, {"order_address_id": 99}, {"order_id": 99}])
def test_an_answer_to_a_correction_that_is_another_shipment_is_asked_for_again(
    store: SandboxStore, lie: dict[str, Any]
) -> None:
    """It is never taken for this parcel's: items and address stay as they were made."""
    order_id, integration = imported(store)
    parcel = ship(order_id, tracking_number="1Z")
    run_sync(integration)
    correct_parcel(parcel.pk, Tracking(tracking_number="1ZZ"), by="clerk")
    before = WebShipment.objects.get()
    store.fault("PUT", "shipments", alter=lie, times=1)
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENDING
    make_due()
    run_sync(integration)
    assert updates(order_id)[-1].state == UpdateState.SENT
    kept = WebShipment.objects.get()
    assert (kept.bigcommerce_shipment_id, kept.tracking_number) == (shipments_in(store, order_id)[0]["id"], "1ZZ")
    assert (kept.items, kept.order_address_id) == (before.items, before.order_address_id)


def test_a_store_that_never_answers_with_what_was_asked_for_needs_a_person(store: SandboxStore) -> None:
    """Each repetition may be another shipment, and a mail to the shopper."""
    order_id, integration = imported(store, quantities=(9,))
    ship(order_id, 1, tracking_number="1Z")
    store.fault(**POST, status=201, body={"id": 7, "order_id": order_id, "items": []})
    for _ in range(12):
        let_pass(timedelta(minutes=2))
        run_sync(integration)
    (item,) = attention()
    assert item.code == "unlike_asked"
    assert "BigCommerce returned a different shipment from the one requested." in item.sentence
    assert len(writes(store)) == 3
    assert creation(order_id).asked_at is not None  # a retry looks for it first


TRUE: dict[str, dict[str, Any]] = {
    "another case and spaces": {"alter": {"tracking_number": " 1z 999 "}},
    "custom fields": {"alter": {"labels": [{"id": 7}], "origin": None, "id_of_label": 3}},
    "text for numbers": {"alter": {"order_address_id": None}},
}


@pytest.mark.parametrize("answer", TRUE.values(), ids=TRUE)
def test_an_answer_that_says_the_same_in_other_words_is_believed(store: SandboxStore, answer: dict[str, Any]) -> None:
    """Fields come without warning, and numbers are written in more than one way (bigcommerce.md, sections 9 and 11)."""
    order_id, integration = imported(store, quantities=(9,))
    ship(order_id, 2, tracking_number="1Z999")
    store.fault(**POST, **answer, times=1)
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == 1


MORE_LIES: dict[str, dict[str, Any]] = {
    "a list": {"status": 201, "body": [], "done": True},
    "HTML": {"status": 200, "body": "<html>Made</html>", "content_type": "text/html", "done": True},
    "204": {"status": 204, "done": True},
    "an empty object": {"status": 200, "body": {}, "done": True},
    "too many": {"alter": {"items": [{"order_product_id": 1, "quantity": 1}, {"order_product_id": 1, "quantity": 99}]}},
    "a quantity that is none": {"alter": {"items": [{"order_product_id": 1, "quantity": -2}]}},
    "an id that is none": {"alter": {"id": None}},
    "the id 0": {"alter": {"id": 0}},
    "an id below 0": {"alter": {"id": -5}},
    "no tracking number": {"alter": {"tracking_number": ""}},
}


@pytest.mark.parametrize("lie", MORE_LIES.values(), ids=MORE_LIES)
def test_whatever_else_is_answered_the_parcel_has_one_shipment_in_the_end(
    store: SandboxStore, lie: dict[str, Any]
) -> None:
    """And nobody is needed."""
    order_id, integration = imported(store, quantities=(9,))
    parcel = ship(order_id, 2, tracking_number="1Z")
    store.fault(**POST, **lie, times=1)
    for _ in range(2):
        run_sync(integration)
        make_due()
    (made,) = shipments_in(store, order_id)
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == made["id"]
    assert attention() == []


def test_a_shipment_that_was_answered_with_a_wrong_number_is_deleted_under_its_own(store: SandboxStore) -> None:
    """The number was free, so it was believed; the parcel's tracking number and items tell which one it is."""
    order_id, integration = imported(store, quantities=(9,))
    others = ship(order_id, 1, tracking_number="2Z")
    parcel = ship(order_id, 2, tracking_number="1Z")
    store.fault(**POST, skip=1, alter={"id": 99_999}, times=1)
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="wrong")
    run_sync(integration)
    (left,) = shipments_in(store, order_id)
    assert left["id"] == WebShipment.objects.get(parcel=others).bigcommerce_shipment_id
    assert not WebShipment.objects.exclude(parcel=others).filter(gone_at=None).exists()


def test_a_shipment_that_is_said_to_be_deleted_and_still_stands_there_needs_a_person(store: SandboxStore) -> None:
    """Not at once: a list may be late by some seconds. A retry deletes it."""
    order_id, integration = imported(store, quantities=(9,))
    parcel = ship(order_id, 2, tracking_number="1Z")
    run_sync(integration)
    void_parcel(parcel.pk, by="clerk", reason="wrong")
    store.fault("DELETE", "shipments", status=204, times=1)
    run_sync(integration)
    run_sync(integration)
    assert attention() == []
    WebShipment.objects.update(gone_at=F("gone_at") - timedelta(minutes=2))
    run_sync(integration)
    (item,) = attention()
    assert (item.code, item.kind) == ("not_deleted", "update")
    retry_group()
    run_sync(integration)
    assert shipments_in(store, order_id) == []
    run_sync(integration)
    assert attention() == []


def test_a_shipment_that_was_answered_with_a_wrong_number_is_corrected_under_its_own(store: SandboxStore) -> None:
    """Else it would seem to be gone, and be made a second time."""
    order_id, integration = imported(store, quantities=(9,))
    parcel = ship(order_id, 2, tracking_number="1Z")
    store.fault(**POST, alter={"id": 99_999}, times=1)
    run_sync(integration)
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == 99_999
    correct_parcel(parcel.pk, Tracking(tracking_number="2Z"), by="clerk")
    run_sync(integration)
    (there,) = shipments_in(store, order_id)
    assert there["tracking_number"] == "2Z"
    assert WebShipment.objects.get().bigcommerce_shipment_id == there["id"]
    assert WebShipment.objects.get().parcel_id == parcel.pk
    assert lines_of(order_id)[0].open == 7
    assert attention() == []
