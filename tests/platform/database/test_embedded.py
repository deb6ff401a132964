"""The embedded database, started for real as root and as an ordinary user, and treated badly."""

import fcntl
import os
import select
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform.process_helpers import ask, eventually, lives, server_pid
from tests.platform.system_accounts import Account, accounts

KEEP = """
import sys
from pathlib import Path
from counterfoil.platform.database.context import database
with database(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""
START = """
import sys
from pathlib import Path
from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import EmbeddedError
server = EmbeddedServer(Path(sys.argv[1]))
try:
    server.start()
except EmbeddedError as trouble:
    sys.exit(str(trouble))
print(len(server._home.name))
server.stop()
"""


def begin(account: Account, data_dir: Path) -> "subprocess.Popen[str]":
    """A process that will use the database until `let_go`."""
    return account.start("-c", KEEP, str(data_dir), stdin=subprocess.PIPE)


def hear(process: "subprocess.Popen[str]") -> str:
    """The next line that the process says, within a minute; empty when it has ended."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 60)[0], "it says nothing"
    return process.stdout.readline()


def keep(account: Account, data_dir: Path) -> "subprocess.Popen[str]":
    """A process that uses the database until `let_go`; ready when this returns."""
    process = begin(account, data_dir)
    assert hear(process) == "ready\n"
    return process


def let_go(process: "subprocess.Popen[str]") -> None:
    """Has no more use for the database."""
    assert process.stdin is not None
    process.stdin.close()


def start_and_stop(account: Account, data_dir: Path) -> "subprocess.CompletedProcess[str]":
    return account.run("-c", START, str(data_dir))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda end: end.name)
def test_the_server_ends_with_its_owner_and_keeps_what_was_committed(
    account: Account, data_dir: Path, end: signal.Signals
) -> None:
    """However the owner ends, no server stays behind, the next start works and the data is there."""
    owner = keep(account, data_dir)
    ask(data_dir, "CREATE TABLE kept AS SELECT 42 AS answer")
    server = server_pid(data_dir)
    os.kill(owner.pid, end)
    owner.wait(20)
    eventually(lambda: not lives(server))
    next_owner = keep(account, data_dir)
    assert ask(data_dir, "SELECT answer FROM kept") == [(42,)]
    next_owner.kill()
    next_owner.wait()


def test_several_starters_share_one_server(account: Account, data_dir: Path) -> None:
    """Of several that start at once one owns the server, the others use it, and none stays behind."""
    users = [begin(account, data_dir) for _ in range(4)]
    assert [hear(user) for user in users] == ["ready\n"] * 4
    for user in users:
        let_go(user)
    assert [user.wait(60) for user in users] == [0] * 4
    assert not (data_dir / "postgres" / "data" / "postmaster.pid").exists()


def test_a_server_that_is_still_being_made_is_not_running_yet(data_dir: Path) -> None:
    """Whoever looks while another process sets the database up for the first time waits for it, and does not fail."""
    first, second = EmbeddedServer(data_dir), EmbeddedServer(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    first._make_home()
    with (first._home / "lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert second.running_url() is None


def test_who_started_the_server_waits_for_who_attached(account: Account, data_dir: Path) -> None:
    """A command that attached is not cut off when the one that started the server is done."""
    owner, guest = keep(account, data_dir), keep(account, data_dir)
    let_go(owner)
    assert "waiting for it" in hear(owner)
    assert owner.poll() is None
    assert ask(data_dir, "SELECT 1") == [(1,)]
    let_go(guest)
    assert [guest.wait(20), owner.wait(20)] == [0, 0]


def test_a_stale_pid_file_stops_nobody(account: Account, data_dir: Path) -> None:
    """A pid file of a dead server, of a stranger with its number, or half written: the server starts all the same."""
    assert start_and_stop(account, data_dir).returncode == 0
    stranger = subprocess.Popen(["sleep", "60"])
    pid_file = data_dir / "postgres" / "data" / "postmaster.pid"
    for contents in (f"{stranger.pid}\n/somewhere\n", "999999999\n", "", "no number\n"):
        pid_file.write_text(contents)
        os.chown(pid_file, pid_file.parent.stat().st_uid, -1)
        started = start_and_stop(account, data_dir)
        assert (started.returncode, started.stderr) == (0, "")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_nobody_gets_in_without_the_password(account: Account, data_dir: Path) -> None:
    """The socket lies in a private directory, and even there the password is asked for."""
    owner = keep(account, data_dir)
    server = EmbeddedServer(data_dir)
    assert server._sockets.stat().st_mode & 0o077 == 0
    password = (data_dir / "postgres" / "password").read_text()
    assert (data_dir / "postgres" / "password").stat().st_mode & 0o077 == 0
    for wrong in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url.replace(password, wrong), connect_timeout=3)
    owner.kill()
    owner.wait()


def test_data_of_another_version_is_left_alone(account: Account, data_dir: Path) -> None:
    """A cluster that another PostgreSQL wrote is named in a sentence, with what to do."""
    start_and_stop(account, data_dir)
    (data_dir / "postgres" / "data" / "PG_VERSION").write_text("15\n")
    refused = start_and_stop(account, data_dir)
    assert "was written by PostgreSQL 15, but this version includes PostgreSQL 18" in refused.stderr


def test_a_socket_directory_that_others_may_enter_is_refused(account: Account, data_dir: Path) -> None:
    """Whoever made the socket's directory before us gets no database in it."""
    start_and_stop(account, data_dir)
    trap = EmbeddedServer(data_dir)._sockets
    trap.mkdir()
    trap.chmod(0o777)
    refused = start_and_stop(account, data_dir)
    trap.rmdir()
    assert f"{trap} belongs to someone else" in refused.stderr


def test_a_moved_data_directory_keeps_its_data(account: Account, data_dir: Path) -> None:
    """Moving the data directory moves the orders, for root too."""
    owner = keep(account, data_dir)
    ask(data_dir, "CREATE TABLE kept AS SELECT 42 AS answer")
    owner.send_signal(signal.SIGINT)
    owner.wait(20)
    moved = data_dir.rename(data_dir.with_name("moved"))
    owner = keep(account, moved)
    assert ask(moved, "SELECT answer FROM kept") == [(42,)]
    owner.send_signal(signal.SIGINT)
    owner.wait(20)
    moved.rename(data_dir)


def test_a_server_that_was_killed_comes_back_under_the_same_url(account: Account, data_dir: Path) -> None:
    """The owner notices that its server ended, and starts it again."""
    code = START.replace(
        "print(len(server._home.name))",
        "import os, signal, time\n"
        "before, url = server.pid, server.url\n"
        "os.kill(before, signal.SIGKILL)\n"
        "while not server.has_ended: time.sleep(0.01)\n"
        "time.sleep(0.5)\n"
        "server.start_again()\n"
        "print(server.pid != before, server.url == url, server.others_connected())\n",
    )
    said = account.run("-c", code, str(data_dir))
    assert (said.stdout, said.stderr) == ("True True 0\n", "")


@pytest.mark.skipif(len(accounts()) < 2, reason="needs a second account, which only root can use")
def test_a_database_of_another_user_is_named() -> None:
    """Root does not begin a second database next to an ordinary user's, nor the other way round."""
    root, ordinary = accounts()
    for owner, other in ((root, ordinary), (ordinary, root)):
        directory = owner.new_directory()
        assert start_and_stop(owner, directory).returncode == 0
        refused = start_and_stop(other, directory)
        assert "belongs to another user" in refused.stderr or "can’t be used" in refused.stderr
        assert "Traceback" not in refused.stderr
        EmbeddedServer(directory).remove()
        shutil.rmtree(directory.parent)
