"""How far it has come what a person has just retried: "10 of 12 solved". Kept in the session, for some minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from counterfoil.stores.attention.items import Narrowed, keys_of
from counterfoil.stores.models import IN_HAND, StoreUpdate, UpdateState, WebOrder

KEY = "mended"
MOST = 1000
"""So many items are followed; of more the first ones stand for all."""
SHOWN_FOR = timedelta(minutes=15)
SHOWN_WHEN_DONE = timedelta(minutes=2)

_ORDERS = {
    "number": Q(),
    "again": ~Q(reason_code="") & Q(read_again=""),
    "tried": ~Q(reason_code="") & ~Q(read_again=""),
}
_UPDATES = {
    "number": Q(),
    "again": Q(state=UpdateState.FAILED),
    "tried": Q(state__in=IN_HAND),
}


@dataclass(frozen=True, slots=True)
class RetryProgress:
    """Of so many items so many are solved, are being tried, need a person again."""

    number: int
    tried: int
    again: int

    @property
    def done(self) -> int:
        """How many are decided, either way."""
        return self.number - self.tried

    @property
    def solved(self) -> int:
        """How many need nobody any more."""
        return self.number - self.tried - self.again


def follow(session: SessionBase, narrowed: Narrowed) -> None:
    """Notes what is about to be retried; before that is done. What was followed so far and is not done goes along."""
    keys = keys_of(narrowed, most=MOST)
    before = session.get(KEY, {}) if progress(session) else {}
    session[KEY] = {
        "at": timezone.now().isoformat(),
        **{kind: sorted({*before.get(kind, []), *keys[kind]})[-MOST:] for kind in ("order", "update")},
    }


def progress(session: SessionBase) -> RetryProgress | None:
    """How far it has come; None when nothing was retried lately. Two statements at most."""
    followed: dict[str, Any] = session.get(KEY, {})
    at = parse_datetime(followed.get("at", ""))
    if at is None or timezone.now() - at > SHOWN_FOR:
        return None
    orders = _counted(WebOrder.objects.filter(pk__in=followed["order"]), _ORDERS) if followed["order"] else {}
    updates = _counted(StoreUpdate.objects.filter(pk__in=followed["update"]), _UPDATES) if followed["update"] else {}
    number, again, tried = (orders.get(name, 0) + updates.get(name, 0) for name in ("number", "again", "tried"))
    return RetryProgress(number, tried, again) if number and (tried or _is_recent(at)) else None


def _is_recent(at: datetime) -> bool:
    return timezone.now() - at < SHOWN_WHEN_DONE


def _counted(things: QuerySet[Model], which: dict[str, Q]) -> dict[str, int]:
    return things.aggregate(**{name: Count("pk", filter=condition or None) for name, condition in which.items()})
