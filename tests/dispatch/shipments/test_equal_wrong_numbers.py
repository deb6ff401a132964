"""Equal parcels whose answers gave wrong numbers are the store's equal shipments, one each."""

import json

import pytest

from counterfoil.bigcommerce.parsing import read_shipments
from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import WebIntegration, WebOrder, WebShipment
from counterfoil.stores.weborders.own_shipments import follow_numbers
from tests.dispatch.factories import imported, lines_of, log_text, ship, ship_there, shipments_in
from tests.dispatch.shipments.test_wrong_numbers import syncs
from tests.factories import run_sync, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def two_equal(
    store: SandboxStore, number: str = "", carriers: tuple[str, str] = ("", "")
) -> tuple[int, WebIntegration, list[Parcel]]:
    """Two equal parcels, shipments 1 and 2, whose answers said 99999 and 99998."""
    order_id, integration = imported(store, quantities=(9,))
    for wrong in (99_999, 99_998):
        store.fault("POST", "/shipments", alter={"id": wrong}, times=1)
    parcels = [ship(order_id, 1, tracking_number=number, carrier=each) for each in carriers]
    run_sync(integration)
    return order_id, integration, parcels


@pytest.mark.parametrize("number", ["1Z", ""])
def test_each_is_one_of_the_two(store: SandboxStore, number: str) -> None:
    """Nobody is told that they were deleted, and nothing counts as somebody else's."""
    order_id, integration, parcels = two_equal(store, number)
    WebOrder.objects.update(shipments_to_read=True)
    syncs(integration)
    rows = WebShipment.objects.filter(parcel__in=parcels, gone_at=None)
    assert sorted(each.bigcommerce_shipment_id for each in rows) == [1, 2]
    assert (lines_of(order_id)[0].shipped, attention()) == (2, [])
    assert "Deleted by someone" not in log_text()


def test_voiding_one_leaves_the_other(store: SandboxStore) -> None:
    """The one that stays has the other parcel's carrier."""
    order_id, integration, parcels = two_equal(store, carriers=("FedEx", "UPS"))
    (first, second) = [each["shipping_provider"] for each in shipments_in(store, order_id)]
    assert first != second
    void_parcel(parcels[1].pk, by="clerk", reason="No")
    syncs(integration)
    assert [each["shipping_provider"] for each in shipments_in(store, order_id)] == [first]
    assert (lines_of(order_id)[0].shipped, attention()) == (1, [])
    assert "already gone" not in log_text()


def test_correcting_one_leaves_the_other(store: SandboxStore) -> None:
    """One of the two has the new number."""
    order_id, integration, parcels = two_equal(store)
    correct_parcel(parcels[0].pk, Tracking(tracking_number="1Z"), by="clerk")
    syncs(integration)
    assert sorted(each["tracking_number"] for each in shipments_in(store, order_id)) == ["", "1Z"]


def test_what_is_known_as_somebody_else_s_stays_theirs(store: SandboxStore) -> None:
    """Also where it is equal to a parcel whose answer gave a wrong number."""
    order_id, integration = imported(store, quantities=(9,))
    theirs = ship_there(store, order_id, 1, tracking_number="1Z, 2Z")
    syncs(integration, 1)
    store.fault("POST", "/shipments", alter={"id": 99_999}, times=1)
    ship(order_id, 1, tracking_number="3Z")
    run_sync(integration)
    WebShipment.objects.filter(parcel__isnull=False).update(tracking_number="1Z")
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/2")
    WebOrder.objects.update(shipments_to_read=True)
    syncs(integration)
    assert WebShipment.objects.get(bigcommerce_shipment_id=theirs["id"]).parcel is None


def test_a_number_that_another_answer_gave_is_taken_once_that_one_is_free(store: SandboxStore) -> None:
    """Shipment 1 was answered as 99999, 2 as 1; the list shows 2 late. Neither parcel loses its shipment."""
    order_id, integration = imported(store, quantities=(9,))
    for wrong in (99_999, 1):
        store.fault("POST", "/shipments", alter={"id": wrong}, times=1)
    parcels = [ship(order_id, 1, tracking_number=each) for each in ("1Z", "2Z")]
    run_sync(integration)
    first, second = read_shipments(json.dumps(shipments_in(store, order_id)).encode())
    for listed in ([first], [first, second]):
        follow_numbers(web_order(order_id), listed)
        assert WebShipment.objects.filter(parcel__in=parcels, gone_at=None).count() == 2
    noted = WebShipment.objects.values_list("parcel_id", "bigcommerce_shipment_id")
    assert dict(noted) == {parcels[0].pk: first.id, parcels[1].pk: second.id}
