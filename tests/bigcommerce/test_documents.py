"""The store's documents: exact money, both forms of dates, and what is missing, null, or beyond reason."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.bigcommerce import (
    NeedsPerson,
    TryAgain,
    order_id_of,
    read_coupons,
    read_headers,
    read_order,
    split_orders,
)
from counterfoil.bigcommerce.documents import read_instant
from counterfoil.bigcommerce.parsing import is_whole, read_counts, read_line_items, read_summaries, read_time
from tests.bigcommerce.examples import LINE, order, order_bytes
from tests.vendor_specs import DESCRIPTIONS, NEEDS_DESCRIPTIONS


def with_total(text: str) -> bytes:
    """An order whose total is this piece of JSON."""
    return order_bytes(total_inc_tax="@").replace(b'"@"', text.encode())


@pytest.mark.parametrize(
    ("text", "amount"),
    [('"336.3200"', "336.3200"), ("12.3", "12.3"), ("1e3", "1E+3"), ("0.1000000000", "0.1000000000"), ("0", "0"),
     ('"-5.00"', "-5.00"), ("999999999999.9999999999", "999999999999.9999999999")],
)  # fmt: skip
def test_money_is_exact_from_strings_and_numbers(text: str, amount: str) -> None:
    """Each digit that came is there, and no other."""
    assert str(read_order(with_total(text)).total_inc_tax) == amount


@pytest.mark.parametrize(
    "text",
    ['"1,000"', '""', "null", "true", "[]", '"NaN"', '"Infinity"', '"sNaN"', "NaN", "1e12", '"1e999999"',
     '"0e999999"', "1234567890123", '"twelve"'],
)  # fmt: skip
def test_what_is_no_amount_needs_a_person(text: str) -> None:
    """NaN, infinity, too many digits, words: refused with the field's name or place."""
    with pytest.raises(NeedsPerson, match="couldn’t be read"):
        read_order(with_total(text))


@pytest.mark.parametrize(
    ("text", "hour"),
    [("Wed, 10 Jan 2018 21:05:30 +0000", 21), ("Wed, 10 Jan 2018 15:05:30 -0600", 21), ("2018-01-10T21:05:30Z", 21),
     ("2018-01-10T23:05:30+02:00", 21), ("2018-01-10 21:05:30", 21), ("Wed, 10 Jan 2018 21:05:30 -0000", 21)],
)  # fmt: skip
def test_dates_of_both_forms_are_read_in_utc(text: str, hour: int) -> None:
    """RFC 2822 (V2) and ISO 8601 (V3)."""
    assert read_instant(text) == datetime(2018, 1, 10, hour, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0000-00-00 00:00:00", "9999-12-31T23:59:59-05:00", "Wed, 99 Jan 2018"]
)
def test_what_is_no_date_needs_a_person(text: str) -> None:
    """A date nobody can place in time stops the order, not the page."""
    with pytest.raises(NeedsPerson):
        read_order(order_bytes(date_created=text))


def test_a_missing_or_null_text_is_empty_and_an_unknown_field_is_ignored() -> None:
    """Nulls where real stores send them (bigcommerce.md, section 2)."""
    read = read_order(order_bytes(customer_message=None, payment_method=None, customer_id=None, new_field={"a": [1]}))
    assert (read.customer_message, read.payment_method, read.customer_id, read.payment_status) == ("", "", 0, "")
    assert read.billing_address.street_2 == ""


@pytest.mark.parametrize("name", ["id", "status_id", "date_created", "total_inc_tax"])
def test_an_order_without_what_it_cannot_do_without_needs_a_person(name: str) -> None:
    """Absent or null alike."""
    without = order()
    del without[name]
    for raw in (json.dumps(without).encode(), order_bytes(**{name: None})):
        with pytest.raises(NeedsPerson, match=name):
            read_order(raw)


@pytest.mark.parametrize("shape", [lambda found: found, lambda found: [found]])
def test_consignments_come_as_an_object_or_as_a_list_of_one(shape: Any) -> None:
    """The legacy form is accepted too."""
    read = read_order(order_bytes(consignments=shape(order()["consignments"])))
    assert [line.id for line in read.line_items] == [7]
    assert not read.needs_products_call


@pytest.mark.parametrize("value", [{"url": "https://x", "resource": "/orders/1/consignments"}, None, []])
def test_consignments_that_did_not_come_are_asked_for(value: Any) -> None:
    """A link, null or nothing: the lines are read from /products."""
    assert read_order(order_bytes(consignments=value)).needs_products_call


def test_lines_that_are_not_all_here_are_asked_for() -> None:
    """A warning, fifty lines, or quantities that do not make the order's number of items."""
    found = order()["consignments"]
    assert read_order(order_bytes(items_total=3)).needs_products_call
    found["shipping"][0]["__warning__"] = {"message": "Not all line items of this consignment are returned"}
    assert read_order(order_bytes(consignments=found)).needs_products_call
    found = order()["consignments"]
    found["shipping"][0]["line_items"] = [LINE | {"id": number} for number in range(1, 51)]
    assert read_order(order_bytes(consignments=found, items_total=100)).needs_products_call


def test_a_thousand_lines_are_read() -> None:
    """As /products sends them, in order."""
    raw = json.dumps([LINE | {"id": number} for number in range(1, 1001)]).encode()
    assert [line.id for line in read_line_items(raw)] == list(range(1, 1001))


def test_signs_no_database_takes_are_replaced() -> None:
    """NUL is shown as a replacement sign, everywhere."""
    changed = order()["billing_address"] | {"last_name": "O\0Brien"}
    assert read_order(order_bytes(billing_address=changed)).billing_address.last_name == "O�Brien"


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", 2**63), ("customer_id", 10**30), ("customer_id", -1), ("status_id", 70_000), ("status_id", -1)],
)
def test_numbers_beyond_reason_need_a_person(name: str, value: int) -> None:
    """They would break a column; they are refused before."""
    with pytest.raises(NeedsPerson):
        read_order(order_bytes(**{name: value}))


SPOILT = {
    "NaN": b'{"id": 2, "total": NaN}',
    "lone surrogate": b'{"id": 2, "name": "\\ud800"}',
    "bad UTF-8": b'{"id": 2, "name": "\xff\xfe"}',
    "raw control signs": b'{"id": 2, "name": "a\n\x00b"}',
    "too deep": b'{"x": ' + b"[" * 50_000 + b"]" * 50_000 + b', "id": 2}',
    "brackets in text": b'{"id": 2, "x": NaN, "name": "]},{[\\"\\\\"}',
    "id in text": b'{"id": 2.5, "x": {"id": 3}, "id": "2", "y": NaN}',
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_one_spoilt_order_takes_no_neighbor_along(spoilt: bytes) -> None:
    """The page is split all the same, byte for byte, and each order still has its id."""
    neighbor = order_bytes()
    page = b" [ " + b" , ".join([neighbor, spoilt, neighbor]) + b" ]\n"
    assert split_orders(page) == [neighbor, spoilt, neighbor]
    assert [order_id_of(each) for each in split_orders(page)] == [100, 2, 100]
    with pytest.raises(NeedsPerson):
        read_order(spoilt)
    assert [header.id for header in read_headers(page)] == [100, 100]


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"{}", b'[{"id": 1}', b'[{"id": 1}, {"na', b'[{"a": "x}]', b"[1]]", b"null"]
)
def test_what_is_no_whole_list_is_asked_for_again(raw: bytes) -> None:
    """A list that was cut is never taken for a short one."""
    with pytest.raises(TryAgain) as caught:
        split_orders(raw)
    assert caught.value.smaller


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_page_that_was_cut_anywhere_is_never_taken_for_whole(data: st.DataObject) -> None:
    """Neither a list nor a single order."""
    page = b"[" + SPOILT["NaN"] + b"," + order_bytes() + b"]"
    cut = data.draw(st.integers(0, len(page) - 1))
    with pytest.raises(TryAgain):
        split_orders(page[:cut])
    one = order_bytes()
    assert is_whole(one)
    assert not is_whole(one[: data.draw(st.integers(0, len(one) - 1))])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def mutated(draw: Any, value: Any) -> Any:
    """The document with one of its parts replaced, at whatever depth."""
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(sorted(value)))
        return value | {name: mutated(draw, value[name])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        return [mutated(draw, value[0]), *value[1:]]
    return draw(JSON)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_any_mutation_of_an_order_is_read_or_needs_a_person(data: st.DataObject) -> None:
    """Nothing else is ever raised, and its page still gives each order back."""
    raw = json.dumps(mutated(data.draw, order())).encode()
    try:
        read = read_order(raw)
    except NeedsPerson:
        pass
    else:
        assert read.total_inc_tax.is_finite()
        assert read.line_items is not None
    assert split_orders(b"[" + raw + b"," + order_bytes() + b"]") == [raw, order_bytes()]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_order(raw: bytes) -> None:
    """Each reader answers rubbish with one of our errors."""
    for read in (
        read_order,
        read_line_items,
        split_orders,
        read_headers,
        read_counts,
        read_time,
        order_id_of,
        is_whole,
    ):
        try:
            read(raw)
        except (NeedsPerson, TryAgain):
            continue


def published() -> list[Any]:
    """Every example order that the vendor publishes: answers that look like one order, or a list of them."""
    found: list[Any] = []
    for path in sorted(Path(DESCRIPTIONS).rglob("orders.v2*.yml")):
        _gather(yaml.safe_load(path.read_text()), found)
    return found


def _gather(node: Any, found: list[Any]) -> None:
    if isinstance(node, dict):
        if {"id", "status_id", "date_created", "total_inc_tax", "billing_address", "subtotal_inc_tax"} <= set(
            node
        ) and (isinstance(node["id"], int)):
            found.append(node)
            return
        for each in node.values():
            _gather(each, found)
    elif isinstance(node, list):
        for each in node:
            _gather(each, found)


@NEEDS_DESCRIPTIONS
def test_every_example_order_of_the_vendor_is_read() -> None:
    """They are found in the vendor's own descriptions when the test runs."""
    examples = published()
    assert len(examples) >= 3
    for example in examples:
        read = read_order(json.dumps(example, default=str).encode())
        assert read.id == example["id"]


def test_coupons_that_cannot_be_read_need_a_person() -> None:
    """It says which list."""
    with pytest.raises(NeedsPerson, match="list of coupons"):
        read_coupons(b'[{"code": "X", "discount": "ten"}]')


def test_an_order_whose_consignments_did_not_come_shows_no_lines() -> None:
    """They are asked for by themselves."""
    assert read_order(order_bytes(consignments=None)).line_items == ()


def test_a_summary_whose_total_cannot_be_read_is_there_without() -> None:
    """One that shows nothing is left out."""
    unreadable, whole, nothing = (b'{"id": 1, "status_id": 2, "total_inc_tax": "x"}',
                                  b'{"id": 2, "status_id": 2, "total_inc_tax": "3.5"}', b'{"id": 3}')  # fmt: skip
    raw = b"[" + b",".join((unreadable, whole, nothing)) + b"]"
    assert [(each.id, each.total_inc_tax) for each in read_summaries(raw)] == [(1, None), (2, Decimal("3.5"))]


def test_a_clock_beyond_all_years_is_asked_again() -> None:
    """No date has such a number."""
    with pytest.raises(TryAgain):
        read_time(b'{"time": 99999999999999}')
