"""The rows of a CSV of products: which columns there are, and what may stand in their cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from counterfoil.sales.csv.numbers import is_rounded
from counterfoil.sales.csv.table import Columns
from counterfoil.sales.errors import Refused
from counterfoil.sales.products.edit import checked, checked_part_number

COLUMNS = ("part_number", "description", "type", "bin", "active")

_TABLE = Columns(
    COLUMNS,
    needed="part_number",
    synonyms={
        "part_number": "sku partno part number productsku itemnumber",
        "description": "name title productname",
        "type": "producttype kind",
        "bin": "location binpickingnumber bins binnumber",
        "active": "inuse enabled isvisible",
    },
)
_YES, _NO = ["yes", "y", "true", "1", "active", "x"], ["no", "n", "false", "0", "inactive"]
AS_TEXT = "Format the column as text, enter the part number again, and save the file once more."


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One row of the file. `number` counts as the spreadsheet does: the header is row 1.

    `values` are those of description, type, bin and active that the file tells of; an empty type or active tells
    nothing. `trouble` says what is wrong with its cells, `next_step` what to do about it.
    """

    number: int
    part_number: str
    values: dict[str, object] = field(default_factory=dict)
    trouble: str = ""
    next_step: str = ""


def read_product_rows(content: bytes | str) -> list[ProductRow]:
    """The rows of a CSV, see `Columns.read`. Raises Refused for a file, or a header, that cannot be used."""
    names, records = _TABLE.read(content)
    return _each_once([_row(number, record, names) for number, record in records])


def _row(number: int, record: Sequence[str], names: Sequence[str]) -> ProductRow:
    cells = dict(zip(names, record, strict=False))
    part_number = cells.pop("part_number", "")
    beyond = [text for text in (cells.pop("", ""), *record[len(names) :]) if text]
    try:
        if beyond:
            raise Refused(f"“{beyond[0][:60]}” stands under no heading.", "Look for a delimiter too many.")
        if is_rounded(part_number):
            raise Refused(f"A spreadsheet has rounded the part number: {part_number}.", AS_TEXT)
        return ProductRow(number, checked_part_number(part_number), _values(cells))
    except Refused as refused:
        return ProductRow(number, part_number, {}, refused.sentence, refused.next_step)


def _values(cells: dict[str, str]) -> dict[str, object]:
    told: dict[str, object] = {name: text for name, text in cells.items() if text or name in ("description", "bin")}
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
    sentence = f"{row.part_number} stands in row {first[row.part_number]} already."
    return ProductRow(row.number, row.part_number, {}, sentence, "Leave one of the two out.")
