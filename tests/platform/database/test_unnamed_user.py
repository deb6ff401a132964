"""A user whom the system's list of users does not have, as in a container that runs under any number."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.system_accounts import Account, bare_environment

UNNAMED = 54321
CLI = [sys.executable, "-m", "counterfoil.platform.cli.main"]
PLAIN = {name: value for name, value in bare_environment().items() if name not in ("HOME", "USER", "LOGNAME")}


def _others() -> list[list[str]]:
    """What to put before a command for it to run as such a user; none where the tests may not do that."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    prefix = ["setpriv", f"--reuid={UNNAMED}", f"--regid={UNNAMED}", "--clear-groups", *reading, "--"]
    allowed = subprocess.run([*prefix, "unshare", "--user", "true"], capture_output=True, check=False)
    return [] if allowed.returncode else [prefix]


@pytest.mark.parametrize("prefix", _others(), ids=["unnamed"] * len(_others()))
def test_a_user_without_a_name_and_a_home_needs_a_data_directory_only(prefix: list[str]) -> None:
    """The database is set up, and the history says who it was by the number."""
    directory = Account("root", 0).new_directory()
    os.chown(directory, UNNAMED, UNNAMED)
    directory.parent.chmod(0o755)
    environment = PLAIN | {"COUNTERFOIL_DATA_DIR": str(directory)}
    for words in (["product", "add", "MUG-01", "Mug"], ["backup", str(directory / "b.counterfoil")], ["orders"]):
        ran = subprocess.run([*prefix, *CLI, *words], env=environment, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, ""), words
    assert (directory / "postgres" / "data").stat().st_uid == UNNAMED
    shutil.rmtree(directory.parent)


@pytest.mark.parametrize("prefix", _others(), ids=["unnamed"] * len(_others()))
def test_without_a_data_directory_it_says_what_to_set(prefix: list[str]) -> None:
    """There is no home directory to keep anything in."""
    ran = subprocess.run([*prefix, *CLI, "orders"], env=PLAIN, capture_output=True, text=True, check=False)
    said = "This user has no home directory. Set COUNTERFOIL_DATA_DIR to a directory for the data.\n"
    assert (ran.returncode, ran.stderr) == (2, said)


def test_a_home_of_nobody_is_named(tmp_path: Path) -> None:
    """As ~nobody-of-this-name."""
    environment = PLAIN | {"COUNTERFOIL_DATA_DIR": "~nobody-of-this-name/data"}
    ran = subprocess.run([*CLI, "orders"], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (ran.returncode, "there’s no such home directory." in ran.stderr) == (2, True)
