"""The one child of this process that evaluates expressions: started when it is needed, replaced when it dies."""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from counterfoil.bigcommerce import TryAgain
from counterfoil.intake.expressions.order_view import OrderView

PROGRAM = Path(__file__).with_name("worker.py")
SECONDS = 1.0
CLOCK_TIMES = 5  # a busy machine may take so many times longer before the child counts as stuck
START_SECONDS = 30.0
MOST_DEATHS = 3
HANDED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")  # and none of the secrets
OUT_OF_MEMORY = 70  # the child ends with it
NOT_ITS_OWN_FAULT = (-signal.SIGKILL, -signal.SIGTERM, 0, None)  # None: it stood still, and was killed by us
TOOK_TOO_LONG = "it takes longer than the one second allowed for all expressions of an order"
NO_TIME_LEFT = "the expressions before it used up the one second allowed for all expressions of an order"
TOO_LARGE = "it needs too much memory, or is nested too deeply"
CRASHES = "it crashes the process that evaluates it"
NOT_STARTED = "The process that evaluates expressions didn’t start."
ENDED = "The process that evaluates expressions was stopped or hung."


@dataclass(frozen=True, slots=True)
class Job:
    """An expression to evaluate; `line` is an index into the order's lines, for the field of a line."""

    expression: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ExpressionResult:
    """A value, or why there is none: a part of a sentence, "" when there is a value (which may be None)."""

    value: str | int | float | bool | None = None
    error: str = ""


class _Gone(Exception):
    """The child is no more: `code` as of subprocess; None when it was stuck and had to be killed."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class _Child:
    """A running child and the socket to it."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-I", str(PROGRAM)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd="/",
            )
        self._unread = b""

    def ask(self, request: bytes, seconds: float) -> Iterator[ExpressionResult]:
        """The answers to a request, as they come; raises _Gone."""
        deadline = time.monotonic() + CLOCK_TIMES * seconds
        try:
            self.socket.settimeout(CLOCK_TIMES * seconds)
            self.socket.sendall(request)
            while True:
                yield self.read(deadline)
        except TimeoutError:
            raise self._gone(stuck=True) from None
        except OSError:
            raise self._gone() from None

    def read(self, deadline: float) -> ExpressionResult:
        """The next answer; raises TimeoutError, and _Gone when there will be none."""
        while b"\n" not in self._unread:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            piece = self.socket.recv(65536)
            if not piece:
                raise self._gone()
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return msgspec.json.decode(line, type=ExpressionResult)

    def _gone(self, *, stuck: bool = False) -> _Gone:
        if not stuck:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return _Gone(self.process.wait(1))  # the socket closes a moment before the process has ended
        return _Gone(None)

    def end(self) -> None:
        """Closes the socket and leaves no process behind."""
        self.socket.close()
        self.process.kill()
        self.process.wait()


class _Budget:
    """What the expressions of one order may still cost: seconds, and deaths of the child."""

    def __init__(self, seconds: float) -> None:
        self.whole = self.seconds = seconds
        self.deaths = 0
        self.forgiven = False

    @property
    def is_left(self) -> bool:
        """Whether another expression may be tried."""
        return self.seconds > 0 and self.deaths < MOST_DEATHS

    @property
    def why_no_more(self) -> str:
        """Why expressions were not tried any more."""
        return NO_TIME_LEFT if self.seconds <= 0 else TOO_LARGE

    def charge(self, code: int | None, seconds: float) -> list[ExpressionResult]:
        """Counts a child that ended after so long: the answer that it owes, where that is the expression's fault.

        An end from outside is forgiven once, and then raises TryAgain.
        """
        if code in NOT_ITS_OWN_FAULT:
            if self.forgiven:
                raise TryAgain(ENDED)
            self.forgiven, self.seconds = True, self.whole
            return []
        self.deaths += 1
        if code == -signal.SIGPROF:
            self.seconds = 0
            return [ExpressionResult(error=TOOK_TOO_LONG)]
        self.seconds -= seconds
        killed = code is None or code < 0 or code == OUT_OF_MEMORY
        return [ExpressionResult(error=TOO_LARGE if killed else CRASHES)]


class ExpressionProcess:
    """Evaluates expressions in a child of its own; one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def evaluate(self, view: OrderView, jobs: Sequence[Job], *, seconds: float = SECONDS) -> list[ExpressionResult]:
        """An answer for each job, `seconds` for all of them.

        Raises TryAgain when no child can be started, or each is ended from outside: no fault of an expression.
        """
        answers: list[ExpressionResult] = []
        names = {"order": view.order, "customer": view.customer, "lines": view.lines, "coupons": view.coupons}
        document = msgspec.json.encode({"names": names})[:-1]
        budget = _Budget(seconds)
        with self._lock:
            while len(answers) < len(jobs) and budget.is_left:
                child, began = self._running(), time.monotonic()
                try:
                    for answer in child.ask(_request(document, jobs[len(answers) :], budget.seconds), budget.seconds):
                        answers.append(answer)
                        if len(answers) == len(jobs):
                            break
                except _Gone as gone:
                    self._end()
                    answers += budget.charge(gone.code, time.monotonic() - began)
        return answers + [ExpressionResult(error=budget.why_no_more)] * (len(jobs) - len(answers))

    def _running(self) -> _Child:
        if self._child is not None and self._child.process.poll() is not None:
            self._end()
        if self._child is None:
            self._child = self._start()
        return self._child

    def _start(self) -> _Child:
        child = None
        try:
            child = _Child()
            child.read(time.monotonic() + START_SECONDS)
        except (OSError, _Gone) as error:
            if child is not None:
                child.end()
            raise TryAgain(NOT_STARTED) from error
        return child

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """Ends the child; the next evaluation starts another."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """After a fork: the child is the parent's, and so is whoever holds the lock."""
        self._lock = threading.Lock()
        self._child = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None when there is none."""
        return self._child.process.pid if self._child is not None else None


def _request(document: bytes, jobs: Sequence[Job], seconds: float) -> bytes:
    """The order's document with what is asked of it, in one line."""
    asked = json.dumps({"jobs": [[job.expression, job.line] for job in jobs], "seconds": seconds}).encode()
    return document + b"," + asked[1:] + b"\n"


EXPRESSIONS = ExpressionProcess()
atexit.register(EXPRESSIONS.close)
os.register_at_fork(after_in_child=EXPRESSIONS.forget)


def evaluate(view: OrderView, jobs: Sequence[Job]) -> list[ExpressionResult]:
    """An answer for each job; a second for all of them. The child is started with the first."""
    return EXPRESSIONS.evaluate(view, jobs) if jobs else []
