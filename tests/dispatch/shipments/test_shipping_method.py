"""The shipping method that a shipment carries in the store is that of its own address."""

import pytest

from counterfoil.sales.orders.edit import edit_order
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment
from tests.dispatch.factories import imported, ship, shipments_in
from tests.factories import connect, run_sync, sales_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def shipped_by(store: SandboxStore, order_id: int) -> dict[int, str]:
    """The method of each shipment, by its address."""
    return {made["order_address_id"]: made["shipping_method"] for made in shipments_in(store, order_id)}


def ship_to_each(order_id: int, service: str = "") -> None:
    """One parcel for each address."""
    order = sales_order(order_id)
    lines = list(order.lines.filter(kind="physical", ship_to__isnull=False))
    places = {line.ship_to_id for line in lines}
    drafts = [
        ParcelDraft(Tracking(service=service), {line.pk: line.open for line in lines if line.ship_to_id == place})
        for place in sorted(places, key=str)
    ]
    process_shipment(order.pk, drafts, by="clerk")


def test_each_parcel_carries_the_method_of_its_own_address(store: SandboxStore) -> None:
    """Not the list of all methods of the order."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(integration)
    order = sales_order(order_id)
    for number, address in enumerate(order.addresses.filter(kind="ship_to")):
        address.shipping_method = f"Method {number}"
        address.save()
    wanted = {each.source_id: each.shipping_method for each in order.addresses.filter(kind="ship_to")}
    order.ship_via = ", ".join(wanted.values())
    order.save()
    ship_to_each(order_id)
    run_sync(integration)
    assert shipped_by(store, order_id) == wanted


def test_an_address_without_a_method_carries_none(store: SandboxStore) -> None:
    """Another address's method is not its own."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(integration)
    order = sales_order(order_id)
    first, *others = order.addresses.filter(kind="ship_to")
    order.addresses.update(shipping_method="")
    first.shipping_method = order.ship_via = "By boat"
    first.save()
    order.save()
    ship_to_each(order_id)
    run_sync(integration)
    assert shipped_by(store, order_id) == {first.source_id: "By boat"} | {each.source_id: "" for each in others}


@pytest.mark.parametrize("service", ["", "Ground"])
def test_what_a_person_entered_here_goes_before_it_and_a_parcel_s_service_before_that(
    store: SandboxStore, service: str
) -> None:
    """The ship via of the order, the service of the parcel."""
    order_id, integration = imported(store)
    edit_order(sales_order(order_id).pk, by="Ada", ship_via="By boat")
    ship(order_id, service=service)
    run_sync(integration)
    assert [made["shipping_method"] for made in shipments_in(store, order_id)] == [service or "By boat"]
