"""How far a command is: bars on a terminal; elsewhere a line every ten seconds, so that a log tells it, too."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from counterfoil.stores.sync.long_work import time_left

LINE_EVERY = 10.0  # seconds
Show = Callable[[str, int, int], None]  # what is done, how many are done, of how many


@contextmanager
def bars(prefix: str = "") -> Iterator[Show]:
    """Within the block, a bar for each thing that is shown; without a terminal a line on stderr where it lasts."""
    if not sys.stderr.isatty():
        yield _Lines(prefix)
        return
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(f"{prefix} {what}".strip())
        progress.update(tasks[what], completed=done, total=of)

    with progress:
        yield show


class _Lines:
    """A line every ten seconds: what is done, how many of how many, how long it still takes."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._began: dict[str, float] = {}
        self._said_at = time.monotonic()

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        began = self._began.setdefault(what, now)
        if now - self._said_at < LINE_EVERY:
            return
        self._said_at = now
        left = time_left((now - began) / done * (of - done)) if done else ""
        said = ", ".join(part for part in (f"{done:,} of {of:,}", left) if part)
        sys.stderr.write(f"{self._prefix} {what}: {said}\n".lstrip())
        sys.stderr.flush()
