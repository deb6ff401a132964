"""A person asks for an order at the moment in which a sync reads it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from counterfoil.stores.models import WebIntegration, WebOrder
from counterfoil.stores.payloads.keep import know
from counterfoil.stores.weborders.requests import import_this_one
from tests.stores.factories import saved

GATE = 4711
UNIQUE = {
    "stores_weborder_import_id_key": "import_id",
    "web_order_once_per_store": "integration_id, bigcommerce_order_id",
}
_STOPS_AT_GATE = f"""
    CREATE FUNCTION at_gate(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('test.at_gate', true) = 'wait' THEN
            PERFORM pg_advisory_lock({GATE}), pg_advisory_unlock({GATE});
        END IF;
        RETURN $1;
    END $$;
    CREATE INDEX gate ON stores_weborder (at_gate(import_id));
"""


def execute(sql: str) -> list[tuple[object, ...]]:
    """Runs a statement; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def gate() -> Iterator[None]:
    """Stops a row on its way into the table, after it was looked for and before any unique key holds it.

    Indexes are written in the order in which they were made: the one that stops comes before both keys.
    """
    execute(_STOPS_AT_GATE)
    for name, columns in UNIQUE.items():
        execute(f"ALTER TABLE stores_weborder DROP CONSTRAINT {name}, ADD CONSTRAINT {name} UNIQUE ({columns})")
    yield
    execute("DROP FUNCTION at_gate CASCADE")


def know_at_gate(integration: WebIntegration, number: int) -> None:
    """What a sync does, in a connection of its own."""
    try:
        execute("SET test.at_gate = 'wait'")
        know(integration, [number])
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("gate")
def test_a_person_and_a_sync_that_meet_at_a_new_order_both_go_on() -> None:
    """Whichever of the order's two unique keys is met first."""
    integration = saved()
    execute(f"SELECT pg_advisory_lock({GATE})")
    with ThreadPoolExecutor(1) as pool:
        try:
            sync = pool.submit(know_at_gate, integration, 100)
            while not execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                assert not sync.done()
                time.sleep(0.01)
            import_this_one(integration, 100, by="Ada")
        finally:
            execute(f"SELECT pg_advisory_unlock({GATE})")
        sync.result()
    assert WebOrder.objects.get().wanted
