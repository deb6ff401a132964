"""Connections with a hard end: name look-up, connecting, handshake and a dripping answer, all within one time limit."""

import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

_Address = tuple[Any, ...]


class Watch:
    """Ends one call when its time is up, wherever it hangs: cuts the connection that the call goes over.

    A read time limit alone starts anew with every byte that comes, so a store that drips is never too slow for it.
    """

    def __init__(self, seconds: float, *, permits: Callable[[str], bool] | None = None) -> None:
        """`permits`: which IP addresses may be called; the name is looked up once, and one of those is connected to."""
        self._ends_at = time.monotonic() + seconds
        self._permits = permits
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._done = False
        self.connected = False
        self.forbidden = False

    def __enter__(self) -> "Watch":
        self._token = _PRESENT.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _PRESENT.reset(self._token)
        with self._lock:
            self._done = True
            self._let_go()

    @property
    def left(self) -> float:
        """How many seconds are left."""
        return max(0.0, self._ends_at - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether the time is up: what came until then may have been cut."""
        return self.left == 0

    def permitted(self, addresses: list[_Address]) -> list[_Address]:
        """Those of a host's addresses that may be called; raises OSError where none may."""
        if self._permits is None:
            return addresses
        found = [each for each in addresses if self._permits(str(each[4][0]))]
        if not found:
            self.forbidden = True
            raise OSError("none of the host's addresses may be called")
        return found

    def over(self, connection: socket.socket) -> None:
        """The call goes over this connection; its own handle on it outlives a close and a change to TLS."""
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._let_go()
            self._handle = handle
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            if self._handle is not None and not self._done:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


_PRESENT: ContextVar[Watch] = ContextVar("watch")


def look_up(host: str, port: int, seconds: float) -> list[_Address]:
    """The host's addresses; raises OSError. The system's own look-up knows no time limit, so it is left behind."""
    found: queue.SimpleQueue[list[_Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            found.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        answer = found.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise TimeoutError(f"{host} wasn’t found in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _connect_to_any(addresses: list[_Address], seconds: float, options: Any) -> socket.socket:
    """A connection to the first address that takes it; all tries together within `seconds`."""
    ends_at = time.monotonic() + seconds
    failed: OSError = OSError("the host has no address")
    for family, kind, protocol, _, address in addresses:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no address responded in time")
        connection = socket.socket(family, kind, protocol)
        try:
            for option in options or ():
                connection.setsockopt(*option)
            connection.settimeout(left)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


class _Bounded(HTTPConnection):
    """A connection whose every step the present call's watch can end."""

    def _new_conn(self) -> socket.socket:
        watch = _PRESENT.get()
        seconds = min(watch.left, float(self.timeout or watch.left))
        ends_at = time.monotonic() + seconds
        try:
            addresses = look_up(self._dns_host, self.port, seconds)
        except OSError as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from None
        try:
            addresses = watch.permitted(addresses)
            connection = _connect_to_any(addresses, ends_at - time.monotonic(), self.socket_options)
        except OSError as error:
            raise NewConnectionError(self, str(error)) from None
        watch.over(connection)
        return connection

    def connect(self) -> None:
        super().connect()
        _PRESENT.get().connected = True

    def request(self, *arguments: Any, **named: Any) -> None:
        """Sends the request; a connection that is used again is watched again."""
        if self.sock is not None:
            watch = _PRESENT.get()
            watch.over(self.sock)
            watch.connected = True
        super().request(*arguments, **named)


class _BoundedTls(_Bounded, HTTPSConnection):
    """As `_Bounded`, with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTls


class BoundedPools(urllib3.PoolManager):
    """Pools of such connections; a request needs a `Watch` around it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
