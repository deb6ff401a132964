"""How many requests this process has answered, and how long that took: in its memory, as Prometheus expects it."""

from collections import Counter
from threading import Lock


class RequestCounts:
    """Requests and seconds, by method and status."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[tuple[str, int], float] = {}

    def count(self, method: str, status: int, seconds: float) -> None:
        """Counts one."""
        which = (method if method in METHODS else "OTHER", status)
        with self._lock:
            self._number[which] += 1
            self._seconds[which] = self._seconds.get(which, 0.0) + seconds

    def rows(self) -> list[tuple[str, int, int, float]]:
        """Method, status, how many, how long in all."""
        with self._lock:
            return [(*which, number, self._seconds[which]) for which, number in sorted(self._number.items())]


METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT")
REQUEST_COUNTS = RequestCounts()
