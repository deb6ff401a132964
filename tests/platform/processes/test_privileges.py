"""Started by root, the pages and the worker go on as the database's user; what they start does too."""

import os
import pwd
import signal
from pathlib import Path

import pytest

from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import SYSTEM_USER
from tests.platform.migrated_database import fill
from tests.platform.process_helpers import eventually, lives, server_pid
from tests.platform.processes.test_supervisor import running
from tests.platform.system_accounts import Account, accounts

WHO_IS_ROOT = [account for account in accounts() if account.uid == 0]
READING = 1 << 2
SHOW = """
import os, subprocess, sys
from counterfoil.platform.processes.privileges import become_server_user
if len(sys.argv) > 1:
    from counterfoil.platform.processes import privileges
    privileges._can_read_program = lambda uid, gid: sys.argv[1] == "readable"
become_server_user()
print(open("/proc/self/status").read())
try:
    os.setuid(0)
    print("root again")
except PermissionError:
    print("never root again")
try:
    open("/etc/shadow").close()
    print("reads the shadow")
except PermissionError:
    print("reads no shadow")
"""


def status(pid: int) -> dict[str, str]:
    """What the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_no_root(pid: int) -> bool:
    """Whether it is the server's user, in none of root's groups, without root's rights but perhaps reading."""
    user, found = pwd.getpwnam(SYSTEM_USER), status(pid)
    return (
        found["Uid"].split() == [str(user.pw_uid)] * 4
        and found["Gid"].split() == [str(user.pw_gid)] * 4
        and found["Groups"] == ""
        and found["NoNewPrivs"] == "1"
        and all(int(found[name], 16) & ~READING == 0 for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"))
    )


@pytest.mark.parametrize("account", WHO_IS_ROOT, ids=lambda account: account.name)
def test_pages_and_worker_of_root_are_root_no_more(
    account: Account, tmp_path_factory: pytest.TempPathFactory, data_dir: Path
) -> None:
    """And everything that they started; when the supervisor is killed they end all the same."""
    fill(EmbeddedServer(data_dir), tmp_path_factory)
    with running(account, data_dir) as up:
        assert up.answers()
        children = [up.child("web"), up.child("worker")]
        for child in children:
            eventually(lambda child=child: is_no_root(child))
        assert status(server_pid(data_dir))["Uid"].split()[0] == str(pwd.getpwnam(SYSTEM_USER).pw_uid)
        os.kill(up.process.pid, signal.SIGKILL)
        eventually(lambda: not any(lives(child) for child in children))


@pytest.mark.parametrize("account", WHO_IS_ROOT, ids=lambda account: account.name)
@pytest.mark.parametrize("program", ["readable", "of root alone"])
def test_nothing_of_root_is_left_but_reading_where_only_root_reads_python(account: Account, program: str) -> None:
    """Never root again; and where only root reads Python, that is said."""
    shown = account.run("-c", SHOW, program)
    found = dict(line.split(":\t", 1) for line in shown.stdout.splitlines() if ":\t" in line)
    kept = 0 if program == "readable" else READING
    assert [int(found[name], 16) for name in ("CapEff", "CapPrm", "CapAmb")] == [kept] * 3
    assert "never root again" in shown.stdout
    assert ("reads no shadow" in shown.stdout) == (program == "readable")
    assert ("Install it in /opt" in shown.stderr) == (program != "readable")


def test_an_ordinary_user_stays_who_it_is_and_is_told_nothing() -> None:
    ordinary = accounts()[-1]
    if ordinary.uid == 0:
        return
    said = ordinary.run(
        "-c",
        "from counterfoil.platform.processes.privileges import become_server_user as b;"
        "b(); import os; print(os.getuid())",
    )
    assert (said.stdout, said.stderr) == (f"{ordinary.uid}\n", "")
