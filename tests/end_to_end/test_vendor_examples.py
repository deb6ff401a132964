"""The vendor's own published example orders, through the whole program."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import WebOrder
from tests.factories import connect, fresh, in_store
from tests.sandbox_store import SandboxStore
from tests.vendor_specs import DESCRIPTIONS, NEEDS_DESCRIPTIONS

pytestmark = [pytest.mark.django_db, NEEDS_DESCRIPTIONS]

# Examples whose own figures do not add up, and by how much: they are not imported until someone accepts that.
DO_NOT_ADD_UP = {
    218: "-15.5400",  # its two fees, 12.30 and 12.00, are in none of its totals, and its flag says without tax
}


@pytest.fixture
def examples(settings: Any) -> Iterator[SandboxStore]:
    """A store with the vendor's examples, each set to a new order status."""
    with SandboxStore(examples=DESCRIPTIONS) as store:
        settings.API_ORIGINS = [*settings.API_ORIGINS, store.origin]
        for order in store.orders():
            store.edit(order["id"], status_id=StatusId.AWAITING_FULFILLMENT, is_deleted=False)
        yield store


def test_every_published_example_is_imported_to_the_cent(examples: SandboxStore) -> None:
    """Under the policy create; those that do not add up are named above, one by one."""
    published = [order["id"] for order in examples.orders()]
    assert len(published) >= 4
    sync_store(fresh(connect(examples)), seconds=120)
    refused = {order.bigcommerce_order_id: order.difference for order in WebOrder.objects.exclude(reason_code="")}
    assert refused == {number: Decimal(text) for number, text in DO_NOT_ADD_UP.items()}, attention()
    for order_id in set(published) - refused.keys():
        here = SalesOrder.objects.get(web_order__bigcommerce_order_id=order_id)
        assert here.total == Decimal(in_store(examples, order_id)["total_inc_tax"])
