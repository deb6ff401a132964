"""What a process calls itself at the database, so that a lock's holder can be named."""

import os
import socket
import sys


def process_name() -> str:
    """As in "counterfoil worker, pid 123 on shop-1"; at most 63 bytes, which is what PostgreSQL keeps."""
    command = os.environ.get("COUNTERFOIL_COMMAND") or (sys.argv[1] if len(sys.argv) > 1 else "process")
    return f"counterfoil {command[:16]}, pid {os.getpid()} on {socket.gethostname()[:20]}"[:63]
