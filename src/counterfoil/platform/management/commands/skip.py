"""`counterfoil skip`: give up on an order, with a reason."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.stores.attention.actions import skip


class Command(CounterfoilCommand):
    help = "Gives up on an order that could not be imported, or on its failed updates, for a reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="As “attention” shows it.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why; it is kept in the log.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["reason"].strip():
            raise UsageError("Give a reason: the next person wants to know.")
        count = skip(options["import_id"], why=options["reason"].strip(), by=self.me())
        if not count:
            raise UsageError(f"Nothing of {options['import_id']} needs attention.")
        if options["json"]:
            self.print_json({"skipped": count})
        else:
            self.say(f"{options['import_id']} is skipped.")
