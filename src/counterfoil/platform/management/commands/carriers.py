"""`counterfoil carriers`: the carriers, and what the stores call them."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.errors import Refused
from counterfoil.stores.models import Carrier
from counterfoil.stores.shipping.carrier_lookup import checked_provider, checked_slug

COLUMNS = ("name", "shipping_provider", "tracking_carrier")


class Command(CounterfoilCommand):
    help = "Lists, adds and removes carriers: the name people use, and BigCommerce's values for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--add", metavar="NAME", help="Add a carrier, or change its values.")
        parser.add_argument(
            "--provider", default="", metavar="TEXT", help="Its shipping provider, such as ups or carrier_5."
        )
        parser.add_argument(
            "--tracking-carrier", default="", metavar="TEXT", help="Its AfterShip slug, such as dhl-germany."
        )
        parser.add_argument("--remove", metavar="NAME", help="Remove a carrier; parcels keep its name.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["add"] is not None:
            self._add(options["add"].strip(), options["provider"].strip(), options["tracking_carrier"].strip())
        elif options["provider"] or options["tracking_carrier"]:
            raise UsageError("--provider and --tracking-carrier go with --add NAME.")
        if options["remove"] is not None:
            removed, _ = Carrier.objects.filter(name__iexact=options["remove"].strip()).delete()
            if not removed:
                raise UsageError(f"There’s no carrier {options['remove']}.")
        rows = list(Carrier.objects.values(*COLUMNS))
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"name": "Carrier", "shipping_provider": "Shipping provider", "tracking_carrier": "Tracking carrier"}
        self.print_table(rows, columns, empty="There are no carriers.")

    def _add(self, name: str, provider: str, slug: str) -> None:
        if not name:
            raise UsageError("A carrier needs a name.")
        try:
            values = {"shipping_provider": checked_provider(provider), "tracking_carrier": checked_slug(slug)}
        except Refused as refused:
            raise UsageError(str(refused)) from refused
        if not Carrier.objects.filter(name__iexact=name).update(**values):
            Carrier.objects.create(name=name, **values)
