"""Lists page by page: each answer says where the next one begins.

A page begins after the last row of the one before, told by what the rows are sorted by and their id; so rows that come,
go or change meanwhile neither hide another one nor show it twice. The cursor is opaque to others.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from counterfoil.api.problems import invalid
from counterfoil.stores.json_output import Shape

DEFAULT, MOST = 50, 100
LONGEST_CURSOR = 500
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Sorting:
    """What rows are sorted by: a column of their own table that never is null, then their id."""

    name: str
    column: str
    downwards: bool
    is_time: bool = True


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows, where the next page begins (also after the last one, for what comes later), whether there is one."""

    rows: Sequence[Row]
    cursor: str | None
    has_more: bool


def page_of(rows: QuerySet[Row], sorting: Sorting, *, cursor: str, limit: int) -> ListPage[Row]:
    """One page of the rows. One statement."""
    table = rows.model._meta.db_table
    sign = "<" if sorting.downwards else ">"
    if cursor:
        after = _position(cursor, sorting)
        words = f'("{table}"."{sorting.column}", "{table}"."id") {sign} (%s, %s)'
        rows = rows.filter(RawSQL(words, after, output_field=BooleanField()))  # noqa: S611 (names of our models)
    minus = "-" if sorting.downwards else ""
    found = list(rows.order_by(f"{minus}{sorting.column}", f"{minus}id")[: limit + 1])
    kept = found[:limit]
    last = cursor or None
    if kept:
        last = cursor_of(sorting, getattr(kept[-1], sorting.column), kept[-1].pk)
    return ListPage(kept, last, len(found) > limit)


def cursor_of(sorting: Sorting, value: Any, pk: int) -> str:
    """Where a page begins: after this value and id."""
    told = [sorting.name, value.isoformat() if sorting.is_time else value, pk]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _position(cursor: str, sorting: Sorting) -> list[Any]:
    """What a cursor says; raises Problem for one that is none, or of another list."""
    wrong = invalid("cursor", "The cursor is from another list.", "Use “cursor” or “next” from the previous page.")
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise wrong
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        name, value, pk = told
        after = datetime.fromisoformat(value) if sorting.is_time else int(value)
        is_known = name == sorting.name and isinstance(pk, int) and not isinstance(pk, bool) and abs(pk) < 2**63
        is_known = is_known and (not isinstance(after, datetime) or after.tzinfo is not None)
        is_known = is_known and (isinstance(after, datetime) or abs(after) < 2**63)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise wrong from None
    if not is_known:
        raise wrong
    return [after, pk]


def listed(request: HttpRequest, page: ListPage[Row], shape: Callable[[Row], Shape]) -> Shape:
    """The answer: `data`, `next` (the address of the next page, or null) and `cursor`."""
    return envelope(request, [shape(row) for row in page.rows], page.cursor, has_more=page.has_more)


def envelope(request: HttpRequest, data: Sequence[Shape], cursor: str | None, *, has_more: bool) -> Shape:
    """As `listed`, of what is at hand."""
    following = None
    if has_more and cursor:
        asked = request.GET.copy()
        asked["cursor"] = cursor
        following = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
    return {"data": list(data), "next": following, "cursor": cursor}
