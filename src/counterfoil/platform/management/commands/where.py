"""`counterfoil where`: where is order 10234?"""

from argparse import ArgumentParser
from typing import Any

from counterfoil.bigcommerce import NeedsPerson, StoreTrouble, TryAgain, read_order
from counterfoil.platform.command import STORE_TROUBLE, CounterfoilCommand
from counterfoil.platform.shapes import Shape, unseen_order_place, web_order_place
from counterfoil.stores.models import WebIntegration, WebOrder
from counterfoil.stores.visit import StoreBusy, visit


class Command(CounterfoilCommand):
    help = "Tells where an order is: its status in the store, whether it is imported, why not, what will make it come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", type=int, metavar="N", help="The store's order number.")

    def handle(self, *_args: Any, **options: Any) -> None:
        number = options["number"]
        seen = WebOrder.objects.filter(bigcommerce_order_id=number).select_related("integration__state")
        rows = [web_order_place(web_order) for web_order in seen]
        asked = {row["store"] for row in rows}
        silent = []
        for integration in WebIntegration.objects.select_related("state").exclude(code__in=asked):
            try:
                rows += _ask(integration, number)
            except (StoreTrouble, TryAgain) as trouble:
                silent.append(f"{integration.code} could not be asked: {trouble.sentence}")
            except StoreBusy as busy:
                silent.append(f"{integration.code} could not be asked: {busy}")
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


def _ask(integration: WebIntegration, number: int) -> list[Shape]:
    """Reads the order in the store; keeps nothing."""
    with visit(integration, seconds=20, lock_wait=40) as there:
        try:
            order = read_order(there.client.order(number))
        except NeedsPerson:
            return []
    waits = order.status_id in integration.new_statuses
    reason = "It waits to be imported." if waits else "It does not stand in a new order status."
    return [unseen_order_place(integration, number, order.status_id, reason)]
