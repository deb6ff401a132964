"""The lock of a data directory's database: one process at a time starts the server; the file says which."""

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: a command of ours by its name, and its process."""

    command: str
    pid: int

    def __str__(self) -> str:
        name = f"“counterfoil {self.command}”" if self.command else "Another program"
        return f"{name} (process {self.pid})"


def lock_within(seconds: float, path: Path) -> IO[bytes] | None:
    """Tries for the lock until so many seconds are over."""
    deadline = time.monotonic() + seconds
    while (lock := try_lock(path)) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return lock


def try_lock(path: Path) -> IO[bytes] | None:
    """The open lock file while we hold it; None when another process does."""
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def sign(lock: IO[bytes]) -> None:
    """Writes into the lock file that it is ours; on a full disk nobody learns that."""
    with suppress(OSError):
        os.ftruncate(lock.fileno(), 0)
        os.pwrite(lock.fileno(), f"{os.getpid()} {os.environ.get('COUNTERFOIL_COMMAND', '')}\n".encode(), 0)


def unsign(lock: IO[bytes]) -> None:
    """Takes our name out again, before the lock is let go."""
    with suppress(OSError):
        os.ftruncate(lock.fileno(), 0)


def holder_of(path: Path) -> Holder | None:
    """Who has signed the lock file and still lives; None where nobody does."""
    try:
        number, _, command = path.read_text(errors="replace").strip().partition(" ")
        pid = int(number)
        os.kill(pid, 0)
    except PermissionError:
        return Holder(command, pid)  # a process of somebody else's
    except (OSError, ValueError, OverflowError):
        return None
    return Holder(command, pid)
