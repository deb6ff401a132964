"""Each connection to the pages' server by itself: how long it may take, who goes when it is full, what is refused."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from waitress.adjustments import Adjustments

from counterfoil.platform.processes import web_connection, web_server
from counterfoil.platform.processes.web_connection import LARGEST_BODY
from tests.platform.process_helpers import eventually
from tests.platform.slow_clients import FORM, HOST, asked, connected, held, listens, next_status, status_of, told

MANY = 200
Answering = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Running:
    """A server in this process, with an application of the test's own."""

    def __init__(self, application: Answering) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.server = web_server.web_server(application, listening, threads=2, trusts_proxy=False)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def stop(self) -> None:
        """Until it has ended."""
        self.server.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


def hello(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """What was sent, or how long it is; else which headers the application sees. /large is large."""
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/large":
        return [b"a" * 20_000_000]
    if len(body) > 1000:
        return [f"{len(body)} bytes".encode()]
    return [body or repr(sorted(name for name in environ if name.startswith("HTTP_"))).encode()]


class HeldBack(Running):
    """A server whose application answers when it `may_answer`; which paths it was asked for."""

    def __init__(self) -> None:
        self.asked_for: list[str] = []
        self.may_answer = threading.Event()
        super().__init__(self._answer)

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked_for.append(environ["PATH_INFO"])
        assert self.may_answer.wait(60)
        return hello(environ, start)

    def stop(self) -> None:
        """Also when a test has failed before anything was answered."""
        self.may_answer.set()
        super().stop()


@pytest.fixture
def held_back() -> Iterator[HeldBack]:
    """For a test that needs its two threads taken."""
    here = HeldBack()
    yield here
    here.stop()


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A server that looks at its clock often."""
    monkeypatch.setattr(web_server, "CHECKS_EVERY", 0.05)
    here = Running(hello)
    yield here
    here.stop()


@pytest.mark.parametrize("first", [b"POST /" + HOST + b"Content-Length: 9\r\n\r\nabc", b"GET /" + HOST + b"X-Slow: "])
def test_a_request_that_does_not_arrive_in_time_is_ended(
    running: Running, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """With a sentence; the time of a body grows with what has arrived."""
    monkeypatch.setattr(web_connection, "FIRST_SECONDS", 0.2)
    with connected(running.port, first) as client:
        said = told(client)
    assert status_of(said) == 408
    assert b"didn't arrive in time" in said


def test_a_connection_without_a_request_is_closed(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sooner when there never was one than between two."""
    monkeypatch.setattr(web_connection, "FIRST_SECONDS", 0.2)
    with connected(running.port, b"GET /" + HOST + b"\r\n") as used, connected(running.port) as unused:
        assert told(unused) == b""
        assert next_status(used) == 200
        used.sendall(b"GET /" + HOST + b"Connection: close\r\n\r\n")
        assert status_of(told(used)) == 200
    monkeypatch.setattr(web_connection, "IDLE_SECONDS", 0.2)
    with connected(running.port, b"GET /" + HOST + b"\r\n") as used:
        assert status_of(told(used)) == 200


def test_whoever_takes_nothing_of_an_answer_is_let_go(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is never told of such a client; the clock is."""
    monkeypatch.setattr(web_connection, "SILENT_SECONDS", 0.2)
    with connected(running.port, b"GET /large" + HOST + b"\r\n"):
        eventually(lambda: running.server.active_channels)
        eventually(lambda: not running.server.active_channels)


def test_requests_that_come_together_are_answered_one_by_one(running: Running) -> None:
    """In their order, bodies and blank lines between them too, and the last one when it is there as a whole."""
    post = b"POST /" + HOST + b"Content-Length: 5\r\n\r\n"
    with connected(running.port, b"\r\n" + post + b"first" + post + b"twice\r\n" + post + b"thi") as client:
        client.sendall(b"rd" + b"GET /" + HOST + b"Connection: close\r\n\r\n")
        said = told(client)
    assert said.count(b"200 OK") == 4
    assert said.index(b"first") < said.index(b"twice") < said.index(b"third") < said.index(b"HTTP_HOST")


def test_who_fetches_nothing_is_given_one_answer() -> None:
    """A hundred requests in one piece would else open a hundred files, or fill the disk."""
    asked_for: list[str] = []

    def noting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked_for.append(environ["PATH_INFO"])
        return hello(environ, start)

    here = Running(noting)
    with connected(here.port, (b"GET /large" + HOST + b"\r\n") * 100):
        eventually(lambda: asked_for)
        for _ in range(3):
            assert asked(here.port, "/other").status == 200
        assert asked_for == ["/large", *["/other"] * 3]
    here.stop()


def test_the_loop_stands_still_while_a_thread_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread has the answer, and the client has room: what the loop did then was taken from the threads."""
    rounds: list[float] = []
    once = web_server.WebServer._run_loop_once

    def counted(server: web_server.WebServer, seconds: float) -> None:
        rounds.append(seconds)
        once(server, seconds)

    monkeypatch.setattr(web_server.WebServer, "_run_loop_once", counted)
    may_end = threading.Event()

    def slowly(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        yield from hello(environ, start)
        if environ["PATH_INFO"] == "/large":
            assert may_end.wait(60)

    here = Running(slowly)
    try:
        with connected(here.port, b"GET /large" + HOST + b"Connection: close\r\n\r\n") as client:
            eventually(lambda: here.server.active_channels)
            (sending,) = here.server.active_channels.values()
            eventually(lambda: sending.total_outbufs_len)
            with sending.outbuf_lock:
                said = _drained(client)
                before = len(rounds)
                for _ in range(3):
                    assert asked(here.port, "/other").status == 200
                assert len(rounds) - before < 100
            may_end.set()
            assert len(said + told(client)) > 20_000_000
    finally:
        may_end.set()
        here.stop()


def _drained(client: socket.socket) -> bytes:
    """All that was on its way to a client, so that the server has room to send more."""
    said, seconds = b"", client.gettimeout()
    client.setblocking(False)
    with suppress(BlockingIOError):
        while more := client.recv(1_000_000):
            said += more
    client.settimeout(seconds)
    return said


def test_when_all_places_are_taken_the_idlest_is_closed(running: Running) -> None:
    """Nobody is left outside."""
    running.server.most_connections = 20
    with held(running.port, b"", 60):
        for _ in range(3):
            assert asked(running.port, "/").status == 200
        eventually(lambda: len(running.server.active_channels) <= 20)


def test_when_all_places_are_taken_who_was_refused_goes_first(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever sends nonsense and stays would close everyone else's connections."""
    monkeypatch.setattr(web_connection, "LINGER_SECONDS", 600.0)
    running.server.most_connections = 20
    request = b"GET /" + HOST + b"\r\n"
    with connected(running.port, request) as idle, ExitStack() as refused:
        assert next_status(idle) == 200
        for number in range(1, 31):
            refused.enter_context(connected(running.port, b"X\r\n\r\n"))
            linger = min(number, 19)
            eventually(lambda most=linger: _lingering(running) >= most)
        idle.sendall(request)
        assert next_status(idle) == 200


def _lingering(running: Running) -> int:
    return sum(bool(each.lingers_until) for each in list(running.server.active_channels.values()))


def test_when_all_places_are_busy_a_new_one_is_answered_later(held_back: HeldBack) -> None:
    """It is no idle one yet: its request is on its way."""
    channels = held_back.server.active_channels
    held_back.server.most_connections = 4
    request = b"GET /" + HOST + b"\r\n"
    with held(held_back.port, request, 4):
        eventually(lambda: sum(len(each.requests) for each in list(channels.values())) == 4)
        with connected(held_back.port) as late:
            eventually(lambda: len(channels) == 5)
            late.sendall(request)
            held_back.may_answer.set()
            assert next_status(late) == 200


def test_an_urgent_byte_ends_its_connection(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    """The loop would else be told of it again and again, and log it each time."""
    with connected(running.port) as client:
        client.send(b"X", socket.MSG_OOB)
        eventually(lambda: running.server.active_channels == {})
    assert asked(running.port, "/").status == 200
    assert caplog.records == []


def test_a_refusal_that_nobody_waits_for_leaves_no_error_in_the_log(
    held_back: HeldBack, caplog: pytest.LogCaptureFixture
) -> None:
    """The client is gone when its turn comes; anyone could else fill the log."""
    request = b"GET /" + HOST + b"\r\n"
    with connected(held_back.port, request) as first, connected(held_back.port, request) as second:
        eventually(lambda: len(held_back.asked_for) == 2)
        refused = [connected(held_back.port, b"X\r\n\r\n") for _ in range(MANY)]
        eventually(lambda: len(held_back.server.task_dispatcher.queue) == MANY)
        for each in refused:
            _hang_up(each)
        held_back.may_answer.set()
        assert next_status(first) == next_status(second) == 200
        eventually(lambda: len(held_back.server.active_channels) == 2)
    assert [record.getMessage() for record in caplog.records] == []


def _hang_up(client: socket.socket) -> None:
    """At once, without waiting for what is on its way."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_all_bodies_together_have_a_bound(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that has been arriving longest goes; a new one is taken."""
    monkeypatch.setattr(web_server, "MOST_BODY_BYTES", 1_000_000)
    head = b"POST /" + HOST + b"Content-Length: 600001\r\nConnection: close\r\n\r\n"
    with connected(running.port, head + b"a" * 600_000) as old:
        eventually(lambda: sum(each.body_bytes for each in running.server.active_channels.values()) == 600_000)
        with connected(running.port, head + b"a" * 600_001) as new:
            assert status_of(told(new)) == 200
        said = told(old)
    assert status_of(said) == 503
    assert b"Try again in a minute" in said


def test_the_largest_body_that_is_allowed_arrives_whole(running: Running) -> None:
    """To the last byte; one more is too large."""
    with connected(running.port, b"POST /" + HOST + b"Connection: close\r\nContent-Length: 25000000\r\n\r\n") as client:
        client.sendall(b"a" * LARGEST_BODY)
        said = told(client)
    assert status_of(said) == 200
    assert said.endswith(b"25000000 bytes")
    with connected(running.port, b"POST /" + HOST + b"Content-Length: 25000001\r\n\r\n") as client:
        assert status_of(told(client)) == 413


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X-Forwarded_For", "X_FORWARDED_PROTO", "Remote_Addr", "x_ok"])
def test_headers_with_an_underscore_reach_no_page(running: Running, name: str) -> None:
    """Nor does what a proxy would set, where there is none."""
    seen = asked(running.port, "/", **{name: "203.0.113.9", "X-Forwarded-For": "203.0.113.9", "X-Known": "1"}).data
    assert b"HTTP_X_KNOWN" in seen
    assert b"FORWARDED" not in seen
    assert name.upper().encode() not in seen


def test_what_is_under_way_is_answered_when_it_stops(held_back: HeldBack) -> None:
    """The application has the request when the server is told to stop; its answer arrives, and nobody new is let in."""
    request = b"POST /" + HOST + b"Content-Length: 4\r\n\r\ndone"
    with connected(held_back.port, request) as client:
        eventually(lambda: held_back.asked_for)
        held_back.server.stop()
        eventually(lambda: not listens(held_back.port))
        held_back.may_answer.set()
        assert told(client).endswith(b"done")


MANY_BLANKS = b" " * 60_000
ODD_HEADERS: dict[bytes, int] = {
    b"GET / HTTP/1.1\r\nX-Odd:" + MANY_BLANKS + b"\x01": 400,
    b"GET / HTTP/1.1\r\nX-Odd:a" + b"\t " * 30_000 + b"\x00": 400,
    b"GET / HTTP/1.1\r\nX-Odd:a\x7f" + MANY_BLANKS: 400,
    b"GET / HTTP/1.1\r\nX-Odd: a" + b"\r\n" + MANY_BLANKS + b"b": 400,
    b"GET a://" + b"1" * 60_000 + b" x": 400,
    b"GET http://[ HTTP/1.1": 400,
    b"POST / HTTP/1.1\r\nContent-Length: " + b"1" * 5_000: 400,
    b"GET " + b"a" * 60_000 + b":// x y": 400,
    b'GET / HTTP/1.1\r\nContent-Type: a; b="' + b";" * 995: 400,
    b"GET / HTTP/1.1" + b"\r\nContent-Type: a;" * 1_000: 400,
    b'GET / HTTP/1.1\r\nContent-Type: a; b="' + b";" * 994: 0,
    b"GET / HTTP/1.1\r\nX-Odd:" + MANY_BLANKS + b"a": 0,
    b"GET / HTTP/1.1\r\nX-Odd:" + MANY_BLANKS: 0,
    b"GET / HTTP/1.1\r\nX-Odd:a" + MANY_BLANKS + b"b" + b"\t" * 100: 0,
}


@pytest.mark.parametrize(("header", "code"), ODD_HEADERS.items(), ids=map(str, range(len(ODD_HEADERS))))
def test_no_header_takes_the_loop_for_long(header: bytes, code: int) -> None:
    """waitress's patterns would take up to some minutes on it, and everyone else would wait in the same loop."""
    request = web_connection.Request(Adjustments())
    sent = header + b"\r\nHost: localhost\r\n\r\n"
    began = time.process_time()
    assert request.received(sent) == len(sent)
    assert time.process_time() - began < 2  # of this process alone: a busy machine is no matter
    assert request.completed
    assert (request.error.code if request.error else 0) == code


@pytest.mark.parametrize("body", [b"", b"0123456789"])
def test_whoever_asks_whether_to_send_and_sends_at_once_is_answered(running: Running, body: bytes) -> None:
    """HTTP clients may leave out the wait for the 100 (RFC 9110, section 10.1.1)."""
    head = b"POST /" + HOST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    with connected(running.port, head + body) as client:
        said = told(client)
    assert (status_of(said), body in said) == (200, True)


def chunked(size: int, total: int) -> bytes:
    """The beginning of a form that comes in chunks of one size."""
    chunk = b"%x\r\n" % size + b"a" * size + b"\r\n"
    return FORM + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * (total // len(chunk))


@pytest.mark.parametrize(("size", "refused"), [(1, True), (24, True), (50, True), (60, False), (8192, False)])
def test_a_body_of_tiny_chunks_is_refused(running: Running, size: int, refused: bool) -> None:
    """Each takes the loop as long as a large one; a small form may come as it likes."""
    for total in (30_000, 200_000):
        with connected(running.port, b"") as client:
            with suppress(ConnectionError):
                client.sendall(chunked(size, total) + b"0\r\n\r\n")
            status = next_status(client)
        assert status == (400 if refused and total > 65_536 else 200), total


@pytest.mark.parametrize("bad", [b"GET http://[ HTTP/1.1", b"POST / HTTP/1.1\r\nContent-Length: " + b"1" * 5_000])
def test_a_request_that_cannot_be_parsed_behind_a_good_one_ends_no_server(running: Running, bad: bytes) -> None:
    """It came along with the first, and is parsed by the loop: refused, and the server goes on."""
    with connected(running.port, b"GET /" + HOST + b"\r\n" + bad + b"\r\nHost: localhost\r\n\r\n") as client:
        said = told(client)
    assert (status_of(said), b"400 Bad Request" in said) == (200, True)
    with connected(running.port, b"GET /" + HOST + b"Connection: close\r\n\r\n") as client:
        assert status_of(told(client)) == 200


def test_empty_lines_between_requests_lose_nothing_of_the_next_one(running: Running) -> None:
    """The beginning of a request that came behind them waits for its rest."""
    first = b"GET /" + HOST + b"\r\n"
    with connected(running.port, first + b"\r\n\r\n" * 3 + b"GET / HT") as client:
        said = b""
        while not said.endswith(b"['HTTP_HOST']"):
            said += client.recv(65_536)
        assert status_of(said) == 200
        client.sendall(b"TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert status_of(told(client)) == 200


COOKIES: dict[tuple[str, ...], list[str]] = {
    ('a="' + "\\" * 60_000 + '"; sessionid=one; csrftoken=two',): ["sessionid=one", "csrftoken=two"],
    ('sessionid=one; a="\\\\"; csrftoken="two"',): ["sessionid=one", 'csrftoken="two"'],
    ("sessionid=one; a\\b=c; d=\\",): ["sessionid=one"],
    ('a="\\"',): [],
    ("\\;" * 30_000 + "sessionid=one",): ["sessionid=one"],
    ("sessionid=one; csrftoken=two", 'a="\\\\"', 'b="\\\\"; c=d'): ["sessionid=one", "c=d"],
    ("sessionid=one; csrftoken=two", "c=d"): ["sessionid=one", "csrftoken=two, c=d"],
}


@pytest.mark.parametrize(("sent", "seen"), COOKIES.items(), ids=map(str, range(len(COOKIES))))
def test_cookies_with_a_backslash_reach_no_page_and_all_others_do(sent: tuple[str, ...], seen: list[str]) -> None:
    """None of ours has one, and Python reads them in a time that grows with the square of their length.

    Several headers are one list with commas, in which the last cookie of one and the first of the next are one.
    """
    cookies: list[str] = []

    def noting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        cookies.append(environ["HTTP_COOKIE"])
        return hello(environ, start)

    here = Running(noting)
    try:
        lines = b"".join(b"Cookie: " + each.encode() + b"\r\n" for each in sent)
        with connected(here.port, b"GET /" + HOST + lines + b"Connection: close\r\n\r\n") as client:
            assert status_of(told(client)) == 200
    finally:
        here.stop()
    (read,) = cookies
    assert [pair.strip() for pair in read.split(";") if pair.strip()] == seen
