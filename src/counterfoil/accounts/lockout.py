"""Wrong passwords are counted, and whoever guesses waits: by person, by address, by browser.

django-axes keeps the tries and answers those that come too early; the rules are ours:

- Tries are counted under the person, whether their username or e-mail address was typed, however it is written; a name
  that nobody has is counted the same. An IPv6 address counts with its whole /64.
- A browser that the person has logged in with before (device_cookie.py) is counted by itself: after five wrong
  passwords it waits one minute, then two, four … at most fifteen. What others try elsewhere does not concern it.
- From anywhere else fifteen minutes: after five for the name from that address, twenty for the name from all addresses,
  fifty from that address for all names.
- A try is counted before its password is looked at and forgiven afterwards, so that many at once are no more than five.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from counterfoil.accounts.client_ip import counted_address
from counterfoil.accounts.code_lockout import forget_codes, waiting_for_codes
from counterfoil.accounts.device_cookie import known_device
from counterfoil.accounts.models import Person
from counterfoil.storable import without_nulls

MOST_FOR_A_NAME = 20
MOST_FROM_AN_ADDRESS = 50
FIRST_WAIT = timedelta(minutes=1)
MOST_SHOWN = 50

Tried = tuple[int | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Guess:
    """What one try is counted under. `device` is "" for a browser that the person has not logged in with."""

    name: str
    address: str | None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Lockout:
    """Who has to wait, and until when: a name from an address; from any new browser ("" as address); any name ("").

    `of_codes`: not after wrong passwords, but after wrong codes of the second factor, from any browser.
    """

    name: str
    address: str
    until: datetime
    of_codes: bool = False


class GuessHandler(AxesDatabaseHandler):
    """What django-axes asks before a password is looked at, and tells after it was wrong (setting AXES_HANDLER)."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Counts the try; False when it has to wait."""
        guess = remembered(request, credentials)
        return _count(guess) and waits_until(guess, itself=1) is None

    def user_login_failed(
        self, sender: str, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
    ) -> None:
        """Has the try answered with the time to wait, if it was one too many."""
        if request is None:
            return
        guess = remembered(request, credentials)
        if waits_until(guess) is not None:
            request.axes_locked_out = True  # type: ignore[attr-defined]
            request.axes_credentials = credentials  # type: ignore[attr-defined]
            user_locked_out.send("axes", request=request, username=guess.name, ip_address=guess.address)


def typed_name(_request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What was typed as the name, in lower case."""
    found = credentials or {}
    return str(found.get("username") or found.get("email") or "").strip().lower()[:255]


def people_called(typed: str) -> list[Person]:
    """Whose username or e-mail address this is; more than one only where these were given before it was refused."""
    name = without_nulls(typed.strip())
    return list(Person.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).order_by("pk")) if name else []


def remembered(request: HttpRequest, credentials: dict[str, Any] | None) -> Guess:
    """What the request's try is counted under; found out once."""
    guess = getattr(request, "guess", None)
    if not isinstance(guess, Guess):
        typed = typed_name(request, credentials)
        person = next(iter(people_called(typed)), None)
        device = known_device(request, person) if person else ""
        guess = Guess(person.username.lower() if person else typed, counted_address(request), device)
        request.guess = guess  # type: ignore[attr-defined]
    return guess


def waits_until(guess: Guess, *, itself: int = 0) -> datetime | None:
    """Until when such a try has to wait; None when it need not.

    `itself`: 1 when the try at hand has just been counted. Then only the sums of many rows are looked at: others may
    have come in at the same moment. The try's own row was locked.
    """
    found = [until for until in _waits(guess, itself) if until > timezone.now()]
    return max(found, default=None)


def _waits(guess: Guess, itself: int) -> Iterator[datetime]:
    one = Q(username=guess.name, user_agent=guess.device)
    if guess.device and itself:
        return
    if guess.device:
        tries, last = _tried(_live().filter(one), {"one": one})["one"]
        if tries and last and tries >= settings.AXES_FAILURE_LIMIT:
            yield last + _device_waits(tries)
        return
    here = Q(ip_address=guess.address, user_agent="")
    limits = {
        "name_here": (one & here, settings.AXES_FAILURE_LIMIT),
        "name": (one, MOST_FOR_A_NAME),
        "here": (here, MOST_FROM_AN_ADDRESS),
    }
    counted = _tried(_live().filter(one | here), {key: which for key, (which, _) in limits.items()})
    for key, (_, limit) in limits.items():
        tries, last = counted[key]
        if tries and last and tries - itself >= limit:
            yield last + settings.AXES_COOLOFF_TIME


def _device_waits(tries: int) -> timedelta:
    """One minute at the limit, and twice as long for each try more."""
    doubled = min(tries - settings.AXES_FAILURE_LIMIT, 10)
    wait: timedelta = min(FIRST_WAIT * 2**doubled, settings.AXES_COOLOFF_TIME)
    return wait


def _tried(attempts: "QuerySet[AccessAttempt]", which: dict[str, Q]) -> dict[str, Tried]:
    """How many tries there were of each kind, and when the last one; one statement."""
    sums = {f"{key}_tries": Sum("failures_since_start", filter=kind) for key, kind in which.items()}
    lasts = {f"{key}_last": Max("attempt_time", filter=kind) for key, kind in which.items()}
    found = attempts.aggregate(**sums, **lasts)
    return {key: (found[f"{key}_tries"], found[f"{key}_last"]) for key in which}


def _live() -> "QuerySet[AccessAttempt]":
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(attempt_time__gt=since, failures_since_start__gt=0)
    return attempts.order_by()


def _count(guess: Guess) -> bool:
    """One try more, if it need not wait; those that are over are removed on the way. Nothing that was sent is kept.

    Looked at twice: before a row is written, which an address that waits would else add for each new name, and while
    the row is locked, when others may have come in.
    """
    AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - settings.AXES_COOLOFF_TIME).delete()
    if waits_until(guess) is not None:
        return False
    with transaction.atomic():
        attempt, _ = AccessAttempt.objects.select_for_update().get_or_create(
            username=guess.name,
            ip_address=guess.address,
            user_agent=guess.device,
            defaults={"failures_since_start": 0, "get_data": "", "post_data": "", "http_accept": "", "path_info": ""},
        )
        if waits_until(guess) is not None:
            return False
        more = {"failures_since_start": F("failures_since_start") + 1, "attempt_time": timezone.now()}
        AccessAttempt.objects.filter(pk=attempt.pk).update(**more)
    return True


def forgive(request: HttpRequest) -> None:
    """The password was right: the tries before it, of the same name from the same place, are forgotten."""
    guess = getattr(request, "guess", None)
    if isinstance(guess, Guess):
        which = {"username": guess.name, "ip_address": guess.address, "user_agent": guess.device}
        AccessAttempt.objects.filter(**which).delete()


def take_back(request: HttpRequest) -> None:
    """The password was not looked at after all: the try does not count."""
    guess = getattr(request, "guess", None)
    if isinstance(guess, Guess):
        counted = AccessAttempt.objects.filter(
            username=guess.name, ip_address=guess.address, user_agent=guess.device, failures_since_start__gt=0
        )
        counted.update(failures_since_start=F("failures_since_start") - 1)


def forgive_person(request: HttpRequest, person: Person) -> None:
    """They have logged in: what they mistyped at this address does not count any more."""
    mistyped = AccessAttempt.objects.filter(username=person.username.lower(), ip_address=counted_address(request))
    mistyped.delete()


def lockouts() -> list[Lockout]:
    """Who has to wait now after too many wrong passwords or codes, the latest first."""
    new = _live().filter(user_agent="")
    over = [
        *_over(new, ("username", "ip_address"), settings.AXES_FAILURE_LIMIT),
        *_over(new, ("username",), MOST_FOR_A_NAME),
        *_over(new, ("ip_address",), MOST_FROM_AN_ADDRESS),
        *_over(_live().exclude(user_agent=""), ("username", "ip_address", "user_agent"), settings.AXES_FAILURE_LIMIT),
        *(Lockout(person.username, "", until, of_codes=True) for person, until in waiting_for_codes().items()),
    ]
    waiting = [each for each in over if each.until > timezone.now()]
    return sorted(waiting, key=lambda each: each.until, reverse=True)[:MOST_SHOWN]


def _over(attempts: "QuerySet[AccessAttempt]", by: tuple[str, ...], limit: int) -> list[Lockout]:
    counted = attempts.values(*by).annotate(tries=Sum("failures_since_start"), last=Max("attempt_time"))
    return [
        Lockout(
            row.get("username") or "",
            row.get("ip_address") or "",
            row["last"] + (_device_waits(row["tries"]) if "user_agent" in by else settings.AXES_COOLOFF_TIME),
        )
        for row in counted.filter(tries__gte=limit).order_by("-last")[:MOST_SHOWN]
    ]


def lift_lockout(name: str, address: str = "") -> bool:
    """Lets a name be tried again at once, from one address or from all; "" as name: any name from the address.

    From all addresses: the person's codes, too. False when nothing had been tried.
    """
    typed = name.strip().lower()
    person = next(iter(people_called(typed)), None)
    which = Q(username=person.username.lower() if person else typed) if typed else Q()
    if address:
        which &= Q(ip_address=address)
    forgotten = bool(which) and bool(AccessAttempt.objects.filter(which).delete()[0])
    return (person is not None and not address and forget_codes(person)) or forgotten
