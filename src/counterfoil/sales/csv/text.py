"""CSV as spreadsheets write and read it: any encoding and delimiter in, no formulas out."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal

from counterfoil.limits import LARGEST_CSV
from counterfoil.sales.csv.formulas import guarded, unguarded
from counterfoil.sales.errors import Refused

DELIMITERS = ",;\t"
SAVE_AS = "In your spreadsheet, choose “Save as” and “CSV UTF-8”."
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?([,;\t]*)[ ]*\r?\n', re.IGNORECASE)
_FIRST_RECORD = re.compile(r'(?:[^"\r\n]+|"[^"]*")*')
_WRAPPED = re.compile(r'="((?:[^"]|"")*)"')


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 (with or without a mark), UTF-16 or Windows-1252. Raises Refused for what is no CSV."""
    if len(content) > LARGEST_CSV:
        raise Refused(f"The file is larger than {LARGEST_CSV // 1_000_000} MB.", "Split it into smaller files.")
    if content.startswith(_WORKBOOKS):
        raise Refused("The file is a spreadsheet, not CSV.", SAVE_AS)
    for encoding in _encodings(content):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise Refused("The file isn’t text.", SAVE_AS)


def _encodings(content: bytes) -> Sequence[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = content[:200]
    if start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    if start[::2].count(0) > len(start) // 4:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252", "latin-1")


def read_csv(text: str) -> list[list[str]]:
    """The records of a CSV, cells as `cell` gives them. Empty lines are empty records: they count as rows.

    The delimiter is the one that stands most often between the cells of the first record; Excel's line `sep=;` names
    it. Raises Refused.
    """
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise Refused("The file isn’t text.", SAVE_AS)
    named = _DELIMITER_LINE.match(text)
    start = named.end() if named else 0
    records: list[list[str]] = [[]] if named else []
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=_delimiter(text, named), strict=True)
    try:
        records.extend([cell(each) for each in record] for record in reader)
    except csv.Error as trouble:
        row = len(records) + 1
        raise Refused(f"Row {row} can’t be read: it has a misplaced quotation mark.", SAVE_AS) from trouble
    return records


def _delimiter(text: str, named: re.Match[str] | None) -> str:
    """The one that the line `sep=` names; where a program has added its own to that line, those."""
    if named:
        name, added = named.groups()
        return added[0] if added else name
    start = re.match(r"[\r\n]*", text)
    first = _FIRST_RECORD.match(text, start.end() if start else 0)
    between = re.sub(r'"[^"]*"', "", first.group()) if first else ""
    return max(DELIMITERS, key=between.count)


def cell(text: str) -> str:
    """A cell without what spreadsheets put around it: spaces, `="0123"`, and the ' before what looks like a formula."""
    text = text.strip(" \r\n\v\f\u00a0\u200b\ufeff")
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        return wrapped.group(1).replace('""', '"').strip()
    return unguarded(text).strip()


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; `cell` takes the ' off again."""
    return guarded(text)


def written_csv(records: Iterable[Sequence[object]]) -> str:
    """Records as CSV, each cell safe."""
    return "".join(csv_lines(records))


def csv_lines(records: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same, record by record, for a file that is too long to be held at once. Every CSV is written here."""
    out = io.StringIO(newline="")
    plain, quoted = csv.writer(out), csv.writer(out, quoting=csv.QUOTE_ALL)
    for record in records:
        cells = [_written(each) for each in record]
        # Unquoted, what is a delimiter elsewhere would be taken for the file's own.
        writer = quoted if any(sign in text for text in cells for sign in DELIMITERS[1:]) else plain
        writer.writerow(cells)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _written(value: object) -> str:
    """A number as it is, with all its digits; anything else safe."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int) else safe(str(value))
