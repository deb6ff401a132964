"""Looks at real processes: who lives, what they left, and waits for what is bound to happen."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from counterfoil.platform.database.embedded import EmbeddedServer


def eventually(what: Callable[[], object], *, seconds: float = 15) -> None:
    """Fails when it is not so within that time."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            pytest.fail(f"not so within {seconds:g} s: {what}")
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def server_pid(data_dir: Path) -> int:
    """The embedded database's process, as its pid file names it; 0 while there is none."""
    try:
        first = (data_dir / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0]
    except FileNotFoundError:
        return 0
    return int(first or 0)


def ask(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    """The rows that a statement gives at the data directory's running database."""
    with psycopg.connect(EmbeddedServer(data_dir).url, connect_timeout=3, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def is_ready(data_dir: Path) -> bool:
    """Whether the data directory's database answers."""
    try:
        return ask(data_dir, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False
