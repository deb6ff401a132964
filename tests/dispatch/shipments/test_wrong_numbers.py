"""A shipment whose answer gave the number that another one really gets is known by what it is, wherever it is read."""

from datetime import timedelta
from typing import Any

import pytest

from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import retry
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebOrder, WebShipment
from tests.dispatch.factories import imported, let_pass, lines_of, log_text, ship, ship_there, shipments_in
from tests.factories import fresh, run_sync
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
NUMBERS = [("1Z", "2Z"), ("1Z", ""), ("", "2Z"), ("", "")]


def syncs(integration: WebIntegration, times: int = 3) -> None:
    """Some syncs, each three minutes after the one before."""
    for _ in range(times):
        sync_store(fresh(integration), seconds=60)
        let_pass(timedelta(minutes=3))


def one_wrongly_numbered(store: SandboxStore, **tracking: str) -> tuple[int, WebIntegration, Parcel]:
    """One of the first line went out as shipment 1, and the answer said 2."""
    order_id, integration = imported(store, quantities=(9, 9))
    store.fault("POST", "/shipments", alter={"id": 2}, times=1)
    parcel = ship(order_id, 1, **tracking)
    sync_store(fresh(integration), seconds=60)
    assert [each["id"] for each in shipments_in(store, order_id)] == [1]
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == 2
    return order_id, integration, parcel


def numbers_of(store: SandboxStore, order_id: int) -> list[str]:
    """The tracking numbers that the store has."""
    return [each["tracking_number"] for each in shipments_in(store, order_id)]


@pytest.mark.parametrize("quantity", [1, 2])
@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("in_one_sync", [True, False])
def test_the_next_parcel_is_made_once(
    store: SandboxStore, numbers: tuple[str, str], quantity: int, in_one_sync: bool
) -> None:
    """Also where both hold the same: then either may be either's."""
    order_id, integration = imported(store, quantities=(9,))
    store.fault("POST", "/shipments", alter={"id": 2}, times=1)
    ship(order_id, 1, tracking_number=numbers[0])
    if not in_one_sync:
        sync_store(fresh(integration), seconds=60)
    second = ship(order_id, quantity, tracking_number=numbers[1])
    syncs(integration, 5)
    assert len(shipments_in(store, order_id)) == 2
    assert not attention()
    there = {each["id"]: each["tracking_number"] for each in shipments_in(store, order_id)}
    assert there[WebShipment.objects.get(parcel=second).bigcommerce_shipment_id] == numbers[1]


@pytest.mark.parametrize("is_read_first", [True, False])
@pytest.mark.parametrize("number", ["1Z", ""])
@pytest.mark.parametrize("theirs", [(0, 3), (3,)])
def test_voiding_it_leaves_what_another_app_shipped(
    store: SandboxStore, theirs: tuple[int, ...], number: str, is_read_first: bool
) -> None:
    """Whether or not the order's shipments were read before."""
    order_id, integration, parcel = one_wrongly_numbered(store, tracking_number=number)
    ship_there(store, order_id, *theirs, tracking_number="OTHER")
    syncs(integration, 2 if is_read_first else 0)
    void_parcel(parcel.pk, by="clerk", reason="No")
    syncs(integration)
    assert numbers_of(store, order_id) == ["OTHER"]
    assert "It was already gone" not in log_text()
    assert [line.shipped for line in lines_of(order_id)][: len(theirs)] == list(theirs)
    assert not attention()


@pytest.mark.parametrize("number", ["1Z", ""])
def test_what_another_app_shipped_is_counted_beside_it(store: SandboxStore, number: str) -> None:
    """The log says which number it has."""
    order_id, integration, parcel = one_wrongly_numbered(store, tracking_number=number)
    ship_there(store, order_id, 0, 3, tracking_number="OTHER")
    syncs(integration)
    assert [line.shipped for line in lines_of(order_id)][:2] == [1, 3]
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == 1
    what = f"the shipment {number}" if number else "the shipment 2"
    assert f"BigCommerce has {what} under number 1, not 2, which its response gave." in log_text()


@pytest.mark.parametrize("is_read_first", [True, False])
@pytest.mark.parametrize("number", ["1Z", ""])
def test_correcting_it_leaves_the_number_of_what_another_app_shipped(
    store: SandboxStore, number: str, is_read_first: bool
) -> None:
    """The parcel's own shipment gets the new number."""
    order_id, integration, parcel = one_wrongly_numbered(store, tracking_number=number)
    ship_there(store, order_id, 0, 3, tracking_number="OTHER")
    syncs(integration, 2 if is_read_first else 0)
    correct_parcel(parcel.pk, Tracking(tracking_number="1ZNEW"), by="clerk")
    syncs(integration)
    assert numbers_of(store, order_id) == ["1ZNEW", "OTHER"]


@pytest.mark.parametrize("kind", [UpdateKind.VOID, UpdateKind.CORRECT])
def test_where_its_own_is_gone_what_another_app_shipped_is_not_changed(store: SandboxStore, kind: UpdateKind) -> None:
    """A person reads that the store has another shipment under its number."""
    order_id, integration, parcel = one_wrongly_numbered(store, tracking_number="1Z")
    ship_there(store, order_id, 0, 3, tracking_number="OTHER")
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/1")
    WebIntegration.objects.update(paused=True)  # nothing is read meanwhile
    if kind == UpdateKind.VOID:
        void_parcel(parcel.pk, by="clerk", reason="No")
    else:
        correct_parcel(parcel.pk, Tracking(tracking_number="1ZNEW"), by="clerk")
    run_sync(integration)
    assert numbers_of(store, order_id) == ["OTHER"]
    update = StoreUpdate.objects.get(kind=kind)
    assert update.state == UpdateState.FAILED
    assert "BigCommerce has a different shipment under its number, 2." in update.reason


def test_where_its_own_is_gone_a_person_is_asked_and_the_other_counts(store: SandboxStore) -> None:
    """As where someone deleted it in the store: retried, it is made again and nothing else."""
    order_id, integration, parcel = one_wrongly_numbered(store, tracking_number="1Z")
    ship_there(store, order_id, 0, 3, tracking_number="OTHER")
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/1")
    let_pass(timedelta(minutes=3))
    syncs(integration)
    assert [each.code for each in attention()] == ["deleted_in_store"]
    assert [line.shipped for line in lines_of(order_id)][:2] == [1, 3]
    retry([f"WEB-{order_id}"])
    syncs(integration)
    assert numbers_of(store, order_id) == ["OTHER", "1Z"]
    assert WebShipment.objects.get(parcel=parcel).tracking_number == "1Z"
    assert not attention()


@pytest.mark.parametrize(
    "edit", [{"tracking_number": "1ZEDITED"}, {"comments": "Left at the door"}, {"tracking_number": ""}]
)
def test_a_shipment_that_was_edited_in_the_store_is_still_its_parcel_s(
    store: SandboxStore, edit: dict[str, Any]
) -> None:
    """It is voided there, and nobody is asked."""
    order_id, integration = imported(store, quantities=(9,))
    parcel = ship(order_id, 1, tracking_number="1Z")
    run_sync(integration)
    (made,) = shipments_in(store, order_id)
    store.api("PUT", f"/v2/orders/{order_id}/shipments/{made['id']}", edit)
    WebOrder.objects.update(shipments_to_read=True)
    let_pass(timedelta(minutes=3))
    syncs(integration, 1)
    assert WebShipment.objects.get(parcel=parcel).bigcommerce_shipment_id == made["id"]
    void_parcel(parcel.pk, by="clerk", reason="No")
    syncs(integration, 2)
    assert (shipments_in(store, order_id), attention()) == ([], [])
