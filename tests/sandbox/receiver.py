"""Receives webhooks over HTTP, and answers as it is told."""

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came, and when, in real seconds."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))

    @property
    def scope(self) -> str:
        return str(self.event["scope"])

    def verify(self, secret: str = "sandbox-client-secret") -> Any:
        """The event; raises WebhookVerificationError when the signature or its time is wrong."""
        key = base64.b64encode(secret.encode()).decode()
        return Webhook(key).verify(self.raw, self.headers)


class Receiver:
    """``answer`` gets each request and returns the status; ``headers`` go with it; ``received`` are all, in order."""

    def __init__(self, answer: Callable[[Received], int] = lambda _: 200) -> None:
        self.answer = answer
        self.headers: dict[str, str] = {}
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                one = Received(self.path, headers, raw, time.time())
                receiver.received.append(one)
                self.send_response(receiver.answer(one))
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler

    def wait(self, count: int) -> list[Received]:
        """All that was received, as soon as there are so many."""
        self.wait_until(lambda: len(self.received) >= count)
        return list(self.received)

    def wait_until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not true():
            assert time.monotonic() < deadline, [one.event for one in self.received][-20:]
            time.sleep(0.01)

    def scopes(self) -> list[str]:
        return [one.scope.removeprefix("store/") for one in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
