"""Reads the vendor's API descriptions and collects the example documents in them, by the order they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bigcommerce_sandbox.answers import Document

_FILES = ("orders.v2.oas2.yml", "orders.v3.yml")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A part is known by fields that no other part has.
_SHAPES = {
    "headers": {"id", "status_id", "billing_address", "subtotal_inc_tax"},
    "lines": {"id", "order_id", "price_inc_tax", "quantity"},
    "addresses": {"id", "order_id", "street_1", "items_total"},
    "coupons": {"id", "order_id", "coupon_id"},
    "taxes": {"id", "order_id", "tax_rate_id"},
    "messages": {"id", "order_id", "staff_id", "subject"},
    "shipments": {"id", "order_id", "tracking_number", "items"},
    "refunds": {"id", "order_id", "total_amount", "items"},
}


@dataclass(slots=True)
class Published:
    """What the vendor publishes of one order; ``headers`` has one document at most."""

    headers: list[Document] = field(default_factory=list)
    lines: list[Document] = field(default_factory=list)
    addresses: list[Document] = field(default_factory=list)
    coupons: list[Document] = field(default_factory=list)
    taxes: list[Document] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)
    shipments: list[Document] = field(default_factory=list)
    refunds: list[Document] = field(default_factory=list)
    pickups: list[Document] = field(default_factory=list)


def read(directory: Path) -> dict[int, Published]:
    """The published parts by order number. Raises FileNotFoundError."""
    orders: dict[int, Published] = {}
    for name in _FILES:
        description = yaml.load((directory / "reference" / name).read_text(), _Loader)  # noqa: S506 - the safe loader
        for document in _objects(description):
            _sort_in(orders, document)
    return dict(sorted(orders.items()))


def _objects(value: Any) -> Iterator[Document]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def _sort_in(orders: dict[int, Published], document: Document) -> None:
    for part, shape in _SHAPES.items():
        if shape <= document.keys() and isinstance(document["id"], int):
            order_id = document["id"] if part == "headers" else document["order_id"]
            known = getattr(orders.setdefault(order_id, Published()), part)
            if all(other["id"] != document["id"] for other in known):
                known.append(dict(document))
            return
    if isinstance(document.get("pickups"), list) and document["pickups"]:
        _add_pickups(orders, document["pickups"])


def _add_pickups(orders: dict[int, Published], pickups: list[Document]) -> None:
    """A pickup names its order only in the links to its line items: ``/orders/129/products/12``."""
    for pickup in pickups:
        for item in (item for item in pickup.get("line_items", []) if "resource" in item):
            order_id = int(item["resource"].split("/")[2])
            known = orders.setdefault(order_id, Published()).pickups
            if all(other["id"] != pickup["id"] for other in known):
                known.append(pickup)
