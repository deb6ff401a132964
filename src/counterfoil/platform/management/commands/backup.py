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
from counterfoil.platform.secret_key import where_the_key_is
from counterfoil.sales.db.full_disk import full_disk


class Command(CounterfoilCommand):
    help = "Writes what is in the database to FILE, as it is at one moment; the program may go on working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="Where to; by convention it ends in .counterfoil.")
        parser.add_argument(
            "--encrypt-to",
            action="append",
            default=[],
            metavar="KEY",
            help="Encrypt it to this public key (age1…, ssh-ed25519 …); again for each further key that may open it.",
        )
        parser.add_argument("--force", action="store_true", help="Replace a file that is there.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        if path.exists() and not options["force"]:
            raise UsageError(f"{path} is there already. Choose another name, or --force.")
        try:
            to = recipients(options["encrypt_to"])
        except BackupError as trouble:
            raise UsageError(str(trouble)) from trouble
        try:
            with bars() as show:
                size = make_backup(path, show, to)
        except OSError as trouble:
            why = full_disk(trouble) or f"{path} cannot be written: {trouble.strerror}."
            raise CommandError(why, returncode=STORE_TROUBLE) from trouble
        except BackupError as trouble:
            raise CommandError(full_disk(trouble) or str(trouble), returncode=STORE_TROUBLE) from trouble
        if options["json"]:
            self.print_json({"file": str(path), "bytes": size, "encrypted": bool(to)})
            return
        self.say(f"{path}: {size / 1_000_000:,.1f} MB.")
        if to:
            self.say("It is encrypted: restore it with the secret key of one of them, --identity FILE.")
        else:
            self.say("It is not encrypted, and holds your customers' names and addresses: see --encrypt-to.")
        key = where_the_key_is(settings.DATA_DIR)
        self.say(f"Its secrets open with the secret key only, which is not in it: keep {key} apart from it.")
