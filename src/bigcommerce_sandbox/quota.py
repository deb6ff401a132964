"""The rate limit: a quota per window, shared by every app that talks to the store."""

import math
from dataclasses import dataclass

from bigcommerce_sandbox.clock import StoreClock


@dataclass(slots=True)
class RateWindow:
    """Counts the requests of the present window. Lengths are store seconds, headers real milliseconds."""

    clock: StoreClock
    quota: int = 150
    seconds: float = 30.0
    noise_per_second: float = 0.0
    began: float = 0.0
    used: int = 0

    def take(self) -> bool:
        """One request more; False when the window has none left."""
        self._turn()
        if self.left() <= 0:
            return False
        self.used += 1
        return True

    def spend(self, requests: int) -> None:
        """Requests made by other apps."""
        self._turn()
        self.used += requests

    def left(self) -> int:
        noise = int(self.noise_per_second * (self.clock.ticks() - self.began))
        return max(0, self.quota - self.used - noise)

    def reset_ms(self) -> int:
        """Real milliseconds until the next window; with a fast clock that is sooner."""
        rest = self.began + self.seconds - self.clock.ticks()
        return max(0, math.ceil(rest / self.clock.speed * 1000))

    def headers(self) -> dict[str, str]:
        """The four headers that every answer carries."""
        self._turn()
        return {
            "X-Rate-Limit-Time-Window-Ms": str(math.ceil(self.seconds / self.clock.speed * 1000)),
            "X-Rate-Limit-Time-Reset-Ms": str(self.reset_ms()),
            "X-Rate-Limit-Requests-Quota": str(self.quota),
            "X-Rate-Limit-Requests-Left": str(self.left()),
        }

    def retry_after(self) -> str:
        """Whole seconds, as X-Retry-After gives them."""
        return str(max(1, math.ceil(self.reset_ms() / 1000)))

    def _turn(self) -> None:
        if self.clock.ticks() >= self.began + self.seconds:
            self.began, self.used = self.clock.ticks(), 0
