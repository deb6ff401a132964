"""A list of any number of rows, as a table asks for it: counted up to a bound, sorted by anything, always quick."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import Expression, F, OrderBy, RawSQL

MOST = 10_000
Shown = TypeVar("Shown")


class BoundedList(Generic[Shown]):
    """`count()`, `order_by()` and slices over the rows of a query. At most MOST of them are looked at.

    `sorts`: what the rows can be sorted by, each name with its expressions; those in `by_index` begin at the first of
    all rows, since an index gives them, any other sorts the first MOST of the `natural` order. `shown` loads the rows
    of a page by their ids, in that order. Two more statements at most, however often it is asked.
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
        sort: str = "",
    ) -> None:
        self.model: type[Model] = rows.model
        self.rows = rows.order_by()
        self.sorts, self.by_index, self.natural, self.shown = sorts, by_index, natural, shown
        self.before_all, self.nulls_last = before_all, nulls_last
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
            sort=known[0] if known else self.natural,
        )

    @property
    def goes_all_through(self) -> bool:
        """Whether the list begins at the first of all rows, not of those that are looked at."""
        return self.sort.removeprefix("-") in self.by_index

    @property
    def there_are_more(self) -> bool:
        """Whether there are more than are looked at."""
        return len(self._first) > MOST

    def count(self) -> int:
        """How many are looked at."""
        return min(len(self._first), MOST)

    __len__ = count

    def __getitem__(self, part: slice) -> list[Shown]:
        """The rows of a page."""
        return self.shown(self._sorted[part])

    @cached_property
    def _first(self) -> list[int]:
        """The ids that are looked at, and one more where there are more."""
        ordering = self._ordering(self.sort if self.goes_all_through else self.natural)
        return list(self.rows.order_by(*ordering).values_list("pk", flat=True)[: MOST + 1])

    @cached_property
    def _sorted(self) -> list[int]:
        """The ids in the order asked for."""
        first = self._first[:MOST]
        if self.goes_all_through:
            known = set(first)
            return list(dict.fromkeys([*(pk for pk in self.before_all if pk in known), *first]))
        if not first:
            return first
        ordering = (*self._ordering(self.sort), *self._ordering(self.natural))
        looked_at = self.model._default_manager.filter(pk__in=among(first))
        return list(looked_at.order_by(*ordering).values_list("pk", flat=True))

    def _ordering(self, sort: str) -> list[OrderBy]:
        down = sort.startswith("-")
        names = [F(each) if isinstance(each, str) else each for each in self.sorts[sort.removeprefix("-")]]
        return [OrderBy(each, descending=down, nulls_last=(down and self.nulls_last) or None) for each in names]


def in_order(rows: QuerySet[Any], ids: Sequence[int]) -> list[Any]:
    """The rows of these ids, as they were asked for; those that are gone meanwhile are left out. One statement."""
    found = rows.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def among(ids: Sequence[int]) -> RawSQL:
    """These ids, thousands of them too, for `pk__in`: they are sent as one value."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
