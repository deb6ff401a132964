"""Another system that receives webhooks: a real server, which answers as it is told."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANGS_UP = 0


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """How it is answered; `status` HANGS_UP: not at all.

    `drip` sends a byte of the body each so many seconds, `silent` nothing for so long.
    """

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    silent: float = 0.0


class Receiver:
    """What came (`received`, while it `keeps` that), and how it is answered (`replies`: by the request)."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.received: list[Received] = []
        self.keeps = True
        self.replies: Callable[[Received], Reply] = lambda _request: Reply()
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """Where webhooks are sent."""
        return f"{self.origin}/hooks"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that runs, on a port of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    server.receiver = found  # type: ignore[attr-defined]  # for its handlers
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        found.ended.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders are killed on purpose: no connection that ends is worth a word."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        place: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self._body()
        if body is None:
            return
        names = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.path, names, body)
        reply = place.replies(request)
        if place.keeps:
            place.received.append(request)
        if reply.status == HANGS_UP:
            self.close_connection = True
            return
        if reply.silent and place.ended.wait(reply.silent):
            return
        try:
            self._answer(reply, place)
        except OSError:
            self.close_connection = True

    def _body(self) -> bytes | None:
        """What was sent; None from a sender that was killed in the middle of it."""
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if len(body) == length:
            return body
        self.close_connection = True
        return None

    def _answer(self, reply: Reply, place: Receiver) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if not reply.drip:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            if place.ended.is_set():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(reply.drip)

    def log_message(self, *_: Any) -> None:
        """Nothing on the screen."""
