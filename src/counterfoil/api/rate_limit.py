"""How often a token may ask: so many requests within a minute, counted in the memory of each process of the pages.

A bucket that fills again evenly (GCRA), so that nobody waits for a minute to end, and a token costs two numbers.
"""

import time
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

SECONDS = 60.0
MOST_KNOWN = 10_000
TRIES = 30
"""Requests within SECONDS that one network address may make with tokens that are none."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Where someone stands: `limit` in all, `left` now, `reset` seconds until all of it is there again.

    `wait`: seconds until the next request is answered; 0 when this one is.
    """

    limit: int
    left: int
    reset: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF's draft has them (RateLimit, RateLimit-Policy), and as most services do (X-RateLimit-…)."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={SECONDS:.0f}',
            "RateLimit": f'"minute";r={self.left};t={self.reset}',
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": str(self.reset),
        }


class RateLimiter:
    """Counts requests by whose they are."""

    def __init__(self) -> None:
        self._empty_at: dict[str, float] = {}  # when all is there again
        self._lock = Lock()

    def take(self, who: str, limit: int, *, now: float | None = None) -> Allowance:
        """Counts one request, unless it is one too many."""
        now = time.monotonic() if now is None else now
        each = SECONDS / limit
        with self._lock:
            full_at = max(self._empty_at.get(who, now), now)
            allowed = full_at - now <= SECONDS - each + 1e-9
            if allowed:
                full_at += each
                self._keep(who, full_at, now)
        left = int((SECONDS - (full_at - now)) / each + 1e-9)
        wait = 0 if allowed else max(1, int(full_at - now - SECONDS + each) + 1)
        return Allowance(limit, max(left, 0), int(full_at - now) + 1, wait)

    def _keep(self, who: str, full_at: float, now: float) -> None:
        if len(self._empty_at) >= MOST_KNOWN:
            self._empty_at = {each: at for each, at in self._empty_at.items() if at > now}
        if len(self._empty_at) < MOST_KNOWN or who in self._empty_at:
            self._empty_at[who] = full_at

    def forget(self) -> None:
        """As if nobody had asked for anything."""
        with self._lock:
            self._empty_at.clear()


REQUESTS, FAILURES = RateLimiter(), RateLimiter()


def requests_a_minute() -> int:
    """How many a token may make."""
    limit: int = settings.API_REQUESTS_A_MINUTE
    return limit
