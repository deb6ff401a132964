"""What all commands share: `--json`, tables, exit codes."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from counterfoil.platform.database.migrations import bring_up_to_date, must_migrate
from counterfoil.platform.database.unnamed_user import user_name
from counterfoil.platform.django_setup import NewerSchema
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.money import money_text
from counterfoil.sales.orders.lookup import find_order
from counterfoil.stores.json_output import json_text

DONE = 0
NEEDS_PERSON = 1
USAGE = 2
STORE_TROUBLE = 3
UNLIMITED = 1000  # columns, where nobody's terminal folds them
CONTROL_SIGNS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "�")


class UsageError(CommandError):
    """Something that the user got wrong; a sentence that says what, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=USAGE)


class CounterfoilCommand(BaseCommand):
    """A command with `--json`, on a database that is up to date."""

    requires_system_checks = []
    needs_database = True
    """Whether it works on a database that is up to date."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser("counterfoil", subcommand.replace("_", "-"), **kwargs)
        hidden = {"verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}
        for action in parser._actions:
            if action.dest in hidden | {"version"}:
                action.help = SUPPRESS
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON for programs.")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            if self.needs_database:
                require_migrated()
            return super().execute(*args, **options)
        except OSError as trouble:
            if not (full := full_disk(trouble)):
                raise
            self.stderr.write(full)
            sys.exit(STORE_TROUBLE)
        except CommandError as trouble:  # Django would begin the sentence with the name of the class
            self.stderr.write(full_disk(trouble) or str(trouble))
            sys.exit(trouble.returncode)
        except Refused as refused:
            if options.get("json"):
                self.print_json({"refused": refused.sentence, "next_step": refused.next_step})
            self.stderr.write(printable(str(refused)))
            sys.exit(NEEDS_PERSON)

    def find(self, name: str) -> SalesOrder:
        """The sales order that people call so: by import ID, the store's own number, or the number of one made by hand.

        Raises UsageError.
        """
        try:
            return find_order(name)
        except Refused as refused:
            raise UsageError(printable(str(refused))) from refused

    def print_json(self, found: object) -> None:
        """Prints for programs: money as text, times as ISO 8601 in UTC."""
        sys.stdout.write(json_text(found, indent=2) + "\n")

    def print_table(self, rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], *, empty: str) -> None:
        """Prints for people: `columns` maps a row's key to its heading; money is in the row's `currency`."""
        console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else UNLIMITED)
        if not rows:
            console.print(empty)
            return
        table = Table(box=None, header_style="bold", pad_edge=False)
        for key, heading in columns.items():
            numeric = isinstance(rows[0].get(key), int | Decimal)
            table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(_words(row.get(key), str(row.get("currency", "")))) for key in columns))
        console.print(table)

    def say(self, sentence: str) -> None:
        """Prints a line for people."""
        self.stdout.write(printable(sentence))

    def me(self) -> str:
        """Who runs the command, for the history."""
        return user_name()

    def end(self, code: int) -> None:
        """Ends the command with an exit code."""
        sys.exit(code)


def require_migrated() -> None:
    """Brings an embedded database up to date; says what to do about another one."""
    try:
        if not must_migrate():
            return
    except NewerSchema as newer:
        raise UsageError(str(newer)) from newer
    except OperationalError as trouble:
        why = full_disk(trouble) or f"Can't reach the database: {str(trouble).strip().splitlines()[0]}"
        raise CommandError(why, returncode=STORE_TROUBLE) from trouble
    if not os.environ.get("COUNTERFOIL_EMBEDDED"):
        raise UsageError("The database isn't up to date. Run “counterfoil migrate” first.")
    bring_up_to_date()


def printable(text: str) -> str:
    """What came from a store may hold signs that a terminal takes for orders; they show as �."""
    return text.translate(CONTROL_SIGNS)


def _words(value: object, currency: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return money_text(value, currency)
    return printable(str(value))
