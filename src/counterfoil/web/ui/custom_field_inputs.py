"""Custom fields on the pages: what stands in their inputs, and what was entered there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counterfoil.sales.custom_fields.values import FieldValue, value_text
from counterfoil.sales.models import FieldDefinition
from counterfoil.storable import without_nulls

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class FieldInput:
    """An input for a custom field: its name in the form, what stands in it, what is kept."""

    name: str
    field: FieldDefinition
    value: str
    kept: str

    @property
    def is_changed(self) -> bool:
        """Whether something else was entered than what is kept."""
        return self.value != self.kept

    @property
    def is_long(self) -> bool:
        """Whether the text has several lines."""
        return "\n" in self.value


def field_inputs(
    definitions: Iterable[FieldDefinition],
    values: Mapping[str, FieldValue],
    sent: Mapping[str, str] | None = None,
    *,
    prefix: str = "field",
) -> list[FieldInput]:
    """An input for each field that takes values; `sent` is what was entered, if something was."""
    inputs = []
    for field in definitions:
        name, kept = f"{prefix}-{field.name}", value_text(values.get(field.name))
        entered = kept if sent is None else without_nulls(sent.get(name, kept))[:LONGEST].replace("\r\n", "\n")
        if not field.retired:
            inputs.append(FieldInput(name, field, entered.strip(), kept))
    return inputs
