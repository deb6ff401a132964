"""R19: two secret keys, two installations, a pooled database: found out before anything is touched."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from tests.platform.pgbouncer import pgbouncer

from counterfoil.stores.models import StoreState
from faults.command import run
from faults.environment import FaultEnvironment, Finding, How
from faults.tally import Tally

EACH = 5
OTHER_KEY = "what another machine has made by itself"
WITH_ANOTHER_KEY = (("sync",), ("check",), ("worker",), ("tidy",), ("store", "test", "WEB-"))
END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
BUGS = ("any key will do", "a pool is taken for a connection", "a copy works like the first")


def keys(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Each case, over and over; an order waits in the store meanwhile, and is imported once in the end."""
    cases = (_other_key, _pooled, _copied)
    for _ in range(how.of(EACH)):
        for case in cases:
            env.fresh()
            shipped = env.place()
            env.sync_until_idle()
            env.children.run("ship", **{"with": {"order_id": shipped, "tracking_number": "1Z999AA10123456784"}})
            env.place()
            began = time.monotonic()
            # With a planted bug one finding is enough, and the worker that should have been refused never ends.
            found = islice(case(env, how.plant), 1 if how.plant else None)
            findings = [Finding("R19", each, "") for each in found]
            env.sync_until_idle()
            tally.add([*findings, *env.verdict()], time.monotonic() - began, case.__name__.strip("_"))
            if how.has_found(tally):
                return


def _other_key(env: FaultEnvironment, bug: str | None) -> Iterator[str]:
    """A machine that made a key of its own, with each command in turn."""
    _command(env, bug, "orders")  # whoever comes first seals the database
    for words in WITH_ANOTHER_KEY:
        yield from _refused(env, lambda: _command(env, bug, *words, COUNTERFOIL_SECRET_KEY=OTHER_KEY), 3)  # noqa: B023 (called at once)


def _pooled(env: FaultEnvironment, bug: str | None) -> Iterator[str]:
    """PgBouncer in each of the modes in which it lends its connections."""
    for mode in ("transaction", "statement"):
        with pgbouncer(env.environment["DATABASE_URL"], mode) as url:
            yield from _refused(env, lambda: _command(env, bug, "sync", DATABASE_URL=url), 2)


def _copied(env: FaultEnvironment, bug: str | None) -> Iterator[str]:
    """The data of a backup that someone has restored next to the first ones."""
    with tempfile.TemporaryDirectory() as folder, _second_database(env) as url:
        file = str(Path(folder) / "books.counterfoil")
        backed_up = _command(env, None, "backup", file)
        restored = _command(env, None, "restore", file, DATABASE_URL=url)
        if backed_up.returncode or restored.returncode:
            yield f"there is no copy: {backed_up.stderr[-200:]} {restored.stderr[-200:]}"
        yield from _refused(env, lambda: _command(env, bug, "sync", DATABASE_URL=url), 3)


def _command(env: FaultEnvironment, bug: str | None, *words: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    return run(env.environment, *words, bug=bug, **extra)


def _refused(env: FaultEnvironment, act: Callable[[], "subprocess.CompletedProcess[str]"], code: int) -> Iterator[str]:
    """What was not as it should be: it ends with its code, no request leaves, and the store's row stays as it is."""
    calls, before = len(env.store.calls()), list(StoreState.objects.values())
    try:
        ended = act()
    except subprocess.TimeoutExpired as still:
        yield f"{still.cmd[3:]} went on working"
        return
    if ended.returncode != code:
        yield f"{ended.args[3:]} ended with {ended.returncode}: {ended.stderr[-200:]}"
    if len(env.store.calls()) != calls:
        yield f"{ended.args[3:]} asked the store"
    if list(StoreState.objects.values()) != before:
        yield f"{ended.args[3:]} changed the state of the store"


@contextmanager
def _second_database(env: FaultEnvironment) -> Iterator[str]:
    """An empty database at the same server."""
    present = env.environment["DATABASE_URL"]
    name = f"copy_{time.monotonic_ns()}"
    with psycopg.connect(present, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlsplit(present)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(END_SESSIONS, [name])  # not WITH (FORCE): only the server's own user ends autovacuum
            connection.execute(f"DROP DATABASE {name}".encode())
