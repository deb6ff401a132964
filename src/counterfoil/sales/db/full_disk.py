"""Whether a full disk is behind an error, however it shows: each message names it then.

PostgreSQL says 53100 (disk_full) where a table cannot grow; where it cannot write its log it ends, and what is seen is
a connection that broke or cannot be made. The system says ENOSPC, or EDQUOT for a quota.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

DISK_FULL = "53100"  # SQLSTATE, PostgreSQL's appendix A
CONNECTION_LOST = ("08", "57P")  # classes of SQLSTATE; empty: libpq's own trouble
WORDS = ("No space left on device", "Disk quota exceeded")
LEAST_FREE = 20_000_000  # bytes; PostgreSQL needs 16 MiB for the next piece of its log
OF_DATABASE = "The database disk is full. Free up space, then try again. What you saved before is kept."
OF_FILE = "The disk is full: {file} can’t be written. Free up space, then try again."


def full_disk(error: BaseException | None) -> str:
    """A sentence and a next step where a full disk is behind an error; "" where none is."""
    for each in _causes(error):
        if isinstance(each, OSError) and each.errno in (errno.ENOSPC, errno.EDQUOT):
            return OF_FILE.format(file=each.filename or "a file")
        state = getattr(each, "sqlstate", None)
        if state == DISK_FULL or any(word in str(each) for word in WORDS):
            return OF_DATABASE
        if _is_lost(each, state) and is_embedded_disk_full():
            return OF_DATABASE
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _is_lost(error: BaseException, state: str | None) -> bool:
    """Whether the database went away, or cannot be reached: by the names that psycopg, Django and our starter have."""
    if state:
        return state.startswith(CONNECTION_LOST)
    return type(error).__name__ in ("OperationalError", "InterfaceError", "EmbeddedError", "ConnectorException")


def is_embedded_disk_full() -> bool:
    """Whether the embedded database's disk has no room; a disk elsewhere cannot be looked at."""
    place = os.environ.get("COUNTERFOIL_DATA_DIR")
    if not place or not os.environ.get("COUNTERFOIL_EMBEDDED"):
        return False
    try:
        return shutil.disk_usage((Path(place) / "postgres").resolve()).free < LEAST_FREE
    except OSError:
        return False
