"""`counterfoil correct`: correct a parcel's carrier or tracking."""

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from counterfoil.platform.cli.argument_types import ALLOW_USED, allowed_by_flag, find_parcel, parcel_number
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.shipping.carrier_detection import carrier_by_number
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel
from counterfoil.sales.shipping.tracking_numbers import read_tracking_number
from counterfoil.stores.order_documents import shipping_document

FLAGS = {
    "carrier": "carrier",
    "service": "service",
    "tracking": "tracking_number",
    "tracking_link": "tracking_link",
}


class Command(CounterfoilCommand):
    help = "Corrects a parcel's carrier and tracking; anything not given stays. The store is updated too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("parcel", type=parcel_number, metavar="PARCEL", help="Its ID, as shown by “order --json”.")
        parser.add_argument("--carrier", metavar="NAME", help="The carrier.")
        parser.add_argument("--service", metavar="NAME", help="The service.")
        parser.add_argument("--tracking", metavar="NUMBER", help="The tracking number; “” removes it.")
        parser.add_argument("--tracking-link", metavar="URL", help="The tracking URL; “” removes it.")
        parser.add_argument("--allow-used-numbers", action="store_true", help=ALLOW_USED)

    def handle(self, *_args: Any, **options: Any) -> None:
        given = {column: options[flag] for flag, column in FLAGS.items() if options[flag] is not None}
        if not given:
            raise UsageError("Say what to correct: --carrier, --service, --tracking or --tracking-link.")
        parcel = find_parcel(options["parcel"])
        present = {column: getattr(parcel, column) for column in FLAGS.values()}
        new, note = Tracking(**present | given), ""
        if "tracking_number" in given and "carrier" not in given:
            carrier, note = carrier_by_number(new.carrier, read_tracking_number(new.tracking_number))
            new = replace(new, carrier=carrier)
        with allowed_by_flag():
            changed = correct_parcel(parcel.pk, new, by=self.me(), ask_about_numbers=not options["allow_used_numbers"])
        if options["json"]:
            document = shipping_document(parcel.shipment.order)
            self.print_json(document | {"changed": changed, "remarks": [note] if note else []})
            return
        said = f"Parcel {parcel.pk} was corrected." if changed else f"Parcel {parcel.pk} is already like this."
        self.say(f"{said} {note}".rstrip())
