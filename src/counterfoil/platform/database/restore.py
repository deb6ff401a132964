"""Puts a backup in the database's place, in one transaction, and then deals with what the stores may know beyond it.

The restored sales data is older than the stores: orders were imported and parcels sent since. A mark in the database
says so until that is done, whatever happens to the process meanwhile.
"""

import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from counterfoil.accounts.users import end_one_time_passwords, open_invitations
from counterfoil.dispatch.after_restore import doubt_everything
from counterfoil.events.publish import leave_out_positions
from counterfoil.platform.database.backup import CHUNK, DUMP, LEFT_OUT, About, last_words, why_database_failed
from counterfoil.platform.database.backup_error import BackupError
from counterfoil.platform.database.programs import environment, program, server_major
from counterfoil.stores.sync.session import Progress
from counterfoil.stores.weborders.after_restore import ask_about_everything

MARK = "counterfoil_restored"
_BEGIN = b"""
    \\set ON_ERROR_STOP on
    BEGIN;
    DROP SCHEMA IF EXISTS public CASCADE;
"""
# Before the tables have their keys, so that one may point at what is gone; a backup of an earlier version has it all.
_FORGET = b"""
    DO $$
    DECLARE left_out text;
    BEGIN
        FOREACH left_out IN ARRAY string_to_array('%s', ',') LOOP
            IF to_regclass('public.' || left_out) IS NOT NULL THEN
                EXECUTE format('TRUNCATE public.%%I', left_out);
            END IF;
        END LOOP;
        IF to_regclass('public.web_notice') IS NOT NULL THEN
            UPDATE public.web_notice SET mail_id = NULL WHERE mail_id IS NOT NULL;
        END IF;
    END
    $$;
"""
_END = b"""
    RESET search_path;
    CREATE TABLE public.counterfoil_restored (made_at timestamptz NOT NULL);
    INSERT INTO public.counterfoil_restored VALUES ('%s');
    COMMIT;
"""
_NEWER_THAN_16 = b"SET transaction_timeout = 0;\n"
_OTHERS = """
    SELECT DISTINCT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def who_else_is_there() -> list[str]:
    """Who else uses the database, by the names of their connections."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return sorted(name or "a program without a name" for (name,) in cursor.fetchall())


def is_in_use() -> bool:
    """Whether there is anything in the database that somebody would miss: a store, or a sales order."""
    with connection.cursor() as cursor:
        for table in ("stores_webintegration", "sales_salesorder"):
            cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
            if cursor.fetchone()[0] is not None:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 (our own tables)
                if cursor.fetchone()[0]:
                    return True
    return False


def put_in_place(file: IO[bytes], path: Path, about: About, progress: Progress) -> None:
    """Replaces all that is in the database by the backup, or nothing; raises BackupError, which names the path."""
    psql, pg_restore, is_old, there = program("psql"), program("pg_restore"), server_major() < 17, environment()
    connection.close()
    process = subprocess.Popen(  # noqa: S603 (PostgreSQL's own program, no shell)
        [str(psql), "--no-psqlrc", "--quiet", "--output=/dev/null"],
        env=there,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(_BEGIN)
        done = 0
        for piece in _statements(file, path, pg_restore):
            done += piece.count(b"\nCOPY public.")
            process.stdin.write(piece.replace(_NEWER_THAN_16, b"") if is_old else piece)
            progress("tables restored", min(done, about.tables), about.tables)
        process.stdin.write(_END % about.made_at.encode())
        said = process.communicate()[1]
    except BrokenPipeError:
        said = process.communicate()[1]
    except BaseException:
        process.kill()  # before the last statement: nothing of it is committed
        process.wait()
        raise
    if process.returncode:
        words = said.decode(errors="replace").strip().splitlines()
        raise BackupError(f"The backup couldn’t be restored, and nothing was changed: {why_database_failed(words)}")


def _statements(file: IO[bytes], path: Path, pg_restore: Path) -> Iterator[bytes]:
    """The dump as SQL, in pieces; between the rows and the keys what is not to be restored is taken out."""
    yield from _sections(file, path, pg_restore, "pre-data", "data")
    yield _FORGET % ",".join(LEFT_OUT).encode()
    yield from _sections(file, path, pg_restore, "post-data")


def _sections(file: IO[bytes], path: Path, pg_restore: Path, *names: str) -> Iterator[bytes]:
    """Some of it. The dump's check sum is looked at before the last piece is given."""
    process = subprocess.Popen(  # noqa: S603 (PostgreSQL's own program, no shell)
        [str(pg_restore), "--no-owner", "--no-privileges", "--file=-", *(f"--section={each}" for each in names)],
        env={"LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    trouble: list[Exception] = []
    feeding = threading.Thread(target=_feed, args=(file, process, trouble), daemon=True)
    feeding.start()
    try:
        yield from iter(lambda: process.stdout.read(CHUNK), b"")  # type: ignore[union-attr]  # asserted above
        feeding.join()
        said = process.stderr.read() if process.stderr is not None else b""
        if process.wait() or trouble:
            words = said.decode(errors="replace").strip().splitlines() or [f"{each}." for each in trouble]
            raise BackupError(f"{path} is damaged, and nothing was changed: {last_words(words)}")
    finally:
        process.kill()
        process.wait()


def _feed(file: IO[bytes], process: "subprocess.Popen[bytes]", trouble: list[Exception]) -> None:
    """Gives pg_restore the dump; what went wrong besides pg_restore's own trouble is in `trouble` afterwards."""
    assert process.stdin is not None
    try:
        with zipfile.ZipFile(file) as archive, archive.open(DUMP) as member:
            _pour(member, process, process.stdin)
    except (zipfile.BadZipFile, OSError) as error:
        trouble.append(error)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _pour(member: IO[bytes], process: "subprocess.Popen[bytes]", into: IO[bytes]) -> None:
    """To pg_restore, which stops reading after the last part that it needs: the rest is read for its check sum."""
    try:
        while piece := member.read(CHUNK):
            into.write(piece)
    except BrokenPipeError:
        if process.wait() == 0:
            while member.read(CHUNK):
                pass


def restored_from() -> datetime | None:
    """When the backup was made that was put in place, until its restore is finished."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"public.{MARK}"])
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute(f"SELECT max(made_at) FROM public.{MARK}")  # noqa: S608 (our own table)
        found: datetime | None = cursor.fetchone()[0]
        return found


def finish_restore() -> None:
    """What the stores may know beyond the sales data is asked about from now on; nobody is logged in, or invited.

    Needs the database brought up to date. Does nothing where nothing was restored.
    """
    with transaction.atomic():
        made_at = restored_from()
        if made_at is None:
            return
        doubt_everything(made_at)
        ask_about_everything(made_at)
        leave_out_positions()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE django_session, procrastinate_jobs, procrastinate_workers CASCADE")
            cursor.execute(f"DROP TABLE public.{MARK}")
        open_invitations().delete()  # some were taken back, or accepted, since
        end_one_time_passwords()
