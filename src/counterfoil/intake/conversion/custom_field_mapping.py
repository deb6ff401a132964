"""Fills a merchant's custom fields from an order, by the store's field mapping."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.expressions.order_view import OrderView
from counterfoil.intake.expressions.sandbox import ExpressionResult, Job, evaluate
from counterfoil.intake.scripts import ScriptFields
from counterfoil.sales.custom_fields.values import FieldValue, checked
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import FieldDefinition, FieldScope
from counterfoil.stores.models import FieldMapping

CORRECT = "Correct the expression, or the order in BigCommerce, then retry."
SHOWN = 200


@dataclass(frozen=True, slots=True)
class MappedValue:
    """Where a value belongs: to the order (or its client), or to one of its lines."""

    mapping: FieldMapping
    line: int | None = None

    @property
    def job(self) -> Job:
        """What is to be evaluated for it."""
        return Job(self.mapping.expression, self.line)


def fill_fields(
    view: OrderView, mappings: Sequence[FieldMapping], fields: ScriptFields, *, strict: bool = True
) -> list[str]:
    """Fills `fields` by the mapping; returns a sentence for each field that stays empty because its expression failed.

    Raises NeedsPerson where that field is required, unless `strict` is False.
    """
    places = list(_places(view, mappings))
    left_empty = []
    for place, answer in zip(places, evaluate(view, [place.job for place in places]), strict=True):
        value, error = value_of(place.mapping.field, answer)
        if not error and value is None and place.mapping.required:
            error = "it returns nothing"
        if value is not None:
            _values(view, fields, place)[place.mapping.field.name] = value
        elif error and place.mapping.required and strict:
            raise NeedsPerson("field_mapping", _sentence(view, place, error), CORRECT)
        elif error:
            left_empty.append(_sentence(view, place, error))
    return left_empty


def value_of(definition: FieldDefinition | None, answer: ExpressionResult) -> tuple[FieldValue | None, str]:
    """An answer as the field keeps it (as text without a field), and what is wrong with it, else ""."""
    if answer.error:
        return None, answer.error
    if definition is None:
        return (answer.value if answer.value is None or isinstance(answer.value, bool) else str(answer.value)), ""
    try:
        return checked(definition, answer.value), ""
    except Refused as refused:
        return None, refused.sentence.removesuffix(".")


def _places(view: OrderView, mappings: Sequence[FieldMapping]) -> Iterator[MappedValue]:
    for mapping in mappings:
        if mapping.field.scope == FieldScope.LINE:
            yield from (MappedValue(mapping, line) for line in range(len(view.lines)))
        else:
            yield MappedValue(mapping)


def _values(view: OrderView, fields: ScriptFields, place: MappedValue) -> dict[str, FieldValue]:
    if place.line is not None:
        return fields.lines[view.line_ids[place.line]]
    return fields.client if place.mapping.field.scope == FieldScope.CLIENT else fields.order


def _sentence(view: OrderView, place: MappedValue, error: str) -> str:
    of_line = "" if place.line is None else f" of the line {line_name(view, place.line)}"
    expression = shortened(place.mapping.expression)
    return f"The field “{place.mapping.field.label}”{of_line} couldn’t be filled: {error}. Its expression: {expression}"


def line_name(view: OrderView, line: int) -> str:
    """What people call a line of the order: its SKU, else its name."""
    item = view.lines[line]
    return str(item.get("sku") or item.get("name") or item["id"])[:80]


def shortened(expression: str) -> str:
    """An expression in one line of a sentence."""
    text = " ".join(expression.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
