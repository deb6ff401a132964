"""`counterfoil reconcile`: a store's orders of some days against the sales orders."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.intake.reconciliation.run import ask_for_reconciliation, go_on_reconciling, usual_period
from counterfoil.platform.cli.argument_types import stores_meant
from counterfoil.platform.cli.base_command import DONE, NEEDS_PERSON, STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.progress import bars
from counterfoil.platform.worker.sync import SYNC_SECONDS
from counterfoil.sales.errors import Refused
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.json_output import Shape, reconciliation_document
from counterfoil.stores.models import DifferenceKind, Reconciliation, WebIntegration
from counterfoil.stores.sync.session import LockLost, StoreBusy, open_session

LOCK_WAIT = 60.0
BY = "The command line"


class Command(CounterfoilCommand):
    help = (
        "Compares the stores' orders from certain days with yours and explains the differences; changes nothing. Exits "
        "with 0 if there are none, 1 if there are some, 3 if a store can’t be reached."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", nargs="?", metavar="CODE", help="Only this store.")
        parser.add_argument("--from", dest="first_day", type=date.fromisoformat, metavar="DATE", help="The first day.")
        parser.add_argument(
            "--to", dest="last_day", type=date.fromisoformat, metavar="DATE", help="The last day, included."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        integrations = stores_meant(options["code"])
        rows: list[Shape] = []
        code = DONE
        for integration in integrations:
            found, trouble = self._reconcile(integration, options["first_day"], options["last_day"])
            row = _shape(integration, found, trouble)
            rows.append(row)
            code = max(code, STORE_TROUBLE if row["trouble"] else NEEDS_PERSON if row["off"] else DONE)
        if options["json"]:
            self.print_json(rows)
        else:
            self._print(rows)
        self.end(code)

    def _reconcile(
        self, integration: WebIntegration, first_day: date | None, last_day: date | None
    ) -> tuple[Reconciliation, str]:
        usual = usual_period(integration)
        try:
            found = ask_for_reconciliation(integration, first_day or usual[0], last_day or usual[1], by=BY)
        except Refused as refused:
            raise UsageError(f"{integration.code}: {refused}") from refused
        trouble = ""
        try:
            with (
                bars(integration.code) as show,
                open_session(integration, seconds=SYNC_SECONDS, lock_wait=LOCK_WAIT, progress=show) as there,
            ):
                go_on_reconciling(there)
        except StoreTrouble as said:
            trouble = f"{said.sentence} {said.next_step}"
        except TryAgain as said:
            trouble = said.sentence
        except LockLost:
            trouble = "The database connection was lost."
        except (StoreBusy, SecretUnreadable) as said:
            trouble = str(said)
        found.refresh_from_db()
        if found.is_under_way:
            trouble = f"{trouble} A worker will continue.".strip()
        return found, trouble or found.trouble

    def _print(self, rows: list[Shape]) -> None:
        columns = {"store": "Store", "first_day": "From", "last_day": "To", "orders": "Orders", "alike": "Match"}
        columns |= {"off": "Differ", "outside": "Outside import", "api_calls": "Calls"}
        self.print_table(rows, columns, empty="No web integrations yet: counterfoil store add.")
        listed = [each for row in rows for each in row["differences"]]
        what = {"import_id": "Order", "kind": "What", "sentence": "Why", "next_step": "Next step"}
        if listed:
            off = [each | {"kind": DifferenceKind(each["kind"]).label} for each in listed if each["off"]]
            self.print_table(off, what, empty="No differences.")
        explained = sum(not each["off"] for each in listed)
        if explained:
            differ = "1 more differs and is" if explained == 1 else f"{explained:,} more differ and are"
            self.say(f"{differ} explained: --json, or Reconciliation on the pages.")
        for row in rows:
            if row["trouble"]:
                self.stderr.write(f"{row['store']}: {row['trouble']}")


def _shape(integration: WebIntegration, found: Reconciliation, trouble: str) -> Shape:
    found.integration = integration
    return reconciliation_document(found) | {"trouble": trouble}
