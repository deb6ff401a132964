"""Reads and writes rows with one statement each kind, for the way that every order takes.

An import writes to eight tables. Wording such a statement takes the ORM longer than PostgreSQL to carry it out, so the
wording is kept here; values, defaults and the model's own column types are the ORM's as ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

Row = TypeVar("Row", bound=models.Model)


@lru_cache(maxsize=64)
def _wording(
    model: type[models.Model], names: tuple[str, ...], computed: tuple[tuple[str, str], ...]
) -> tuple[list[Any], list[Any], str, str, str]:
    """The given columns, those that take their default; the statement's head, one row of it, and what it returns."""
    given: list[Any] = [model._meta.get_field(name) for name in names]
    known: list[Any] = [*given, *(model._meta.get_field(name) for name, _ in computed)]
    returned = ", ".join(["id", *(_quoted(field.column) for field in known[len(given) :])])
    left_out = [field for field in model._meta.concrete_fields if field not in known and not field.primary_key]
    defaults: list[Any] = [field for field in left_out if field.db_default is NOT_PROVIDED and field.has_default()]
    columns = ", ".join(_quoted(field.column) for field in (*known, *defaults))
    values = [*["%s"] * len(given), *(words for _, words in computed), *["%s"] * len(defaults)]
    head = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 (names of our models)
    return given, defaults, head, f"({', '.join(values)})", returned


def insert(
    model: type[models.Model], rows: Sequence[Mapping[str, object]], *, leave_out_taken: bool = False
) -> list[int]:
    """Inserts rows that all name the same columns (a foreign key by its id, `order_id`); returns their ids in order.

    `leave_out_taken`: a row that a unique constraint forbids is left out, and so is its id.
    """
    return [row[0] for row in _insert(model, rows, leave_out_taken=leave_out_taken)]


def insert_one(model: type[Row], row: Mapping[str, object], *, computed: tuple[tuple[str, str], ...] = ()) -> Row:
    """Inserts one row; what the database fills in is loaded when it is asked for.

    `computed`: further columns, with the SQL that gives their value; they are known at once.
    """
    ((pk, *values),) = _insert(model, [row], computed=computed)
    known = {"id": pk, **row, **dict(zip((name for name, _ in computed), values, strict=True))}
    fields = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(connection.alias, fields, [known[name] for name in fields])


def _insert(
    model: type[models.Model],
    rows: Sequence[Mapping[str, object]],
    *,
    leave_out_taken: bool = False,
    computed: tuple[tuple[str, str], ...] = (),
) -> list[tuple[Any, ...]]:
    """The id of each row, and its computed columns."""
    if not rows:
        return []
    names = tuple(rows[0])
    given, defaults, head, one, returned = _wording(model, names, computed)
    values = [
        value
        for row in rows
        for value in (
            *_prepared(zip(given, (row[name] for name in names), strict=True)),
            *_prepared((field, field.get_default()) for field in defaults),
        )
    ]
    conflict = " ON CONFLICT DO NOTHING" if leave_out_taken else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{head}{', '.join([one] * len(rows))}{conflict} RETURNING {returned}", values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def select(model: type[Row], rest: str, values: Sequence[Any], *, joined: str = "") -> list[Row]:
    """The rows of `FROM … AS row` and what `rest` adds to it, as the ORM would make them.

    `joined`: a nullable foreign key whose row comes along. For models whose columns come as they are: the driver's
    own types, no JSON.
    """
    columns, tables, own, (other, theirs) = _reading(model, joined)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {tables} {rest}", values)  # noqa: S608 (names of our models)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        found.append(model.from_db(connection.alias, own, row[: len(own)]))
        if other is not None:
            its = row[len(own) :]
            setattr(found[-1], joined, None if its[0] is None else other.from_db(connection.alias, theirs, its))
    return found


@lru_cache(maxsize=64)
def _reading(
    model: type[models.Model], joined: str
) -> tuple[str, str, list[str], tuple[type[models.Model] | None, list[str]]]:
    """The columns and the tables of a SELECT, the model's fields in their order, and those of the joined model."""
    own = model._meta.concrete_fields
    columns = [f"row.{_quoted(field.column)}" for field in own]
    tables = f"{_quoted(model._meta.db_table)} AS row"
    names = [field.attname for field in own]
    if not joined:
        return ", ".join(columns), tables, names, (None, [])
    key: Any = model._meta.get_field(joined)
    other = key.related_model
    theirs = other._meta.concrete_fields
    columns += [f"joined.{_quoted(field.column)}" for field in theirs]
    tables += f" LEFT JOIN {_quoted(other._meta.db_table)} AS joined ON joined.id = row.{_quoted(key.column)}"
    return ", ".join(columns), tables, names, (other, [field.attname for field in theirs])


def write(row: models.Model) -> None:
    """Writes all columns of a row that is there; what the model does on saving is not done."""
    fields, statement = _writing(type(row))
    values = [*_prepared((field, getattr(row, field.attname)) for field in fields), row.pk]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@lru_cache(maxsize=64)
def _writing(model: type[models.Model]) -> tuple[list[Any], str]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    return fields, f"UPDATE {_quoted(model._meta.db_table)} SET {columns} WHERE id = %s"  # noqa: S608


_PLAIN_TYPES = (str, int, bool, type(None))
_PLAIN = {models.CharField, models.TextField, models.BooleanField, models.SmallIntegerField, models.IntegerField}
_PLAIN |= {models.PositiveIntegerField, models.BigIntegerField, models.ForeignKey, models.OneToOneField}


def _prepared(values: Iterable[tuple[Any, object]]) -> list[Any]:
    """The values as the driver takes them; those of plain types are that already."""
    return [
        value if type(value) in _PLAIN_TYPES and type(field) in _PLAIN else field.get_db_prep_save(value, connection)
        for field, value in values
    ]


def _quoted(name: str | None) -> str:
    assert name is not None  # what the stubs say of a column
    return connection.ops.quote_name(name)
