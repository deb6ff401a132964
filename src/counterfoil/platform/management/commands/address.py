"""`counterfoil address`: an address that was changed in the store after import, and which one is used."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import NEEDS_PERSON, CounterfoilCommand, UsageError
from counterfoil.sales.models import OrderAddress, SalesOrder
from counterfoil.sales.orders.addresses import as_lines, changed_there, who_and_where
from counterfoil.stores.json_output import Shape
from counterfoil.stores.weborders.address_changes import choose_web_address


class Command(CounterfoilCommand):
    help = (
        "Shows the addresses of an order that were changed in the store after import, ours next to the store’s; "
        "with an option, chooses one. Exits with 1 until someone chooses."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", metavar="IMPORT_ID", help="As in WEB-10234.")
        parser.add_argument("--use-store", action="store_true", help="Use the store’s address from now on.")
        parser.add_argument("--keep-ours", action="store_true", help="Keep our address.")
        parser.add_argument(
            "--position", type=int, metavar="NUMBER", help="Which one of several, as numbered by this command."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["use_store"] and options["keep_ours"]:
            raise UsageError("Choose one: --use-store or --keep-ours.")
        order = self.find(options["import_id"])
        chooses = options["use_store"] or options["keep_ours"]
        changed = _chosen(order, options["position"])
        shapes = [_shape(order, each) for each in changed]
        if chooses:
            if not changed:
                raise UsageError(f"No address of {order.name} was changed in the store.")
            for each in changed:
                choose_web_address(each.pk, ours=options["keep_ours"], by=self.me())
            shapes = [shape | {"chosen": "ours" if options["keep_ours"] else "store"} for shape in shapes]
        if options["json"]:
            self.print_json(shapes)
        else:
            columns = {
                "position": "No.",
                "kind": "Address",
                "ours": "Ours",
                "theirs": "In the store",
                "chosen": "Chosen",
            }
            rows = [shape | {name: ", ".join(shape[name]) for name in ("ours", "theirs")} for shape in shapes]
            self.print_table(rows, columns, empty=f"No address of {order.name} was changed in the store.")
        if changed and not chooses:
            self.end(NEEDS_PERSON)


def _chosen(order: SalesOrder, position: int | None) -> list[OrderAddress]:
    changed = changed_there(order.addresses.all())
    if position is None:
        return changed
    found = [each for each in changed if each.position == position]
    if not found:
        raise UsageError(f"No address {position} of {order.name} was changed in the store.")
    return found


def _shape(order: SalesOrder, address: OrderAddress) -> Shape:
    return {
        "import_id": order.import_id,
        "number": order.number,
        "position": address.position,
        "kind": address.kind,
        "ours": as_lines(who_and_where(address)),
        "theirs": as_lines(address.source_address or {}),
        "changed_at": address.source_changed_at,
        "chosen": "",
    }
