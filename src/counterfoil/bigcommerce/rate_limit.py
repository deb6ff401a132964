"""The rate budget of one store: how many calls we may make, of a quota that all its apps share."""

import random
import threading
import time
from collections.abc import Callable, Mapping

from counterfoil.bigcommerce.errors import QuotaSpent

FIRST_BACK_OFF = 1.0
LONGEST_BACK_OFF = 60.0
LONGEST_TOLD = 3600.0  # the longest window BigCommerce ever had; a header that says more is wrong


class RateBudget:
    """Fed by the store's headers; a part of the quota stays with other apps, a further part with shipments.

    Until the store has told its quota, calls are free. Seconds everywhere.
    """

    def __init__(
        self,
        *,
        headroom: float = 0.1,
        kept_for_shipments: float = 0.1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._headroom = headroom
        self._kept_for_shipments = kept_for_shipments
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._resets_at = 0.0
        self._closed_until = 0.0
        self._back_offs = 0
        self.quota: int | None = None
        self.left: int | None = None

    def take(
        self, *, wait_at_most: float, for_shipment: bool = False, before_wait: Callable[[float], None] | None = None
    ) -> None:
        """Takes one call, waiting for it; raises QuotaSpent when the wait would be longer than allowed.

        `before_wait` hears how long is waited, right before.
        """
        self._wait(lambda: self._try_to_take(for_shipment=for_shipment), wait_at_most, before_wait)

    def wait_for(
        self,
        calls: int,
        *,
        wait_at_most: float,
        for_shipment: bool = False,
        before_wait: Callable[[float], None] | None = None,
    ) -> None:
        """Waits as `take` does until so many calls (or as many as there ever are) could be made, and takes none."""
        self._wait(lambda: self._wait_needed(calls, for_shipment=for_shipment), wait_at_most, before_wait)

    def _wait(
        self, needed: Callable[[], float], wait_at_most: float, before_wait: Callable[[float], None] | None
    ) -> None:
        deadline = self._clock() + wait_at_most
        while (wait := needed()) > 0:
            if self._clock() + wait > deadline:
                raise QuotaSpent("The store's API quota is used up for now.", after=wait)
            if before_wait is not None:
                before_wait(wait)
            self._sleep(wait)

    def _try_to_take(self, *, for_shipment: bool) -> float:
        """Takes one call and returns 0, or returns how long to wait."""
        with self._lock:
            wait = self._seconds_until(1, for_shipment=for_shipment)
            if not wait and self.left is not None:
                self.left -= 1
            return wait

    def _wait_needed(self, calls: int, *, for_shipment: bool) -> float:
        with self._lock:
            return self._seconds_until(calls, for_shipment=for_shipment)

    def _seconds_until(self, calls: int, *, for_shipment: bool) -> float:
        """How long to wait until so many calls are left for us; with the lock."""
        now = self._clock()
        if now < self._closed_until:
            return self._closed_until - now
        if self.left is None or self.quota is None:
            return 0
        if now >= self._resets_at:
            self.left = self.quota
            self._resets_at = now + 1  # the next answer says when the window really ends
        kept = self._kept(for_shipment=for_shipment)
        return max(0.01, self._resets_at - now) if self.left - min(calls, self.quota - kept) < kept else 0

    def _kept(self, *, for_shipment: bool) -> int:
        share = self._headroom + (0 if for_shipment else self._kept_for_shipments)
        return min(int((self.quota or 0) * share), max(0, (self.quota or 0) - 1))

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Learns from an answer: the four X-Rate-Limit headers, X-Retry-After, and a 429 without any of them."""
        told = {name.lower(): value for name, value in headers.items()}
        quota = _number(told.get("x-rate-limit-requests-quota"))
        left = _number(told.get("x-rate-limit-requests-left"))
        reset = _number(told.get("x-rate-limit-time-reset-ms"))
        retry_after = _number(told.get("x-retry-after"))
        with self._lock:
            now = self._clock()
            if quota is not None and quota >= 1 and left is not None and reset is not None:  # 0.5 is not none
                self.quota, self.left = int(quota), int(left)
                self._resets_at = now + min(LONGEST_TOLD, reset / 1000)
            if status != 429:
                self._back_offs = 0
                return
            wait = min(LONGEST_TOLD, max((reset or 0) / 1000, retry_after or 0))
            if not wait:
                wait = min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2**self._back_offs) * random.uniform(0.75, 1)  # noqa: S311
                self._back_offs = min(self._back_offs + 1, 10)
            self._closed_until = max(self._closed_until, now + wait)

    def closed_for(self) -> float:
        """How many seconds the store wants no call from us; 0 when it takes them."""
        with self._lock:
            return max(0.0, self._closed_until - self._clock())


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < 1e9 else None
