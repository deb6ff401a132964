"""What an order's items weigh: as the store said it with the order, and what is left to ship of it.

A line keeps what one of it weighs, and the order the unit once: the store's when the weights were first read. A
merchant who changes the store's unit later changes no order that is here. A weight is known or it is not; none is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from counterfoil.sales.models import OrderLine, SalesOrder
from counterfoil.sales.orders.drafts import OrderDraft

GRAMS = {
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
    "kg": Decimal(1000),
    "g": Decimal(1),
    "t": Decimal(1_000_000),
}
"""How many grams a unit is, exactly."""

OUNCE, POUND, GRAM = "oz", "lb", "g"
LAST_PLACE = Decimal("0.0001")
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Weight:
    """What several items weigh together. `is_all`: False where the weight of some of them is not known."""

    amount: Decimal
    unit: str
    is_all: bool = True

    @property
    def words(self) -> str:
        """ "2.4 lb"; "≥ 2.4 lb" where that is not all: one free sticker without a weight must not hide the rest."""
        return f"{'' if self.is_all else '≥ '}{written(self.amount)} {self.unit}"


def written(amount: Decimal) -> str:
    """To a hundredth, at least one, without zeros at the end."""
    rounded = max(amount.quantize(HUNDREDTH, ROUND_HALF_UP), HUNDREDTH)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def in_unit(amount: Decimal, unit: str, wanted: str) -> Decimal | None:
    """The weight in another unit; None where the unit it is in is not known."""
    if unit not in GRAMS:
        return None
    return amount if unit == wanted else amount * GRAMS[unit] / GRAMS[wanted]


def weighed_lines(lines: Sequence[OrderLine]) -> dict[int, OrderLine]:
    """The lines (all of one order) whose weights add up, by id: of a kit either itself or its parts, never both.

    A store has a weight for the kit as a product and for each part as a product too. The kit's own is what the shopper
    was quoted for unless the merchant chose otherwise; where it has none, its parts' count.
    """
    at = {line.position: line for line in lines}
    kits = {line.parent_position for line in lines}
    return {
        line.pk: line
        for line in lines
        if not (line.parent_position in at and at[line.parent_position].weight is not None)
        and not (line.weight is None and line.position in kits)
    }


def weight_of_open(lines: Sequence[OrderLine], unit: str) -> Weight | None:
    """What is open of these lines, all of one order and all to ship; None where nothing of that is known."""
    counted = weighed_lines(lines).values()
    known = [line.weight * line.open for line in counted if line.weight is not None]
    if not known or unit not in GRAMS:
        return None
    return Weight(sum(known, Decimal(0)), unit, is_all=len(known) == len(counted))


def only_weighed(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Those of the lines that `weighed_lines` keeps; `lines` must not be narrowed to one order by its own columns."""
    kit = lines.filter(order=OuterRef("order"), position=OuterRef("parent_position"), weight__isnull=False)
    part = lines.filter(order=OuterRef("order"), parent_position=OuterRef("position"))
    return lines.filter(~Exists(kit), Q(weight__isnull=False) | ~Exists(part))


def note_weights(order_id: int, draft: OrderDraft, *, unit: str) -> None:
    """Keeps what the store says now of the weights of an order that is here; what it does not know stays.

    `unit`: the store's present one, "" where it is not known. An order that has another one keeps both unit and
    weights: only a line that has none yet gets its weight, converted. One statement where nothing is new.
    """
    given = {line.source_id: line.weight for line in draft.lines if line.weight is not None}
    if not given:
        return
    rows = OrderLine.objects.filter(order=order_id, source_id__in=given).annotate(unit=F("order__weight_unit"))
    lines = list(rows.only("source_id", "weight"))
    changed = [line for line in lines if _take(line, given[line.source_id], unit, line.unit)]
    if changed:
        OrderLine.objects.bulk_update(changed, ["weight"])
    if unit and any(not line.unit for line in lines):
        SalesOrder.objects.filter(pk=order_id).update(weight_unit=unit)


def _take(line: OrderLine, given: Decimal, unit: str, kept_unit: str) -> bool:
    """Sets the line's weight where it is to be another one; says whether it was."""
    weight: Decimal | None = given
    if kept_unit and unit != kept_unit:
        if line.weight is not None:
            return False
        converted = in_unit(given, unit, kept_unit)
        weight = converted.quantize(LAST_PLACE) if converted else None
    if not weight or line.weight == weight:
        return False
    line.weight = weight
    return True
