"""`counterfoil backup`: all that is in the database, in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError

from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.progress import bars
from counterfoil.platform.database.backup import make_backup
from counterfoil.platform.database.backup_error import BackupError
from counterfoil.platform.database.encrypted_backup import recipients
from counterfoil.platform.database.restore import is_in_use
from counterfoil.platform.secret_key import where_the_key_is
from counterfoil.sales.db.full_disk import full_disk

EMPTY = (
    "This database has no stores and no orders. If that’s wrong, give this command the settings that the pages run "
    "with, DATABASE_URL or COUNTERFOIL_DATA_DIR."
)


class Command(CounterfoilCommand):
    help = "Writes the database to FILE as of one moment; Counterfoil can keep running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="Where to write it; by convention it ends in .counterfoil."
        )
        parser.add_argument(
            "--encrypt-to",
            action="append",
            default=[],
            metavar="KEY",
            help="Encrypt it to this public key (age1…, ssh-ed25519 …); repeat for each additional key that may open "
            "it.",
        )
        parser.add_argument("--force", action="store_true", help="Replace an existing file.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        if path.exists() and not options["force"]:
            raise UsageError(f"{path} already exists. Choose another name, or use --force.")
        try:
            to = recipients(options["encrypt_to"])
        except BackupError as trouble:
            raise UsageError(str(trouble)) from trouble
        try:
            with bars() as show:
                size = make_backup(path, show, to)
        except OSError as trouble:
            why = full_disk(trouble) or f"{path} can’t be written: {trouble.strerror}."
            raise CommandError(why, returncode=STORE_TROUBLE) from trouble
        except BackupError as trouble:
            raise CommandError(full_disk(trouble) or str(trouble), returncode=STORE_TROUBLE) from trouble
        if options["json"]:
            self.print_json({"file": str(path), "bytes": size, "encrypted": bool(to)})
            return
        self.say(f"{path}: {size / 1_000_000:,.1f} MB.")
        if not is_in_use():
            self.say(EMPTY)
        if to:
            self.say("It’s encrypted: restore it with one of the matching secret keys, --identity FILE.")
        else:
            self.say("It isn’t encrypted and contains your customers' names and addresses: see --encrypt-to.")
        key = where_the_key_is(settings.DATA_DIR)
        self.say(f"Its secrets can only be read with the secret key, which isn’t in it: keep {key} separately.")
