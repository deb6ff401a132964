"""A full disk is named, whatever met it: a real small file system where one can be mounted."""

import errno
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from counterfoil.platform.database.backup import why_database_failed
from counterfoil.platform.database.embedded import EmbeddedError, EmbeddedServer
from counterfoil.sales.db.full_disk import OF_DATABASE, full_disk
from tests.platform.system_accounts import ORDINARY, Account, accounts

NO_SPACE = OSError(errno.ENOSPC, "No space left on device", "/data/x.csv")
CLI = ("-m", "counterfoil.platform.cli.main")


def caused(error: Exception, by: BaseException) -> Exception:
    """An error that another one led to."""
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NO_SPACE, "The disk is full: /data/x.csv can’t be written."),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full: a file can’t be written."),
        (psycopg.errors.DiskFull("could not extend file"), OF_DATABASE),
        (caused(OperationalError("could not extend file"), psycopg.errors.DiskFull("it")), OF_DATABASE),
        (ValueError("pg_dump: error: could not write: No space left on device"), OF_DATABASE),
        (OSError(errno.EACCES, "Permission denied"), ""),
        (OperationalError("the connection was lost"), ""),
        (None, ""),
    ],
)
def test_a_full_disk_is_told_from_other_trouble(error: BaseException | None, said: str) -> None:
    """By the system's number, PostgreSQL's, or their words; also where another error hides it."""
    assert full_disk(error).startswith(said)
    assert bool(full_disk(error)) == bool(said)


def _mountable() -> list[Account]:
    """An ordinary user, where the tests may mount a file system for it."""
    with tempfile.TemporaryDirectory() as place:
        if subprocess.run(["mount", "-t", "tmpfs", "none", place], capture_output=True, check=False).returncode:
            return []
        subprocess.run(["umount", place], check=True)
    return [each for each in accounts() if each.name == ORDINARY]


@pytest.fixture(params=_mountable(), ids=lambda account: account.name)
def small_disk(request: pytest.FixtureRequest) -> Iterator[tuple[Account, Path]]:
    """A file system of 120 MB, and whose it is."""
    account = request.param
    place = account.new_directory("disk")
    owner = f"size=120m,uid={account.uid},gid={account.gid},mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", owner, "none", place], check=True)
    yield account, place
    subprocess.run(["umount", "--lazy", place], check=True)
    shutil.rmtree(place.parent, ignore_errors=True)


def fill(place: Path) -> None:
    """To the last byte."""
    with suppress(OSError), (place / "full").open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 65_536)
    with suppress(OSError), (place / "full").open("ab", buffering=0) as file:
        while file.write(b"0"):
            pass


def test_each_command_names_the_full_disk_of_the_database(small_disk: tuple[Account, Path]) -> None:
    """Not only the first: and with room, all of it is there."""
    account, place = small_disk
    extra = {"COUNTERFOIL_DATA_DIR": str(place)}
    assert account.run(*CLI, "orders", extra=extra).returncode == 0
    fill(place)
    for words in (("orders",), ("product", "add", "MUG-01", "Mug"), ("orders",)):
        refused = account.run(*CLI, *words, extra=extra)
        assert (refused.returncode, refused.stderr) == (3, f"{OF_DATABASE}\n")
    (place / "full").unlink()
    assert account.run(*CLI, "product", "add", "MUG-01", "Mug", extra=extra).returncode == 0
    fill(place)
    backup = account.run(*CLI, "backup", str(place / "b.counterfoil"), extra=extra)
    assert backup.returncode == 3
    assert re.search("disk .*full", backup.stderr), backup.stderr


def test_a_last_line_that_the_full_disk_cut_off_names_it(small_disk: tuple[Account, Path]) -> None:
    """PostgreSQL's own log lies on it, too."""
    _, place = small_disk
    (place / "postgres").mkdir()
    server = EmbeddedServer(place)
    (server._home / "log").write_text("2026-12-02 22:33:32.859 UTC [17215] FATAL:  could")
    assert full_disk(EmbeddedError(server._last_words())) == ""
    fill(place)
    assert full_disk(EmbeddedError(server._last_words())) == OF_DATABASE


def test_a_dump_that_the_server_left_names_the_full_disk(
    small_disk: tuple[Account, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends where its log can't grow; pg_dump says only that it is gone."""
    _, place = small_disk
    words = ["pg_dump: error: connection to server failed: server closed the connection unexpectedly"]
    monkeypatch.setenv("COUNTERFOIL_DATA_DIR", str(place))
    monkeypatch.setenv("COUNTERFOIL_EMBEDDED", "1")
    (place / "postgres").mkdir()
    assert why_database_failed(words) == "connection to server failed: server closed the connection unexpectedly"
    fill(place)
    assert why_database_failed(words) == OF_DATABASE
