"""`counterfoil order`: show one sales order."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.command import CounterfoilCommand, UsageError
from counterfoil.platform.shapes import Shape, order_document
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.money import money_in
from counterfoil.sales.orders.lookup import find_orders


class Command(CounterfoilCommand):
    help = "Shows one sales order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="As in WEB-10234.")

    def handle(self, *_args: Any, **options: Any) -> None:
        orders = SalesOrder.objects.select_related("status", "client", "contact", "web_order")
        found = find_orders([options["import_id"]])[options["import_id"]]
        if isinstance(found, Refused):
            raise UsageError(f"{found.sentence} “counterfoil where” looks for one that was not imported.")
        order = orders.get(pk=found)
        document = order_document(order)
        if options["json"]:
            self.print_json(document)
        else:
            self._print(document)

    def _print(self, document: Shape) -> None:
        self.say(f"Sales order {document['number']} ({document['import_id']}), {document['status']}")
        if document["hold"]:
            self.say(f"On hold: {document['hold']['reason']}")
        self.say(f"Client: {document['client']}   Contact: {document['contact'] or '–'}")
        columns = {
            "part_number": "Part number",
            "description": "Description",
            "quantity": "Quantity",
            "shipped": "Shipped",
            "open": "Open",
            "unit_price": "Unit price",
            "discount": "Discount",
            "total": "Total",
        }
        currency = document["currency"]
        self.print_table([line | {"currency": currency} for line in document["lines"]], columns, empty="No lines.")
        self._print_shipments(document["shipments"])
        self._print_store_shipments(document)
        for name, amount in document["totals"].items():
            self.say(f"{name:>10} {money_in(amount, currency)}")

    def _print_shipments(self, shipments: list[Shape]) -> None:
        rows = [parcel | {"items": _items(parcel["items"])} for shipment in shipments for parcel in shipment["parcels"]]
        columns = {
            "id": "Parcel",
            "carrier": "Carrier",
            "tracking_number": "Tracking number",
            "items": "Items",
            "state": "In the store",
            "reason": "Why",
        }
        self.print_table(
            [row | {"state": "voided" if row["voided"] else row["state"]} for row in rows],
            columns,
            empty="Nothing was shipped yet.",
        )

    def _print_store_shipments(self, document: Shape) -> None:
        """What others shipped in the store and is no parcel here."""
        rows = [each | {"items": _items(each["items"])} for each in document["store_shipments"] if not each["parcel"]]
        if not rows:
            return
        self.say("Made in the store:")
        columns = {
            "bigcommerce_shipment_id": "Shipment",
            "carrier": "Carrier",
            "tracking_number": "Tracking number",
            "items": "Items",
        }
        self.print_table(rows, columns, empty="")
        self.say(f"They become parcels here with: counterfoil take-over {document['import_id']}")


def _items(items: list[Shape]) -> str:
    return ", ".join(f"{item['quantity']} × {item['part_number'] or 'another item'}" for item in items)
