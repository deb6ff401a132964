"""`counterfoil order`: show one sales order."""

from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.money import PRICES_INCLUDE_TAX, PRICES_WITHOUT_TAX, money_in
from counterfoil.sales.orders.discounts import discount_name
from counterfoil.sales.orders.lookup import find_orders
from counterfoil.stores.json_output import Shape
from counterfoil.stores.order_documents import order_document


class Command(CounterfoilCommand):
    help = "Shows one sales order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="Such as WEB-10234.")

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
        import_id = f" ({document['import_id']})" if document["import_id"] else ""
        self.say(f"Sales order {document['number']}{import_id}, {document['status']}")
        if document["hold"]:
            self.say(_hold_words(document["hold"]))
        self.say(f"Client: {document['client']}   Contact: {document['contact'] or '–'}")
        columns = {
            "part_number": "Part number",
            **({"sold_as": "Sold as"} if any(line["sold_as"] for line in document["lines"]) else {}),
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
        if document["shipments"] or not document["store_shipments"]:
            self._print_shipments(document["shipments"])
        self._print_store_shipments(document)
        self._print_discounts(document)
        totals = dict(document["totals"])
        included = totals.pop("tax_included")
        self.say(f"Amounts in {currency}, {PRICES_INCLUDE_TAX if included else PRICES_WITHOUT_TAX}.")
        for name, amount in totals.items():
            label = f"incl. {name}" if name == "tax" and included else name
            self.say(f"{label:>10} {money_in(amount, currency)}")

    def _print_discounts(self, document: Shape) -> None:
        """Each with its name; what a coupon takes off the whole order is told once."""
        reductions = document["coupons"] or [each for line in document["lines"] for each in line["discounts"]]
        for each in reductions:
            self.say(f"{discount_name(each)}: {money_in(Decimal(each['amount']), document['currency'])}")

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
            [row | {"state": "voided" if row["voided"] else row["state"].replace("_", " ")} for row in rows],
            columns,
            empty="Nothing has been shipped yet.",
        )

    def _print_store_shipments(self, document: Shape) -> None:
        """What others shipped in the store and is no parcel here."""
        rows = [each | {"items": _items(each["items"])} for each in document["store_shipments"] if not each["parcel"]]
        if not rows:
            return
        self.say("Created in the store:")
        columns = {
            "bigcommerce_shipment_id": "Shipment",
            "carrier": "Carrier",
            "tracking_number": "Tracking number",
            "items": "Items",
        }
        self.print_table(rows, columns, empty="")
        self.say(f"To make them parcels here: counterfoil take-over {document['import_id']}")


def _items(items: list[Shape]) -> str:
    return ", ".join(f"{item['quantity']} × {item['part_number'] or 'another item'}" for item in items)


def _hold_words(hold: Shape) -> str:
    overridden = f" {hold['overridden_by']} allowed it to ship anyway." if hold["overridden_by"] else ""
    return f"On hold: {hold['reason']}{overridden}"
