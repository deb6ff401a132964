"""Whether the database connections of this process are its own, or a pool's that lends them for a moment each.

One at a time at a store rests on a lock that belongs to a connection. PgBouncer in the modes `transaction` and
`statement` gives each statement whichever connection is free: the lock is then held by nobody, or by a stranger who
goes on holding it (https://www.pgbouncer.org/features.html: session-level advisory locks work in session mode only).
"""

import secrets
from typing import Any

import psycopg
from django.db import connection

from counterfoil.platform.django_setup import SettingsError

ROUNDS = 4
LOCK_SPACE = 0x5708F  # next to the stores' locks (stores/sync/session.py); nobody waits for one of these
MOST = 2**31 - 1
DJANGOS_OWN = ("context", "cursor_factory")
_CHECK_STATEMENT = """
    SELECT pg_backend_pid(), EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
        AND classid = %(space)s AND objid = %(number)s
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""


class PooledDatabase(SettingsError):
    """DATABASE_URL leads to a pool that lends its connections."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL points to a connection pool that gives each transaction another connection (PgBouncer's "
            "pool_mode transaction or statement). Counterfoil's locks don’t work there, so an order could be sent "
            "twice. Nothing was changed. Name the PostgreSQL server itself in DATABASE_URL, or set pool_mode = "
            "session for this database."
        )


def require_own_connection() -> None:
    """Raises PooledDatabase where a lock does not stay with its connection; OperationalError without a database.

    Two connections that are open at once are never the same at the server, whoever else uses the pool: a pool that
    lends the freest one gives both the same, one that alternates gives each another one every time.
    """
    number = secrets.randbelow(MOST)
    given = {name: value for name, value in connection.get_connection_params().items() if name not in DJANGOS_OWN}
    given |= {"autocommit": True, "prepare_threshold": None}
    with psycopg.connect(**given) as one, psycopg.connect(**given) as other:
        asked = {"space": LOCK_SPACE, "number": number}
        ours = _row(one, "SELECT pg_backend_pid() FROM pg_advisory_lock(%(space)s, %(number)s)", asked)[0]
        for _ in range(ROUNDS):
            theirs, is_theirs = _row(other, _CHECK_STATEMENT, asked)
            now, is_ours = _row(one, _CHECK_STATEMENT, asked)
            if now != ours or theirs == ours or is_theirs or not is_ours:
                raise PooledDatabase
        if not _row(one, "SELECT pg_advisory_unlock(%(space)s, %(number)s)", asked)[0]:
            raise PooledDatabase


def _row(at: psycopg.Connection[tuple[Any, ...]], statement: str, asked: dict[str, int]) -> tuple[Any, ...]:
    row = at.execute(statement.encode(), asked).fetchone()
    assert row is not None
    return row
