"""`counterfoil where`: where is order 10234?"""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand
from counterfoil.stores.json_output import Shape, place_row
from counterfoil.stores.weborders.locate import find_order

LOCK_WAIT = 40.0
ASK_SECONDS = 3600.0


class Command(CounterfoilCommand):
    help = "Shows where an order is: its status in the store, whether it's imported, why not, and what to do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", type=int, metavar="N", help="The store's order number.")

    def handle(self, *_args: Any, **options: Any) -> None:
        number = options["number"]
        places, silent = find_order(number, lock_wait=LOCK_WAIT, seconds=ASK_SECONDS)
        rows = [place_row(place) for place in places]
        if options["json"]:
            self.print_json(rows)
        else:
            self._print(rows, number)
        for sentence in silent:
            self.stderr.write(sentence)
        if silent and not rows:
            self.end(STORE_TROUBLE)

    def _print(self, rows: list[Shape], number: int) -> None:
        if not rows:
            self.stdout.write(f"No store has an order {number}.")
        for row in rows:
            state = "imported" if row["imported"] else "not imported"
            self.stdout.write(f"{row['import_id']}: {state}. In the store: {row['store_status'] or 'not seen yet'}.")
            for name in ("reason", "next_step"):
                if row[name]:
                    self.stdout.write(f"  {row[name]}")
