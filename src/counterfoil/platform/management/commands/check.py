"""`counterfoil check`: whether the sales data and the stores are what Counterfoil promises."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from counterfoil.platform.checking import PROMISES, Report, check
from counterfoil.platform.cli.argument_types import stores_meant
from counterfoil.platform.cli.base_command import DONE, NEEDS_PERSON, STORE_TROUBLE, CounterfoilCommand
from counterfoil.platform.cli.progress import bars
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.json_output import Shape

CHECKED = {
    "clients": ("client",),
    "imported": ("imported order",),
    "orders_in_store": ("order in the stores", "orders in the stores"),
    "orders_with_parcels": ("order with parcels", "orders with parcels"),
    "payloads": ("payload",),
    "sales_orders": ("sales order",),
    "secrets": ("secret",),
}


class Command(CounterfoilCommand):
    help = (
        "Checks the data and the stores against what Counterfoil promises (I1 to I9). Only reads, at any time. Exits "
        "with 0 if everything holds, 1 if something doesn't, 3 if a store couldn't be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", nargs="?", metavar="CODE", help="Only this store's orders.")
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="Only orders placed since then.")
        parser.add_argument("--books-only", action="store_true", help="Don't contact the stores.")

    def handle(self, *_args: Any, **options: Any) -> None:
        integrations = stores_meant(options["code"])
        since = options["since"]
        moment = timezone.make_aware(datetime.combine(since, time.min)) if since else None
        with bars("check") as show:
            report = check(integrations, since=moment, ask_stores=not options["books_only"], progress=show)
        if options["json"]:
            self.print_json(_shape(report))
        else:
            self._print(report)
        self.end(STORE_TROUBLE if report.not_asked else DONE if report.holds else NEEDS_PERSON)

    def _print(self, report: Report) -> None:
        rows = [
            {"promise": f"{name} {words}", "found": report.found(name), "under_way": report.under_way[name]}
            for name, words in PROMISES.items()
        ]
        self.print_table(rows, {"promise": "Promise", "found": "Broken", "under_way": "Under way"}, empty="")
        for finding in report.findings:
            parts = (finding.promise, finding.store, finding.sentence, finding.next_step)
            self.say(" ".join(part for part in parts if part))
        for store, why in report.not_asked.items():
            self.stderr.write(f"{store} couldn't be checked: {why}")
        calls = count_of(report.api_calls, "call")
        self.say(f"Checked {_counted(report.looked_at)}; {calls} to the stores.")


def _counted(looked_at: Mapping[str, int]) -> str:
    """ "1 client, 26 sales orders"."""
    return ", ".join(count_of(number, *CHECKED.get(what, (what, what))) for what, number in sorted(looked_at.items()))


def _shape(report: Report) -> Shape:
    return {
        "holds": report.holds,
        "findings": [
            {
                "promise": each.promise,
                "store": each.store,
                "import_id": each.import_id,
                "sentence": each.sentence,
                "next_step": each.next_step,
            }
            for each in report.findings
        ],
        "under_way": {name: number for name, number in report.under_way.items() if number},
        "looked_at": dict(report.looked_at),
        "not_asked": report.not_asked,
        "api_calls": report.api_calls,
    }
