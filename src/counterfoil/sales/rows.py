"""Inserts rows with one statement each kind, for the way that every order takes.

An import writes to eight tables. Wording such a statement takes the ORM longer than PostgreSQL to carry it out, so the
wording is kept here; values, defaults and the model's own column types are the ORM's as ever.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

Row = TypeVar("Row", bound=models.Model)


@lru_cache(maxsize=64)
def _wording(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[Any], list[Any], str, str]:
    """The given columns, those that take their default, the statement's head, and one row of it."""
    given: list[Any] = [model._meta.get_field(name) for name in names]
    left_out = [field for field in model._meta.concrete_fields if field not in given and not field.primary_key]
    defaults: list[Any] = [field for field in left_out if field.db_default is NOT_PROVIDED and field.has_default()]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in (*given, *defaults))
    head = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 (names of our models)
    return given, defaults, head, f"({', '.join(['%s'] * (len(given) + len(defaults)))})"


def insert(
    model: type[models.Model], rows: Sequence[Mapping[str, object]], *, leave_out_taken: bool = False
) -> list[int]:
    """Inserts rows that all name the same columns (a foreign key by its id, `order_id`); returns their ids in order.

    `leave_out_taken`: a row that a unique constraint forbids is left out, and so is its id.
    """
    if not rows:
        return []
    names = tuple(rows[0])
    given, defaults, head, one = _wording(model, names)
    values = [
        field.get_db_prep_save(value, connection)
        for row in rows
        for field, value in (
            *zip(given, (row[name] for name in names), strict=True),
            *((field, field.get_default()) for field in defaults),
        )
    ]
    with connection.cursor() as cursor:
        conflict = " ON CONFLICT DO NOTHING" if leave_out_taken else ""
        cursor.execute(f"{head}{', '.join([one] * len(rows))}{conflict} RETURNING id", values)
        return [row[0] for row in cursor.fetchall()]


def insert_one(model: type[Row], row: Mapping[str, object]) -> Row:
    """Inserts one row; what the database fills in is loaded when it is asked for."""
    (pk,) = insert(model, [row])
    known = {"id": pk, **row}
    fields = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(connection.alias, fields, [known[name] for name in fields])
