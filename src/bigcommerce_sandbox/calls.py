"""What was asked of the API, for tests to count and for people to watch."""

from collections import Counter, deque
from typing import Any

KEPT = 50_000


class CallLog:
    """The last calls, oldest first, numbered from 1; numbers go on after clearing."""

    def __init__(self) -> None:
        self.calls: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()
        self._number = 0

    def begin(self, **facts: Any) -> dict[str, Any]:
        """Notes a call as it comes in; its status follows in ``end``, and stays null when no answer was sent."""
        self._number += 1
        call = {"n": self._number, **facts, "status": None, "fault": None}
        self.calls.append(call)
        self.counts["all"] += 1
        self.counts["reads" if facts["method"] == "GET" else "writes"] += 1
        return call

    def end(self, call: dict[str, Any], status: int | None) -> None:
        call["status"] = status
        self.counts["unanswered" if status is None else str(status)] += 1

    def since(self, number: int) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["n"] > number]

    def clear(self) -> None:
        self.calls.clear()
        self.counts.clear()
