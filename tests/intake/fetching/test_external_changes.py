"""What others did to imported orders is read order by order; what cannot be is said and passed over."""

from datetime import timedelta

import pytest
from django.db.models import F

from counterfoil.bigcommerce import StatusId, StoreTrouble
from counterfoil.intake.fetching.external_changes import catch_up
from counterfoil.intake.fetching.orders import read_one
from counterfoil.sales.models import StatusRole
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, WebOrder, WebShipment
from counterfoil.stores.sync.session import open_session
from counterfoil.stores.weborders.changes import poll_changes
from tests.dispatch.factories import imported, lines_of, log_text, place, ship_there
from tests.factories import connect, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.defects import plant
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_defect_over_the_shipments_of_one_order_hides_no_other(store: SandboxStore) -> None:
    """It is listed with its trace, and not read again with each sync."""
    first, integration = imported(store)
    (second,) = store.place(1, kind="guest")
    run_sync(integration)
    plant("stores_webshipment", f"web_order_id <> {web_order(first).pk}")
    for order_id in (first, second):
        ship_there(store, order_id, 1)
    run_sync(integration)
    assert lines_of(second)[0].shipped == 1
    (item,) = attention()
    assert (item.import_id, item.code, "planted" in item.trace) == (f"WEB-{first}", "defect", True)
    assert not WebOrder.objects.filter(shipments_to_read=True).exists()


def test_trouble_with_the_store_itself_ends_the_reading_of_refunds(store: SandboxStore) -> None:
    """Only a missing permission is the refunds' own."""
    order_id, integration = imported(store)
    store.refund(order_id)
    WebOrder.objects.update(refunds_to_read=True)
    store.fault("GET", "refunds", status=401)
    with open_session(fresh(integration), seconds=60) as there, pytest.raises(StoreTrouble):
        catch_up(there)
    assert WebOrder.objects.get().refunds_to_read


def test_a_permission_that_stays_missing_is_logged_once(store: SandboxStore) -> None:
    """However often it is asked for again."""
    order_id, integration = imported(store)
    store.refund(order_id)
    WebOrder.objects.update(refunds_to_read=True)
    store.fault("GET", "refunds", status=403)
    for _ in range(2):
        with open_session(fresh(integration), seconds=60) as there:
            catch_up(there)
        StoreState.objects.update(refunds_refused_at=F("refunds_refused_at") - timedelta(hours=2))
    assert log_text().count("Refunds can’t be read") == 1


def test_an_order_with_nothing_to_ship_that_the_store_has_stopped_stays_open(store: SandboxStore) -> None:
    """By option it would be closed with its import; on hold it is for a person."""
    (order_id,) = store.place(1, kind="digital", status_id=StatusId.DISPUTED)
    physical = [line for line in in_store(store, order_id)["products"] if line["type"] != "digital"]
    store.edit(order_id, lines=[{"id": line["id"], "quantity": 0} for line in physical])
    integration = connect(store, close_unshippable=True, new_statuses=[StatusId.DISPUTED])
    run_sync(integration)
    assert sales_order(order_id).status.role == StatusRole.INITIAL


def test_a_shipment_that_cannot_be_read_is_read_again(store: SandboxStore) -> None:
    """It needs attention meanwhile, and is no failed import."""
    order_id, integration = imported(store)
    ship_there(store, order_id, 1)
    store.fault("GET", "shipments", status=200, body=[{"id": 1, "items": [{"order_product_id": 2, "quantity": "x"}]}])
    for _ in range(2):
        run_sync(integration)
    (item,) = attention()
    assert (item.code, item.sentence) == ("shipments", "An item has the quantity x.")
    assert not web_order(order_id).is_behind
    store.clear_faults()
    run_sync(integration)
    assert attention() == []
    assert lines_of(order_id)[0].shipped == 1


def test_the_shipments_of_an_order_that_is_gone_are_not_asked_for_again(store: SandboxStore) -> None:
    """It has none."""
    order_id, integration = imported(store)
    ship_there(store, order_id, 1)
    store.fault("GET", "shipments", status=404, body=[{"status": 404, "message": "Not found"}])
    run_sync(integration)
    assert not web_order(order_id).shipments_to_read
    assert attention() == []


@pytest.mark.parametrize("same_second", [False, True])
def test_what_others_did_between_the_reading_of_an_order_and_its_import_is_read(
    store: SandboxStore, same_second: bool
) -> None:
    """A worker died after reading it, and a look showed the rest while there was no sales order."""
    integration = connect(store)
    order_id = place(store, 2, 3)
    with open_session(fresh(integration), seconds=60) as session:
        read_one(session.integration, session.api, order_id)
        if not same_second:
            store.set(clock_offset_seconds=60.0)
        made = ship_there(store, order_id, 1, tracking_number="THEIRS")
        line = in_store(store, order_id)["products"][1]
        store.refund(order_id, {"item_type": "PRODUCT", "item_id": line["id"], "quantity": 1})
        address = store.order(order_id)["addresses"][0]
        store.edit(order_id, addresses=[{"id": address["id"], "street_1": "12 Elm Street"}])
        poll_changes(session.integration, session.api)
    run_sync(integration)
    run_sync(integration)
    assert [each.bigcommerce_shipment_id for each in WebShipment.objects.all()] == [made["id"]]
    assert [line.shipped for line in lines_of(order_id)] == [1, 0]
    assert web_order(order_id).refunds.count() == 1
    if not same_second:
        assert sales_order(order_id).addresses.filter(source_changed_at__isnull=False).exists()
