"""The lines of kits, each below its kit."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterfoil.sales.models import OrderLine


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line, and how deep it hangs under the kits above it."""

    line: OrderLine
    depth: int


def lines_under_kits(lines: Sequence[OrderLine]) -> list[PlacedLine]:
    """The lines with a kit's child lines right below it; none is left out, whatever their parents say."""
    positions = {line.position for line in lines}
    children: dict[int | None, list[OrderLine]] = {}
    for line in lines:
        parent = line.parent_position if line.parent_position in positions else None
        children.setdefault(parent, []).append(line)
    placed: list[PlacedLine] = []
    waiting = [(line, 0) for line in reversed(children.get(None, []))]
    while waiting:
        line, depth = waiting.pop()
        placed.append(PlacedLine(line, depth))
        waiting += [(child, depth + 1) for child in reversed(children.pop(line.position, []))]
    shown = {each.line.position for each in placed}
    return placed + [PlacedLine(line, 0) for line in lines if line.position not in shown]
