"""The database of a command: the embedded one is attached to when it runs, else started and stopped again."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from counterfoil.platform.database.embedded import AlreadyRunning, EmbeddedServer

START_SECONDS = 30.0  # for whoever else starts or stops the server at this moment
OTHERS_SECONDS = 600.0  # another command may have attached to the server that this one started


@contextmanager
def database(data_dir: Path) -> Iterator[str]:
    """The URL of the data directory's database for the length of the block; raises EmbeddedError."""
    server = EmbeddedServer(data_dir)
    held = _attach_or_start(server)
    try:
        yield server.url
    finally:
        if held is not None:
            held.close()
        else:
            _wait_for_others(server)
            server.stop()


def _attach_or_start(server: EmbeddedServer) -> psycopg.Connection | None:
    """A connection that keeps another process's server from stopping; None when this process started it."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        held = _attach(server)
        if held is not None:
            return held
        try:
            server.start()
            return None
        except AlreadyRunning:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _attach(server: EmbeddedServer) -> psycopg.Connection | None:
    url = server.running_url()
    if url is None:
        return None
    try:
        return psycopg.connect(url, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        return None  # it has just stopped


def _wait_for_others(server: EmbeddedServer) -> None:
    """Whoever attached meanwhile may finish."""
    deadline = time.monotonic() + OTHERS_SECONDS
    told = False
    try:
        while server.others_connected() and time.monotonic() < deadline:
            if not told:
                sys.stderr.write("Another command is still using the database this one started; waiting for it.\n")
                told = True
            time.sleep(0.2)
    except psycopg.OperationalError:
        return  # it has ended already
