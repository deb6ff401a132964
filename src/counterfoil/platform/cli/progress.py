"""Progress bars, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Show = Callable[[str, int, int], None]  # what is done, how many are done, of how many


@contextmanager
def bars(prefix: str = "") -> Iterator[Show]:
    """Within the block, a bar for each thing that is shown; nothing where there is no terminal."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(f"{prefix} {what}".strip())
        progress.update(tasks[what], completed=done, total=of)

    with progress:
        yield show
