"""`up` while something else has the data directory's database, and users that the system does not know."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterfoil.platform.database.embedded import AlreadyRunning, EmbeddedServer
from counterfoil.platform.database.server_lock import Holder, holder_of, sign, try_lock, unsign
from counterfoil.platform.processes import launcher
from tests.platform.installation import free_port

HOLD = """
import os, sys
from pathlib import Path
from counterfoil.platform.database.server_lock import sign, try_lock
os.environ["COUNTERFOIL_COMMAND"] = sys.argv[2]
lock = try_lock(Path(sys.argv[1]))
sign(lock)
print("ready", flush=True)
sys.stdin.read()
"""


def hold(server: EmbeddedServer, command: str) -> "subprocess.Popen[str]":
    """A process that has the lock, as a command of this name has it."""
    server.data_dir.mkdir(exist_ok=True)
    server._make_home()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(server._home / "lock"), command], **pipes)  # type: ignore[call-overload]
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    return holder  # type: ignore[no-any-return]


def up(directory: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """`counterfoil up`, in this process; it ends, since the database is not to be had."""
    monkeypatch.setenv("COUNTERFOIL_DATA_DIR", str(directory))
    monkeypatch.delenv("DATABASE_URL")
    return launcher.run(["up", "--port", str(free_port())])


def test_up_waits_for_a_command_and_then_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which one, and its process; thirty seconds, of which a test takes less."""
    monkeypatch.setattr(launcher, "START_SECONDS", 2.0)
    server = EmbeddedServer(tmp_path / "data")
    with hold(server, "sync") as holder:
        assert up(tmp_path / "data", monkeypatch) == 3
        said = capsys.readouterr().err
        holder.communicate("")
    server.remove()
    runs = f"“counterfoil sync” (process {holder.pid}) runs the embedded database of this data directory."
    assert f"{runs} Waiting for it, up to 2 seconds.\n" in said
    assert f"{runs} Wait until it ends or stop it, then start Counterfoil again.\n" in said


def test_up_does_not_wait_for_another_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That does not end by itself."""
    server = EmbeddedServer(tmp_path / "data")
    with hold(server, "up") as holder:
        assert up(tmp_path / "data", monkeypatch) == 3
        said = capsys.readouterr().err
        holder.communicate("")
    server.remove()
    running_already = "Counterfoil is already running with this data directory: "
    assert said == f"{running_already}“counterfoil up” (process {holder.pid}).\n"


def test_a_lock_file_names_nobody_who_is_gone(tmp_path: Path) -> None:
    """Killed, unsigned, empty, or not there."""
    path = tmp_path / "lock"
    assert holder_of(path) is None
    lock = try_lock(path)
    assert lock is not None
    assert holder_of(path) is None
    sign(lock)
    assert holder_of(path) == Holder(os.environ.get("COUNTERFOIL_COMMAND", ""), os.getpid())
    unsign(lock)
    assert holder_of(path) is None
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    path.write_text(f"{gone.pid} sync\n")
    assert holder_of(path) is None
    assert str(AlreadyRunning()) == "Another process runs the embedded database of this data directory."
