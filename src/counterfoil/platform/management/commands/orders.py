"""`counterfoil orders`: list the sales orders."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.order_documents import order_row


class Command(CounterfoilCommand):
    help = "Lists the sales orders, newest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--store", metavar="CODE", help="Only those of this store.")
        parser.add_argument("--limit", type=whole_number(1, 1_000_000), metavar="N", help="Only the newest N.")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = SalesOrder.objects.select_related("status", "client", "contact", "web_order")
        if options["store"]:
            found = found.filter(source=options["store"])
        rows = [order_row(order) for order in found[: options["limit"]]]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {
            "number": "Number",
            "import_id": "Import ID",
            "order_date": "Date",
            "client": "Client",
            "status": "Status",
            "currency": "",
            "total": "Total",
        }
        self.print_table(rows, columns, empty="No sales orders yet.")
