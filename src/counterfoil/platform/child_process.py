"""Ties a child process to the life of its parent, however the parent ends."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the kernel sends the child this signal when its parent ends. Linux only; else None."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = parent or os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def process_name() -> str:
    """As in "counterfoil worker, pid 123 on shop-1"; at most 63 bytes, which is what PostgreSQL keeps."""
    command = os.environ.get("COUNTERFOIL_COMMAND") or (sys.argv[1] if len(sys.argv) > 1 else "process")
    return f"counterfoil {command[:16]}, pid {os.getpid()} on {socket.gethostname()[:20]}"[:63]
