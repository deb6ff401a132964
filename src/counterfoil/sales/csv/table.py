"""A CSV with a header as a table: which columns it has, whatever they are called in it, and its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterfoil.limits import MOST_ROWS
from counterfoil.sales.csv.text import decoded, read_csv
from counterfoil.sales.errors import Refused

PASSED_OVER = "-"  # in place of a column's name


@dataclass(frozen=True, slots=True)
class Record:
    """A row: its number as the spreadsheet counts (the header is row 1), and its cells by their columns.

    `beyond`: the first text that has no column heading.
    """

    number: int
    cells: dict[str, str]
    beyond: str = ""

    def refuse_beyond(self) -> None:
        """Raises Refused where a text stands under no heading: a delimiter too many moves all that follows it."""
        if self.beyond:
            raise Refused(f"“{self.beyond[:60]}” has no column heading.", "Look for an extra delimiter.")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a file may have; the one in `needed` it must have.

    `synonyms`: how else a column may be called, separated by spaces, without case, spaces and signs. `words`: what a
    column is called in a sentence, where that is not its name. `passed_over`: further headings that a file may have,
    written as `synonyms` are; their cells are not read.
    """

    names: Sequence[str]
    needed: str
    synonyms: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)
    passed_over: Sequence[str] = ()

    def read(self, content: bytes | str) -> list[Record]:
        """The rows; empty ones are left out.

        The file may be UTF-8, UTF-16 or Windows-1252, its delimiter a comma, a semicolon or a tab. Raises Refused for
        a file, or a header, that cannot be used.
        """
        records = read_csv(decoded(content) if isinstance(content, bytes) else content)
        if len(records) > MOST_ROWS:
            raise Refused(f"The file has {len(records)} rows; {MOST_ROWS} are allowed.", "Split it into smaller files.")
        filled = [(number, record) for number, record in enumerate(records, 1) if any(record)]
        if not filled:
            raise Refused("The file is empty.", f"Its columns are: {self._listed}.")
        (_, header), *rows = filled
        names = self._named(header)
        return [_record(number, names, record) for number, record in rows]

    def word(self, name: str) -> str:
        """What a column is called in a sentence."""
        return self.words.get(name, name.replace("_", " "))

    def _named(self, header: Sequence[str]) -> list[str]:
        called = {
            word: name for name, words in self.synonyms.items() for word in (*words.split(), name.replace("_", ""))
        }
        called |= {word: PASSED_OVER for word in self.passed_over if word not in called}
        names = [called.get("".join(sign for sign in text.casefold() if sign.isalnum()), "") for text in header]
        expected = f"The columns are: {self._listed}."
        for text, name in zip(header, names, strict=True):
            if name == PASSED_OVER:
                continue
            if text and not name:
                raise Refused(f"There’s no column “{text}”.", expected)
            if name and names.count(name) > 1:
                raise Refused(f"Two columns mean the {self.word(name)}.", expected)
        if self.needed not in names:
            raise Refused(f"The column “{self.needed}” is missing.", expected)
        return names

    @property
    def _listed(self) -> str:
        return ", ".join(self.names)


def _record(number: int, names: Sequence[str], record: Sequence[str]) -> Record:
    """A cell that is not there, as in a shorter row, is not the same as an empty one."""
    headed = list(zip(names, record, strict=False))
    beyond = [*(text for name, text in headed if not name), *record[len(names) :]]
    return Record(number, {name: text for name, text in headed if name.strip("-")}, next(filter(None, beyond), ""))
