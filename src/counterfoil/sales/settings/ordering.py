"""Lists that people put in order."""

from collections.abc import Sequence
from typing import TypeVar

from counterfoil.sales.models import FieldDefinition, OrderStatus

Placed = TypeVar("Placed", OrderStatus, FieldDefinition)


def move(rows: Sequence[Placed], row: Placed, *, up: bool) -> None:
    """Moves one of the (locked) rows a place up or down, and numbers them anew; at an end nothing happens."""
    order = list(rows)
    at = order.index(row)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, each in enumerate(order):
        each.position = position
    type(row)._default_manager.bulk_update(order, ["position"])
