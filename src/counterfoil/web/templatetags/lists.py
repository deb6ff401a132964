"""The rows of a list. A page shows fifty of them: what is the same in each is worked out once."""

from django import template
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import SafeString
from django_tables2 import Table
from django_tables2.columns.base import BoundColumn
from django_tables2.rows import BoundRow

register = template.Library()
Cell = tuple[str, str]


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """The rows of the table's page; each cell carries its column's name, which is its heading on a phone."""
    cells = [(column.name, _begin(column)) for column in table.columns]
    return SafeString("\n".join(_row(row, cells) for row in table.paginated_rows))


def _begin(column: BoundColumn) -> str:
    return f'<td {column.attrs["td"].as_html()} data-label="{conditional_escape(strip_tags(column.header))}">'


def _row(row: BoundRow, cells: list[Cell]) -> str:
    inside = "\n".join(f"{begins}{conditional_escape(row.get_cell(name))}</td>" for name, begins in cells)
    return f"<tr {row.attrs.as_html()}>\n{inside}</tr>"
