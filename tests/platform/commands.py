"""Runs a command in this process, on the test's own database: what it printed, and its exit code."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from django.core.management import load_command_class


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    code: int
    said: str
    complained: str

    @property
    def json(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.said)


def run(*words: str, given: bytes = b"") -> Ended:
    """Runs `counterfoil WORDS…`, with `given` on its standard input."""
    said, complained = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given))
    try:
        with redirect_stdout(said), redirect_stderr(complained):
            code = _code(*words)
    finally:
        sys.stdin = before
    return Ended(code, said.getvalue(), complained.getvalue())


def _code(name: str, *arguments: str) -> int:
    command = load_command_class("counterfoil.platform", name.replace("-", "_"))
    command._called_from_command_line = True
    command.stdout._out, command.stderr._out = sys.stdout, sys.stderr
    try:
        options = vars(command.create_parser("counterfoil", name).parse_args(arguments))
        options.pop("args", None)
        command.execute(**options)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0
