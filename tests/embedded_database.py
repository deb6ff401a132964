"""Gives the tests a real PostgreSQL before anything reads the settings: DATABASE_URL's, or one of our own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from counterfoil.platform.database.embedded import EmbeddedServer


def _start() -> None:
    data_dir = Path(tempfile.mkdtemp(prefix="counterfoil-tests-"))
    server = EmbeddedServer(data_dir, durable=False)

    @atexit.register
    def stop() -> None:
        server.stop()
        server.remove()
        shutil.rmtree(data_dir, ignore_errors=True)

    server.start()
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE counterfoil CREATEDB")  # the tests' own database, and emptying its tables
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO counterfoil")
    os.environ["DATABASE_URL"] = server.url
    os.environ.setdefault("COUNTERFOIL_DATA_DIR", str(data_dir))


if "DATABASE_URL" not in os.environ:
    _start()
os.environ.setdefault("COUNTERFOIL_DATA_DIR", tempfile.gettempdir())
