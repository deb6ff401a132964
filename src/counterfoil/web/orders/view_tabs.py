"""What is chosen on the list of sales orders, as links: each choice with the way to take it back; views with counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict

from counterfoil.accounts.models import Person
from counterfoil.sales.models import SalesOrder
from counterfoil.web.orders.filters import SHOWN, OrderFilter
from counterfoil.web.orders.listing.personal_views import own_views

MOST_COUNTED = 1_000
"""A view is counted no further: "1,000+"."""

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
    counted: list[QuerySet[SalesOrder]] = []
    found: list[tuple[SavedView, int | None]] = []
    own = own_views(person)
    query = _without(request.GET, "sort").urlencode()
    is_own = any(query == each.query for each in own)
    for label, choice in VIEWS:
        orders = _orders_of(choice, chosen)
        found.append((_view(label, choice, request.GET, is_own=is_own), len(counted) if orders is not None else None))
        counted += [] if orders is None else [orders]
    for each in own:
        orders = OrderFilter(QueryDict(each.query), queryset=SalesOrder.objects.all(), request=request).every_one()
        view = SavedView(each.name, each.query, is_open=query == each.query, own=each.name)
        found.append((view, len(counted)))
        counted.append(orders)
    counts = capped_counts(counted)
    return [_with_count(view, counts[at] if at is not None else None) for view, at in found]


def _orders_of(choice: Mapping[str, str], chosen: OrderFilter) -> QuerySet[SalesOrder] | None:
    """What is counted for a view; None where it is not."""
    if choice in NOT_COUNTED:
        return None
    return SHOWN[choice["show"]][1](chosen.of_any_standing) if "show" in choice else chosen.of_today()


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


def capped_counts(lists: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each has; one more than MOST_COUNTED stands for any number beyond. One statement, or none."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in lists:
        if rows.query.is_empty():
            parts.append("0")
            continue
        sql, given = rows.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 (Django made it)
        values += given
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return [int(count) for count in cursor.fetchone()]
