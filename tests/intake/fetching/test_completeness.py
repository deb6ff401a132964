"""An order is imported whole or not at all: its lines by the store's own count, its coupons by their sums."""

from decimal import Decimal
from typing import Any

import pytest

from counterfoil.sales.models import OrderLine, SalesOrder
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import StoreState, WebIntegration, WebOrder, WebOrderState
from tests.factories import DOWNLOADED, ERROR, NEW, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.intake.conversion.test_custom_field_mapping import mapped
from tests.sandbox_store import SandboxStore, paths

pytestmark = pytest.mark.django_db
MANY_LINES = "over_fifty_lines"


def looked_again(integration: WebIntegration, store: SandboxStore) -> list[str]:
    """A sync, and which orders it read one by one."""
    store.clear_calls()
    run_sync(integration)
    return [path for path in paths(store.calls()) if path.startswith("GET /v2/orders/1")]


def half_there(store: SandboxStore, **options: Any) -> tuple[int, WebIntegration]:
    """An order that was read before its lines were there, and refused."""
    (order_id,) = store.place(1, kind="guest")
    store.set(empty_line_items=True)
    store.fault("GET", "products", status=204)
    integration = connect(store, **options)
    run_sync(integration)
    assert (store.status(order_id), web_order(order_id).reason_code) == (ERROR, "lines_missing")
    return order_id, integration


def whole_again(store: SandboxStore) -> None:
    """The store has all lines now."""
    store.clear_faults()
    store.set(empty_line_items=False)


@pytest.mark.parametrize("most", [50, 20, 7, 1, 250])
def test_all_lines_are_read_however_few_the_store_sends_on_a_page(store: SandboxStore, most: int) -> None:
    """Whatever limit is asked for."""
    (order_id,) = store.place(1, kind=MANY_LINES)
    store.set(most_of_a_page=most, plan="enterprise")
    run_sync(connect(store))
    there = in_store(store, order_id)
    assert {line.source_id for line in OrderLine.objects.all()} == {line["id"] for line in there["products"]}
    assert sum(line.quantity for line in OrderLine.objects.all()) == there["items_total"]


def test_an_order_with_fewer_items_than_the_store_counts_is_not_imported(store: SandboxStore) -> None:
    """Free items too; the reason names both numbers, and its neighbor comes."""
    short, whole = store.place(2, kind="guest")
    counted = in_store(store, short)["items_total"]
    store.edit(short, items_total=counted + 1, raw=True)
    done = run_sync(connect(store))
    assert done.imports.outcomes == {"Imported": 1, "NotImported": 1}
    assert sales_order(whole)
    (item,) = attention()
    assert item.code == "lines_missing"
    assert item.sentence == f"BigCommerce counts {counted + 1} items in this order but sent only {counted} of them."
    assert "read again automatically" in item.next_step
    assert store.status(short) == ERROR


@pytest.mark.parametrize("counted", [None, 0, 1])
def test_more_items_than_are_counted_are_no_reason(store: SandboxStore, counted: int | None) -> None:
    """Nothing is missing; without a count there is nothing to compare."""
    (order_id,) = store.place(1, kind="many_lines")
    store.edit(order_id, items_total=counted, raw=True)
    run_sync(connect(store))
    assert sales_order(order_id).lines.count() == len(in_store(store, order_id)["products"])


@pytest.mark.parametrize("with_parts", [True, False])
def test_the_parts_of_a_kit_count_or_do_not(store: SandboxStore, with_parts: bool) -> None:
    """The vendor's example counts them, a cart's count does not: neither asks for the lines once more."""
    (order_id,) = store.place(1, kind="kit")
    lines = in_store(store, order_id)["products"]
    counted = sum(line["quantity"] for line in lines if with_parts or not line["parent_order_product_id"])
    store.edit(order_id, items_total=counted, raw=True)
    run_sync(connect(store))
    assert sales_order(order_id).lines.count() == len(lines)
    assert [path for path in paths(store.calls()) if path.endswith("/products")] == []


@pytest.mark.parametrize("in_one_second", [True, False])
def test_an_order_read_before_its_lines_were_there_comes_when_it_is_whole(
    store: SandboxStore, in_one_second: bool
) -> None:
    """Nobody has to do anything, also where it changed in the second of our own write."""
    order_id, integration = half_there(store)
    whole_again(store)
    if not in_one_second:
        store.set(clock_offset_seconds=60.0)
    store.edit(order_id, customer_message="Now it is whole")
    run_sync(integration)
    assert sales_order(order_id).lines.count() == len(in_store(store, order_id)["products"])
    assert (store.status(order_id), attention()) == (DOWNLOADED, [])


def test_lines_that_came_while_we_set_the_status_are_found_with_the_next_sync(store: SandboxStore) -> None:
    """Our own write hides the date of that change."""
    (order_id,) = store.place(1, kind="guest")
    store.fault("GET", "^/v2/orders$", query="include=", times=1, body=[without_lines(store, order_id)])
    store.fault("GET", "products", status=204, times=1)
    integration = connect(store)
    assert run_sync(integration).imports.outcomes == {"NotImported": 1}
    run_sync(integration)
    assert sales_order(order_id)
    assert store.status(order_id) == DOWNLOADED


def without_lines(store: SandboxStore, order_id: int) -> dict[str, Any]:
    """The order as a list shows it before its lines are there."""
    store.set(empty_line_items=True)
    include = "include=consignments.line_items,fees&consignment_structure=object"
    order = dict(store.api("GET", f"/v2/orders/{order_id}?{include}").json())
    store.set(empty_line_items=False)
    return order


@pytest.mark.parametrize("staff_notes", [False, True])
def test_a_refused_order_is_read_again_only_when_it_changes(store: SandboxStore, staff_notes: bool) -> None:
    """Its own refusal is no change, and neither is what we write to it."""
    (order_id,) = store.place(1, kind="guest")
    total = Decimal(in_store(store, order_id)["total_inc_tax"])
    store.edit(order_id, total_inc_tax=f"{total + 1:.4f}", raw=True)
    integration = connect(store, staff_notes=staff_notes)
    run_sync(integration)
    run_sync(integration)
    assert looked_again(integration, store) == []
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, customer_message="Still wrong")
    assert set(looked_again(integration, store)) == {f"GET /v2/orders/{order_id}"}
    assert looked_again(integration, store) == []
    store.set(clock_offset_seconds=120.0)
    store.edit(order_id, total_inc_tax=f"{total:.4f}", raw=True)
    run_sync(integration)
    assert sales_order(order_id).total == total
    assert store.status(order_id) == DOWNLOADED


def test_a_refused_order_that_someone_moved_on_is_left_alone(store: SandboxStore) -> None:
    """It stands no longer where we put it."""
    order_id, integration = half_there(store)
    whole_again(store)
    store.set(clock_offset_seconds=60.0)
    store.edit(order_id, status_id=5)
    run_sync(integration)
    assert not SalesOrder.objects.exists()
    assert web_order(order_id).state == WebOrderState.NOT_IMPORTED


@pytest.mark.parametrize("kind", ["line_coupon", "order_coupon"])
def test_coupons_that_the_lines_tell_cost_no_call(store: SandboxStore, kind: str) -> None:
    """Code and sum are the same as those of the store's own list."""
    (order_id,) = store.place(1, kind=kind)
    run_sync(connect(store))
    assert [path for path in paths(store.calls()) if path.endswith("/coupons")] == []
    told = store.api("GET", f"/v2/orders/{order_id}/coupons").json()
    shown = [(each["code"], Decimal(each["amount"])) for each in sales_order(order_id).coupons]
    assert shown == [(each["code"], Decimal(str(each["discount"]))) for each in told]


def discounted(store: SandboxStore, **changes: Any) -> int:
    """An order whose lines' discounts are written otherwise."""
    (order_id,) = store.place(1, kind="order_coupon")
    lines = in_store(store, order_id)["products"]
    edited = [
        {"id": line["id"], "applied_discounts": [each | changes for each in line["applied_discounts"]]}
        for line in lines
    ]
    dropped = [name for name, value in changes.items() if value == "absent"]
    for line in edited:
        for each in line["applied_discounts"]:
            for name in dropped:
                del each[name]
    store.edit(order_id, lines=edited, raw=True)
    return order_id


@pytest.mark.parametrize("changes", [{"amount": "absent"}, {"code": None}, {"code": ""}, {"amount": "0.0100"}])
def test_coupons_that_the_lines_do_not_tell_are_asked_for(store: SandboxStore, changes: dict[str, Any]) -> None:
    """An amount or a code that is missing, or sums that miss the discount."""
    order_id = discounted(store, **changes)
    run_sync(connect(store))
    assert f"GET /v2/orders/{order_id}/coupons" in paths(store.calls())
    (coupon,) = sales_order(order_id).coupons
    assert (coupon["code"], Decimal(coupon["amount"])) == (
        "WELCOME10",
        Decimal(in_store(store, order_id)["coupon_discount"]),
    )


def test_a_coupon_for_shipping_stands_on_no_line_and_is_asked_for(store: SandboxStore) -> None:
    """Else nobody would see it."""
    (order_id,) = store.place(1, kind="shipping_coupon")
    run_sync(connect(store))
    assert [coupon["code"] for coupon in sales_order(order_id).coupons] == ["FREESHIP"]


def test_an_order_whose_coupons_were_read_before_is_unchanged_where_its_lines_tell_them(store: SandboxStore) -> None:
    """What an earlier version stored and imported changes no order."""
    (order_id,) = store.place(1, kind="order_coupon")
    integration = connect(store)
    run_sync(integration)
    payload = web_order(order_id).imported_payload
    assert payload is not None
    payload.coupons = store.api("GET", f"/v2/orders/{order_id}/coupons").data
    payload.save()
    WebOrder.objects.update(digest="of an earlier version")
    store.edit(order_id, status_id=NEW)
    assert run_sync(integration).imports.outcomes == {"Unchanged": 1}


@pytest.mark.parametrize(
    ("expression", "calls", "value"),
    [('size(coupons) > 0 ? coupons[0].code : ""', 1, "WELCOME10"), ("order.payment_method", 0, None)],
)
def test_a_field_mapping_that_names_coupons_gets_all_of_them(
    store: SandboxStore, expression: str, calls: int, value: str | None
) -> None:
    """The store's list tells more of a coupon than the lines do."""
    (order_id,) = store.place(1, kind="order_coupon")
    integration = connect(store)
    mapped(integration, expression)
    run_sync(integration)
    assert len([path for path in paths(store.calls()) if path.endswith("/coupons")]) == calls
    if value is not None:
        assert value in str(sales_order(order_id).fields)


@pytest.mark.parametrize("most", [50, 3])
def test_every_order_is_listed_however_few_the_store_sends_on_a_page(store: SandboxStore, most: int) -> None:
    """In one sync."""
    store.set(plan="enterprise", most_of_a_page=most)
    numbers = store.place(most + 8, kind="registered")
    assert run_sync(connect(store)).imports.outcomes == {"Imported": len(numbers)}


def test_a_capped_light_list_hides_no_change(store: SandboxStore) -> None:
    """A cancelled order behind the first page is held with the same look."""
    store.set(plan="enterprise", most_of_a_page=20)
    numbers = store.place(45, kind="registered")
    integration = connect(store)
    run_sync(integration)
    store.set(clock_offset_seconds=60.0)
    for number in numbers:
        store.edit(number, status_id=5)
    run_sync(integration)
    assert SalesOrder.objects.filter(hold_reason="").count() == 0


@pytest.mark.parametrize("most", [None, 2])
@pytest.mark.parametrize("ignored", [["min_id"], ["min_id", "page"], ["status_id"], ["sort", "min_id"]])
def test_a_list_that_passes_over_a_filter_ends_and_nothing_is_imported_twice(
    store: SandboxStore, ignored: list[str], most: int | None
) -> None:
    """What has another status than was asked for is looked at, and left alone."""
    numbers = store.place(5, kind="registered")
    store.edit(numbers[2], status_id=7)
    store.set(ignored_filters=ignored, most_of_a_page=most)
    integration = connect(store)
    for _ in range(3):
        run_sync(integration)
        StoreState.objects.update(listed_at=None)
    wanted = numbers[:2] if most and "page" in ignored else numbers[:2] + numbers[3:]
    imported = WebOrder.objects.filter(state="imported").values_list("bigcommerce_order_id", flat=True)
    assert set(imported) >= set(wanted)
    assert numbers[2] not in imported
    assert store.status(numbers[2]) == 7


def test_reading_a_store_again_and_again_logs_an_ignored_order_once(store: SandboxStore) -> None:
    """Each list shows it, and nothing is new."""
    first, _ = store.place(2, kind="registered")
    store.edit(first, status_id=7)
    store.set(ignored_filters=["status_id"])
    integration = connect(store)
    for _ in range(3):
        run_sync(integration)
        StoreState.objects.filter(integration=integration).update(listed_at=None)
    assert fresh(integration).log.filter(import_id=f"WEB-{first}", kind="ignored").count() == 1
