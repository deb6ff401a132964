"""From an order in the store to XML, and from a label's XML to a shipment in the store."""

import pytest

from counterfoil.stores.models import ShipStationNotice
from tests.api.shipstation.factories import a_shipstation, ref_of
from tests.dispatch.factories import imported, shipments_in
from tests.factories import run_sync, sales_order
from tests.sandbox_store import SandboxStore

USPS = "9400111899223197428497"


@pytest.mark.django_db(transaction=True)
def test_a_label_bought_in_shipstation_is_one_shipment_in_the_store(store: SandboxStore) -> None:
    order_id, integration = imported(store, quantities=(2, 3))
    shipstation = a_shipstation(stores=[integration.code])
    element = shipstation.order(sales_order(order_id))
    first = element.find("Items/Item")
    items = [{"LineItemID": first.findtext("LineItemID"), "SKU": first.findtext("SKU"), "Quantity": 2}]
    for _ in range(3):
        assert shipstation.label(ref_of(element), USPS, items, Carrier="stamps_com").status_code == 200
    run_sync(integration)
    (shipment,) = shipments_in(store, order_id)
    assert (shipment["tracking_number"], shipment["shipping_provider"]) == (USPS, "usps")
    assert [item["quantity"] for item in shipment["items"]] == [2]
    assert shipstation.order(sales_order(order_id)).findtext("Items/Item/Quantity") == "3"
    assert ShipStationNotice.objects.get().posted == 3
