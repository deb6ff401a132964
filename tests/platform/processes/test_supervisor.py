"""`counterfoil up` as it is run: whatever is killed comes back, and whoever is stopped leaves nothing behind."""

import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import psycopg
import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform.installation import free_port, tree_below
from tests.platform.migrated_database import fill
from tests.platform.process_helpers import ask, eventually, is_ready, lives, server_pid
from tests.platform.system_accounts import Account


class Up:
    """A running `counterfoil up`."""

    def __init__(self, account: Account, data_dir: Path) -> None:
        self.port = free_port()
        self.data_dir = data_dir
        self.said: list[str] = []
        words = ("-m", "counterfoil.platform.cli.main", "up", "--port", str(self.port))
        self.process = account.start(*words, extra={"COUNTERFOIL_DATA_DIR": str(data_dir)})
        threading.Thread(target=self._listen, daemon=True).start()
        eventually(lambda: "Stop with" in "".join(self.said), seconds=60)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def everyone(self) -> list[int]:
        """The supervisor, its children, the database, and whatever these started."""
        return [self.process.pid, *tree_below(self.process.pid), server_pid(self.data_dir)]

    def child(self, name: str) -> int:
        """The child that runs a command."""
        found = [pid for pid, line in tree_below(self.process.pid).items() if f"cli.main {name}" in line]
        return min(found, default=0)

    def answers(self) -> bool:
        """Whether the pages answer."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/login/", timeout=5).close()
        except HTTPError:
            return True
        except (URLError, OSError):
            return False
        return True


@pytest.fixture
def used_before(data_dir: Path, account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of the account's, whose database is up to date."""
    fill(EmbeddedServer(data_dir), tmp_path_factory, account)
    return data_dir


@pytest.fixture
def they_used_before(their_data_dir: Path, anyone: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of an ordinary user's, whose database is up to date."""
    fill(EmbeddedServer(their_data_dir), tmp_path_factory, anyone)
    return their_data_dir


@contextmanager
def running(account: Account, data_dir: Path) -> Iterator[Up]:
    up = Up(account, data_dir)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.kill()
        up.process.wait()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=lambda end: end.name)
def test_nothing_stays_behind_and_the_next_start_goes_on(
    account: Account, used_before: Path, end: signal.Signals
) -> None:
    """However it ends, no process stays, and what was in the database is there again."""
    here = {"COUNTERFOIL_DATA_DIR": str(used_before)}
    with running(account, used_before) as up:
        assert up.answers()
        added = account.run("-m", "counterfoil.platform.cli.main", "product", "add", "KEPT", "Kept", extra=here)
        assert added.returncode == 0, added.stderr
        everyone = up.everyone()
        assert len(everyone) >= 5
        os.kill(up.process.pid, end)
        up.process.wait(25)
        eventually(lambda: not [pid for pid in everyone if lives(pid)], seconds=15)
        assert "Traceback" not in "".join(up.said)
    asked = account.run("-m", "counterfoil.platform.cli.main", "product", "list", extra=here)
    assert "KEPT" in asked.stdout, asked.stderr


def test_whatever_is_killed_comes_back(anyone: Account, they_used_before: Path) -> None:
    """kill -9 of the pages, the worker and the database: each is started again, and nothing of the old one stays."""
    with running(anyone, they_used_before) as up:
        for name in ("web", "worker"):
            eventually(lambda name=name: up.child(name) > 0)
            first = up.child(name)
            below = [first, *tree_below(first)]
            os.kill(first, signal.SIGKILL)
            eventually(lambda old=below: not [pid for pid in old if lives(pid)])
            eventually(lambda old=first, name=name: up.child(name) not in (0, old))
            assert f"{name} ended (-9); restarting in" in "".join(up.said)
        eventually(up.answers, seconds=30)
        database = server_pid(they_used_before)
        os.kill(database, signal.SIGKILL)
        eventually(lambda: "The database ended; restarting it." in "".join(up.said))
        eventually(lambda: server_pid(they_used_before) not in (0, database) and is_ready(they_used_before), seconds=30)
        eventually(up.answers)
        assert ask(they_used_before, "SELECT count(*) FROM web_person") == [(1,)]


def test_a_second_start_says_that_it_runs_already(anyone: Account, they_used_before: Path) -> None:
    """The port, or the data directory, is taken: a sentence, and the first one goes on."""
    extra = {"COUNTERFOIL_DATA_DIR": str(they_used_before)}
    with running(anyone, they_used_before) as up:
        for port, sentence in ((up.port, f"Port {up.port} is in use"), (free_port(), "already running with this data")):
            second = anyone.run("-m", "counterfoil.platform.cli.main", "up", "--port", str(port), extra=extra)
            assert (second.returncode, sentence in second.stderr) == (3, True), second.stderr
        beside = anyone.run("-m", "counterfoil.platform.cli.main", "orders", "--json", extra=extra)
        assert (beside.returncode, beside.stdout) == (0, "[]\n"), beside.stderr
        assert up.answers()


def test_the_file_with_the_first_login_is_named_until_it_was_used(anyone: Account, their_data_dir: Path) -> None:
    """At each start, until the first administrator chose a password; the password itself is printed nowhere."""
    with running(anyone, their_data_dir) as up:
        file = their_data_dir / "first-login.txt"
        assert f"one-time password in   {file}" in "".join(up.said)
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.read_text().partition("One-time password: ")[2].split()[0] not in "".join(up.said)
        ask(their_data_dir, "UPDATE web_person SET must_change_password = false")
        everyone = up.everyone()
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(25) == 0
        assert not [pid for pid in everyone if lives(pid)]
    with running(anyone, their_data_dir) as again:
        assert "one-time password" not in "".join(again.said)


def test_a_stop_while_it_starts_is_heard(anyone: Account, their_data_dir: Path) -> None:
    """Ctrl-C in the middle of the first start's migrations: no other one begins, and the next start runs the rest."""
    ran = "SELECT count(*) FROM django_migrations"
    words = ("-m", "counterfoil.platform.cli.main", "up", "--port", str(free_port()))
    process = anyone.start(*words, extra={"COUNTERFOIL_DATA_DIR": str(their_data_dir)}, stdout=subprocess.DEVNULL)
    eventually((their_data_dir / "postgres" / "data" / "postmaster.pid").exists, seconds=60)
    eventually(lambda: is_ready(their_data_dir), seconds=60)
    eventually(lambda: ask(their_data_dir, "SELECT to_regclass('django_migrations')") != [(None,)], seconds=60)
    with psycopg.connect(EmbeddedServer(their_data_dir).url, autocommit=True) as watching:
        eventually(lambda: _number(watching, ran) > 0, seconds=60)
        process.send_signal(signal.SIGINT)
        so_far = last = _number(watching, ran)
        with suppress(psycopg.OperationalError):  # until the database is stopped
            while True:
                last = _number(watching, ran)
        assert last <= so_far + 1
    assert process.wait(30) == 0
    assert not (their_data_dir / "postgres" / "data" / "postmaster.pid").exists()
    with running(anyone, their_data_dir) as up:
        assert up.answers()


def _number(connection: "psycopg.Connection[Any]", statement: str) -> int:
    (row,) = connection.execute(statement.encode()).fetchall()
    return int(row[0])
