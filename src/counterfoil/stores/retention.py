"""What is kept for a time only: versions of orders that are in nobody's way, lines of the log, old comparisons."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

BATCH = 1000

# The version read last and the imported one stay: what is seen next is compared with them.
_VERSIONS = """
    DELETE FROM stores_payload WHERE id IN (
        SELECT old.id FROM stores_payload AS old
        WHERE old.read_at < %(before)s AND NOT EXISTS (
            SELECT FROM stores_weborder AS used WHERE used.payload_id = old.id OR used.imported_payload_id = old.id
        )
        LIMIT %(batch)s
    )
"""
_LINES = """
    DELETE FROM stores_logentry WHERE id IN (
        SELECT id FROM stores_logentry WHERE at < %(before)s LIMIT %(batch)s
    )
"""


def forget_versions(before: datetime, *, go_on: Callable[[], bool]) -> int:
    """Removes superseded versions of orders that were read before then; returns how many. A batch at a time."""
    return _in_batches(_VERSIONS, before, go_on)


def forget_lines(before: datetime, *, go_on: Callable[[], bool]) -> int:
    """Removes lines of the web integration log that are older; returns how many. A batch at a time."""
    return _in_batches(_LINES, before, go_on)


def _in_batches(statement: str, before: datetime, go_on: Callable[[], bool]) -> int:
    removed, batch = 0, BATCH
    while batch == BATCH and go_on():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"before": before, "batch": BATCH})
            batch = cursor.rowcount
        removed += batch
    return removed
