"""`counterfoil export`: sales orders as CSV."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from counterfoil.accounts.audit import record_as
from counterfoil.platform.cli.argument_types import store_called
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.csv.text import csv_lines
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.sales.exports.columns import COLUMNS
from counterfoil.sales.exports.exports import begin_export, marked_when_done
from counterfoil.sales.models import Export, SalesOrder
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.weborders.refunds_for_export import export_records

STANDARD = "-"  # in place of a file: standard output


def first_moment(text: str) -> datetime:
    """The beginning of a day, in UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as trouble:
        raise ArgumentTypeError(f"“{text}” isn’t a date; write it like 2026-01-31.") from trouble


class Command(CounterfoilCommand):
    help = "Writes sales orders as CSV, one row per line (docs/export.md), and records which were exported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--output", required=True, metavar="FILE", help="Where to; - for standard output.")
        parser.add_argument("--store", metavar="CODE", help="Only orders of this store.")
        parser.add_argument(
            "--since", type=first_moment, metavar="YYYY-MM-DD", help="Only orders placed on this day (UTC) or later."
        )
        parser.add_argument("--new-only", action="store_true", help="Only orders not exported before.")

    def handle(self, *_args: Any, **options: Any) -> None:
        to_standard = options["output"] == STANDARD
        if to_standard and options["json"]:
            raise UsageError("--json describes a file: name one with --output FILE.")
        which = _which(options)
        export = begin_export(_orders(options), by=self.me(), which=which, new_only=options["new_only"])
        write = _print if to_standard else partial(_write, Path(options["output"]))
        if export is None:
            write([COLUMNS])
        else:
            with marked_when_done(export):
                write(export_records(export))
            record_as(self.me(), f"Exported {export.size}.", about=export.contents)
        if not to_standard:
            self._tell(export, options)

    def _tell(self, export: Export | None, options: dict[str, Any]) -> None:
        orders, rows = (export.order_count, export.row_count) if export else (0, 0)
        if options["json"]:
            told = {"export": export.pk if export else None, "orders": orders, "rows": rows}
            asked = {name: options[name] for name in ("store", "since", "new_only")}
            self.print_json(told | asked | {"file": options["output"]})
        else:
            self.say(f"{count_of(orders, 'sales order')} in {count_of(rows, 'row')} written to {options['output']}.")


def _orders(options: dict[str, Any]) -> QuerySet[SalesOrder]:
    orders = SalesOrder.objects.all()
    if options["store"] is not None:
        orders = orders.filter(source=store_called(options["store"]).code)
    return orders.filter(order_date__gte=options["since"]) if options["since"] else orders


def _which(options: dict[str, Any]) -> str:
    parts = [f"Store: {options['store']}"] if options["store"] else []
    return "; ".join([*parts, *([f"From: {options['since']:%Y-%m-%d} (UTC)"] if options["since"] else [])])


def _print(records: Iterable[Sequence[object]]) -> None:
    for line in csv_lines(records):
        sys.stdout.write(line.removesuffix("\r\n") + "\n")
    sys.stdout.flush()


def _write(path: Path, records: Iterable[Sequence[object]]) -> None:
    """The file appears when it is complete, never half of it; raises UsageError where it cannot be written."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            for line in csv_lines(records):
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as trouble:
        raise UsageError(full_disk(trouble) or f"{path} can’t be written: {trouble.strerror}") from trouble
    finally:
        with suppress(OSError):
            part.unlink()
