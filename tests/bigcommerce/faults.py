"""A store that fails on purpose: raw sockets, so that it can do what no HTTP library would."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """A whole HTTP answer; header names are given with _ for -."""
    named = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


def says(*answers: bytes) -> Behaviour:
    """Answers with these bytes, then closes."""

    def behave(connection: socket.socket) -> None:
        for each in answers:
            connection.sendall(each)

    return behave


def drips(start: bytes, drop: bytes = b"x", every: float = 0.05) -> Behaviour:
    """Answers a byte now and then, for ever."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(every)

    return behave


def says_and_waits(start: bytes) -> Behaviour:
    """Begins an answer, and then says nothing any more."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        is_silent(connection)

    return behave


def resets(connection: socket.socket) -> None:
    """Breaks the connection without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def is_silent(connection: socket.socket) -> None:
    """Never answers."""
    with suppress(OSError):
        connection.recv(1)


@dataclass
class FaultyStore:
    """Where it listens, and the requests it got, as they came."""

    port: int
    scheme: str = "http"
    host: str = "127.0.0.1"
    requests: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The origin for an API path."""
        return f"{self.scheme}://{self.host}:{self.port}"


@contextmanager
def faulty_store(
    behave: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[FaultyStore]:
    """A store that behaves like this at every request."""
    listener = socket.create_server(("127.0.0.1", 0))
    store = FaultyStore(listener.getsockname()[1], "https" if tls else "http", host)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
            with spoken:
                store.requests.append(_request(spoken))
                behave(spoken)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield store
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _request(connection: socket.socket) -> bytes:
    """Head and body of a request: enough of it for what these tests send."""
    got = connection.recv(65_536)
    while got and b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
