"""Lines that were taken off an order in the store and put on it again: the shipment goes out on their new ids."""

from typing import Any

import pytest

from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import UpdateState, WebIntegration
from tests.dispatch.factories import creation, imported, lines_of, log_text, ship, shipments_in, writes
from tests.factories import in_store, run_sync
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def replace(store: SandboxStore, order_id: int, *positions: int, **more: Any) -> None:
    """Puts these lines of the order on it anew; without positions all of them."""
    ids = [line["id"] for line in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=[ids[each] for each in positions] or ids, **more)


def items_in(store: SandboxStore, order_id: int) -> list[tuple[int, int]]:
    """What lies in the order's shipments: line's id and quantity."""
    items = [item for made in shipments_in(store, order_id) for item in made["items"]]
    return sorted((item["order_product_id"], item["quantity"]) for item in items)


def quantities_now(store: SandboxStore, order_id: int) -> list[tuple[int, int]]:
    """The lines as they are there now: id and quantity."""
    return sorted((line["id"], line["quantity"]) for line in in_store(store, order_id)["products"])


@pytest.mark.parametrize("addresses", [False, True])
@pytest.mark.parametrize("positions", [(), (0,), (1,)])
def test_a_shipment_goes_out_on_the_new_ids(store: SandboxStore, positions: tuple[int, ...], addresses: bool) -> None:
    """Of all lines or of one; where the address is a new one too, to that."""
    order_id, integration = imported(store)
    replace(store, order_id, *positions, replace_addresses=addresses)
    ship(order_id, tracking_number="1Z")
    run_sync(integration)
    assert attention() == []
    assert items_in(store, order_id) == quantities_now(store, order_id)
    assert [line.shipped for line in lines_of(order_id)] == [2, 3]
    assert "Replaced in BigCommerce by identical items, and updated here: " in log_text()


def test_the_next_shipment_asks_for_nothing_more(store: SandboxStore) -> None:
    """The books have the new ids from the first on."""
    order_id, integration = imported(store)
    replace(store, order_id)
    for _ in range(2):
        ship(order_id, 1, 1)
    store.clear_calls()
    run_sync(integration)
    calls = [f"{call['method']} {call['path'].removeprefix('/v2')}" for call in store.calls()]
    last_sent = max(index for index, call in enumerate(calls) if call == f"POST /orders/{order_id}/shipments")
    assert calls[:last_sent].count(f"GET /orders/{order_id}") == 1  # the polls after it go by time
    assert len(shipments_in(store, order_id)) == 2
    assert writes(store) == ["POST shipment"] * 3


@pytest.mark.parametrize("status", [400, 404])
def test_however_the_store_refuses_what_it_does_not_have(store: SandboxStore, status: int) -> None:
    """As wrong, or as not found."""
    order_id, integration = imported(store)
    replace(store, order_id)
    store.fault("POST", "shipments$", status=status, body=[{"status": status, "message": "No."}], times=1)
    ship(order_id)
    run_sync(integration)
    assert attention() == []
    assert items_in(store, order_id) == quantities_now(store, order_id)


def test_equal_lines_are_matched_one_to_one(store: SandboxStore) -> None:
    """Two lines of one product: each parcel finds one of its own."""
    order_id, integration = imported(store, quantities=(2, 2))
    first, second = in_store(store, order_id)["products"]
    same = {name: first[name] for name in ("sku", "product_id", "variant_id", "name", "product_options")}
    store.edit(order_id, lines=[{"id": second["id"], **same}], raw=True, status_id=11)
    run_sync(integration)
    replace(store, order_id)
    ship(order_id, 2, 0)
    ship(order_id, 0, 1)
    ship(order_id, 0, 1)
    run_sync(integration)
    assert attention() == []
    held: dict[int, int] = {}
    for line, quantity in items_in(store, order_id):
        held[line] = held.get(line, 0) + quantity
    assert sorted(held.items()) == quantities_now(store, order_id)


def test_a_line_with_another_quantity_is_the_same_line(store: SandboxStore) -> None:
    """One more was ordered when it was put on again."""
    order_id, integration = imported(store)
    store.set(clock_offset_seconds=60.0)  # some time after the import
    replace(store, order_id, 0)
    changed = in_store(store, order_id)["products"][-1]
    store.edit(order_id, lines=[{"id": changed["id"], "quantity": changed["quantity"] + 1}])
    ship(order_id)
    run_sync(integration)
    assert attention() == []
    assert (changed["id"], 2) in items_in(store, order_id)


def test_a_refusal_for_another_reason_stays_what_it_was(store: SandboxStore) -> None:
    """Nothing was replaced: the store's own words are said, and retry sends."""
    order_id, integration = imported(store)
    store.fault("POST", "shipments$", status=404, body=[{"status": 404, "message": "No provider."}], times=1)
    ship(order_id)
    run_sync(integration)
    (item,) = attention()
    assert "BigCommerce has the order but refused the shipment." in item.sentence
    assert "No provider." in item.sentence
    retry_group()
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == 1


def gone(store: SandboxStore) -> tuple[int, WebIntegration]:
    """A parcel with an item that the store's order has no more; another came in its place."""
    order_id, integration = imported(store, quantities=(2, 3))
    parcel = ship(order_id, 2, 0)
    line = in_store(store, order_id)["products"][0]["id"]
    store.edit(order_id, replace=[line])
    line = in_store(store, order_id)["products"][-1]["id"]
    other = {"sku": "OTHER", "product_id": 987, "variant_id": 988, "name": "Something else"}
    store.edit(order_id, lines=[{"id": line, **other}], raw=True)
    run_sync(integration)
    (item,) = attention()
    assert item.code == "no_item"
    assert f"{lines_of(order_id)[0].name} is no longer on the order in BigCommerce." in item.sentence
    assert item.next_step.startswith("Void the parcel and set the order back to a new order status in BigCommerce.")
    void_parcel(parcel.pk, by="clerk", reason="it is something else by now")
    return order_id, integration


def test_where_nothing_matches_the_next_step_leads_to_a_shipment(store: SandboxStore) -> None:
    """Voided, set back, the store's lines taken, processed again."""
    order_id, integration = gone(store)
    store.edit(order_id, status_id=11)
    run_sync(integration)
    (item,) = attention()
    assert item.cause == "conflict:conflict:lines and amounts"
    resolve_conflict(item.pk, ours=False, by="Ada")
    assert "OTHER" in [line.part_number for line in lines_of(order_id)]
    ship(order_id)
    run_sync(integration)
    assert attention() == []
    assert creation(order_id).state == UpdateState.SENT
    assert items_in(store, order_id) == quantities_now(store, order_id)
