"""A store that was emptied counts anew: an order of another day is another order, and updates no sales order."""

import pytest

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.items import attention
from tests.dispatch.house import imported
from tests.house import NEW, sales_order, turn
from tests.store import SandboxStore

pytestmark = pytest.mark.django_db


def test_a_stranger_under_an_old_number_never_updates_the_sales_order(store: SandboxStore) -> None:
    """A person is told of both, and the books stay as they are."""
    order_id, integration = imported(store)
    before = sales_order(order_id)
    document = store.api("GET", f"/v2/orders/{order_id}?include=consignments,consignments.line_items,fees").json()
    store.delete(order_id)
    stranger = document | {"date_created": "Tue, 03 Mar 2026 10:00:00 +0000", "status_id": int(NEW)}
    store.place_raw(stranger, order_id)
    turn(integration)
    (item,) = attention()
    assert item.code == "another_order"
    assert "placed on 2026-03-03 10:00 UTC" in item.sentence
    after = sales_order(order_id)
    assert (after.order_date, after.total) == (before.order_date, before.total)
    assert SalesOrder.objects.count() == 1
