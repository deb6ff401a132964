"""Clients as they should not be, and what an ordinary one is told next to them: over real sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse

import urllib3

HOST = b" HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"POST /login/" + HOST + b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"
FORM += b"Content-Type: application/x-www-form-urlencoded\r\n"
WAIT = 60.0


def listens(port: int) -> bool:
    """Whether anybody is let in there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def connected(port: int, first: bytes = b"") -> socket.socket:
    """A connection over which this was sent; it takes little at a time."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(WAIT)
    client.connect(("127.0.0.1", port))
    client.sendall(first)
    return client


@contextmanager
def held(port: int, first: bytes, many: int) -> Iterator[list[socket.socket]]:
    """So many connections that stay."""
    clients = [connected(port, first) for _ in range(many)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def told(client: socket.socket) -> bytes:
    """All that the server says until it hangs up."""
    said = b""
    with suppress(ConnectionResetError):
        while piece := client.recv(65_536):
            said += piece
    return said


def next_status(client: socket.socket) -> int:
    """The status of the next answer, which is read to its end; the connection stays."""
    answer = HTTPResponse(client)
    answer.begin()
    answer.read()
    return answer.status


def status_of(said: bytes) -> int:
    """The status of an answer; 0 where there is none."""
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.") else 0


def asked(port: int, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    """An ordinary client's answer."""
    url = f"http://127.0.0.1:{port}{path}"
    return urllib3.request("GET", url, headers=headers, retries=False, timeout=WAIT, redirect=False)
