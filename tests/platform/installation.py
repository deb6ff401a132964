"""A whole installation for a test: a database of its own, and the commands run as processes on it."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg

from counterfoil.platform.database.embedded import EmbeddedServer
from tests.platform import forked_commands
from tests.platform.system_accounts import bare_environment

CLI = [sys.executable, "-m", "counterfoil.platform.cli.main"]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SilentStore:
    """A store that takes each call and never answers."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.calls: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.calls.append(self._listening.accept()[0])
            except OSError:
                return

    def hang_up(self) -> None:
        """Lets everybody go and listens no longer."""
        self._listening.close()
        for call in self.calls:
            call.close()


class SharedInstallation:
    """An installation with a server-side database: as several machines would share one."""

    def __init__(self, data_dir: Path, server: EmbeddedServer, origin: str, silent: SilentStore | None = None) -> None:
        self.server = server
        self.silent = silent
        self._started: list[subprocess.Popen[str]] = []
        self.environment = bare_environment() | {
            "COUNTERFOIL_DATA_DIR": str(data_dir),
            "DATABASE_URL": server.url,
            "COUNTERFOIL_API_ORIGINS": origin,
        }
        self.origin = origin

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Starts a command; its two outputs come together."""
        process = subprocess.Popen(
            [*CLI, *words],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def kill_all(self) -> None:
        """Ends what was started and still runs."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        self._started.clear()

    def run(self, *words: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """Runs a command to its end; `extra` goes into its environment."""
        return forked_commands.run(words, self.environment | extra, seconds=90)

    def run_django(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs one of Django's own commands."""
        settings = {"DJANGO_SETTINGS_MODULE": "counterfoil.platform.settings"}
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "django", *words],
            env=self.environment | settings,
            text=True,
            capture_output=True,
            timeout=90,
            check=False,
        )

    def json(self, *words: str) -> Any:
        """What a command prints for programs."""
        return json.loads(self.run(*words, "--json").stdout)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def add_store(
        self, code: str = "WEB-", *, store_hash: str = "abc", **extra: str
    ) -> "subprocess.CompletedProcess[str]":
        """Connects a store at the origin."""
        return self.run(
            *("store", "add", "--code", code, "--description", "Shop", "--json"),
            *("--api-path", f"{self.origin}/stores/{store_hash}", "--access-token", "secret-token"),
            **extra,
        )


def children_of(pid: int) -> dict[int, str]:
    """The processes that a process started: their numbers and command lines."""
    found = {}
    for directory in Path("/proc").iterdir():
        if not directory.name.isdecimal():
            continue
        try:
            parent = (directory / "stat").read_text().rpartition(")")[2].split()[1]
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if int(parent) == pid:
            found[int(directory.name)] = command
    return found


def tree_below(pid: int) -> dict[int, str]:
    """All processes below a process."""
    found = children_of(pid)
    for child in list(found):
        found |= tree_below(child)
    return found
