"""Which rows point to a row: found out from the models, so that a new table is never forgotten."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models


def references_to(model: type[models.Model]) -> list["models.ForeignKey[Any, Any]"]:
    """Every foreign key to this model, of any table of the program, in the order of their names."""
    found = [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
    ]
    return sorted(found, key=lambda field: (field.model._meta.label, field.name))


def point_elsewhere(field: "models.ForeignKey[Any, Any]", now: Mapping[int, int]) -> int:
    """Rows that point to a key of `now` point to its value afterwards. One statement; returns how many rows."""
    if not now:
        return 0
    table, column = (connection.ops.quote_name(name) for name in (field.model._meta.db_table, field.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = pair.after"  # noqa: S608 (names of our models)
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair (before, after)"
            f" WHERE {table}.{column} = pair.before",
            [list(now.keys()), list(now.values())],
        )
        pointed: int = cursor.rowcount
    return pointed
