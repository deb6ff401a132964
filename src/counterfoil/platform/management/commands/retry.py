"""`counterfoil retry`: try again what could not be imported or sent."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.sales.text.plural import count_of
from counterfoil.stores.attention.actions import decisions_in, retry, retry_group
from counterfoil.stores.attention.items import EVERYTHING
from counterfoil.stores.models import WebOrder


class Command(CounterfoilCommand):
    help = "Retries what couldn’t be imported or sent; the worker or the next “sync” does it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("import_ids", nargs="*", metavar="IMPORT_ID", help="As shown by “attention”.")
        parser.add_argument("--all", action="store_true", help="Everything that needs attention, except decisions.")

    def handle(self, *_args: Any, **options: Any) -> None:
        import_ids = options["import_ids"]
        if bool(import_ids) == options["all"]:
            raise UsageError("Name the import IDs to retry, or use --all.")
        _check_known(import_ids)
        count = retry_group() if options["all"] else retry(import_ids)
        left = decisions_in(EVERYTHING) if options["all"] else 0
        if options["json"]:
            self.print_json({"retried": count})
        else:
            tried = f"{count_of(count, 'item')} will be retried."
            self.say(tried if count else "There is nothing to retry.")
            if left:
                self.say(f"{count_of(left, 'item')} {'needs' if left == 1 else 'need'} a decision; see “attention”.")


def _check_known(import_ids: list[str]) -> None:
    known = set(WebOrder.objects.filter(import_id__in=import_ids).values_list("import_id", flat=True))
    unknown = [import_id for import_id in import_ids if import_id not in known]
    if unknown:
        raise UsageError(f"No order has the import ID {', '.join(unknown)}. See “counterfoil attention”.")
