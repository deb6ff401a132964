"""Runs our programs as the system's accounts: as whoever runs the tests, and as an ordinary user where that is root."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ORDINARY = "counterfoil-test"


@dataclass(frozen=True)
class Account:
    """Someone who runs Counterfoil."""

    name: str
    uid: int

    @property
    def gid(self) -> int:
        """The account's own group."""
        return pwd.getpwuid(self.uid).pw_gid

    @property
    def prefix(self) -> list[str]:
        """What comes before a command. The capability: root's interpreter may lie where only root reads."""
        if self.uid == os.geteuid():
            return []
        reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", *reading, "--"]

    def new_directory(self, name: str = "data") -> Path:
        """A new empty directory of this account's own; its parent is the account's too."""
        parent = Path(tempfile.mkdtemp(prefix="counterfoil-platform-"))
        (parent / name).mkdir()
        for path in (parent, parent / name):
            os.chown(path, self.uid, self.gid)
        return parent / name

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Starts Python with these arguments; options as for Popen, `extra` adds to the environment."""
        environment = bare_environment() | options.pop("extra", {})
        return subprocess.Popen(
            [*self.prefix, sys.executable, *arguments],
            env=environment,
            text=True,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.STDOUT),
            start_new_session=True,
            **options,
        )

    def run(self, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Runs Python to its end, with what it said."""
        process = self.start(*arguments, stderr=subprocess.PIPE, **options)
        said, complained = process.communicate(timeout=90)
        return subprocess.CompletedProcess(arguments, process.returncode, said, complained)


def bare_environment() -> dict[str, str]:
    """The environment without any setting of Counterfoil's and of its tests."""
    ours = ("COUNTERFOIL_", "DATABASE_URL", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def accounts() -> list[Account]:
    """Whoever runs the tests; for root also an ordinary user."""
    here = Account(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid())
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return [here]
    return [here, Account(ORDINARY, _ordinary_uid())]


def _ordinary_uid() -> int:
    with suppress(KeyError):
        return pwd.getpwnam(ORDINARY).pw_uid
    # Two test processes may try it at once: one of them fails, and both find the user.
    subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", ORDINARY], check=False)
    return pwd.getpwnam(ORDINARY).pw_uid
