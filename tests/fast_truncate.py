"""Empties tables that have few rows: a hundred times as fast as TRUNCATE, which makes every file anew."""

from collections.abc import Sequence

from django.db import connection


def deletes(tables: Sequence[str]) -> list[str]:
    """The statements that empty these tables, whatever points to what; those that are empty already are left alone."""
    with connection.cursor() as cursor:
        asked = " UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (SELECT FROM \"{each}\")" for each in tables)
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
    statements = [f'DELETE FROM "{each}"' for each in filled]
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = DEFAULT"]
