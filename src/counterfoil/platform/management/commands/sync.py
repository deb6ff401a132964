"""`counterfoil sync`: one pass now."""

from argparse import ArgumentParser
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson as OrderNeedsPerson
from counterfoil.platform.argument_types import order_number
from counterfoil.platform.cli.argument_types import stores_meant
from counterfoil.platform.cli.base_command import DONE, NEEDS_PERSON, STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.progress import bars
from counterfoil.platform.worker.sync import SYNC_SECONDS, SyncResult, sync_store
from counterfoil.stores.json_output import Shape
from counterfoil.stores.models import IN_HAND, StoreUpdate, WebIntegration
from counterfoil.stores.sync.long_work import WAIT_WORTH_TELLING
from counterfoil.stores.sync.session import LockLost, StoreBusy

LOCK_WAIT = 60.0


class Command(CounterfoilCommand):
    help = (
        "Syncs now: imports everything waiting (or one order, whatever its status) and sends everything due. Exits "
        "with 0 if all is done, 1 if something needs attention, 3 if a store can’t be reached."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("code", nargs="?", metavar="CODE", help="Only this store.")
        only = "Only this order, whatever its status; a status that isn’t imported stays as it is in the store."
        parser.add_argument("--order", type=order_number, metavar="N", help=only)

    def handle(self, *_args: Any, **options: Any) -> None:
        integrations = stores_meant(options["code"])
        if options["order"] is not None and len(integrations) != 1:
            raise UsageError("Say which store the order is from: counterfoil sync CODE --order N.")
        rows: list[Shape] = []
        code = DONE
        for integration in integrations:
            row, ended = self._sync(integration, options["order"])
            rows.append(row)
            code = max(code, ended)
        if options["json"]:
            self.print_json(rows)
        else:
            self._print(rows)
            for row in rows:
                for note in row["notes"]:
                    self.say(note)
        self.end(code)

    def _sync(self, integration: WebIntegration, order_id: int | None) -> tuple[Shape, int]:
        try:
            with bars(integration.code) as show:
                result = sync_store(
                    integration,
                    seconds=SYNC_SECONDS,
                    lock_wait=LOCK_WAIT,
                    order_id=order_id,
                    progress=show,
                    before_wait=partial(self._say_wait, integration.code),
                )
        except StoreBusy as busy:
            return self._did_not(integration, f"{busy} Try again when it has finished.", STORE_TROUBLE)
        except LockLost:
            sentence = "The database connection was lost; sync again to continue."
            return self._did_not(integration, sentence, STORE_TROUBLE)
        except OrderNeedsPerson as missing:
            return self._did_not(integration, missing.sentence, NEEDS_PERSON)
        return _row(integration, result), self._tell(integration, result)

    def _say_wait(self, code: str, seconds: float) -> None:
        """Why nothing moves, where that lasts."""
        if seconds < WAIT_WORTH_TELLING:
            return
        until = timezone.localtime(timezone.now() + timedelta(seconds=seconds))
        self.stderr.write(
            f"{code}: BigCommerce's quota of API requests is used up until {until:%H:%M:%S}. It continues after that."
        )

    def _did_not(self, integration: WebIntegration, sentence: str, code: int) -> tuple[Shape, int]:
        self.stderr.write(f"{integration.code}: {sentence}")
        return _row(integration, SyncResult()) | {"trouble": sentence}, code

    def _tell(self, integration: WebIntegration, result: SyncResult) -> int:
        if result.trouble is not None:
            self.stderr.write(f"{integration.code}: {result.trouble.sentence} {result.trouble.next_step}")
            return STORE_TROUBLE
        if result.not_now is not None:
            self.stderr.write(f"{integration.code}: {result.not_now.sentence} The rest is done on the next sync.")
            return STORE_TROUBLE
        return NEEDS_PERSON if result.imports.outcomes["NotImported"] or result.sent.failed else DONE

    def _print(self, rows: list[Shape]) -> None:
        columns = {
            "store": "Store",
            "seen": "Seen",
            "imported": "Imported",
            "updated": "Updated",
            "unchanged": "Unchanged",
            "not_imported": "Not imported",
            "ignored": "Ignored",
            "updates_sent": "Sent to store",
            "updates_waiting": "Still to send",
            "api_calls": "Calls",
            "seconds": "Seconds",
        }
        self.print_table(rows, columns, empty="No web integrations yet: counterfoil store add.")


def _row(integration: WebIntegration, result: SyncResult) -> Shape:
    outcomes = result.imports.outcomes
    waiting = StoreUpdate.objects.filter(web_order__integration=integration, state__in=IN_HAND)
    return {
        "store": integration.code,
        "seen": result.imports.seen,
        "imported": outcomes["Imported"],
        "updated": outcomes["Updated"],
        "unchanged": outcomes["Unchanged"],
        "not_imported": outcomes["NotImported"],
        "ignored": outcomes["Ignored"],
        "updates_sent": result.sent.sent,
        "updates_waiting": waiting.count(),
        "updates_failed": result.sent.failed,
        "api_calls": result.api_calls,
        "seconds": round(result.seconds, 3),
        "notes": result.imports.notes,
        "trouble": result.trouble.sentence if result.trouble else result.not_now.sentence if result.not_now else "",
    }
