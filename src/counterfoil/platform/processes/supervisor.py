"""Keeps child processes running, and the database: restarts what dies, passes SIGTERM on, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from counterfoil.platform.child_process import die_with_parent
from counterfoil.platform.database.embedded import EmbeddedServer
from counterfoil.platform.database.embedded_user import EmbeddedError

STOP_SECONDS = 10.0
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
DATABASE_PAUSE = 2.0


@dataclass
class SupervisedProcess:
    """A process to keep running."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    deaths: int = 0

    def start(self) -> None:
        """Starts the process; it ends with this one, however this one ends."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 (our own programs, no shell)
            [sys.executable, *self.arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor, which stops them in order
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def note_death(self, code: int) -> None:
        """Plans the next start: soon at first, later when it keeps dying."""
        now = time.monotonic()
        self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
        self.process, self.start_at = None, now + pause
        _tell(f"{self.name} ended ({code}); restarting in {pause:g} s.")

    def kill(self) -> None:
        """Ends the process and whatever it started, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs the children until it is told to stop, and restarts the database where it is ours."""

    def __init__(self, children: Sequence[SupervisedProcess], database: EmbeddedServer | None = None) -> None:
        self.children = list(children)
        self.database = database
        self.stopping = threading.Event()
        self._database_again_at = 0.0

    def stop_on_signals(self) -> None:
        """SIGTERM, Ctrl-C and a closed terminal stop it."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self, *names: str) -> None:
        """Starts the named children that do not run yet."""
        for child in self.children:
            if child.name in names and child.process is None:
                child.start()

    def run(self) -> None:
        """Watches the children until it is told to stop, then stops them."""
        try:
            while not self.stopping.is_set():
                self._watch_database()
                self._watch_children()
                self.stopping.wait(0.2)
        finally:
            self.stop()

    def _watch_database(self) -> None:
        if self.database is None or not self.database.has_ended or time.monotonic() < self._database_again_at:
            return
        _tell("The database ended; restarting it.")
        try:
            self.database.start_again()
        except EmbeddedError as trouble:
            self._database_again_at = time.monotonic() + DATABASE_PAUSE
            _tell(f"{trouble} Retrying in {DATABASE_PAUSE:g} s.")

    def _watch_children(self) -> None:
        for child in self.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                child.note_death(code)
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()

    def stop(self) -> None:
        """Asks every child to end, and ends those that do not in time."""
        running = [child for child in reversed(self.children) if child.process is not None]
        for child in running:
            assert child.process is not None
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            assert child.process is not None
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.kill()
            child.process = None


def _tell(sentence: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"{sentence}\n")
