"""`counterfoil key`: whether the secret key of this process is the database's."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand
from counterfoil.platform.database.migrations import bring_up_to_date
from counterfoil.platform.django_setup import WrongSecretKey
from counterfoil.platform.processes.start_checks import require_our_key
from counterfoil.stores.db.key_seal import Stored, stored_secrets

ENTER_AGAIN = (
    "Enter each store's access token and client secret again. Remove the second factors: counterfoil people "
    "remove-second-factor NAME. Then set them up again."
)


class Command(CounterfoilCommand):
    help = (
        "Whether this process's secret key is the database's: exits with 0 if it is, 3 if not. With --lost it "
        "becomes the database's, and secrets encrypted with another key must be entered again."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--lost", action="store_true", help="The key is lost: replace it with the current one.")

    def handle(self, *_args: Any, **options: Any) -> None:
        trouble = ""
        try:
            if options["lost"]:
                bring_up_to_date(key_is_lost=True)
            require_our_key()
        except WrongSecretKey as wrong:
            trouble = str(wrong)
        stored = stored_secrets()
        if options["json"]:
            secrets = {each.what: {"stored": len(each.values), "unreadable": each.unreadable} for each in stored}
            self.print_json({"fits": not trouble, "trouble": trouble, "secrets": secrets})
        else:
            self._say(stored, trouble)
        if trouble:
            self.end(STORE_TROUBLE)

    def _say(self, stored: list[Stored], trouble: str) -> None:
        if trouble:
            self.stderr.write(trouble)
            return
        self.say("This process's secret key is the database's.")
        if any(each.unreadable for each in stored):
            self.say(ENTER_AGAIN)
