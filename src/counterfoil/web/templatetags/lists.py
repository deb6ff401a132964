"""The rows of a list. A page shows fifty of them: what is the same in each is worked out once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.html import conditional_escape, escape, strip_tags
from django.utils.safestring import SafeString
from django_tables2 import Table
from django_tables2.columns.base import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature

register = template.Library()
GIVEN = {"value", "record"}


class Cells:
    """The cells of one column, each as `BoundRow.get_cell` gives it."""

    def __init__(self, column: BoundColumn) -> None:
        heading = conditional_escape(strip_tags(column.header))
        self.begins = f'<td {column.attrs["td"].as_html()} data-label="{heading}">'
        self._name: str = column.name
        self._accessor = Accessor(column.accessor)
        self._empty, self._default = column.column.empty_values, column.default
        self._render: Callable[..., Any] = column.render
        wanted, others = signature(self._render)
        self._wanted: tuple[str, ...] = wanted
        self._is_plain = not (column.link or others or set(wanted) - GIVEN)
        self._is_looked_at = False

    def of(self, row: BoundRow) -> str:
        """The cell of a row."""
        return f"{self.begins}{conditional_escape(self._content(row))}</td>"

    def _content(self, row: BoundRow) -> Any:
        if not self._is_looked_at:
            self._look_at(row.record)
        if not self._is_plain:
            return row.get_cell(self._name)
        value = self._accessor.resolve(row.record, quiet=True)
        if value in self._empty:
            return self._default
        given = {"value": value, "record": row.record}
        return self._render(**{name: given[name] for name in self._wanted})

    def _look_at(self, record: object) -> None:
        """A field with choices is shown by its label, for which the library asks the record."""
        holder, _ = self._accessor.penultimate(record)
        self._is_looked_at = holder is not None
        if isinstance(holder, Model):
            with suppress(FieldDoesNotExist):
                self._is_plain &= not getattr(self._accessor.get_field(record), "choices", None)


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """The rows of the table's page; each cell carries its column's name, which is its heading on a phone."""
    cells = [Cells(column) for column in table.columns]
    attributes: dict[str, Callable[[Any], object]] = table.row_attrs
    rows = []
    for row in table.paginated_rows:
        about = "".join(f' {name}="{escape(value(row.record))}"' for name, value in attributes.items())
        inside = "\n".join(each.of(row) for each in cells)
        rows.append(f"<tr{about}>\n{inside}</tr>")
    return SafeString("\n".join(rows))
