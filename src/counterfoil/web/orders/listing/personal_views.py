"""The views of the list of sales orders that a person has saved: a name and the query of the list."""

from dataclasses import dataclass

from django.http import QueryDict

from counterfoil.accounts.models import Person
from counterfoil.sales.errors import Refused
from counterfoil.storable import without_nulls
from counterfoil.web.orders.listing.columns import LIST

MOST_VIEWS = 12
LONGEST_NAME = 40
LONGEST_QUERY = 1_000
KEPT = ("q", "show", "store", "channel", "status", "when", "since", "until", "sort")
"""What of the list's address belongs to a view; a page does not."""


@dataclass(frozen=True, slots=True)
class OwnView:
    """A view that a person saved."""

    name: str
    query: str


def own_views(person: Person) -> list[OwnView]:
    """Those of this person, in the order in which they were saved."""
    kept = person.list_settings.get(LIST, {}).get("views", [])
    return [OwnView(str(each["name"]), str(each["query"])) for each in kept]


def save_view(person: Person, name: str, listed: str) -> OwnView:
    """Keeps what the list is narrowed to under a name; one of the same name is replaced. Raises Refused."""
    name = " ".join(without_nulls(name).split())[:LONGEST_NAME]
    if not name:
        raise Refused("The view has no name.", "Enter one.")
    asked = QueryDict(without_nulls(listed)[:LONGEST_QUERY])
    kept = QueryDict(mutable=True)
    kept.update({key: asked[key] for key in asked if key in KEPT and asked[key]})
    if not kept:
        raise Refused("The list isn’t filtered.", "Search or filter first, then save the view.")
    view = OwnView(name, kept.urlencode())
    others = [each for each in own_views(person) if each.name.casefold() != name.casefold()]
    if len(others) >= MOST_VIEWS:
        raise Refused(f"You have {MOST_VIEWS} saved views.", "Delete one first.")
    _keep(person, [*others, view])
    return view


def delete_view(person: Person, name: str) -> bool:
    """Takes a view off; whether it was there."""
    rest = [each for each in own_views(person) if each.name != name]
    is_there = len(rest) < len(own_views(person))
    if is_there:
        _keep(person, rest)
    return is_there


def _keep(person: Person, views: list[OwnView]) -> None:
    rows = [{"name": each.name, "query": each.query} for each in views]
    person.list_settings = person.list_settings | {LIST: person.list_settings.get(LIST, {}) | {"views": rows}}
    person.save(update_fields=["list_settings"])
