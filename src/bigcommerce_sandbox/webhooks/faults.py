"""What goes wrong with deliveries on purpose: events come twice, out of order, never, forged, or long ago."""

import re
from dataclasses import dataclass
from typing import Any

KINDS = ("duplicate", "disorder", "loss", "forged", "stale")


class WrongHookFault(Exception):
    """The description of a fault cannot be used; the text says why."""


@dataclass(slots=True)
class HookFault:
    """Strikes events whose scope fits the regular expression, ``times`` times after ``skip`` misses.

    duplicate: the same message again. disorder: held back until a later one has overtaken it, ``seconds`` of the
    store at most. loss: never sent. forged: beside it, one signed by somebody else. stale: beside it, one signed
    rightly ten minutes ago.
    """

    kind: str
    scope: str = ""
    times: int | None = None
    skip: int = 0
    seconds: float = 60.0
    id: int = 0
    struck: int = 0

    def strikes(self, scope: str) -> bool:
        """Whether this event is hit; counts the hit, or the miss that ``skip`` asked for."""
        if re.search(self.scope, scope) is None or (self.times is not None and self.struck >= self.times):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.struck += 1
        return True


class HookFaults:
    """The faults in the order they were set; an event is struck by the first that fits."""

    def __init__(self) -> None:
        self.faults: list[HookFault] = []
        self._number = 0

    def add(self, description: dict[str, Any]) -> HookFault:
        """Raises WrongHookFault."""
        allowed = set(HookFault.__slots__) - {"id", "struck"}
        if unknown := sorted(set(description) - allowed):
            raise WrongHookFault(f"This fault knows no “{unknown[0]}”. It knows: {', '.join(sorted(allowed))}.")
        if description.get("kind") not in KINDS:
            raise WrongHookFault(f"“kind” is one of: {', '.join(KINDS)}.")
        _check_numbers(description)
        try:
            re.compile(description.get("scope", ""))
        except (re.error, TypeError) as trouble:
            raise WrongHookFault(f"“scope” is no regular expression: {trouble}.") from None
        self._number += 1
        self.faults.append(HookFault(**description, id=self._number))
        return self.faults[-1]

    def strike(self, scope: str) -> HookFault | None:
        return next((fault for fault in self.faults if fault.strikes(scope)), None)


def _check_numbers(description: dict[str, Any]) -> None:
    for name in ("times", "skip", "seconds"):
        value = description.get(name, 0)
        if value is None and name == "times":
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise WrongHookFault(f"“{name}” is a number, not below zero.")
