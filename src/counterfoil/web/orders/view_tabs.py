"""What is chosen on the list of sales orders, as links: each choice with the way to take it back; views with counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from counterfoil.accounts.models import Person
from counterfoil.sales.db.bounded_list import among
from counterfoil.sales.models import SalesOrder
from counterfoil.web.orders.filters import SHOWN, OrderFilter
from counterfoil.web.orders.listing.personal_views import own_views

MOST_COUNTED = 1_000
"""A view is counted no further: "1,000+"."""

Statement = tuple[str, Sequence[Any]]
"""SQL and its values."""

FOUND = [-1]
"""Stands for the ids that a search has found, in a statement that is kept; no order has this one."""

TODAY = {"when": "today"}
PARTS = ("late", "disputed")
"""Parts of another view: the dashboard leads to them, and a row of nine tabs is wider than a phone."""
VIEWS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("All", {}),
    *((label, {"show": name}) for name, (label, _) in SHOWN.items() if name not in PARTS),
    ("Today", TODAY),
)
NOT_CHOSEN = ("page", "go")
NOT_COUNTED: tuple[Mapping[str, str], ...] = ({}, {"show": "shipped"})
"""Views that hold most of all orders: their number says nothing."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice, and the query of the list without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A choice that people make every day, as a link; how many orders it has, in words ("" where not counted).

    `own`: the name under which the person saved it.
    """

    label: str
    query: str
    is_open: bool
    count: str = ""
    own: str = ""


def chips(chosen: OrderFilter, asked: QueryDict) -> list[Chip]:
    """What is chosen besides the searched words and the view, as it is called in the form."""
    cleaned = chosen.form.cleaned_data if chosen.form.is_bound and hasattr(chosen.form, "cleaned_data") else {}
    return [
        Chip(chosen.form.fields[name].label or "", _called(chosen, name, value), _without(asked, name).urlencode())
        for name, value in cleaned.items()
        if name not in ("q", "show") and value not in (None, "")
    ]


def _called(chosen: OrderFilter, name: str, value: object) -> str:
    if isinstance(value, Model):
        return str(value)
    choices = getattr(chosen.form.fields[name], "choices", ())
    return next((str(label) for key, label in choices if str(key) == str(value)), str(value))


def _without(asked: QueryDict, *names: str) -> QueryDict:
    """What is asked for but for these choices; the page begins anew."""
    rest = asked.copy()
    for each in (*names, *NOT_CHOSEN):
        rest.pop(each, None)
    for each in [key for key, value in rest.items() if not value]:
        del rest[each]
    return rest


def view_tabs(request: HttpRequest, chosen: OrderFilter, person: Person) -> list[SavedView]:
    """The views, then the person's own. One statement for all the counts, and those of words in one's own.

    The views are the filter "how it stands": what else is chosen stays, and is counted by.
    """
    counted: list[Statement] = []
    found: list[tuple[SavedView, int | None]] = []
    own = own_views(person)
    query = _without(request.GET, "sort").urlencode()
    is_own = any(query == each.query for each in own)
    for label, choice in VIEWS:
        is_counted = choice not in NOT_COUNTED
        found.append((_view(label, choice, request.GET, is_own=is_own), len(counted) if is_counted else None))
        counted += [_ids_of(choice, chosen)] if is_counted else []
    for each in own:
        orders = OrderFilter(QueryDict(each.query), queryset=SalesOrder.objects.all(), request=request).every_one()
        view = SavedView(each.name, each.query, is_open=query == each.query, own=each.name)
        found.append((view, len(counted)))
        counted.append(_ids(orders, MOST_COUNTED + 1))
    counts = _counts(counted)
    return [_with_count(view, counts[at] if at is not None else None) for view, at in found]


def _ids_of(choice: Mapping[str, str], chosen: OrderFilter) -> Statement:
    """The ids of the orders in a view, one more than are counted."""
    if "show" not in choice:
        return _ids(chosen.of_today(), MOST_COUNTED + 1)
    if chosen.is_narrowed_by_more_than_words:
        return _ids(SHOWN[choice["show"]][1](chosen.of_any_standing), MOST_COUNTED + 1)
    if chosen.found is None:
        return _ids_of_all(choice["show"], MOST_COUNTED + 1)
    statement, values = _ids_among(choice["show"], MOST_COUNTED + 1)
    return statement, [chosen.found.ids if value == FOUND else value for value in values]


# The statement of a view is the same in each request but for what was found, and takes longer to write than to ask.
@lru_cache(maxsize=len(SHOWN))
def _ids_of_all(shown: str, most: int) -> Statement:
    return _ids(SHOWN[shown][1](SalesOrder.objects.all()), most)


@lru_cache(maxsize=len(SHOWN))
def _ids_among(shown: str, most: int) -> Statement:
    """Of those whose ids take the place of FOUND."""
    return _ids(SHOWN[shown][1](SalesOrder.objects.filter(pk__in=among(FOUND))), most)


def _ids(orders: QuerySet[SalesOrder], most: int) -> Statement:
    if orders.query.is_empty():
        return "SELECT 1 WHERE false", []
    return orders.order_by().values("pk")[:most].query.sql_with_params()


def _counts(statements: Sequence[Statement]) -> list[int]:
    """How many rows each gives. One statement."""
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _ in statements)  # noqa: S608 (Django's own)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, values in statements for value in values])
        return list(cursor.fetchone())


def _view(label: str, choice: Mapping[str, str], asked: QueryDict, *, is_own: bool) -> SavedView:
    is_today = asked.get("when") == TODAY["when"]
    is_left = choice == TODAY or (is_today and not choice)  # "All" leads out of today, too
    rest = _without(asked, "show", *(TODAY if is_left else ()))
    shown = asked.get("show", "")
    now = TODAY if is_today and not shown else ({"show": shown} if shown else {})
    for name, value in choice.items():
        rest[name] = value
    return SavedView(label, rest.urlencode(), is_open=choice == now and not is_own)


def _with_count(view: SavedView, count: int | None) -> SavedView:
    words = "" if count is None else f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"
    return SavedView(view.label, view.query, view.is_open, words, view.own)
