"""Empties tables that have few rows: a hundred times as fast as TRUNCATE, which makes every file anew."""

from collections.abc import Sequence

from django.db import connection

JOBS = ("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers")
"""The tables of the queue, which no model of Django's manages: it empties them by itself nowhere."""


def deletes(tables: Sequence[str]) -> list[str]:
    """The statements that empty these tables, whatever points to what; those that are empty already are left alone."""
    with connection.cursor() as cursor:
        asked = " UNION ALL ".join(
            f"SELECT '{each}' WHERE EXISTS (SELECT FROM \"{each}\")" for each in {*tables, *JOBS}
        )
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
    statements = [f'DELETE FROM "{each}"' for each in filled]
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = DEFAULT"]
