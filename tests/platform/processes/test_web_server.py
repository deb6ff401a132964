"""The pages are answered whatever other clients do; what is too large, too slow or no HTTP/1 is refused."""

import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest

from counterfoil.platform.processes.web_connection import LARGEST_BODY
from tests.platform.installation import SharedInstallation, free_port
from tests.platform.process_helpers import eventually
from tests.platform.slow_clients import FORM, HOST, asked, connected, held, listens, status_of, told

MANY = 200
LARGE = b"GET /static/vendor/tabler.min.css" + HOST + b"\r\n"
KINDS = {
    "nothing is sent": b"",
    "silent bodies": FORM + b"Content-Length: 100000\r\n\r\n",
    "bodies that stop": FORM + b"Content-Length: 100000\r\n\r\ncsrfmiddlewaretoken=",
    "chunks that stop": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "headers that stop": b"GET /login/" + HOST + b"X-Slow: ",
    "answers that are not fetched": LARGE * 4,
    "idle after an answer": b"GET /healthz" + HOST + b"\r\n",
}


@pytest.fixture(scope="module")
def pages(installation: SharedInstallation) -> Iterator[int]:
    """The port of the real pages, served as `counterfoil web` does."""
    port = free_port()
    process: subprocess.Popen[str] = installation.start("web", "--port", str(port), "--threads", "4")
    eventually(lambda: listens(port), seconds=60)
    yield port
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", KINDS)
def test_everyone_else_is_answered(pages: int, kind: str) -> None:
    """Two hundred such connections hold none of the four threads; all of the pages are there, not only the probe."""
    with held(pages, KINDS[kind], MANY):
        for path in ("/healthz", "/login/", "/readyz", "/login/"):
            assert asked(pages, path).status in (200, 503), path


@pytest.mark.parametrize(
    "length",
    [b"Content-Length: 150000000\r\n", b"Content-Length: 150000000\r\nExpect: 100-continue\r\n"],
    ids=["its length", "its length, asking first as curl does"],
)
def test_a_large_upload_is_refused_by(pages: int, length: bytes) -> None:
    """Nothing of it is taken: the answer is there before its first byte."""
    with connected(
        pages, FORM.replace(b"x-www-form-urlencoded", b"form-data; boundary=b") + length + b"\r\n"
    ) as client:
        said = told(client)
    assert status_of(said) == 413
    assert b"More than 25 MB" in said
    assert b"X-Content-Type-Options: nosniff" in said


def test_a_large_upload_without_a_length_is_refused_when_it_is_too_large(pages: int) -> None:
    """And the client that still sends can read why."""
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    with connected(pages, FORM + b"Transfer-Encoding: chunked\r\n\r\n") as client:
        for _ in range(LARGEST_BODY // 0x100000 + 4):
            client.sendall(chunk)
        assert status_of(told(client)) == 413


@pytest.mark.parametrize("first", [b"5" * 300_000, b"0\r\n" + b"a" * 300_000], ids=["a size", "a trailer"])
def test_a_line_between_chunks_ends_somewhere(pages: int, first: bytes) -> None:
    """Else each byte of it would be looked through again with each that follows."""
    with connected(pages, FORM + b"Transfer-Encoding: chunked\r\n\r\n") as client:
        client.sendall(first)
        assert status_of(told(client)) == 400


TWO_LENGTHS = {
    "chunks and a length": FORM + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length and chunks": FORM + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": FORM.replace(b"HTTP/1.1", b"HTTP/1.0")
    + b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("kind", TWO_LENGTHS)
def test_a_request_of_two_lengths_is_refused_and_what_follows_it_is_none(pages: int, kind: str) -> None:
    """Else what a proxy takes for its body would be the next request, in somebody else's name."""
    with connected(pages, TWO_LENGTHS[kind] + b"GET /healthz" + HOST + b"\r\n") as client:
        said = told(client)
    assert status_of(said) == 400
    assert said.count(b"HTTP/1.") == 1


def test_headers_end_somewhere(pages: int) -> None:
    """64 KB are more than any browser sends."""
    with connected(pages, b"GET /login/" + HOST + b"X-Long: " + b"a" * 70_000) as client:
        assert status_of(told(client)) == 431


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", 505),
        (b"GET /healthz" + HOST + b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n"
         b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", 200),
    ],
    ids=["with prior knowledge", "by an upgrade"],
)  # fmt: skip
def test_http_2_is_not_spoken_in_clear(pages: int, first: bytes, status: int) -> None:
    """Refused, or answered in HTTP/1.1."""
    with connected(pages, first) as client:
        if status == 200:
            client.shutdown(socket.SHUT_WR)
        said = told(client)
    assert status_of(said) == status
    assert said.startswith(b"HTTP/1.")


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/login/", "/", "/nowhere/", "/static/web/nothing.css", "/metrics"]
)
def test_no_answer_is_guessed_at(pages: int, path: str) -> None:
    """Also what no page is, and what is asked for under another name."""
    for host in ("localhost", "evil.example.com"):
        assert asked(pages, path, Host=host).headers["X-Content-Type-Options"] == "nosniff"


def test_a_port_that_is_taken_is_named(installation: SharedInstallation, pages: int) -> None:
    """In a sentence, and with the exit code of a program that cannot start."""
    second = installation.run("web", "--port", str(pages))
    assert (second.returncode, f"Port {pages} is in use" in second.stderr) == (3, True), second.stderr


@pytest.mark.parametrize("name", ["*", "*.example.com", ".", "orders.example.com,*", "https://orders.example.com"])
def test_a_host_that_stands_for_any_is_refused(installation: SharedInstallation, name: str) -> None:
    """Before anything is served, naming the setting."""
    done = installation.run("web", "--port", str(free_port()), COUNTERFOIL_HOSTS=name)
    assert done.returncode == 2
    assert "COUNTERFOIL_HOSTS" in done.stderr
    assert "Traceback" not in done.stderr
