"""What the files that people give in have in common: a row as it was read, and what becomes of it.

Each kind of file has three functions of these names in its module `csv_import`:

    rows = read_…(content)     # raises Refused: the file or its header cannot be used
    results = plan(rows)       # a test run: one result for each row, in their order; writes nothing
    results = apply(rows, …)   # the same results, and what they say is done
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

REFUSED = "refused"
"""The outcome that every kind of file has."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file. `number` counts as the spreadsheet does: the header is row 1.

    `trouble` says what is wrong with its cells, `next_step` what to do about it.
    """

    number: int
    trouble: str = field(default="", kw_only=True)
    next_step: str = field(default="", kw_only=True)


Row = TypeVar("Row", bound=FileRow)
Outcome = TypeVar("Outcome", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RowResult(Generic[Row, Outcome]):
    """What becomes of a row, and why."""

    row: Row
    outcome: Outcome
    sentence: str
    next_step: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether somebody has to correct it."""
        return self.outcome == REFUSED
