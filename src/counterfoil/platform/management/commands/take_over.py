"""`counterfoil take-over`: shipments that others made in the store become parcels here."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.argument_types import order_number
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.stores.models import WebShipment
from counterfoil.stores.order_documents import shipping_document
from counterfoil.stores.weborders.external_shipments import take_over_web_shipment


class Command(CounterfoilCommand):
    help = "Takes over an order's shipments that others created in the store as parcels. Nothing is sent back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="Such as WEB-10234.")
        parser.add_argument(
            "shipments",
            nargs="*",
            type=order_number,
            metavar="SHIPMENT",
            help="The store's shipment number, as shown by “order”; all of them if left out.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        order = self.find(options["import_id"])
        there = WebShipment.objects.filter(web_order__sales_order=order, parcel=None, gone_at=None)
        found = dict(there.values_list("bigcommerce_shipment_id", "pk"))
        wanted = options["shipments"] or list(found)
        for number in wanted:
            if number not in found:
                raise UsageError(f"{order.name} has no shipment {number} in the store left to take over.")
        for number in wanted:
            take_over_web_shipment(found[number], by=self.me())
        document = shipping_document(order)
        if options["json"]:
            self.print_json(document)
        elif wanted:
            self.say(f"{len(wanted)} taken over. {order.name}: {document['status']}")
        else:
            self.say(f"{order.name} has no shipments in the store left to take over.")
