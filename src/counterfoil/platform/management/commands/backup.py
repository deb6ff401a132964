"""`counterfoil backup`: all that is in the database, in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError

from counterfoil.platform.backup import BackupError, make_backup
from counterfoil.platform.bars import bars
from counterfoil.platform.command import STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.secret_key import where_the_key_is


class Command(CounterfoilCommand):
    help = "Writes all that is in the database to FILE, as it is at one moment; the program may go on working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="Where to; by convention it ends in .counterfoil.")
        parser.add_argument("--force", action="store_true", help="Replace a file that is there.")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        if path.exists() and not options["force"]:
            raise UsageError(f"{path} is there already. Choose another name, or --force.")
        try:
            with bars() as show:
                size = make_backup(path, show)
        except BackupError as trouble:
            raise CommandError(str(trouble), returncode=STORE_TROUBLE) from trouble
        if options["json"]:
            self.print_json({"file": str(path), "bytes": size})
            return
        self.say(f"{path}: {size / 1_000_000:,.1f} MB.")
        key = where_the_key_is(settings.DATA_DIR)
        self.say(f"It opens with the secret key only, which is not in it: keep {key} apart from it.")
