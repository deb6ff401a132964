"""`counterfoil product`: add and list products."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.command import CounterfoilCommand, UsageError
from counterfoil.sales.models import Product


class Command(CounterfoilCommand):
    help = "Adds and lists products."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="add|list")
        add = commands.add_parser("add", help="Add a product, or describe it anew.")
        add.add_argument("sku", metavar="SKU", help="The part number.")
        add.add_argument("description", metavar="DESCRIPTION", help="What it is.")
        listing = commands.add_parser("list", help="List the products.")
        for each in (add, listing):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["action"] == "add":
            self._add(options["sku"].strip(), options["description"].strip())
        rows = list(Product.objects.values("part_number", "description", "active"))
        if options["action"] == "add":
            rows = [row for row in rows if row["part_number"] == options["sku"].strip()]
        if options["json"]:
            self.print_json(rows)
        else:
            columns = {"part_number": "Part number", "description": "Description", "active": "Active"}
            self.print_table(rows, columns, empty="No products yet.")

    def _add(self, sku: str, description: str) -> None:
        if not sku:
            raise UsageError("A product needs a part number.")
        Product.objects.update_or_create(part_number=sku, defaults={"description": description, "active": True})
