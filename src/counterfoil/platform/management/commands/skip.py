"""`counterfoil skip`: give up on an order, with a reason."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.stores.attention.actions import skip


class Command(CounterfoilCommand):
    help = "Skips an order that couldn’t be imported, or its failed updates, for a reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="As shown by “attention”.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why; it is kept in the log.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["reason"].strip():
            raise UsageError("Give a reason: it helps the next person.")
        count = skip(options["import_id"], why=options["reason"].strip(), by=self.me())
        if not count:
            raise UsageError(f"Nothing about {options['import_id']} needs attention.")
        if options["json"]:
            self.print_json({"skipped": count})
        else:
            self.say(f"{options['import_id']} was skipped.")
