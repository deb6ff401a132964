"""`counterfoil ship`: ship an order, or many from a file; list what is open."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from counterfoil.platform.cli.argument_types import ALLOW_USED, allowed_by_flag, parcels_asked
from counterfoil.platform.cli.base_command import NEEDS_PERSON, CounterfoilCommand, UsageError
from counterfoil.platform.cli.csv_files import STANDARD, result_shape, rows_of
from counterfoil.platform.cli.progress import bars
from counterfoil.sales.shipping.csv_import import (
    COLUMNS,
    ShipmentRowOutcome,
    ShipmentRowResult,
    apply,
    open_rows,
    plan,
    read_rows,
)
from counterfoil.sales.shipping.csv_layouts import OpenLayout, layout_rows, open_orders_in
from counterfoil.sales.shipping.csv_parcels import drafts_by_sku
from counterfoil.sales.shipping.shipments import process_shipment, with_carriers
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.json_output import Shape
from counterfoil.stores.order_documents import shipping_document
from counterfoil.stores.shipping.carrier_lookup import CarrierBook
from counterfoil.stores.shipping.scan_to_ship import sources_to_scan
from counterfoil.stores.sync.wakeups import woken_in_bulk
from counterfoil.stores.weborders.external_shipments import shipped_there

ALONE = ("carrier", "service", "tracking", "tracking_link", "line", "parcel", "not_scanned")


class Command(CounterfoilCommand):
    help = (
        "Ships an order, or many from a CSV file; the store is updated on the next sync. Without items, everything "
        "open. Exits with 1 if something was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_id", nargs="?", metavar="IMPORT_ID", help="Such as WEB-10234.")
        one = parser.add_argument_group("one order")
        one.add_argument("--carrier", metavar="NAME", help="As listed by “carriers”; others are sent as typed.")
        one.add_argument("--service", metavar="NAME", help="Such as Ground.")
        one.add_argument("--tracking", metavar="NUMBER", help="The tracking number.")
        one.add_argument("--tracking-link", metavar="URL", help="The tracking URL.")
        one.add_argument("--line", action="append", metavar="SKU=QTY", help="An item; several times for several.")
        one.add_argument(
            "--parcel",
            action="append",
            metavar="TEXT",
            help="A parcel of several, as in carrier=ups,tracking=1Z…,MUG=2; “box” in place of items: a further box.",
        )
        one.add_argument(
            "--not-scanned",
            metavar="WHY",
            help="Ship it without scanning, if its store requires scanning; the reason is recorded.",
        )
        parser.add_argument("--allow-used-numbers", action="store_true", help=ALLOW_USED)
        many = parser.add_argument_group("many orders")
        many.add_argument("--from", dest="file", metavar="FILE", help="A CSV file of parcels; - for standard input.")
        many.add_argument("--dry-run", action="store_true", help="Show the result for each row; write nothing.")
        many.add_argument(
            "--export-open",
            nargs="?",
            const=STANDARD,
            metavar="FILE",
            help="Write what is open as such a file; to standard output without FILE.",
        )
        many.add_argument(
            "--layout",
            choices=[layout.value for layout in OpenLayout],
            help="With --export-open: one row per order (orders, the default) or per item (items), or the columns that "
            "ShipStation or Pirate Ship import (shipstation, pirateship).",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        ways = [name for name in ("import_id", "file", "export_open") if options[name] is not None]
        if len(ways) != 1:
            raise UsageError("Say what to ship: an IMPORT_ID or --from FILE; or use --export-open.")
        if ways != ["import_id"] and any(options[name] for name in ALONE):
            raise UsageError("Carrier, tracking and items are for one IMPORT_ID; a file has columns for them.")
        if options["allow_used_numbers"] and ways == ["export_open"]:
            raise UsageError("--allow-used-numbers goes with an IMPORT_ID or with --from FILE.")
        if options["layout"] and ways != ["export_open"]:
            raise UsageError("--layout goes with --export-open.")
        if options["dry_run"] and ways != ["file"]:
            raise UsageError("--dry-run goes with --from FILE.")
        getattr(self, f"_ship_{ways[0]}")(options)

    def _ship_import_id(self, options: dict[str, Any]) -> None:
        order = self.find(options["import_id"])
        drafts, remarks = with_carriers(drafts_by_sku(order.pk, parcels_asked(options)))
        known = CarrierBook()
        with allowed_by_flag():
            shipment = process_shipment(
                order.pk,
                drafts,
                by=self.me(),
                ask_about_numbers=not options["allow_used_numbers"],
                unscanned=options["not_scanned"] or "",
            )
        remarks += [
            f"“{name}” isn’t in the carrier list: the store gets it as typed."
            for name in dict.fromkeys(draft.tracking.carrier for draft in drafts)
            if name and name not in known
        ]
        document = shipping_document(order) | {"remarks": remarks}
        if options["json"]:
            self.print_json(document)
            return
        for parcel in shipment.parcels.prefetch_related("items__line"):
            held = ", ".join(str(item) for item in parcel.items.all()) or "a further box"
            self.say(f"{order.name}, parcel {parcel.pk}: {held}. {parcel.carrier} {parcel.tracking_number}".rstrip())
        for remark in remarks:
            self.say(remark)
        self.say(f"{order.name}: {document['status']}")

    def _ship_file(self, options: dict[str, Any]) -> None:
        rows = rows_of(options["file"], read_rows)
        carriers, allow = CarrierBook(), options["allow_used_numbers"]
        if options["dry_run"]:
            answers = plan(
                rows,
                carriers=carriers,
                allow_used_numbers=allow,
                shipped_there=shipped_there,
                to_scan=sources_to_scan(),
            )
        else:
            with bars() as show, woken_in_bulk():
                answers = apply(
                    rows,
                    by=self.me(),
                    carriers=carriers,
                    allow_used_numbers=allow,
                    shipped_there=shipped_there,
                    to_scan=sources_to_scan(),
                    progress=lambda done, of: show("Shipping", done, of),
                )
        if options["json"]:
            self.print_json([_shape(answer) for answer in answers])
        else:
            self._print(answers, dry=options["dry_run"])
        if any(answer.is_refused for answer in answers):
            self.end(NEEDS_PERSON)

    def _print(self, answers: Sequence[ShipmentRowResult], *, dry: bool) -> None:
        columns = {"row": "Row", "order": "Order", "outcome": "", "sentence": "What", "next_step": "What to do"}
        self.print_table([_shape(answer) for answer in answers], columns, empty="The file has no rows.")
        count = Counter(answer.outcome for answer in answers)
        would = "would be shipped" if dry else "shipped"
        rows = count_of(count[ShipmentRowOutcome.OK], "row")
        self.say(
            f"{rows} {would}, {count[ShipmentRowOutcome.SKIPPED]} skipped, {count[ShipmentRowOutcome.REFUSED]} refused."
        )
        if any(answer.may_be_allowed for answer in answers):
            self.say("To ship rows whose numbers are already used, add --allow-used-numbers.")

    def _ship_export_open(self, options: dict[str, Any]) -> None:
        # Programs that read the JSON count on its keys: it is one object per item unless another layout is asked for.
        asked = options["layout"] or (OpenLayout.ITEMS if options["json"] else OpenLayout.ORDERS)
        layout = OpenLayout(asked)
        if options["json"]:
            written = [[*COLUMNS], *open_rows()] if layout == OpenLayout.ITEMS else list(layout_rows(layout))
            header, *rows = written
            self.print_json([dict(zip(header, row, strict=True)) for row in rows])
        elif options["export_open"] == STANDARD:
            sys.stdout.write(open_orders_in(layout).replace("\r\n", "\n"))
        else:
            path = Path(options["export_open"])
            path.write_bytes(open_orders_in(layout).encode("utf-8-sig"))
            self.say(f"Open items written to {path}.")


def _shape(answer: ShipmentRowResult) -> Shape:
    """One row of `ship --from FILE --json`."""
    order, number = answer.order_name or answer.row.order, answer.row.tracking_number
    shape = result_shape(answer, order=order, tracking_number=number)
    return shape | {"parcel": answer.parcel_id, "may_be_allowed": answer.may_be_allowed}
