"""A list of sales orders of any length: counted up to a bound, sorted by anything, quick at each page."""

from collections.abc import Sequence
from functools import cached_property

from django.db.models import QuerySet

from counterfoil.sales.db.bounded_list import among
from counterfoil.sales.models import SalesOrder

MOST = 10_000
NEWEST_FIRST = ("-order_date", "-id")
ALL_THROUGH = {
    "order_date": ("order_date", "id"),
    "-order_date": NEWEST_FIRST,
    "number": ("number",),
    "-number": ("-number",),
}
"""The orderings that an index gives, and that therefore begin at the first of all orders."""


class OrderList:
    """Sales orders as a table asks for them: `count()`, `order_by()`, slices.

    At most MOST of them are looked at, whatever the number: by date and by number the first ones of all, by anything
    else the newest ones, sorted. Three statements at most, however often it is asked. `exactly`: those that stand
    before all others.
    """

    model = SalesOrder

    def __init__(
        self,
        orders: QuerySet[SalesOrder],
        *,
        along: Sequence[str],
        exactly: Sequence[int] = (),
        sort: Sequence[str] = NEWEST_FIRST,
    ) -> None:
        self.orders = orders.order_by()
        self.along = along
        self.exactly = exactly
        self.sort = tuple(sort)

    def order_by(self, *names: str) -> "OrderList":
        """The same ones in another order."""
        return OrderList(self.orders, along=self.along, exactly=self.exactly, sort=names or NEWEST_FIRST)

    @property
    def goes_all_through(self) -> bool:
        """Whether the list begins at the first of all orders, not of the newest ones."""
        return self.sort[0] in ALL_THROUGH

    @cached_property
    def _first(self) -> list[int]:
        """The ids that are looked at, and one more where there are more."""
        names = ALL_THROUGH.get(self.sort[0], NEWEST_FIRST)
        return list(self.orders.order_by(*names).values_list("pk", flat=True)[: MOST + 1])

    @property
    def there_are_more(self) -> bool:
        """Whether there are more than are looked at."""
        return len(self._first) > MOST

    def count(self) -> int:
        """How many are looked at."""
        return min(len(self._first), MOST)

    __len__ = count

    @cached_property
    def _sorted(self) -> list[int]:
        """The ids in the order asked for."""
        first = self._first[:MOST]
        if not self.goes_all_through:
            sorted_ones = SalesOrder.objects.filter(pk__in=among(first)).order_by(*self.sort, *NEWEST_FIRST)
            return list(sorted_ones.values_list("pk", flat=True))
        known = set(first)
        before = [pk for pk in self.exactly if pk in known]
        return [*before, *(pk for pk in first if pk not in set(before))] if before else first

    def __getitem__(self, part: slice) -> list[SalesOrder]:
        """The sales orders of a page, with what stands in their rows."""
        page = self._sorted[part]
        found = SalesOrder.objects.select_related(*self.along).in_bulk(page)
        return [found[pk] for pk in page if pk in found]
