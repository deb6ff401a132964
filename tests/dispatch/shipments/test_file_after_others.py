"""A row of a file whose parcel the store has, when it counts as shipped by then: skipped, and said so."""

import pytest

from counterfoil.sales.models import Parcel
from counterfoil.sales.shipping.csv_import import ShipmentRowResult, apply, plan, read_rows
from counterfoil.stores.attention.items import attention
from counterfoil.stores.weborders.external_shipments import shipped_there
from tests.dispatch.factories import imported, lines_of, ship_there, shipments_in, writes
from tests.factories import run_sync
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def given(order_id: int, number: str, quantity: str) -> list[ShipmentRowResult]:
    """A row of the order's first item, in a test run and then in earnest, which answer alike."""
    sku = lines_of(order_id)[0].our_part_number
    rows = read_rows(f"order,carrier,tracking_number,sku,quantity\nWEB-{order_id},UPS,{number},{sku},{quantity}\n")
    planned = plan(rows, shipped_there=shipped_there)
    applied = apply(rows, by="Ada", shipped_there=shipped_there)
    assert [each.outcome for each in planned] == [each.outcome for each in applied]
    return applied


@pytest.mark.parametrize(("theirs", "quantity"), [(3, "3"), (3, ""), (2, "2"), (2, "")])
@pytest.mark.parametrize("number", ["1ZDAY", "1z-day"])
def test_a_row_that_the_store_has_and_that_counts_as_shipped_is_skipped(
    store: SandboxStore, theirs: int, quantity: str, number: str
) -> None:
    """Made by another app, or by us before a restore, and seen since: nothing is sent, and nothing is wrong."""
    order_id, integration = imported(store, quantities=(3,))
    ship_there(store, order_id, theirs, tracking_number="1ZDAY")
    run_sync(integration)
    store.clear_calls()
    (answer,) = given(order_id, number, quantity)
    name = lines_of(order_id)[0].our_part_number
    assert (answer.outcome, answer.sentence) == (
        "skipped",
        f"The store already has it: a shipment of {theirs} × {name}.",
    )
    assert answer.next_step == "To have it as a parcel here too, take it over on the order's page."
    run_sync(integration)
    assert (writes(store), attention(), Parcel.objects.count()) == ([], [], 0)
    assert len(shipments_in(store, order_id)) == 1


@pytest.mark.parametrize(("number", "quantity"), [("1ZOTHER", "2"), ("1ZDAY", "3")])
def test_another_number_or_quantity_is_not_what_the_store_has(store: SandboxStore, number: str, quantity: str) -> None:
    """More than is open is refused, as ever."""
    order_id, integration = imported(store, quantities=(3,))
    ship_there(store, order_id, 2, tracking_number="1ZDAY")
    run_sync(integration)
    (answer,) = given(order_id, number, quantity)
    assert (answer.outcome, answer.next_step) == ("refused", "Lower the quantity.")
