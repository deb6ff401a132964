"""The forms in which real stores write one value (bigcommerce.md, section 11), each read as what it stands for."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from counterfoil.bigcommerce import NeedsPerson, order_id_of, read_coupons, read_headers, read_line_items, read_order
from counterfoil.bigcommerce.documents import Consignments, Coupon, LineItem, Order
from counterfoil.bigcommerce.parsing import read_counts, read_shipment, read_time
from counterfoil.bigcommerce.refunds import Refund, read_refunds
from tests.bigcommerce.examples import LINE, order, order_bytes

EMPTY: list[Any] = ["", None, [], {}]
FULL_LINE = LINE | {
    "product_options": [{"display_name": "Color", "display_value": "Red"}],
    "applied_discounts": [{"id": "coupon", "amount": "1.0000", "name": "Spring", "code": "SPRING"}],
}
REFUND = {"id": 5, "order_id": 100, "total_amount": 3.3, "created": "2026-05-01T10:00:00Z", "reason": "Broken",
          "items": [{"item_type": "PRODUCT", "item_id": 7, "quantity": 1}]}  # fmt: skip


def full_order(**changes: Any) -> dict[str, Any]:
    """An order with a shipping and a pickup consignment, a fee and form fields."""
    whole = order(fees=[{"cost_inc_tax": "1.0000", "display_name_customer": "Handling"}])
    whole["billing_address"]["form_fields"] = [{"name": "VAT", "value": "DE1"}]
    whole["consignments"]["shipping"][0]["line_items"] = [dict(FULL_LINE)]
    whole["consignments"]["pickups"] = [
        {"id": 3, "pickup_method_id": 2, "location": {"name": "Shop"}, "line_items": [FULL_LINE | {"id": 8}]}
    ]
    return copy.deepcopy(whole | changes)


def read_all(document: dict[str, Any]) -> Order:
    """The order with all that is read of it."""
    return read_order(json.dumps(document).encode())


def values(read: Order) -> dict[str, Any]:
    """What was read, without the bytes of what is read of it later."""
    parts = {name: value for name, value in msgspec.structs.asdict(read).items() if not name.endswith("_raw")}
    return parts | {"consignments": read.consignments, "fees": read.fees}


def optional_fields(shape: type[msgspec.Struct]) -> list[str]:
    """The store's names of the fields that may be missing."""
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    return [each.encode_name for each in info.fields if not each.required]


@pytest.mark.parametrize("empty", EMPTY, ids=repr)
@pytest.mark.parametrize("name", sorted({*optional_fields(Order)} - {"consignments", "fees"}))
def test_an_optional_field_of_an_order_may_be_empty_in_any_form(name: str, empty: Any) -> None:
    """It is read as if it were not there."""
    without = full_order()
    without.pop(name, None)
    assert values(read_all(full_order(**{name: empty}))) == values(read_all(without))


@pytest.mark.parametrize("empty", EMPTY, ids=repr)
@pytest.mark.parametrize("name", sorted({*optional_fields(LineItem)} - {"type"}))
def test_an_optional_field_of_a_line_may_be_empty_in_any_form(name: str, empty: Any) -> None:
    """In `/products` as in a consignment."""
    without = {key: value for key, value in FULL_LINE.items() if key != name}
    (expected,) = read_line_items(json.dumps([without]).encode())
    (found,) = read_line_items(json.dumps([FULL_LINE | {name: empty}]).encode())
    assert found == expected
    changed = full_order()
    changed["consignments"]["shipping"][0]["line_items"] = [FULL_LINE | {name: empty}]
    assert read_all(changed).line_items[0] == expected


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a document each of its values stands."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*path, key))


NEEDED = {"id", "status_id", "date_created", "subtotal_inc_tax", "total_inc_tax", "price_inc_tax", "quantity",
          "cost_inc_tax"}  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_optional_part_of_an_order_may_be_empty_at_any_depth(data: st.DataObject) -> None:
    """Several at once; what money or goods hang on is left alone."""
    document = full_order()
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from([each for each in paths(document) if each[-1] not in NEEDED]))
        within = document
        for key in path[:-1]:
            within = within[key]
        within[path[-1]] = data.draw(st.sampled_from(EMPTY))  # type: ignore[index]
    assert read_all(document).total_inc_tax == Decimal("13.5")


@pytest.mark.parametrize("empty", ["", None, "missing"], ids=repr)
@pytest.mark.parametrize("name", sorted({"id", "status_id", "date_created", "subtotal_inc_tax", "total_inc_tax"}))
def test_what_money_hangs_on_is_refused_by_name(name: str, empty: Any) -> None:
    """Empty or absent."""
    document = full_order(**{name: empty})
    if empty == "missing":
        del document[name]
    with pytest.raises(NeedsPerson, match=f"{name} is (empty|missing)"):
        read_all(document)


@pytest.mark.parametrize("name", ["id", "quantity", "price_inc_tax", "total_inc_tax"])
def test_a_line_without_what_goods_hang_on_is_refused_with_its_sku(name: str) -> None:
    """So that a clerk finds it."""
    line = {key: value for key, value in FULL_LINE.items() if key != name}
    with pytest.raises(NeedsPerson, match=f"{name} of “MUG” is missing"):
        read_line_items(json.dumps([line]).encode())


@pytest.mark.parametrize(
    ("text", "amount"),
    [("7.390000000000001", "7.39"), ("559.597692307692308", "559.5976923077"), ("3.3000000000000003", "3.3"),
     ('"7.390000000000001"', "7.39"), ("100.00000000000001", "100"), ("5.684341886080802e-14", "0"),
     ("-1e-11", "0"), ("0.00000000005", "0"), ("0.000000000051", "0.0000000001"), ("9.990000000", "9.990000000"),
     ("1" + "0" * 11 + ".000000000000001", "1" + "0" * 11)],
)  # fmt: skip
def test_a_number_as_floating_point_writes_it_is_rounded_at_ten_places(text: str, amount: str) -> None:
    """One with no more places than that keeps each of its digits."""
    raw = order_bytes(total_inc_tax="@", total_tax="@").replace(b'"@"', text.encode())
    read = read_order(raw)
    assert [f"{read.total_inc_tax:f}", f"{read.total_tax:f}"] == [amount] * 2


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "999999999999.99999999999", "1000000000000", "1e999999"]
)
def test_what_no_amount_can_be_stays_refused_also_where_other_forms_are_read(text: str) -> None:
    """By name."""
    with pytest.raises(NeedsPerson, match="shipping_cost_inc_tax"):
        read_order(order_bytes(shipping_cost_inc_tax=text, channel_id="1"))


def test_numbers_stand_for_text_with_the_digits_that_came() -> None:
    billing = order()["billing_address"] | {"zip": 78701, "phone": 15125550100, "company": 3, "city": True}
    line = FULL_LINE | {
        "sku": 4006381333931,
        "name": 12,
        "product_options": [{"display_name": 1, "display_value": "@"}],
    }
    read = read_order(order_bytes(billing_address=billing, payment_method=1.5))
    found = read.billing_address
    assert (found.zip, found.phone, found.company, found.city) == ("78701", "15125550100", "3", "true")
    assert read.payment_method == "1.5"
    (item,) = read_line_items(json.dumps([line]).encode().replace(b'"@"', b"10.50"))
    assert (item.sku, item.name) == ("4006381333931", "12")
    assert (item.product_options[0].display_name, item.product_options[0].display_value) == ("1", "10.50")


def test_a_list_where_text_should_be_loses_nothing() -> None:
    """It is its JSON."""
    read = read_order(order_bytes(payment_method=["Cash", 2], staff_notes={"pickup": "Monday"}))
    assert (read.payment_method, read.staff_notes) == ('["Cash",2]', '{"pickup":"Monday"}')


def test_text_stands_for_whole_numbers() -> None:
    """Also with a point and zeros."""
    line = FULL_LINE | {"id": "7", "quantity": "2", "order_address_id": "1.0", "variant_id": 77.0, "product_id": " 3 "}
    found = order()["consignments"]
    found["shipping"][0] |= {"id": "1", "line_items": [line]}
    read = read_order(
        order_bytes(id="100", status_id="11", channel_id="1", customer_id="", items_total="2", consignments=found)
    )
    assert (read.id, read.status_id, read.channel_id, read.customer_id, read.items_total) == (100, 11, 1, 0, 2)
    (item,) = read.line_items
    assert (item.id, item.quantity, item.order_address_id, item.variant_id, item.product_id) == (7, 2, 1, 77, 3)
    assert not read.needs_products_call


@pytest.mark.parametrize("text", ["100", '"100"', "100.0"])
def test_an_order_is_known_by_its_id_in_any_form(text: str) -> None:
    """Whether the order is read or only split off its page."""
    raw = order_bytes(id="@").replace(b'"@"', text.encode())
    assert order_id_of(raw) == read_order(raw).id == read_headers(b"[" + raw + b"]")[0].id == 100


@pytest.mark.parametrize(
    ("given", "is_deleted"),
    [(0, False), (1, True), ("0", False), ("1", True), ("true", True), ("False", False), ("", False), (None, False)],
)
def test_yes_and_no_come_as_numbers_and_text(given: Any, is_deleted: bool) -> None:
    """Of what is neither it is said so."""
    assert read_order(order_bytes(is_deleted=given)).is_deleted is is_deleted
    with pytest.raises(NeedsPerson, match="is_deleted is 2, which is neither yes nor no"):
        read_order(order_bytes(is_deleted=2))


@pytest.mark.parametrize(
    ("quantity", "said"),
    [(1.5, "1.5"), ("1.5", "1.5"), ("two", "two"), (True, "true"), (10**30, None), ([2], "[2]")],
)
def test_a_quantity_that_cannot_be_is_refused_in_words_with_the_item_s_sku(quantity: Any, said: str | None) -> None:
    found = order()["consignments"]
    found["shipping"][0]["line_items"][0]["quantity"] = quantity
    sentence = f"The item “MUG” has the quantity {said}." if said else "quantity of “MUG” is the number 1000"
    for read, raw in (
        (read_order, order_bytes(consignments=found)),
        (read_line_items, json.dumps([LINE | {"quantity": quantity}]).encode()),
    ):
        with pytest.raises(NeedsPerson) as caught:
            read(raw)
        assert sentence in caught.value.sentence


def test_amounts_that_only_inform_may_be_missing() -> None:
    """Those of coupons and of applied discounts, in old orders with name and code."""
    (coupon,) = read_coupons(b'[{"code": "X", "discount": null}]')
    assert coupon == Coupon(code="X")
    (item,) = read_line_items(json.dumps([FULL_LINE | {"applied_discounts": [{"id": "total-coupon"}]}]).encode())
    assert [(each.amount, each.name, each.code) for each in item.applied_discounts] == [(None, "", "")]


@pytest.mark.parametrize("value", ['["Mo","We"]', ["Mo", "We"], {"y": 2026}, 4.5, "", None, []])
def test_a_form_field_may_hold_anything(value: Any) -> None:
    """A list of choices, JSON as text, a date's parts, or nothing; the same whichever way the order is read."""
    billing = order()["billing_address"] | {"form_fields": [{"name": "Days", "value": value}, None, {}]}
    strictly = read_order(order_bytes(billing_address=billing | {"form_fields": billing["form_fields"][:1]}))
    (field,) = read_order(order_bytes(billing_address=billing, channel_id="1")).billing_address.form_fields
    assert field == strictly.billing_address.form_fields[0]
    assert field.value == ("" if value is None else value)


def test_lists_come_as_php_writes_them() -> None:
    """With numbers for names where some are missing, and as one element by itself; a link is none."""
    lines = {"0": FULL_LINE, "2": FULL_LINE | {"id": 9}}
    found = order()["consignments"]
    found["shipping"][0]["line_items"] = lines
    found["email"] = []
    found["pickups"] = {"url": "https://store.example/pickups", "resource": "/pickups"}
    read = read_order(order_bytes(consignments=[found], channel_id=""))
    assert [item.id for item in read.line_items] == [7, 9]
    (item,) = read_line_items(json.dumps([FULL_LINE | {"applied_discounts": {"name": "One", "amount": 2}}]).encode())
    assert [each.name for each in item.applied_discounts] == ["One"]


def test_an_object_may_stand_in_a_list_by_itself() -> None:
    """The legacy form; PHP's empty object is an empty list."""
    billing = order()["billing_address"]
    assert read_order(order_bytes(billing_address=[billing])).billing_address.last_name == "O’Brien"
    for empty in EMPTY:
        assert read_order(order_bytes(billing_address=empty)).billing_address.last_name == ""
    with pytest.raises(NeedsPerson, match="billing_address is none, which is no object"):
        read_order(order_bytes(billing_address="none"))


@pytest.mark.parametrize("empty", [*EMPTY, [{}], [None]], ids=repr)
def test_consignments_and_fees_that_are_empty_in_any_form_did_not_come(empty: Any) -> None:
    """The lines are then asked for."""
    read = read_order(order_bytes(consignments=empty, fees=empty))
    assert read.line_items == read.fees == ()
    assert read.needs_products_call


@pytest.mark.parametrize("status_id", [15, 99, 100, 255, 32_767, "20"])
def test_a_status_that_nobody_knows_stops_nothing_nor_does_its_missing_label(status_id: Any) -> None:
    raw = order_bytes(status_id=status_id, status=None)
    assert read_order(raw).status_id == read_headers(b"[" + raw + b"]")[0].status_id == int(status_id)


def test_dates_of_zeros_are_none() -> None:
    """As MySQL writes them; when the order was placed is needed all the same, and named."""
    assert read_order(order_bytes(date_modified="0000-00-00 00:00:00")).date_modified is None
    assert read_order(order_bytes(date_modified="yesterday")).date_modified is None
    with pytest.raises(NeedsPerson, match="date_created is empty"):
        read_order(order_bytes(date_created="0000-00-00 00:00:00"))
    with pytest.raises(NeedsPerson, match="date_created is yesterday, which isn’t a date"):
        read_order(order_bytes(date_created="yesterday"))


@pytest.mark.parametrize("empty", EMPTY, ids=repr)
@pytest.mark.parametrize("name", optional_fields(Refund))
def test_an_optional_field_of_a_refund_may_be_empty_in_any_form_as_of_an_order(name: str, empty: Any) -> None:
    (found,) = read_refunds(json.dumps({"data": [REFUND | {name: empty}]}).encode()).data
    (expected,) = read_refunds(json.dumps({"data": [{k: v for k, v in REFUND.items() if k != name}]}).encode()).data
    assert found == expected


def test_a_refund_as_stores_write_it_is_read() -> None:
    """A sum as floating point writes it, ids as text, items with empty fields; a date that is none says nothing."""
    items = [{"item_type": "product", "item_id": "7", "quantity": "1", "requested_amount": None, "reason": None},
             {"item_type": "ORDER", "item_id": "", "quantity": {}, "requested_amount": 1.2000000000000002}]  # fmt: skip
    refund = {"order_id": "3002", "total_amount": 3.3000000000000003, "created": "soon", "items": items}
    page = read_refunds(json.dumps({"data": [refund], "meta": []}).encode())
    (found,) = page.data
    assert (found.order_id, found.id, str(found.total_amount), found.created) == (3002, None, "3.3", None)
    assert [(each.is_product, each.item_id, each.quantity) for each in found.items] == [(True, 7, 1), (False, None, 0)]
    assert str(found.items[1].requested_amount) == "1.2"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"total_amount": None}, "total_amount is missing"), ({"total_amount": "ten"}, "total_amount is ten"),
     ({"items": [{"item_type": "PRODUCT", "quantity": 1}]}, "item_id is missing"),
     ({"items": [{"item_type": "PRODUCT", "item_id": 7, "quantity": -1}]}, "quantity -1"),
     ({"items": [{"item_id": 7, "quantity": 1}]}, "item_type is missing"), ({"items": "MUG"}, "items is MUG")],
)  # fmt: skip
def test_a_refund_that_cannot_be_read_hides_no_other(change: dict[str, Any], said: str) -> None:
    """It is told of which order it is, and what is wrong."""
    page = read_refunds(json.dumps({"data": [REFUND, REFUND | {"order_id": 101} | change, REFUND]}).encode())
    assert [each.order_id for each in page.data] == [100, 100]
    (unreadable,) = page.unreadable
    assert unreadable.order_id == 101
    assert said in unreadable.sentence


def test_shipments_counts_and_the_clock_are_read_in_these_forms_too() -> None:
    """Everything that the store says is read the same way."""
    shipment = {"id": "5", "order_address_id": "", "tracking_number": 123, "items": {"0": {"order_product_id": "7",
                "quantity": 1.0}}, "comments": [], "date_created": "0000-00-00 00:00:00"}  # fmt: skip
    read = read_shipment(json.dumps(shipment).encode())
    assert (read.id, read.order_address_id, read.tracking_number, read.comments) == (5, None, "123", "")
    assert [(item.order_product_id, item.quantity) for item in read.items] == [(7, 1)]
    assert read_counts(b'{"statuses": [{"id": "11", "count": "3"}]}') == {11: 3}
    assert read_time(b'{"time": "1700000000"}') == read_time(b'{"time": 1700000000}')


def test_a_warning_that_lines_are_missing_may_be_text() -> None:
    """It is asked for all lines either way."""
    found = order()["consignments"]
    found["shipping"][0]["__warning__"] = "Not all line items are here"
    assert read_order(order_bytes(consignments=found)).needs_products_call
    assert isinstance(read_order(order_bytes(consignments=found)).consignments, Consignments)
