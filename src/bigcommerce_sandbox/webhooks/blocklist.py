"""Domains that fail too often are left alone for a while (vendor: webhooks overview, callback retry mechanism)."""

from collections import deque

WINDOW, BLOCKED = 120.0, 180.0  # store seconds
_FROM = 100  # requests in the window before its success is looked at
_LEAST_SUCCESS = 0.9


class Blocklist:
    """Counts answers by domain; times are ticks of the store's clock."""

    def __init__(self) -> None:
        self._answers: dict[str, deque[tuple[float, bool]]] = {}
        self._until: dict[str, float] = {}

    def record(self, domain: str, now: float, *, success: bool) -> None:
        answers = self._answers.setdefault(domain, deque())
        answers.append((now, success))
        while answers[0][0] < now - WINDOW:
            answers.popleft()
        if len(answers) >= _FROM and sum(good for _, good in answers) < len(answers) * _LEAST_SUCCESS:
            self._until[domain] = now + BLOCKED
            answers.clear()

    def left(self, domain: str, now: float) -> float:
        """Seconds until the domain is tried again; 0 when it is not blocked."""
        return max(0.0, self._until.get(domain, 0.0) - now)

    def blocked(self, now: float) -> dict[str, float]:
        """The blocked domains, each with the seconds left."""
        return {domain: left for domain in self._until if (left := self.left(domain, now))}
