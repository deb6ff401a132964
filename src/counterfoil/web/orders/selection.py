"""The sales orders that someone chose on the list: ticked one by one, or all that its filter shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from counterfoil.sales.models import SalesOrder
from counterfoil.storable import LARGEST_ID, number_of, without_nulls
from counterfoil.web.orders.filters import SHOWN, OrderFilter
from counterfoil.web.orders.view_tabs import chips

MOST_TICKED = 1_000
LONGEST_FILTER = 4_000  # characters
_DISTANCE = re.compile("[0-9a-z]{1,13}", re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders, in no order and of any number; which ones in words ("": all there are); and the query of the list
    that they were chosen from.
    """

    orders: QuerySet[SalesOrder]
    words: str
    listed: str


def chosen_orders(request: HttpRequest, asked: QueryDict, *, all_if_none: bool = False) -> Selection:
    """`order` (repeated) and `chosen` (see `packed`): their numbers; with `all`, instead of them, what the query in
    `filter` shows.

    `all_if_none`: nothing ticked means all, too.
    """
    listed = without_nulls(asked.get("filter", ""))[:LONGEST_FILTER]
    ticked = chosen_numbers(asked)
    if "all" in asked or (all_if_none and not ticked):
        query = QueryDict(listed)
        found = OrderFilter(query, queryset=SalesOrder.objects.all(), request=request)
        return Selection(found.every_one(), _words(found, query), listed)
    words = f"{len(ticked)} from the list"
    return Selection(SalesOrder.objects.filter(number__in=ticked), words, listed)


def chosen_numbers(asked: QueryDict) -> list[int]:
    """The order numbers that were chosen one by one, each once, MOST_TICKED at most."""
    ticked = [*numbers_in(asked.getlist("order")), *unpacked(asked.get("chosen", ""))]
    return list(dict.fromkeys(ticked))[:MOST_TICKED]


def packed(numbers: Iterable[int]) -> str:
    """The numbers in ascending order, each as its distance from the one before, in base 36: "rt.1.1.2" is 1001, 1002,
    1003 and 1005. So a thousand of them fit into an address. selection.js writes the same.
    """
    ascending = sorted(set(numbers))
    return ".".join(_base_36(number - before) for before, number in pairwise([0, *ascending]))


def unpacked(text: str) -> list[int]:
    """The numbers that `packed` wrote, the first MOST_TICKED of them; none where something else stands there."""
    distances = text.split(".")[:MOST_TICKED] if text else []
    if not all(_DISTANCE.fullmatch(each) for each in distances):
        return []
    return [number for number in accumulate(int(each, 36) for each in distances) if number <= LARGEST_ID]


def _base_36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


@dataclass(frozen=True, slots=True)
class GoneFromList:
    """Of chosen orders: those that the list does not show any more, and numbers that no order has."""

    orders: list[SalesOrder]
    unknown: list[int]

    @property
    def numbers(self) -> list[int]:
        """The numbers of both."""
        return [*(order.number for order in self.orders), *self.unknown]


def gone_from_list(request: HttpRequest, numbers: list[int], listed: str) -> GoneFromList:
    """What became of chosen orders that the list with this query does not show. Few statements for any number."""
    orders = {order.number: order for order in SalesOrder.objects.filter(number__in=numbers).select_related("status")}
    query = QueryDict(without_nulls(listed)[:LONGEST_FILTER])
    found = OrderFilter(query, queryset=SalesOrder.objects.filter(number__in=numbers), request=request).every_one()
    shown = set(found.order_by().values_list("number", flat=True))
    gone = [order for number, order in orders.items() if number not in shown]
    return GoneFromList(gone, [number for number in numbers if number not in orders])


def numbers_in(texts: list[str]) -> list[int]:
    """The order numbers among these texts, the first MOST_TICKED of them; nonsense is passed over."""
    return [number for number in map(number_of, texts) if number is not None][:MOST_TICKED]


def _words(found: OrderFilter, query: QueryDict) -> str:
    searched = query.get("q", "").strip()
    label, _ = SHOWN.get(query.get("show", ""), ("", None))
    parts = [*([label] if label else []), *([f"Search: {searched}"] if searched else [])]
    return "; ".join([*parts, *(f"{chip.label}: {chip.value}" for chip in chips(found, query))])
