"""What every page shows around its contents."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from counterfoil.accounts.models import Person, Role
from counterfoil.stores.attention.items import navigation_counts

BADGES = ("attention_count", "failed_updates", "outages")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the person may do, and the numbers in the navigation; these are counted only where they are shown."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {}
    may = {role.value: person.may(role) for role in Role}
    counted = cache(badges)
    return {"may": may} | {name: SimpleLazyObject(partial(_one_of, counted, name)) for name in BADGES}


def _one_of(counted: Callable[[], dict[str, Any]], name: str) -> Any:
    return counted()[name]


def badges() -> dict[str, Any]:
    """The numbers of the navigation (what needs attention, and the updates among it that failed), and the stores that
    nobody reaches, as `Outage`. One statement."""
    counted, outages = navigation_counts()
    failed = sum(number for (_, kind), number in counted.items() if kind == "update")
    return {"attention_count": counted.total(), "failed_updates": failed, "outages": outages}
