"""`counterfoil correct`: correct a parcel's carrier or tracking."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.command import CounterfoilCommand, UsageError
from counterfoil.platform.parcels import find_parcel, parcel_number
from counterfoil.platform.shipment_shapes import shipping_document
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel

FLAGS = {
    "carrier": "carrier",
    "service": "service",
    "tracking": "tracking_number",
    "tracking_link": "tracking_link",
}


class Command(CounterfoilCommand):
    help = "Corrects who carries a parcel and how it is followed; what is not given stays. The store follows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("parcel", type=parcel_number, metavar="PARCEL", help="Its id, as “order --json” shows it.")
        parser.add_argument("--carrier", metavar="NAME", help="The carrier.")
        parser.add_argument("--service", metavar="NAME", help="The service.")
        parser.add_argument("--tracking", metavar="NUMBER", help="The tracking number; “” takes it away.")
        parser.add_argument("--tracking-link", metavar="URL", help="The own tracking link; “” takes it away.")

    def handle(self, *_args: Any, **options: Any) -> None:
        given = {column: options[flag] for flag, column in FLAGS.items() if options[flag] is not None}
        if not given:
            raise UsageError("Say what to correct: --carrier, --service, --tracking or --tracking-link.")
        parcel = find_parcel(options["parcel"])
        present = {column: getattr(parcel, column) for column in FLAGS.values()}
        changed = correct_parcel(parcel.pk, Tracking(**present | given), by=self.me())
        if options["json"]:
            self.print_json(shipping_document(parcel.shipment.order) | {"changed": changed})
        else:
            self.say(f"Parcel {parcel.pk} is corrected." if changed else f"Parcel {parcel.pk} says so already.")
