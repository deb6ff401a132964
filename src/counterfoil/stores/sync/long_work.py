"""Work that takes minutes says how far it is: a backfill of thousands of orders, thousands of updates to send.

It goes on over many syncs, so that it is kept in the store's state, where pages read it: by kind how many are done, of
how many, since when; and until when the store's quota lets nothing through.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from counterfoil.stores.models import StoreState, WebIntegration

IMPORTING, TELLING = "importing", "telling"
LABELS = {IMPORTING: "Importing orders", TELLING: "Updating BigCommerce"}
WORTH_TELLING = 50
"""Fewer are done before anybody has read it."""
WRITE_EVERY = 2.0
WAIT_WORTH_TELLING = 2.0  # seconds
OVER_AFTER = timedelta(minutes=5)
"""What nobody has gone on with for so long is not under way."""


class LongWork:
    """What one session notes of it. One statement every two seconds, none for what is done at once."""

    def __init__(self, integration: WebIntegration) -> None:
        self._integration = integration
        self._kept: dict[str, Any] = {}
        self._begun: dict[str, int] = {}
        self._written_at = 0.0

    def begin(self, kind: str, left: int) -> None:
        """So many are left. What was under way in the session before goes on."""
        if kind in self._begun or (left < WORTH_TELLING and kind not in self._state.progress):
            return
        before = under_way(self._state).get(kind)
        done = before.done if before else 0
        began = before.began if before else timezone.now()
        self._begun[kind] = done
        self._kept = {**self._state.progress, **self._kept}
        self._kept[kind] = {"began": began.isoformat(), "done": done, "of": done + left}
        self._write()

    def advance(self, kind: str, done: int) -> None:
        """So many are done in this session."""
        if kind not in self._begun:
            return
        noted = self._kept[kind]
        noted["done"] = self._begun[kind] + done
        noted["of"] = max(noted["of"], noted["done"])
        if time.monotonic() - self._written_at >= WRITE_EVERY:
            self._kept.pop("waits_until", None)
            self._write()

    def end(self, kind: str) -> None:
        """Nothing is left."""
        self._begun.pop(kind, None)
        if self._kept.pop(kind, None) is not None or kind in self._state.progress:
            self._state.progress.pop(kind, None)
            self._write()

    def pause(self) -> None:
        """The session ends; the work goes on in the next one."""
        if self._begun:
            self._write()

    def wait(self, seconds: float) -> None:
        """The store's quota is used up for so long."""
        if self._begun and seconds >= WAIT_WORTH_TELLING:
            self._kept["waits_until"] = (timezone.now() + timedelta(seconds=seconds)).isoformat()
            self._write()

    @property
    def _state(self) -> StoreState:
        return self._integration.state

    def _write(self) -> None:
        self._written_at = time.monotonic()
        left = {kind: self._kept[kind] for kind in LABELS if kind in self._kept}
        if left:
            left |= {"at": timezone.now().isoformat()}
            left |= {"waits_until": self._kept["waits_until"]} if "waits_until" in self._kept else {}
        StoreState.objects.filter(pk=self._state.pk).update(progress=left)


@dataclass(frozen=True, slots=True)
class WorkUnderWay:
    """So many are done of so many, since when, as noted last; `waits_until`: when the quota lets us go on."""

    kind: str
    done: int
    of: int
    began: datetime
    noted_at: datetime
    waits_until: datetime | None = None

    @property
    def label(self) -> str:
        """What is done."""
        return LABELS[self.kind]

    @property
    def seconds_left(self) -> float | None:
        """How long it takes at the pace so far, its waits among it; None before anything is done."""
        if not self.done:
            return None
        return (self.noted_at - self.began).total_seconds() / self.done * (self.of - self.done)

    @property
    def time_left(self) -> str:
        """As in "about 12 min left"; empty where it is not known yet."""
        return time_left(self.seconds_left)


def time_left(seconds: float | None) -> str:
    """In the unit that a person counts in."""
    if seconds is None:
        return ""
    if seconds < 90:
        return "about a minute left" if seconds > 30 else "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {round(minutes / 60)} h left"


def under_way(state: StoreState) -> dict[str, WorkUnderWay]:
    """By kind, what is under way at the store. No statement."""
    kept: dict[str, Any] = state.progress or {}
    at, waits = parse_datetime(kept.get("at", "")), parse_datetime(kept.get("waits_until", ""))
    now = timezone.now()
    if at is None or max(at, waits or at) < now - OVER_AFTER:
        return {}
    waits = waits if waits and waits > now else None
    found = {}
    for kind in LABELS:
        noted = kept.get(kind)
        if noted:
            began = parse_datetime(noted["began"]) or at
            found[kind] = WorkUnderWay(kind, noted["done"], noted["of"], began, at, waits)
    return found
