"""Brings the database up to date; of several that try it at once, one does it."""

import json
import os
import pkgutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from counterfoil.platform.database.backup import make_backup
from counterfoil.platform.database.restore import finish_restore, is_in_use, restored_from
from counterfoil.platform.django_setup import NewerSchema, StartStopped
from counterfoil.platform.processes.start_checks import require_our_key
from counterfoil.stores.db.key_seal import encrypt_anew, seal_anew

ASK_AGAIN = 0.2  # seconds
SAID_AFTER = 5.0  # seconds
UNFINISHED = "unfinished-upgrade.json"
KEPT_BACKUPS = 3
NEVER = threading.Event()
LOCK = 0x5708D  # next to the stores' locks (stores/sync/session.py), with one number instead of two


class _Migrate(migrate.Command):
    """Django's own command, which ends between two migrations when someone asks for it."""

    def __init__(self, stopping: threading.Event) -> None:
        super().__init__()
        self._stopping = stopping

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:  # Django's
        """Called before each migration, outside its transaction."""
        if self._stopping.is_set():
            raise StartStopped
        super().migration_progress_callback(action, migration, fake)


def is_of_this_version() -> bool:
    """Whether the migrations of this version have run, and no others, and no restore is unfinished.

    Looks at their names alone: to read them all would take a tenth of a second at the start of each command.
    """
    of_this_version = {(app.label, name) for app in apps.get_app_configs() for name in _names(app)}
    return of_this_version == set(MigrationRecorder(connection).applied_migrations()) and restored_from() is None


def _names(app: AppConfig) -> Iterator[str]:
    for each in pkgutil.iter_modules([str(Path(app.path) / "migrations")]):
        if each.name[0] not in "_~":
            yield each.name


def is_up_to_date() -> bool:
    """Whether every migration of this version has run, and no restore is unfinished."""
    executor = MigrationExecutor(connection)
    return restored_from() is None and not executor.migration_plan(executor.loader.graph.leaf_nodes())


def unknown_migrations(applied: Iterable[tuple[str, str]] | None = None) -> list[str]:
    """Migrations of our apps that this program does not have: those of the database, or of a backup."""
    loader = MigrationLoader(connection)
    ran = loader.applied_migrations if applied is None else applied
    replaced = {name for each in loader.replacements.values() for name in each.replaces}
    known = loader.disk_migrations.keys() | replaced
    return sorted(f"{app} {name}" for app, name in ran if app in loader.migrated_apps and (app, name) not in known)


def must_migrate() -> bool:
    """Whether something is to be brought up to date; raises NewerSchema where a newer version wrote the database."""
    if is_of_this_version():
        return False
    if unknown := unknown_migrations():
        raise NewerSchema("The database", unknown)
    return not is_up_to_date()


def bring_up_to_date(*, key_is_lost: bool = False, stopping: threading.Event = NEVER) -> None:
    """Runs the migrations that have not run yet; raises NewerSchema, and WrongSecretKey before anything is touched.

    The database is sealed with the secret key; of several keys the first one encrypts anew what the others did.
    `key_is_lost`: the present key is the database's from now on. `stopping`: raises StartStopped soon after it is set.
    """
    with _alone(stopping):
        if not key_is_lost:
            require_our_key()
        if must_migrate():
            _keep_a_backup()
            call_command(_Migrate(stopping), verbosity=0, interactive=False)
            finish_restore()
            if os.environ.get("COUNTERFOIL_EMBEDDED"):
                _backups().joinpath(UNFINISHED).unlink(missing_ok=True)
        if key_is_lost:
            seal_anew()
        require_our_key()
        encrypt_anew()


def _keep_a_backup() -> None:
    """Before an embedded database is changed, as it was: the way back to the version before. The last three stay.

    None is made where an upgrade is gone on with: there is one from before it, which several more would push out.
    """
    if not os.environ.get("COUNTERFOIL_EMBEDDED") or restored_from() is not None or not is_in_use():
        return
    folder = _backups()
    folder.mkdir(mode=0o700, exist_ok=True)
    applied = [f"{app} {name}" for app, name in sorted(MigrationRecorder(connection).applied_migrations())]
    if _is_gone_on_with(folder / UNFINISHED, applied):
        return
    make_backup(folder / f"before-{version('counterfoil')}-{datetime.now(UTC):%Y%m%d-%H%M%S}.counterfoil", _untold)
    for old in sorted(folder.glob("before-*.counterfoil"), key=lambda each: each.stat().st_mtime)[:-KEPT_BACKUPS]:
        old.unlink()
    (folder / UNFINISHED).write_text(json.dumps(applied))


def _backups() -> Path:
    return Path(os.environ["COUNTERFOIL_DATA_DIR"]) / "backups"


def _is_gone_on_with(unfinished: Path, applied: Iterable[str]) -> bool:
    """Whether an upgrade was not finished, and some of its migrations have run."""
    try:
        before = json.loads(unfinished.read_text())
    except (FileNotFoundError, ValueError):
        return False
    return set(before) < set(applied)


def _untold(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def _takes_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def _alone(stopping: threading.Event) -> Iterator[None]:
    """Asks again and again: a statement that waits for the lock is a transaction that stays open, and CREATE INDEX
    CONCURRENTLY of whoever has the lock would wait for its end. Raises StartStopped.
    """
    says_at = time.monotonic() + SAID_AFTER
    while not _takes_lock():
        if stopping.wait(ASK_AGAIN):
            raise StartStopped
        if time.monotonic() >= says_at:
            sys.stderr.write("Another process is bringing the database up to date. Waiting for it …\n")
            says_at = float("inf")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
