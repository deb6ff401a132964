"""`counterfoil release`: let an order on hold be shipped all the same."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.sales.orders.status import override_hold


class Command(CounterfoilCommand):
    help = "Lets an order on hold ship anyway, for a reason. Waiting updates to the store are then sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="Such as WEB-10234.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why; it is kept in the history.")

    def handle(self, *_args: Any, **options: Any) -> None:
        order = self.find(options["import_id"])
        was_held = order.is_held
        override_hold(order.pk, by=self.me(), why=options["reason"])
        if options["json"]:
            self.print_json({"import_id": order.import_id, "number": order.number, "released": was_held})
        else:
            self.say(f"{order.name} can be shipped." if was_held else f"{order.name} is not on hold.")
