"""`counterfoil preview`: what an import would do. Nothing is written anywhere."""

from argparse import ArgumentParser
from dataclasses import asdict
from itertools import islice
from typing import Any

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.intake.importing.preview import Previewed, preview
from counterfoil.platform.cli.argument_types import store_called
from counterfoil.platform.cli.base_command import NEEDS_PERSON, STORE_TROUBLE, CounterfoilCommand
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.session import LOCK_LOST, LockLost, StoreBusy, open_session

LOCK_WAIT = 60.0
SECONDS = 3600.0
COLUMNS = {
    "import_id": "Import ID",
    "words": "What will happen",
    "client": "Client",
    "matched_by": "Matched by",
    "total": "Total",
    "reason": "Why",
    "next_step": "What to do",
}


class Command(CounterfoilCommand):
    help = "Shows what an import would do with each waiting order. Reads the store; writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", nargs="?", metavar="CODE", help="One store; without it, all of them.")
        parser.add_argument("--order", type=int, action="append", default=[], metavar="N", help="Only this order.")
        parser.add_argument("--first", type=int, metavar="N", help="Only the first N orders.")

    def handle(self, *_args: Any, **options: Any) -> None:
        found: list[tuple[str, Previewed]] = []
        silent: list[str] = []
        for integration in self._integrations(options["code"]):
            try:
                with open_session(integration, seconds=SECONDS, lock_wait=LOCK_WAIT) as session:
                    rows = islice(preview(session, options["order"]), options["first"])
                    found += [(integration.code, row) for row in rows]
                    if session.is_over:
                        silent.append(f"{integration.code}: not all orders could be looked at within an hour.")
            except (StoreBusy, StoreTrouble, TryAgain, SecretUnreadable) as trouble:
                silent.append(f"{integration.code}: {trouble}")
            except LockLost:
                silent.append(f"{integration.code}: {LOCK_LOST}")
        self._print(found, as_json=options["json"])
        for sentence in silent:
            self.stderr.write(sentence)
        if silent:
            self.end(STORE_TROUBLE)
        if any(row.will == "not_import" for _, row in found):
            self.end(NEEDS_PERSON)

    def _integrations(self, code: str | None) -> list[WebIntegration]:
        return list(WebIntegration.objects.select_related("state")) if code is None else [store_called(code)]

    def _print(self, found: list[tuple[str, Previewed]], *, as_json: bool) -> None:
        rows = [{"store": store, **asdict(row)} for store, row in found]
        if as_json:
            self.print_json(rows)
            return
        shown = [{**row, "words": each.words} for row, (_, each) in zip(rows, found, strict=True)]
        self.print_table(shown, COLUMNS, empty="No orders are waiting in a new order status.")
