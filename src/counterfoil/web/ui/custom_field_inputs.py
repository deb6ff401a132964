"""Custom fields on the pages: what stands in their inputs, and what was entered there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counterfoil.sales.custom_fields.values import FieldValue, value_text
from counterfoil.sales.models import FieldDefinition
from counterfoil.storable import without_nulls
from counterfoil.web.ui.request_data import SHOWN

LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class FieldInput:
    """An input for a custom field: its name in the form, what stands in it, what the form showed when it was opened."""

    name: str
    field: FieldDefinition
    value: str
    shown: str

    @property
    def is_changed(self) -> bool:
        """Whether something else was entered than what was shown: what others changed meanwhile stays."""
        return self.value != self.shown

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
        shown = _entered(sent or {}, f"{SHOWN}{name}", kept)
        if not field.retired:
            inputs.append(FieldInput(name, field, _entered(sent or {}, name, shown), shown))
    return inputs


def _entered(sent: Mapping[str, str], name: str, otherwise: str) -> str:
    return without_nulls(sent.get(name, otherwise))[:LONGEST].replace("\r\n", "\n").strip()
