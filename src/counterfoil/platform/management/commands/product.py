"""`counterfoil product`: the product list, and what else a store calls a product."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.intake.catalog.load import LoadedCatalog, describe, load_catalog
from counterfoil.platform.cli.argument_types import store_called, store_meant
from counterfoil.platform.cli.base_command import NEEDS_PERSON, STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.csv_files import result_shape, rows_of
from counterfoil.platform.cli.progress import bars
from counterfoil.platform.worker.sync import SYNC_SECONDS
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product, ProductType
from counterfoil.sales.products.csv_import import (
    ProductRowOutcome,
    ProductRowResult,
    apply,
    plan,
    read_product_rows,
)
from counterfoil.sales.products.edit import add_product, checked_part_number, edit_product
from counterfoil.stores.attention.unknown_skus import add_alias, alias_of, remove_alias
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.json_output import product_row
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.session import LockLost, StoreBusy, open_session

LOCK_WAIT = 60.0
COLUMNS = {
    "part_number": "Part number",
    "description": "Description",
    "type": "Type",
    "bin": "Bin",
    "active": "Active",
    "upc": "UPC",
}
LOST = "The database connection was lost; load again to continue."


class Command(CounterfoilCommand):
    help = "Products: add, list, import from a file, load from a store's catalog, match SKUs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="add|list|import|load|alias")
        add = commands.add_parser("add", help="Add a product, or change its description.")
        add.add_argument("sku", metavar="SKU", help="The part number.")
        add.add_argument("description", metavar="DESCRIPTION", help="What it is.")
        add.add_argument("--type", choices=ProductType.values, help="Whether it ships in a parcel (physical).")
        add.add_argument("--bin", metavar="TEXT", help="Where it is in the warehouse.")
        add.add_argument("--upc", metavar="NUMBER", help="The number on its barcode: UPC, EAN or GTIN.")
        listing = commands.add_parser("list", help="List the products.")
        files = commands.add_parser("import", help="Add and change products from a CSV file.")
        files.add_argument("file", metavar="FILE", help="A CSV file of products; - for standard input.")
        files.add_argument("--dry-run", action="store_true", help="Show the result for each row; write nothing.")
        load = commands.add_parser("load", help="Load the products from a store's catalog.")
        load.add_argument("store", metavar="CODE", help="The store's import source code.")
        alias = commands.add_parser("alias", help="Match a store's SKU to a product, or remove the match.")
        alias.add_argument("sku", metavar="SKU", help="As the store's orders name it.")
        alias.add_argument("part_number", nargs="?", metavar="PART_NUMBER", help="As the product list names it.")
        alias.add_argument("--remove", action="store_true", help="Remove the match of the SKU.")
        alias.add_argument("--store", metavar="CODE", help="The store; required if there are several.")
        for each in (add, listing, files, load, alias):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        try:
            part_number = checked_part_number(options["sku"])
        except Refused as refused:
            raise UsageError(str(refused)) from refused
        values = {name: options[name] for name in ("description", "type", "bin", "upc")}
        _add_or_edit(part_number, {name: value for name, value in values.items() if value is not None}, by=self.me())
        self._show(part_number=part_number, as_json=options["json"])

    def _list(self, options: dict[str, Any]) -> None:
        self._show(as_json=options["json"])

    def _show(self, *, as_json: bool, **which: str) -> None:
        rows = [product_row(product) for product in Product.objects.filter(**which)]
        if as_json:
            self.print_json(rows)
        else:
            self.print_table(rows, COLUMNS, empty="No products yet.")

    def _import(self, options: dict[str, Any]) -> None:
        rows = rows_of(options["file"], read_product_rows)
        answers = plan(rows) if options["dry_run"] else apply(rows, by=self.me())
        shapes = [result_shape(answer, part_number=answer.row.part_number) for answer in answers]
        if options["json"]:
            self.print_json(shapes)
        else:
            columns = {"row": "Row", "part_number": "Part number", "outcome": "", "sentence": "What"}
            self.print_table(shapes, columns | {"next_step": "What to do"}, empty="The file has no rows.")
            self.say(_summary(answers, dry=options["dry_run"]))
        if any(answer.is_refused for answer in answers):
            self.end(NEEDS_PERSON)

    def _load(self, options: dict[str, Any]) -> None:
        integration, loaded = store_called(options["store"]), LoadedCatalog()
        trouble = _load_from(integration, loaded)
        if options["json"]:
            self.print_json({"store": integration.code, **asdict(loaded), "trouble": trouble})
        elif not trouble:
            self.say(f"{integration.code}: {describe(loaded)}")
            if loaded.tried_again:
                self.say(f"Orders retried: {loaded.tried_again}.")
        if trouble:
            self.stderr.write(f"{integration.code}: {trouble}")
            self.end(STORE_TROUBLE)
        if loaded.unreadable:
            self.end(NEEDS_PERSON)

    def _alias(self, options: dict[str, Any]) -> None:
        if options["remove"] == bool(options["part_number"]):
            raise UsageError("Name the product for the SKU, or use --remove.")
        integration, sku = store_meant(options["store"]), options["sku"].strip()
        if options["remove"]:
            self._take_back(integration, sku, as_json=options["json"])
            return
        part_number = options["part_number"].strip()
        tried = add_alias(integration.code, sku, part_number, by=self.me())
        if options["json"]:
            self.print_json({"store": integration.code, "sku": sku, "part_number": part_number, "tried_again": tried})
            return
        self.say(f"{sku} in {integration.code} is now matched to {part_number}. Orders retried: {tried}.")

    def _take_back(self, integration: WebIntegration, sku: str, *, as_json: bool) -> None:
        alias = alias_of(integration.code, sku)
        remove_alias(alias.pk, by=self.me())
        if as_json:
            self.print_json({"store": integration.code, "sku": sku, "removed": alias.product.part_number})
            return
        self.say(f"{sku} in {integration.code} is no longer matched to {alias.product.part_number}.")


def _add_or_edit(part_number: str, values: dict[str, str], *, by: str) -> None:
    """A new product, or the one there is, described anew and in use again. Raises Refused."""
    known = Product.objects.filter(part_number=part_number).first()
    if known is not None:
        edit_product(known.pk, by=by, active=True, **values)
        return
    add_product(
        part_number,
        by=by,
        description=values["description"],
        kind=values.get("type", ProductType.PHYSICAL),
        bin_name=values.get("bin", ""),
        upc=values.get("upc", ""),
    )


def _summary(answers: Sequence[ProductRowResult], *, dry: bool) -> str:
    count = Counter(answer.outcome for answer in answers)
    would = "would be " if dry else ""
    return (
        f"{count[ProductRowOutcome.ADDED]} {would}added, {count[ProductRowOutcome.CHANGED]} {would}changed, "
        f"{count[ProductRowOutcome.UNCHANGED]} unchanged, {count[ProductRowOutcome.REFUSED]} refused."
    )


def _load_from(integration: WebIntegration, loaded: LoadedCatalog) -> str:
    """Loads the catalog, alone at the store; what stopped it before its end, else "". What was loaded stays."""
    try:
        with (
            bars(integration.code) as show,
            open_session(integration, seconds=SYNC_SECONDS, lock_wait=LOCK_WAIT, progress=show) as there,
        ):
            load_catalog(there, loaded=loaded)
    except StoreTrouble as trouble:
        return f"{trouble.sentence} {trouble.next_step}".strip()
    except (StoreBusy, TryAgain, SecretUnreadable) as trouble:
        return str(trouble)
    except LockLost:
        return LOST
    return ""
