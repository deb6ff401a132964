"""Files of rows on the command line: read, and what became of each row as JSON."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from counterfoil.platform.cli.base_command import UsageError
from counterfoil.sales.csv.rows import FileRow, RowResult
from counterfoil.sales.errors import Refused
from counterfoil.stores.json_output import Shape

STANDARD = "-"  # in place of a file: standard input or output
Row = TypeVar("Row", bound=FileRow)


def rows_of(name: str, read: Callable[[bytes], list[Row]]) -> list[Row]:
    """The rows of a file or of standard input; raises UsageError for what cannot be used."""
    try:
        return read(sys.stdin.buffer.read() if name == STANDARD else Path(name).read_bytes())
    except OSError as trouble:
        raise UsageError(f"{name} can't be read: {trouble.strerror}") from trouble
    except Refused as refused:
        raise UsageError(str(refused)) from refused


def result_shape(result: RowResult[Any, Any], **told: object) -> Shape:
    """One row of `--json`; `told`: what tells it beside its number."""
    return {
        "row": result.row.number,
        **told,
        "outcome": result.outcome.value,
        "sentence": result.sentence,
        "next_step": result.next_step,
    }
