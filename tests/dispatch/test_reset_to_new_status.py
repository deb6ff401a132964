"""An order that was set back to a new order status is imported before its shipment goes out."""

import pytest

from counterfoil.sales.models import OrderChange
from counterfoil.stores.models import UpdateState, WebIntegration
from tests.dispatch.factories import creation, imported, ship, shipments_in
from tests.factories import NEW, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def test_an_edit_that_came_with_a_new_status_is_imported_before_the_shipment_goes(store: SandboxStore) -> None:
    """In one sync: the shipment would move the order on, and the edit would never be read."""
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=NEW, customer_message="Leave it with the neighbor")
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert OrderChange.objects.filter(order=sales_order(order_id)).exists()
    assert web_order(order_id).modified_read is not None
    assert creation(order_id).state == UpdateState.SENT
    assert len(shipments_in(store, order_id)) == 1


def test_from_a_paused_store_it_is_shipped_all_the_same(store: SandboxStore) -> None:
    """Nothing is imported there, and what was shipped is sent."""
    order_id, integration = imported(store)
    WebIntegration.objects.update(paused=True)
    store.edit(order_id, status_id=NEW)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert creation(order_id).state == UpdateState.SENT
