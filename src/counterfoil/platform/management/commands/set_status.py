"""`counterfoil set-status`: put sales orders into an order status."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import NEEDS_PERSON, CounterfoilCommand, UsageError
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders.status import find_status
from counterfoil.sales.orders.status_by_hand import Doubtful, change_status_by_hand
from counterfoil.stores.json_output import Shape


class Command(CounterfoilCommand):
    help = (
        "Changes sales orders to an order status; the store is updated if the status is mapped. Asks "
        "before an order with open items becomes shipped. Exits with 1 if an order was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_ids", nargs="+", metavar="IMPORT_ID", help="Such as WEB-10234; one or more.")
        parser.add_argument("status", metavar="STATUS", help="The order status, as listed by “statuses”.")
        parser.add_argument(
            "--anyway", action="store_true", help="Even if items are still open or the order is on hold."
        )
        parser.add_argument("--why", default="", metavar="TEXT", help="Why; it is kept in the history.")

    def handle(self, *_args: Any, **options: Any) -> None:
        orders = [self.find(name) for name in options["import_ids"]]
        status = _status(options["status"])
        why, anyway = options["why"].strip(), options["anyway"]
        rows = [self._change(order, status, why, anyway=anyway) for order in orders]
        if options["json"]:
            self.print_json(rows)
        for row in rows:
            if row["refused"]:
                self.stderr.write(f"{row['name']}: {row['refused']} {row['next_step']}".rstrip())
            elif not options["json"]:
                self.say(f"{row['name']}: {row['before']} → {row['status']}" if row["changed"] else _as_before(row))
        if any(row["refused"] for row in rows):
            self.end(NEEDS_PERSON)

    def _change(self, order: SalesOrder, status: OrderStatus, why: str, *, anyway: bool) -> Shape:
        row: Shape = {
            "import_id": order.import_id,
            "number": order.number,
            "name": order.name,
            "before": order.status.name,
            "status": order.status.name,
            "changed": False,
            "refused": "",
            "next_step": "",
        }
        try:
            changed = change_status_by_hand(order.pk, status, by=self.me(), why=why, anyway=anyway)
        except Doubtful as doubt:
            return row | {"refused": doubt.sentence, "next_step": f"Use --anyway to change it to {status} as it is."}
        except Refused as refused:
            return row | {"refused": refused.sentence, "next_step": refused.next_step}
        return row | {"changed": changed, "status": status.name}


def _status(name: str) -> OrderStatus:
    """Raises UsageError for a name that is none, Refused for a retired status."""
    try:
        return find_status(name)
    except Refused as refused:
        if OrderStatus.objects.filter(name__iexact=name.strip()).exists():
            raise
        raise UsageError(str(refused)) from refused


def _as_before(row: Shape) -> str:
    return f"{row['name']} is already {row['status']}."
