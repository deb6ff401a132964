"""PostgreSQL's own programs that fit the database: those that come along, or the system's for a newer server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from counterfoil.platform.database.embedded_user import MAJOR_VERSION, EmbeddedError, binaries

_OF_LIBPQ = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


def server_major() -> int:
    """The major version of the server."""
    connection.ensure_connection()
    version: int = connection.connection.info.server_version
    return version // 10000


def program(name: str) -> Path:
    """pg_dump, pg_restore or psql, of at least the server's version; raises EmbeddedError where there is none.

    Those that come along can't encrypt a connection: where ours is encrypted, the system's are used.
    """
    major, encrypted = server_major(), is_encrypted()
    if major <= int(MAJOR_VERSION) and not encrypted:
        return binaries() / name
    found = shutil.which(name)
    if found is None or _major_of(found) < major:
        why = f"The server is PostgreSQL {major}{' and the connection to it is encrypted' if encrypted else ''}"
        raise EmbeddedError(f"{why}: install the {name} of that version or a newer one (postgresql-client).")
    return Path(found)


def is_encrypted() -> bool:
    """Whether the program's own connection to the database uses TLS."""
    connection.ensure_connection()
    return bool(connection.connection.pgconn.ssl_in_use)


def _major_of(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"(\d+)", said)
    return int(number[1]) if number else 0


def environment() -> dict[str, str]:
    """Where the database is and who logs in, as these programs read it: never on a command line."""
    connection.ensure_connection()
    info = connection.connection.info
    found = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    found |= {"PGPASSWORD": info.password, "PGAPPNAME": "counterfoil backup"}
    found |= {variable: value for key, variable in _OF_LIBPQ.items() if (value := info.get_parameters().get(key))}
    if is_encrypted():
        found.setdefault("PGSSLMODE", "require")  # what we encrypt, they do too
    return found | {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
