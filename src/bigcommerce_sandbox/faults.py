"""Faults that tests and people set: which calls they strike, and what goes wrong then."""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from bigcommerce_sandbox.answers import Answer, encoded


class WrongFault(Exception):
    """The description of a fault cannot be used; the text says why."""


@dataclass(slots=True)
class Fault:
    """Strikes calls whose method and path (after ``/stores/{hash}``) match, ``times`` times after ``skip`` misses.

    ``delay`` waits before the work, ``delay_answer`` after it. ``status``, ``body`` or ``redirect`` replace the
    answer; the work is left undone unless ``done``. ``cut`` resets the connection "before" or "after" the work.
    ``truncate`` sends so many bytes of the body, ``drip`` pauses between its bytes. The rate headers stay on
    unless ``bare``; ``header_only_retry`` sends X-Retry-After alone. Times are real seconds.

    An answer that lies: ``alter`` replaces fields of the object that the store answers after its work; ``replay``
    gives every call after the first the first one's answer, whether its work is done (``done``) or not.
    """

    id: int = 0
    method: str = "*"
    path: str = ""
    query: str = ""
    times: int | None = None
    skip: int = 0
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    body_base64: str | None = None
    content_type: str | None = None
    redirect: str | None = None
    delay: float = 0.0
    delay_answer: float = 0.0
    cut: str | None = None
    done: bool = False
    truncate: int | None = None
    drip: float = 0.0
    bare: bool = False
    header_only_retry: float | None = None
    alter: dict[str, Any] = field(default_factory=dict)
    replay: bool = False
    struck: int = 0
    first: Answer | None = None

    def strikes(self, method: str, path: str, query: str) -> bool:
        """Whether this call is hit; counts the hit, or the miss that ``skip`` asked for."""
        if not self._fits(method, path, query) or (self.times is not None and self.struck >= self.times):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.struck += 1
        return True

    def _fits(self, method: str, path: str, query: str) -> bool:
        fits_method = self.method in ("*", method)
        return fits_method and re.search(self.path, path) is not None and re.search(self.query, query) is not None

    @property
    def replaces(self) -> bool:
        """Whether the store's own answer is not sent."""
        given = (self.status, self.body, self.body_base64, self.redirect, self.header_only_retry)
        return any(value is not None for value in given)

    @property
    def works(self) -> bool:
        """Whether the store does what was asked of it."""
        return self.cut != "before" and (self.done or not (self.replaces or self.repeats))

    @property
    def repeats(self) -> bool:
        """Whether the first answer is given once more."""
        return self.replay and self.first is not None

    def lie(self, true: Answer) -> Answer:
        """The store's own answer, or what is given in its place."""
        if self.first is not None:
            return Answer(self.first.status, self.first.body, dict(self.first.headers))
        if self.replay:
            self.first = Answer(true.status, true.body, dict(true.headers))
        if self.alter and true.body:
            return Answer(true.status, encoded(json.loads(true.body) | self.alter), dict(true.headers))
        return true

    def answer(self) -> Answer:
        """The answer that replaces the store's own."""
        if self.redirect is not None:
            return Answer(self.status or 302, b"", {"Location": self.redirect, **self.headers})
        if self.header_only_retry is not None:
            retry = {"X-Retry-After": f"{self.header_only_retry:g}"}
            return Answer(self.status or 429, self._body(), {**retry, **self.headers})
        return Answer(self.status or 200, self._body(), dict(self.headers))

    def _body(self) -> bytes | None:
        if self.body_base64 is not None:
            return base64.b64decode(self.body_base64)
        if isinstance(self.body, str):
            return self.body.encode()
        if self.body is None:
            return None if self.status == 204 else b""
        return encoded(self.body)


class FaultList:
    """The faults in the order they were set; a call is struck by the first that fits."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._number = 0

    def add(self, description: dict[str, Any]) -> Fault:
        """Raises WrongFault."""
        allowed = set(Fault.__slots__) - {"id", "struck", "first"}
        if unknown := sorted(set(description) - allowed):
            raise WrongFault(f"A fault knows no “{unknown[0]}”. It knows: {', '.join(sorted(allowed))}.")
        fault = Fault(**description)
        _check(fault)
        self._number += 1
        fault.id = self._number
        self.faults.append(fault)
        return fault

    def strike(self, method: str, path: str, query: str) -> Fault | None:
        return next((fault for fault in self.faults if fault.strikes(method, path, query)), None)


def _check(fault: Fault) -> None:
    if fault.cut not in (None, "before", "after"):
        raise WrongFault("“cut” is before or after.")
    fault.method = str(fault.method).upper()
    try:
        re.compile(fault.path), re.compile(fault.query)
        json.dumps(fault.body)
        base64.b64decode(fault.body_base64 or "", validate=True)
    except (re.error, TypeError, ValueError) as trouble:
        raise WrongFault(f"This fault cannot be read: {trouble}.") from None
    _check_numbers(fault)


def _check_numbers(fault: Fault) -> None:
    for name in ("delay", "delay_answer", "drip", "skip", "times", "truncate", "status", "header_only_retry"):
        value = getattr(fault, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise WrongFault(f"“{name}” is a number, not below zero.")
