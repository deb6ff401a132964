"""A pool before the database: found out at the start where it lends its connections, and of no matter else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.platform.installation import SharedInstallation
from tests.platform.pgbouncer import pgbouncer

REFUSED = "DATABASE_URL points to a connection pool"
COMMANDS = (["orders"], ["sync"], ["worker"], ["web", "--port", "0"], ["check"], ["migrate"], ["up"])


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("settings", [{}, {"server_round_robin": 1}, {"default_pool_size": 1}], ids=str)
def test_a_pool_that_lends_its_connections_is_refused(
    installation: SharedInstallation, mode: str, settings: dict[str, int]
) -> None:
    """Whichever connection it gives next, and when it has but one."""
    with pgbouncer(installation.server.url, mode, **settings) as url:
        ended = installation.run("orders", DATABASE_URL=url)
    assert (ended.returncode, ended.stderr.startswith(REFUSED)) == (2, True), ended
    assert "pool_mode = session" in ended.stderr


@pytest.mark.parametrize("round_robin", [0, 1])
def test_it_is_found_out_whoever_else_uses_the_pool(installation: SharedInstallation, round_robin: int) -> None:
    """Others take connections and give them back all the while."""
    with (
        pgbouncer(installation.server.url, "transaction", default_pool_size=5, server_round_robin=round_robin) as url,
        _others(url, 4),
    ):
        for _ in range(5):
            ended = installation.run("orders", DATABASE_URL=url)
            assert (ended.returncode, ended.stderr.startswith(REFUSED)) == (2, True), ended


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_nothing_works_through_such_a_pool(installation: SharedInstallation, words: list[str]) -> None:
    """Every process finds it out by itself, and ends before it touches anything."""
    with pgbouncer(installation.server.url, "transaction") as url:
        port = [] if words[0] != "up" else ["--port", str(_free())]
        ended = installation.run(*(word if word != "0" else str(_free()) for word in words), *port, DATABASE_URL=url)
    assert (ended.returncode, REFUSED in ended.stderr) == (2, True), ended


def test_a_pool_in_session_mode_works(installation: SharedInstallation) -> None:
    """Each client keeps its connection until it goes."""
    with pgbouncer(installation.server.url, "session") as url:
        for words in (["orders"], ["migrate"], ["sync"]):
            ended = installation.run(*words, DATABASE_URL=url)
            assert ended.returncode == 0, ended
    assert installation.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


def test_help_asks_no_database(installation: SharedInstallation) -> None:
    """Whatever DATABASE_URL leads to."""
    with pgbouncer(installation.server.url, "transaction") as url:
        assert installation.run("sync", "--help", DATABASE_URL=url).returncode == 0


@contextmanager
def _others(url: str, many: int) -> Iterator[None]:
    """So many clients who ask one thing after another."""
    is_over = threading.Event()

    def ask() -> None:
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
            while not is_over.is_set():
                connection.execute("SELECT pg_sleep(0.002)")

    threads = [threading.Thread(target=ask) for _ in range(many)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
