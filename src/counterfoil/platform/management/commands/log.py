"""`counterfoil log`: the web integration log."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.stores.json_output import log_row
from counterfoil.stores.models import LogEntry


class Command(CounterfoilCommand):
    help = "Shows the web integration log, newest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--store", metavar="CODE", help="Only this store.")
        parser.add_argument("--order", metavar="IMPORT_ID", help="Only this order.")
        parser.add_argument(
            "--limit", type=whole_number(1, 1_000_000), default=100, metavar="N", help="At most N lines (100)."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        found = LogEntry.objects.select_related("integration")
        if options["store"]:
            found = found.filter(integration__code=options["store"])
        if options["order"]:
            found = found.filter(import_id=options["order"])
        rows = [log_row(entry) for entry in found[: options["limit"]]]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"at": "Time", "store": "Store", "import_id": "Import ID", "kind": "Kind", "text": "What happened"}
        shown = [row | {"kind": str(row["kind"]).replace("_", " ")} for row in rows]
        self.print_table(shown, columns, empty="Nothing yet.")
