"""`counterfoil order`: show one sales order."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.command import CounterfoilCommand, UsageError
from counterfoil.platform.shapes import Shape, order_document
from counterfoil.sales.models import SalesOrder


class Command(CounterfoilCommand):
    help = "Shows one sales order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="As in WEB-10234.")

    def handle(self, *_args: Any, **options: Any) -> None:
        order = (
            SalesOrder.objects.select_related("status", "client", "contact", "web_order")
            .filter(import_id=options["import_id"])
            .first()
        )
        if order is None:
            raise UsageError(
                f"There is no sales order with the import ID {options['import_id']}. “counterfoil where” looks for it."
            )
        document = order_document(order)
        if options["json"]:
            self.print_json(document)
        else:
            self._print(document)

    def _print(self, document: Shape) -> None:
        self.say(f"Sales order {document['number']} ({document['import_id']}), {document['status']}")
        self.say(f"Client: {document['client']}   Contact: {document['contact'] or '–'}")
        columns = {
            "part_number": "Part number",
            "description": "Description",
            "quantity": "Quantity",
            "shipped": "Shipped",
            "unit_price": "Unit price",
            "discount": "Discount",
            "total": "Total",
        }
        self.print_table(document["lines"], columns, empty="No lines.")
        for name, amount in document["totals"].items():
            self.say(f"{name:>10} {amount} {document['currency']}")
