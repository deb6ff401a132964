"""`counterfoil restore`: a backup in the place of what is there."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.progress import bars
from counterfoil.platform.database.backup import About, read_about
from counterfoil.platform.database.backup_error import BackupError
from counterfoil.platform.database.encrypted_backup import opened
from counterfoil.platform.database.migrations import bring_up_to_date, unknown_migrations
from counterfoil.platform.database.restore import is_in_use, put_in_place, who_else_is_there
from counterfoil.platform.django_setup import NewerSchema
from counterfoil.platform.management.commands.key import ENTER_AGAIN
from counterfoil.stores.integrations.installation import NEXT_STEP, in_words, stores_elsewhere


class Command(CounterfoilCommand):
    help = (
        "Replaces everything in the database with a backup, or changes nothing. Anything newer in the stores is read "
        "on the next syncs: orders come back, and no shipment is created twice."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="A file written by “counterfoil backup”.")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="The secret key that opens an encrypted backup (age, or SSH)."
        )
        parser.add_argument("--force", action="store_true", help="Replace a database that is in use.")
        parser.add_argument(
            "--other-key",
            action="store_true",
            help="The secret key is lost: enter access tokens and set up second factors again.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        with ExitStack() as stack:
            try:
                file = stack.enter_context(opened(path, options["identity"]))
                about = read_about(file, path)
            except OSError as trouble:
                raise UsageError(f"{trouble.filename or path} can’t be read: {trouble.strerror}.") from trouble
            except BackupError as trouble:
                raise UsageError(str(trouble)) from trouble
            self._refuse(path, about, force=options["force"], other_key=options["other_key"])
            try:
                with bars() as show:
                    put_in_place(file, path, about, show)
            except BackupError as trouble:
                raise CommandError(str(trouble), returncode=STORE_TROUBLE) from trouble
        bring_up_to_date(key_is_lost=not about.is_of_our_key())
        if options["json"]:
            self.print_json({"file": str(path), "made_at": about.moment, "version": about.version})
            return
        self.say(f"The database is as it was on {about.moment:%Y-%m-%d at %H:%M} UTC.")
        if not about.is_of_our_key():
            self.say(f"It was made with a different secret key. {ENTER_AGAIN}")
        for each in stores_elsewhere():
            self.say(f"{each.code} was worked on at {in_words(each.state.worked_at)}. {NEXT_STEP}")
        self.say("The next syncs read the stores from then on. Compare them afterwards: counterfoil reconcile.")

    def _refuse(self, path: Path, about: About, *, force: bool, other_key: bool) -> None:
        """Raises UsageError for what must not be put in place."""
        if unknown := unknown_migrations(about.migrations):
            raise UsageError(str(NewerSchema(str(path), unknown)))
        if not about.is_of_our_key() and not other_key:
            raise UsageError(
                f"{path} was made with a different secret key, without which its access tokens can’t be read. Put that "
                "key into the data directory or into COUNTERFOIL_SECRET_KEY; if it is lost, --other-key."
            )
        if others := who_else_is_there():
            raise UsageError(f"The database is in use by {', '.join(others)}. Stop it first.")
        if is_in_use() and not force:
            raise UsageError("This database has stores or sales orders. Back them up, then use --force.")
