"""Lines that were taken off an order in the store and put on it again are the same lines here (rule 8)."""

from typing import Any

import pytest

from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.models import OrderLine
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import Conflict
from tests.dispatch.factories import imported, lines_of, make_due, ship, shipments_in
from tests.factories import NEW, in_store, run_sync, sales_order
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def replaced(store: SandboxStore, order_id: int, integration: Any, **more: Any) -> None:
    """All lines are put on anew, and the order is set back to a new order status and imported again."""
    ids = [line["id"] for line in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=ids, **more)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)


def standing(order_id: int) -> list[tuple[int, int, int]]:
    """Of each line: its row, ordered, shipped."""
    return [(each.pk, each.quantity, each.shipped) for each in lines_of(order_id)]


def ids_here(order_id: int) -> list[int | None]:
    return sorted(line.source_id or 0 for line in lines_of(order_id))


def ids_there(store: SandboxStore, order_id: int) -> list[int]:
    return sorted(line["id"] for line in in_store(store, order_id)["products"])


@pytest.mark.parametrize("addresses", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_the_order_keeps_its_lines_with_the_new_ids(store: SandboxStore, packed: bool, addresses: bool) -> None:
    """Nothing is changed, so nothing waits for a person, whether or not something of it lies in a parcel."""
    order_id, integration = imported(store)
    if packed:
        ship(order_id, 1, 2)
        run_sync(integration)
    before = standing(order_id)
    places = list(sales_order(order_id).addresses.values_list("pk", flat=True))
    replaced(store, order_id, integration, replace_addresses=addresses)
    assert standing(order_id) == before
    assert ids_here(order_id) == ids_there(store, order_id)
    assert list(sales_order(order_id).addresses.values_list("pk", flat=True)) == places
    assert (Conflict.objects.count(), attention()) == (0, [])
    ship(order_id)
    run_sync(integration)
    assert len(shipments_in(store, order_id)) == (2 if packed else 1)
    assert attention() == []


def test_a_parcel_that_waited_goes_out_after_the_reset(store: SandboxStore) -> None:
    """It was processed before, and the store was not to be reached."""
    order_id, integration = imported(store)
    ship(order_id, tracking_number="1Z")
    store.fault("POST", "shipments$", status=429, bare=True, times=1)
    replaced(store, order_id, integration)
    store.clear_faults()
    make_due()
    run_sync(integration)
    assert attention() == []
    assert [made["tracking_number"] for made in shipments_in(store, order_id)] == ["1Z"]


def test_what_else_was_changed_is_taken_over(store: SandboxStore) -> None:
    """A line with one more, next to a parcel: the same line, one more ordered."""
    order_id, integration = imported(store)
    ship(order_id, 2, 0)
    run_sync(integration)
    ids = [line["id"] for line in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=ids)
    first = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": first["id"], "quantity": first["quantity"] + 1}], status_id=NEW)
    rows = [row for row, _, _ in standing(order_id)]
    run_sync(integration)
    assert standing(order_id) == [(rows[0], 3, 2), (rows[1], 3, 0)]
    assert Conflict.objects.count() == 0


def test_fewer_than_were_shipped_still_waits_for_a_person(store: SandboxStore) -> None:
    """It is the same line, and two of it are shipped; the ids follow all the same."""
    order_id, integration = imported(store)
    ship(order_id, 2, 0)
    run_sync(integration)
    ids = [line["id"] for line in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=ids)
    first = in_store(store, order_id)["products"][0]
    store.edit(order_id, lines=[{"id": first["id"], "quantity": 1}], status_id=NEW)
    run_sync(integration)
    (conflict,) = Conflict.objects.all()
    assert "2 × PEN-BRASS already shipped." in conflict.ours
    assert ids_here(order_id) == ids_there(store, order_id)


def test_equal_lines_keep_what_each_has_shipped(store: SandboxStore) -> None:
    """Two lines of one product, matched one to one."""
    order_id, integration = imported(store, quantities=(2, 2))
    first, second = in_store(store, order_id)["products"]
    same = {name: first[name] for name in ("sku", "product_id", "variant_id", "name", "product_options")}
    store.edit(order_id, lines=[{"id": second["id"], **same}], raw=True, status_id=NEW)
    run_sync(integration)
    ship(order_id, 0, 1)
    before = standing(order_id)
    replaced(store, order_id, integration)
    assert standing(order_id) == before
    assert ids_here(order_id) == ids_there(store, order_id)
    assert Conflict.objects.count() == 0


def test_after_a_shipment_went_out_on_new_ids_a_reset_changes_nothing(store: SandboxStore) -> None:
    """The books followed when it was sent; the version that was imported has the old ids still."""
    order_id, integration = imported(store)
    ids = [line["id"] for line in in_store(store, order_id)["products"]]
    store.edit(order_id, replace=ids)
    ship(order_id, 1, 1)
    run_sync(integration)
    before = standing(order_id)
    store.edit(order_id, status_id=NEW)
    run_sync(integration)
    assert standing(order_id) == before
    assert (Conflict.objects.count(), attention()) == (0, [])


def test_a_conflict_over_equal_lines_that_an_earlier_version_left_is_solved_by_the_store_s_value(
    store: SandboxStore,
) -> None:
    """It could not be solved at all: the lines lay in a parcel."""
    order_id, integration = imported(store)
    ship(order_id, 1, 1)
    run_sync(integration)
    before = standing(order_id)
    replaced(store, order_id, integration)
    for line in lines_of(order_id):
        OrderLine.objects.filter(pk=line.pk).update(source_id=9000 + line.position)
    web = sales_order(order_id).web_order
    conflict = Conflict.objects.create(web_order=web, field="lines and amounts", ours="x", theirs="x")
    resolve_conflict(conflict.pk, ours=False, by="Ada")
    assert standing(order_id) == before
    assert ids_here(order_id) == ids_there(store, order_id)
    assert Conflict.objects.count() == 0
