"""A backup: one file with all that is in the database at one moment, and what a restore has to know of it.

The file is a zip of two members: `counterfoil.json` and the dump of PostgreSQL. The installation's secret key is not
in it: whoever finds the file reads no access token. Nor is what lives for a while only (LEFT_OUT): nobody logs in with
what a backup holds, and no mail goes out twice. It can be encrypted as a whole (encrypted_backup.py).
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from counterfoil.platform.database.backup_error import BackupError
from counterfoil.platform.database.encrypted_backup import encrypting
from counterfoil.platform.database.programs import environment, program
from counterfoil.sales.db.full_disk import OF_DATABASE, is_embedded_disk_full
from counterfoil.stores.sync.session import Progress

ABOUT, DUMP = "counterfoil.json", "database.pgdump"
FORMAT = 1
SEALED = b"the secret key of this installation"
CHUNK = 1 << 20
LEFT_OUT = (
    "django_session",
    "usersessions_usersession",
    "web_cache",
    "web_mail",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
    "procrastinate_periodic_defers",
)
"""Tables whose rows are in no backup, and are gone after a restore of one that has them: sessions, what was counted or
used once lately, mails (those that wait hold links, and were sent since), wake-ups."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself. `made_at`: ISO 8601 in UTC; `migrations`: app and name of each that had run.

    `seal`: something that only the installation's secret key opens.
    """

    format: int
    version: str
    made_at: str
    migrations: tuple[tuple[str, str], ...]
    tables: int
    seal: str

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)

    def is_of_our_key(self) -> bool:
        """Whether the secrets in it can be read with the present secret key."""
        keys = MultiFernet([Fernet(key) for key in settings.COUNTERFOIL_FERNET_KEYS])
        with suppress(InvalidToken):
            return keys.decrypt(self.seal.encode()) == SEALED
        return False


def make_backup(path: Path, progress: Progress, to: Sequence[Any] = ()) -> int:
    """Writes the file, whole or not at all, readable by its owner alone; returns its size in bytes.

    `to`: the keys to encrypt to, see encrypted_backup.py; none for a file in clear. Raises BackupError and OSError. The
    program may go on working meanwhile.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with encrypting(file, to) if to else nullcontext(file) as out:
                _write(out, progress)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)
    return path.stat().st_size


def _write(file: IO[bytes], progress: Progress) -> None:
    about = _about()
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:  # the dump is compressed already
        archive.writestr(ABOUT, json.dumps(asdict(about), indent=2))
        with archive.open(DUMP, "w", force_zip64=True) as member:
            _dump(member, lambda done: progress("tables backed up", done, about.tables))


def _about() -> About:
    tables = set(connection.introspection.table_names()).difference(LEFT_OUT)
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    seal = Fernet(settings.COUNTERFOIL_FERNET_KEYS[0]).encrypt(SEALED).decode()
    made_at = datetime.now(UTC).isoformat()  # before the dump begins: what is in it is as old as this, or younger
    return About(FORMAT, version("counterfoil"), made_at, tuple(applied), len(tables), seal)


def _dump(out: IO[bytes], told: Callable[[int], None]) -> None:
    """One snapshot of the schema that is ours."""
    what = ["--schema=public", *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT)]
    process = subprocess.Popen(  # noqa: S603 (PostgreSQL's own program, no shell)
        [str(program("pg_dump")), "--format=custom", "--no-owner", "--no-privileges", "--verbose", *what],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    words: list[str] = []
    listening = threading.Thread(target=_listen, args=(process.stderr, words, told), daemon=True)
    listening.start()
    try:
        shutil.copyfileobj(process.stdout, out, CHUNK)
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
        listening.join()
    if process.returncode:
        raise BackupError(f"The database couldn’t be read: {why_database_failed(words)}")


def _listen(said: IO[bytes], words: list[str], told: Callable[[int], None]) -> None:
    done = 0
    for line in said:
        text = line.decode(errors="replace").strip()
        if "dumping contents of table" in text:
            done += 1
            told(done)
        words[:] = [*words[-9:], text]


def why_database_failed(words: list[str]) -> str:
    """What a program of PostgreSQL's said last; a full disk where it only knows that the server is gone."""
    return OF_DATABASE if is_embedded_disk_full() else last_words(words)


def last_words(words: list[str]) -> str:
    """What a program said last, without its own name."""
    errors = [each for each in words if "error" in each.casefold()] or words
    return errors[-1].rpartition("error: ")[2] if errors else "no reason given."


def read_about(file: IO[bytes], path: Path) -> About:
    """What the backup says of itself; raises BackupError, which names the path, where it is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(ABOUT))
            archive.getinfo(DUMP)
        told["migrations"] = tuple((app, name) for app, name in told["migrations"])
        about = About(**told)
        _ = about.moment
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError):
        raise BackupError(f"{path} isn’t a Counterfoil backup, or isn’t complete.") from None
    if about.format > FORMAT:
        raise BackupError(f"{path} was made by a newer Counterfoil ({about.version}): restore it with that one.")
    return about


def _sync_directory(directory: Path) -> None:
    """So that the name of the file outlives a power cut, too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
