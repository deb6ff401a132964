"""The rows of a CSV of products: which columns there are, and what may stand in their cells."""

from dataclasses import dataclass, field

from counterfoil.sales.csv.numbers import is_rounded
from counterfoil.sales.csv.rows import FileRow
from counterfoil.sales.csv.table import Columns, Record
from counterfoil.sales.errors import Refused
from counterfoil.sales.products.edit import checked, checked_part_number

COLUMNS = ("part_number", "description", "type", "bin", "active", "upc")

_TABLE = Columns(
    COLUMNS,
    needed="part_number",
    synonyms={
        "part_number": "sku partno part number productsku itemnumber",
        "description": "name title productname",
        "type": "producttype kind",
        "bin": "location binpickingnumber bins binnumber",
        "active": "inuse enabled isvisible",
        "upc": "gtin ean barcode upcean productupcean",
    },
)
_YES, _NO = ["yes", "y", "true", "1", "active", "x"], ["no", "n", "false", "0", "inactive"]
AS_TEXT = "Format the column as text, re-enter the part number, and save the file again."


@dataclass(frozen=True, slots=True)
class ProductRow(FileRow):
    """One row of the file.

    `values` are those of description, type, bin, active and upc that the file tells of; an empty type or active tells
    nothing.
    """

    part_number: str
    values: dict[str, object] = field(default_factory=dict)


def read_product_rows(content: bytes | str) -> list[ProductRow]:
    """The rows of a CSV, see `Columns.read`. Raises Refused for a file, or a header, that cannot be used."""
    return _each_once([_row(record) for record in _TABLE.read(content)])


def _row(record: Record) -> ProductRow:
    cells = dict(record.cells)
    part_number = cells.pop("part_number", "")
    try:
        record.refuse_beyond()
        if is_rounded(part_number):
            raise Refused(f"A spreadsheet rounded the part number: {part_number}.", AS_TEXT)
        return ProductRow(record.number, checked_part_number(part_number), _values(cells))
    except Refused as refused:
        return ProductRow(record.number, part_number, trouble=refused.sentence, next_step=refused.next_step)


def _values(cells: dict[str, str]) -> dict[str, object]:
    told: dict[str, object] = {
        name: text for name, text in cells.items() if text or name in ("description", "bin", "upc")
    }
    if "type" in told:
        told["type"] = str(told["type"]).casefold()
    if "active" in told:
        word = str(told["active"]).casefold()
        if word not in (*_YES, *_NO):
            raise Refused(f"“{cells['active'][:60]}” is neither yes nor no.", "Enter yes or no under active.")
        told["active"] = word in _YES
    return checked(told)


def _each_once(rows: list[ProductRow]) -> list[ProductRow]:
    """A part number that stands in the file again is refused there: which of the two is meant is not guessed."""
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row.part_number, row.number)
    return [row if row.trouble or first[row.part_number] == row.number else _again(row, first) for row in rows]


def _again(row: ProductRow, first: dict[str, int]) -> ProductRow:
    sentence = f"{row.part_number} is already in row {first[row.part_number]}."
    return ProductRow(row.number, row.part_number, trouble=sentence, next_step="Remove one of the two.")
