"""Runs the installed scripts: a few processes that are kept, and what is done when a script has to be stopped.

A script that is stopped stops its own order only. One that is stopped on order after order is given less time, and
then left alone for a minute: a thousand orders must not take ten seconds each, and other stores not wait for them.
"""

import atexit
import os
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import OperationalError, transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.script_process.child import Broken, Child, Stopped
from counterfoil.intake.scripts import ScriptFailed, ScriptFields, ScriptStopped

if TYPE_CHECKING:
    from counterfoil.sales.orders.drafts import OrderDraft

MOST_IDLE = 2
WHOLE_TRIES = 3
MOST_TRIES = 10
PAUSE_SECONDS = 60.0
FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)
MORE_TIME = (
    "Correct the script and start Counterfoil again, or give it more time (COUNTERFOIL_SCRIPT_SECONDS), then retry."
)
logger = structlog.get_logger("counterfoil")


class Patience:
    """How long a script may take, by how often in a row scripts had to be stopped."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.script = ""
        self.paused_until = 0.0

    def seconds(self) -> float:
        """What an order's scripts have; raises ScriptFailed where they are not run for now."""
        whole = float(settings.SCRIPT_SECONDS)
        if self.in_a_row < WHOLE_TRIES:
            return whole
        if self.in_a_row < MOST_TRIES:
            return min(whole, max(1.0, whole / 10))
        if time.monotonic() < self.paused_until:
            sentence = (
                f"The script “{self.script}” wasn’t run: it had to be stopped on the last {self.in_a_row} orders."
            )
            raise ScriptStopped(sentence, "", next_step=f"{MORE_TIME} It will be retried in a minute.")
        return whole

    def lose(self, script: str) -> None:
        """It had to be stopped once more."""
        self.in_a_row += 1
        self.script = script
        self.paused_until = time.monotonic() + PAUSE_SECONDS

    def regain(self) -> None:
        """It ended by itself."""
        self.in_a_row = 0


class Processes:
    """Runs scripts on orders; each thread has a process to itself meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._broken: tuple[Broken, float | None] | None = None
        self.patience = Patience()
        self.patience_after_commit = Patience()

    def __bool__(self) -> bool:
        return True

    def run(self, order: dict[str, Any], draft: "OrderDraft", fields: ScriptFields) -> None:
        """Runs the scripts on an order and fills `fields`.

        Raises NeedsPerson where one refuses, ScriptFailed where one fails or is stopped, TryAgain where no process can
        be started, and OperationalError where the database went away.
        """
        seconds = self.patience.seconds()
        values = (fields.order, fields.client, dict(fields.lines))
        try:
            _, ended, given, *_ = self._ended(order, draft, values, seconds)
        except Stopped as stopped:
            self.patience.lose(stopped.script)
            failure = _failure(stopped, seconds, self.patience)
            logger.error("script stopped", script=stopped.script, why=stopped.why, seconds=seconds)
            raise failure from None
        self.patience.regain()
        _take(fields, given)
        match ended:
            case ("failed", sentence, trace):
                raise ScriptFailed(sentence, trace)
            case ("refused", code, sentence, next_step):
                raise NeedsPerson(code, sentence, next_step)
            case ("database", sentence):
                raise OperationalError(sentence)

    def _ended(self, order: Any, draft: Any, values: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
        """How it ended; where the process is killed from outside, it is tried once more."""
        try:
            return self._once(order, draft, values, seconds)
        except Stopped as stopped:
            if stopped.why != "ended" or stopped.code not in FROM_OUTSIDE:
                raise
        return self._once(order, draft, values, seconds)

    def _once(self, order: Any, draft: Any, values: tuple[Any, ...], seconds: float) -> tuple[Any, ...]:
        child = self._taken() or self._started()
        worn = True
        try:
            answer = child.run(order, draft, values, seconds=seconds)
            worn = answer[3]
        finally:
            self._put_back(child, worn=worn)
        if answer[4]:
            transaction.on_commit(partial(self._committed, child, answer[4]))
        return answer

    def _committed(self, child: Child, number: int) -> None:
        """Has a script do what it left for after the commit, where its process is still there and free.

        It has less and less time where it hangs on one order after another, since it holds up the others as well.
        """
        try:
            seconds = self.patience_after_commit.seconds()
        except ScriptStopped as left_alone:
            logger.warning("what a script left for after the commit was not done", why=left_alone.sentence)
            return
        with self._lock:
            if child not in self._idle:
                logger.warning("what a script left for after the commit was not done: its process has ended")
                return
            self._idle.remove(child)
        worn = True
        try:
            with transaction.atomic():
                child.committed(number, seconds=seconds)
            worn = False
            self.patience_after_commit.regain()
        except Stopped as stopped:
            self.patience_after_commit.lose(stopped.script)
            logger.error("script stopped after the order was committed", script=stopped.script, why=stopped.why)
        finally:
            self._put_back(child, worn=worn)

    def _put_back(self, child: Child, *, worn: bool) -> None:
        with self._lock:
            kept = not worn and len(self._idle) < MOST_IDLE
            if kept:
                self._idle.append(child)
        if not kept:
            child.end()

    def _taken(self) -> Child | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                child = self._idle.pop()
            if child.is_alive:
                return child
            child.end()

    def _started(self) -> Child:
        if self._broken is not None:
            broken, until = self._broken
            if until is None or time.monotonic() < until:
                raise ScriptFailed(broken.sentence, broken.trace)
        try:
            child = Child()
        except Broken as broken:
            self._broken = (broken, None)
        except Stopped as stopped:
            self._broken = (Broken(_not_loaded(stopped), stopped.trace), time.monotonic() + PAUSE_SECONDS)
        else:
            self._broken = None
            return child
        raise ScriptFailed(self._broken[0].sentence, self._broken[0].trace)

    def start(self) -> None:
        """Starts a process ahead of the first order; raises as `run` does."""
        self._put_back(self._taken() or self._started(), worn=False)

    def close(self) -> None:
        """Ends the processes that wait; the scripts are loaded anew when they are needed."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._broken = None
            self.patience = Patience()
            self.patience_after_commit = Patience()
        for child in idle:
            child.end(gently=True)

    def forget(self) -> None:
        """After a fork: the processes are the parent's."""
        self._lock = threading.Lock()
        self._idle = []


def _take(fields: ScriptFields, given: tuple[Any, ...]) -> None:
    of_order, of_client, of_lines = given
    taken = [(fields.order, of_order), (fields.client, of_client)]
    taken += [(of_line, of_lines[line_id]) for line_id, of_line in fields.lines.items()]
    for present, values in taken:
        present.clear()
        present.update(values)


def _failure(stopped: Stopped, seconds: float, patience: Patience) -> ScriptStopped:
    script = f"The script “{stopped.script}”"
    if stopped.why == "time":
        sentence = f"{script} took longer than {_in_words(seconds)} and was stopped{stopped.place}."
        if seconds < settings.SCRIPT_SECONDS:
            sentence += (
                f" It had less time because it was stopped on the {patience.in_a_row - 1} orders before this one."
            )
        return ScriptStopped(sentence, stopped.trace, next_step=MORE_TIME)
    if stopped.why == "large":
        return ScriptStopped(f"{script} returns more than a field can hold.", stopped.trace)
    return ScriptStopped(f"{script} {_how_it_ended(stopped.code)}{stopped.place}.", stopped.trace)


def _not_loaded(stopped: Stopped) -> str:
    script = f"The script “{stopped.script}” couldn’t be loaded" if stopped.script else "The scripts couldn’t be loaded"
    if stopped.why == "time":
        return f"{script}: it takes too long."
    return f"{script}: it {_how_it_ended(stopped.code)}."


def _how_it_ended(code: int | None) -> str:
    if code in FROM_OUTSIDE:
        return "was killed, which happens when memory runs out"
    if code is not None and code < 0:
        return f"crashed ({signal.Signals(-code).name})"
    return "ended the process that it ran in" + (f" (exit code {code})" if code else "")


def _in_words(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"


PROCESSES = Processes()
atexit.register(PROCESSES.close)
os.register_at_fork(after_in_child=PROCESSES.forget)
