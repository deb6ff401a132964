"""The server of the pages: slow and silent clients take no thread, and all others are answered meanwhile.

What was tried and lost: docs/decisions/web-server.md.
"""

import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from counterfoil.limits import LARGEST_BODY, LARGEST_HEAD, MOST_ANSWER_BYTES, MOST_BODY_BYTES, MOST_CONNECTIONS
from counterfoil.platform.processes.web_connection import (
    READ_AT_ONCE,
    TOO_MANY,
    Connection,
    TooMuchAtOnce,
)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
AT_ONCE = 64  # new connections between two checks at all others
FILES_EACH = 4  # a connection, what it sends, what it is sent
MOST_FILES = 2 * FILES_EACH * MOST_CONNECTIONS
IN_MEMORY = 65_536
"""Bytes of a body, or of an answer that waits to be fetched; more is kept in a file without a name."""
NO_LIMIT = 1 << 62
CHECKS_EVERY = 1.0
SWITCH_SECONDS = 0.001
"""After so long a thread hands over. The loop sends what others wait for: at Python's 5 ms, a crowd that takes large
answers was served half as fast."""
GRACE_SECONDS = 1.0
"""So long a connection may send its request, also where all others wait for their answers; then it is idle, too."""
STOP_SECONDS = 8.0
"""For answers that are under way when it is stopped; the supervisor waits ten."""


class WebServer(TcpWSGIServer):
    """Serves an application until `stop`; at most MOST_CONNECTIONS: refused ones go first, then the idlest.

    Twice as many where all are busy or were a moment ago, so that a new one can send its request.
    """

    channel_class = Connection
    is_stopping = False
    most_connections = MOST_CONNECTIONS
    _not_checked = 0

    def handle_accept(self) -> None:
        """Lets people in, some at once; when it is full, whoever has kept it waiting longest goes."""
        for _ in range(AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                break
        self._make_room()

    def _make_room(self) -> None:
        waiting = [each for each in self.active_channels.values() if not each.will_close]
        too_many = len(waiting) - self.most_connections
        if too_many <= 0:
            return
        refused = sorted((each for each in waiting if each.lingers_until), key=lambda each: each.lingers_until)
        idle = sorted((each for each in waiting if each.is_waited_for), key=lambda each: each.waits_since)
        if len(waiting) <= 2 * self.most_connections:
            since = time.time() - GRACE_SECONDS
            idle = [each for each in idle if each.waits_since <= since]
        for each in (*refused, *idle)[:too_many]:
            each.will_close = True

    def maintenance(self, now: float) -> None:
        """Ends what takes too long; waitress asks every CHECKS_EVERY seconds."""
        self._make_room()
        connections = list(self.active_channels.values())
        for each in connections:
            each.check_time_limits(now)
        unread = sum(each.total_outbufs_len for each in connections)
        for each in sorted(connections, key=lambda each: each.last_activity):
            if unread > MOST_ANSWER_BYTES and each.total_outbufs_len:
                unread -= each.total_outbufs_len
                each.will_close = True
                each.check_time_limits(now)

    def bound_bodies(self, arrived: int) -> None:
        """When all bodies together are too much, those that have been arriving longest are refused.

        `arrived`: bytes that came since the last time. Looked at now and then: each pass goes through all connections.
        """
        self._not_checked += arrived
        if self._not_checked < MOST_BODY_BYTES // 50:
            return
        self._not_checked = 0
        kept = {each: each.body_bytes for each in self.active_channels.values()}
        too_many = sum(kept.values()) - MOST_BODY_BYTES
        for each in sorted(kept, key=lambda each: each.began):
            if too_many > 0 and each.is_sending_a_body:
                too_many -= kept[each]
                each.refuse(TooMuchAtOnce(TOO_MANY))

    def stop(self, *_signal: object) -> None:
        """Ends `run`, from a signal or another thread."""
        if not self.is_stopping:
            self.is_stopping = True
            with suppress(OSError):  # the loop may have ended meanwhile, and its pipe with it
                self.pull_trigger()

    def run(self) -> None:
        """Serves until it is stopped; then nobody is let in, and the answers that are under way are sent."""
        while not self.is_stopping:
            self._run_loop_once(CHECKS_EVERY)
        wasyncore.dispatcher.close(self)
        ends_at = time.monotonic() + STOP_SECONDS
        while self._is_answering() and time.monotonic() < ends_at:
            self._run_loop_once(0.1)
        self.task_dispatcher.shutdown(timeout=0.1)
        self.trigger.close()
        wasyncore.close_all(self._map)

    def _run_loop_once(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _is_answering(self) -> bool:
        return any(each.requests or each.total_outbufs_len for each in self.active_channels.values())


def serve(
    application: Application,
    *,
    host: str,
    port: int,
    threads: int,
    trusts_proxy: bool,
    when_listening: Callable[[], None] = lambda: None,
) -> None:
    """Serves until SIGINT or SIGTERM. `trusts_proxy`: keeps the headers that a proxy sets. Raises OSError.

    `when_listening`: called before the first thread is started, when ports below 1024 need root no more.
    """
    at = _listen(host, port)
    when_listening()
    server = web_server(application, at, threads=threads, trusts_proxy=trusts_proxy)
    sys.setswitchinterval(SWITCH_SECONDS)
    with _on_signals(server.stop):
        server.run()


def web_server(application: Application, at: socket.socket, *, threads: int, trusts_proxy: bool) -> WebServer:
    """A server at a socket; it lets people in as soon as it runs."""
    settings = Adjustments(
        sockets=[at],
        threads=threads,
        clear_untrusted_proxy_headers=not trusts_proxy,
        max_request_body_size=LARGEST_BODY + 1,  # what is refused, not what is allowed
        max_request_header_size=LARGEST_HEAD,
        recv_bytes=READ_AT_ONCE,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        outbuf_high_watermark=NO_LIMIT,  # a thread never waits for a reader
        connection_limit=NO_LIMIT,  # nobody is left outside, see handle_accept
        cleanup_interval=CHECKS_EVERY,
        ident=None,
        asyncore_use_poll=True,
    )
    where = (at.family, at.type, 0, at.getsockname())
    server = WebServer(application, _sock=at, bind_socket=False, adj=settings, sockinfo=where)
    server.most_connections = min(MOST_CONNECTIONS, _open_files() // FILES_EACH)
    return server


def _listen(host: str, port: int) -> socket.socket:
    """A socket at the first address of that name; at `::` also for IPv4."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, backlog=1024, dualstack_ipv6=both)


def _open_files() -> int:
    """How many files may be open, after asking for as many as are needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= MOST_FILES:
        return MOST_FILES
    allowed = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


@contextmanager
def _on_signals(act: Callable[..., None]) -> Iterator[None]:
    """SIGINT and SIGTERM do this, and what they did before afterwards."""
    before = {number: signal.signal(number, act) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
