"""A list of any number of rows, as a table asks for it: counted up to a bound, sorted by anything, always quick.

Whoever looks at fifty rows should not wait for thousands to be read. Along an index ten thousand are counted without
reading one of them (an index-only scan). What has to be read is bounded closer.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import Expression, F, OrderBy, RawSQL

MOST = 10_000
MOST_READ = 2_000
MOST_SORTED = 1_000  # each is read with what it is sorted by, from up to four tables
Shown = TypeVar("Shown")


class BoundedList(Generic[Shown]):
    """`count()`, `order_by()` and slices over the rows of a query. At most MOST of them are looked at; with `is_read`,
    for rows that are not told from an index alone, at most MOST_READ.

    `sorts`: what the rows can be sorted by, each name with its expressions; those in `by_index` begin at the first of
    all rows, since an index gives them, any other sorts the first of the `natural` order: MOST of what people work
    through (`is_worklist`), MOST_SORTED of all else. `shown` loads the rows of a page by their ids, in that order. Two
    more statements at most, however often it is asked.
    """

    def __init__(
        self,
        rows: QuerySet[Any],
        *,
        sorts: Mapping[str, Sequence[Expression | str]],
        by_index: Collection[str],
        natural: str,
        shown: Callable[[Sequence[int]], list[Shown]],
        before_all: Sequence[int] = (),
        nulls_last: bool = True,
        is_worklist: bool = False,
        is_read: bool = False,
        sort: str = "",
    ) -> None:
        self.model: type[Model] = rows.model
        self.rows = rows.order_by()
        self.sorts, self.by_index, self.natural, self.shown = sorts, by_index, natural, shown
        self.before_all, self.nulls_last = before_all, nulls_last
        self.is_worklist, self.is_read = is_worklist, is_read
        self.sort = sort or natural

    def order_by(self, *names: str) -> "BoundedList[Shown]":
        """The same rows in another order: a name of `sorts`, with - before it for the other way round."""
        known = [name for name in names if name.removeprefix("-") in self.sorts]
        return BoundedList(
            self.rows,
            sorts=self.sorts,
            by_index=self.by_index,
            natural=self.natural,
            shown=self.shown,
            before_all=self.before_all,
            nulls_last=self.nulls_last,
            is_worklist=self.is_worklist,
            is_read=self.is_read,
            sort=known[0] if known else self.natural,
        )

    @property
    def goes_all_through(self) -> bool:
        """Whether the list begins at the first of all rows, not of those that are looked at."""
        return self.sort.removeprefix("-") in self.by_index

    @property
    def there_are_more(self) -> bool:
        """Whether there are more than are looked at."""
        return len(self._first) > self._most

    def count(self) -> int:
        """How many are looked at."""
        return min(len(self._first), self._most)

    __len__ = count

    def __getitem__(self, part: slice) -> list[Shown]:
        """The rows of a page."""
        return self.shown(self._sorted[part])

    @cached_property
    def _first(self) -> list[int]:
        """The ids that are looked at, and one more where there are more."""
        ordering = self._ordering(self.sort if self.goes_all_through else self.natural)
        return _ids(self.rows.order_by(*ordering).values("pk")[: self._most + 1])

    @property
    def _most(self) -> int:
        if not (self.goes_all_through or self.is_worklist):
            return min(MOST, MOST_SORTED)
        return min(MOST, MOST_READ) if self.is_read else MOST

    @cached_property
    def _sorted(self) -> list[int]:
        """The ids in the order asked for."""
        first = self._first[: self._most]
        if self.goes_all_through:
            known = set(first)
            return list(dict.fromkeys([*(pk for pk in self.before_all if pk in known), *first]))
        if not first:
            return first
        ordering = (*self._ordering(self.sort), *self._ordering(self.natural))
        looked_at = self.model._default_manager.filter(pk__in=among(first))
        return list(looked_at.order_by(*ordering).values_list("pk", flat=True))

    def _ordering(self, sort: str) -> list[OrderBy]:
        down, name = sort.startswith("-"), sort.removeprefix("-")
        last = down and self.nulls_last and name not in self.by_index  # an index has its nulls where they are
        names = [F(each) if isinstance(each, str) else each for each in self.sorts[name]]
        return [OrderBy(each, descending=down, nulls_last=last or None) for each in names]


def _ids(rows: QuerySet[Any, Any]) -> list[int]:
    """The ids in their order. One statement, one row: ten thousand rows of one id each take longer to unpack."""
    try:
        statement, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array_agg(pk) FROM ({statement}) AS listed (pk)", params)  # noqa: S608 (Django's own)
        (ids,) = cursor.fetchone()
    return list(ids or ())


def in_order(rows: QuerySet[Any], ids: Sequence[int]) -> list[Any]:
    """The rows of these ids, as they were asked for; those that are gone meanwhile are left out. One statement."""
    found = rows.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def among(ids: Sequence[int]) -> RawSQL:
    """These ids, thousands of them too, for `pk__in`: they are sent as one value."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
