"""`counterfoil key`: whether the secret key of this process is the database's."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand
from counterfoil.platform.database.migrations import bring_up_to_date
from counterfoil.platform.django_setup import WrongSecretKey
from counterfoil.platform.processes.start_checks import require_our_key
from counterfoil.stores.db.key_seal import Stored, stored_secrets

ENTER_AGAIN = (
    "Enter each store's access token and client secret again. Take away the second factors: counterfoil people "
    "remove-second-factor NAME. They are set up anew."
)


class Command(CounterfoilCommand):
    help = (
        "Whether the secret key of this process is the database's: it ends with 0 when it is, with 3 when it is not. "
        "With --lost it becomes the database's, and what another key has encrypted is entered again."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--lost", action="store_true", help="The key is lost: the present one takes its place.")

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
        self.say("The secret key of this process is the database's.")
        if any(each.unreadable for each in stored):
            self.say(ENTER_AGAIN)
