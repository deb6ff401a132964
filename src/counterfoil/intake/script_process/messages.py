"""What the program and the process of the scripts say to each other: pickled tuples with their length before them.

The process may import whatever the program sends. The program takes plain values only: to unpickle a class of a
script would import the script, and that is what the process is for.
"""

import io
import pickle
import socket
import struct
import time
from typing import Any

_LENGTH = struct.Struct("!Q")
LARGEST = 64 * 2**20
TAKEN_FROM = frozenset(
    {"_codecs", "builtins", "collections", "copyreg", "counterfoil", "datetime", "decimal", "django", "functools"}
    | {"ipaddress", "json", "psycopg", "uuid", "zoneinfo"}
)
NO_CALLS = frozenset({"eval", "exec", "compile", "open", "__import__", "getattr", "setattr", "delattr", "input"})


class TooLarge(Exception):
    """The process says more than the program takes."""


class NotPlain(Exception):
    """A message of the process holds what is no plain value."""


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in TAKEN_FROM or (module == "builtins" and name in NO_CALLS):
            raise NotPlain(f"{module}.{name}")
        return super().find_class(module, name)


class Other:
    """What is no text, number or date; a choice or yes and no may still go by its name."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Channel:
    """One end of the socket between the two."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    def send(self, message: tuple[Any, ...], deadline: float | None = None) -> None:
        """Sends a message; raises OSError, and TimeoutError after the deadline (of `time.monotonic`)."""
        raw = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        self._wait_until(deadline)
        self.socket.sendall(_LENGTH.pack(len(raw)) + raw)

    def receive(self, deadline: float | None = None) -> tuple[Any, ...] | None:
        """The next message, whatever it holds; None at the end. For the process."""
        raw = self._raw(deadline)
        return None if raw is None else pickle.loads(raw)  # noqa: S301 (the program wrote it)

    def receive_plain(self, deadline: float | None = None) -> tuple[Any, ...] | None:
        """The next message, of plain values; None at the end. For the program.

        Raises TimeoutError at the deadline, TooLarge and NotPlain.
        """
        raw = self._raw(deadline)
        if raw is None:
            return None
        try:
            message = _Plain(io.BytesIO(raw)).load()
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, TypeError) as error:
            raise NotPlain(str(error)) from None
        if not isinstance(message, tuple) or not message:
            raise NotPlain("no message")
        return message

    def _raw(self, deadline: float | None) -> bytes | None:
        head = self._read(_LENGTH.size, deadline)
        if head is None:
            return None
        (length,) = _LENGTH.unpack(head)
        if length > LARGEST:
            raise TooLarge
        return self._read(length, deadline)

    def _read(self, length: int, deadline: float | None) -> bytes | None:
        pieces = bytearray()
        while len(pieces) < length:
            self._wait_until(deadline)
            piece = self.socket.recv(min(length - len(pieces), 2**20))
            if not piece:
                return None
            pieces += piece
        return bytes(pieces)

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.socket.settimeout(left)
