"""Who talks to a store: one at a time, and nobody who has lost the lock."""

import time

import psycopg
import pytest
from django.db import connection

from counterfoil.stores.sync.session import LockLost, StoreBusy, open_session
from tests.stores.factories import saved

pytestmark = pytest.mark.django_db(transaction=True)


def other_connection() -> psycopg.Connection:
    """Another process's connection to the same database."""
    return psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, "context": None},
                           autocommit=True)  # fmt: skip


def hang_up() -> None:
    """Ends our connection from the server's side, and waits until it is gone."""
    held = connection.connection
    assert held is not None
    with other_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [held.info.backend_pid])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [held.info.backend_pid]).fetchone():
            time.sleep(0.01)


def test_a_second_session_learns_who_is_there() -> None:
    """The lock is the database's, so it counts on every machine; it is free again afterwards."""
    integration = saved()
    with open_session(integration, seconds=5), other_connection() as other:
        free = other.execute("SELECT pg_try_advisory_lock(%s, %s)", [0x5708E, integration.pk]).fetchone()
        assert free == (False,)
    with other_connection() as other:
        other.execute("SET application_name = 'another worker'")
        other.execute("SELECT pg_advisory_lock(%s, %s)", [0x5708E, integration.pk])
        with pytest.raises(StoreBusy, match="another worker"), open_session(integration, seconds=5):
            pass


def test_whoever_loses_the_connection_sends_nothing_more() -> None:
    """The server hung up, and the lock with it: the next request does not leave, though nothing was asked since."""
    integration = saved()
    with open_session(integration, seconds=5) as there:
        hang_up()
        with pytest.raises(LockLost):
            there.api.time()
    assert there.api.calls == 0
    connection.close()
