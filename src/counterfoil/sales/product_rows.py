"""The rows of a CSV of products: which columns there are, and what may stand in their cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from counterfoil.sales.csv_text import decoded, is_rounded, read_csv
from counterfoil.sales.product_list import checked, checked_part_number
from counterfoil.sales.refusals import Refused

COLUMNS = ("part_number", "description", "type", "bin", "active")
MOST_ROWS = 50_000

# How else a column may be called, without case, spaces and signs.
_SYNONYMS = {
    "part_number": "sku partno part number productsku itemnumber",
    "description": "name title productname",
    "type": "producttype kind",
    "bin": "location binpickingnumber bins binnumber",
    "active": "inuse enabled isvisible",
}
_CALLED = {word: name for name, words in _SYNONYMS.items() for word in (*words.split(), name.replace("_", ""))}
_YES, _NO = ["yes", "y", "true", "1", "active", "x"], ["no", "n", "false", "0", "inactive"]
AS_TEXT = "Format the column as text, enter the part number again, and save the file once more."
_EXPECTED = f"The columns are: {', '.join(COLUMNS)}."


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
    """The rows of a CSV; empty ones are left out. Raises Refused for a file, or a header, that cannot be used.

    The file may be UTF-8, UTF-16 or Windows-1252, its delimiter a comma, a semicolon or a tab.
    """
    records = read_csv(decoded(content) if isinstance(content, bytes) else content)
    if len(records) > MOST_ROWS:
        raise Refused(f"The file has {len(records)} rows; {MOST_ROWS} are allowed.", "Split it.")
    filled = [(number, record) for number, record in enumerate(records, 1) if any(record)]
    if not filled:
        raise Refused("The file is empty.", _EXPECTED)
    (_, header), *rest = filled
    names = _columns(header)
    return _each_once([_row(number, record, names) for number, record in rest])


def _columns(header: Sequence[str]) -> list[str]:
    """The column that each cell of the header names; "" for one without a heading."""
    names = [_CALLED.get("".join(sign for sign in text.casefold() if sign.isalnum()), "") for text in header]
    for text, name in zip(header, names, strict=True):
        if text and not name:
            raise Refused(f"There is no column “{text}”.", _EXPECTED)
        if name and names.count(name) > 1:
            raise Refused(f"Two columns mean the {name.replace('_', ' ')}.", _EXPECTED)
    if "part_number" not in names:
        raise Refused("The column “part_number” is missing.", _EXPECTED)
    return names


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
