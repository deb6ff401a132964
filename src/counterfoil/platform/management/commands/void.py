"""`counterfoil void`: take a parcel back."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.argument_types import find_parcel, parcel_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.sales.shipping.shipments import void_parcel
from counterfoil.stores.order_documents import shipping_document


class Command(CounterfoilCommand):
    help = "Voids a parcel with its further boxes: its items are open again, and its shipment in the store is deleted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("parcel", type=parcel_number, metavar="PARCEL", help="Its ID, as shown by “order --json”.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why; it is kept in the history.")

    def handle(self, *_args: Any, **options: Any) -> None:
        parcel = find_parcel(options["parcel"])
        order = parcel.shipment.order
        void_parcel(parcel.pk, by=self.me(), reason=options["reason"])
        document = shipping_document(order)
        if options["json"]:
            self.print_json(document)
        else:
            self.say(f"Parcel {parcel.pk} of {order.name} was voided. {order.name}: {document['status']}")
