"""The sales orders that someone chose on the list: ticked one by one, or all that its filter shows."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from counterfoil.sales.models import SalesOrder
from counterfoil.storable import number_of, without_nulls
from counterfoil.web.orders.filters import OrderFilter
from counterfoil.web.orders.saved_views import chips

MOST_TICKED = 1_000
LONGEST_FILTER = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders, in no order and of any number; which ones in words ("": all there are); and the query of the list
    that they were chosen from.
    """

    orders: QuerySet[SalesOrder]
    words: str
    listed: str


def chosen_orders(request: HttpRequest, asked: QueryDict, *, all_if_none: bool = False) -> Selection:
    """`order` (repeated): their numbers; with `all`, instead of them, what the query in `filter` shows.

    `all_if_none`: nothing ticked means all, too.
    """
    listed = without_nulls(asked.get("filter", ""))[:LONGEST_FILTER]
    ticked = numbers_in(asked.getlist("order"))
    if "all" in asked or (all_if_none and not ticked):
        query = QueryDict(listed)
        found = OrderFilter(query, queryset=SalesOrder.objects.all(), request=request)
        return Selection(found.every_one(), _words(found, query), listed)
    words = f"{len(ticked)} selected"
    return Selection(SalesOrder.objects.filter(number__in=ticked), words, listed)


def numbers_in(texts: list[str]) -> list[int]:
    """The order numbers among these texts, the first MOST_TICKED of them; nonsense is passed over."""
    return [number for number in map(number_of, texts) if number is not None][:MOST_TICKED]


def _words(found: OrderFilter, query: QueryDict) -> str:
    searched = query.get("q", "").strip()
    parts = [f"Search: {searched}"] if searched else []
    return "; ".join([*parts, *(f"{chip.label}: {chip.value}" for chip in chips(found, query))])
