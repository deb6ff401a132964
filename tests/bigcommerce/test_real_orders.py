"""Orders that others published are read, whatever forms they have: with the money that stands in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from counterfoil.bigcommerce import NeedsPerson, read_line_items, read_order
from counterfoil.bigcommerce.parsing import read_shipments
from tests.vendor_specs import NEEDS_REAL_ORDERS, REAL_ORDERS

pytestmark = NEEDS_REAL_ORDERS

EXCERPTS = {
    "037": "subtotal_inc_tax", "038": "subtotal_inc_tax", "039": "total_inc_tax", "040": "id",
    "042": "status_id", "043": "subtotal_inc_tax",
}  # fmt: skip
"""Files that show only some of an order's fields, and the first that an order cannot do without."""
LINE_EXCERPTS = {"038": "id"}


def published() -> list[tuple[str, dict[str, Any]]]:
    """Each file's name and what it holds."""
    return [
        (path.stem, json.loads(path.read_text(), parse_float=Decimal)) for path in sorted(REAL_ORDERS.glob("*.json"))
    ]


def raw(path: str, part: str) -> bytes:
    """One part of a file, its numbers with the digits they have there."""
    found = json.loads(Path(REAL_ORDERS, f"{path}.json").read_text())[part]
    return json.dumps(found).encode()


def test_every_whole_order_is_read() -> None:
    """Its totals as they stand there; an excerpt is refused by the name of what it lacks."""
    found = [(name, document["order"]) for name, document in published() if document.get("order")]
    assert len(found) >= 30
    refused = {}
    for name, order in found:
        try:
            read = read_order(raw(name, "order"))
        except NeedsPerson as unreadable:
            refused[name] = unreadable.sentence
            continue
        assert (read.id, str(read.total_inc_tax)) == (int(order["id"]), str(order["total_inc_tax"]))
    assert refused.keys() == EXCERPTS.keys(), refused
    for name, sentence in refused.items():
        assert f"{EXCERPTS[name]} is missing" in sentence


def test_the_lines_of_every_order_are_read() -> None:
    """With discounts as text, as numbers, and without amounts; with empty parents."""
    found = [(name, document["products"]) for name, document in published() if document.get("products")]
    assert len(found) >= 10
    for name, lines in found:
        if name in LINE_EXCERPTS:
            with pytest.raises(NeedsPerson, match=LINE_EXCERPTS[name]):
                read_line_items(raw(name, "products"))
            continue
        read = read_line_items(raw(name, "products"))
        assert [(line.id, line.quantity) for line in read] == [
            (int(each["id"]), int(each["quantity"])) for each in lines
        ]


def test_their_shipments_are_read() -> None:
    """Two of them have one."""
    found = [(name, document["shipments"]) for name, document in published() if document.get("shipments")]
    assert found
    for name, shipments in found:
        assert [each.id for each in read_shipments(raw(name, "shipments"))] == [each["id"] for each in shipments]
