"""Keeps child processes running: restarts what dies, passes SIGTERM on, leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterfoil.platform.parent import die_with_parent

STOP_SECONDS = 10.0
STEADY_SECONDS = 60.0
LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A process to keep running."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    deaths: int = 0

    def start(self) -> None:
        """Starts the process; it ends with this one, however this one ends."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 (our own programs, no shell)
            [sys.executable, *self.arguments],
            env=os.environ | self.environment,
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
        sys.stderr.write(f"{self.name} ended ({code}); it is started again in {pause:g} s.\n")


class Supervisor:
    """Runs the children until it is told to stop."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.stopping = threading.Event()

    def stop_on_signals(self) -> None:
        """SIGTERM and Ctrl-C stop it."""
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
                self._look_after()
                self.stopping.wait(0.2)
        finally:
            self.stop()

    def _look_after(self) -> None:
        for child in self.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                child.note_death(code)
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()

    def stop(self) -> None:
        """Asks every child to end, and ends those that do not in time."""
        running = [child.process for child in reversed(self.children) if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
