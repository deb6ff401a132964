"""R20: two hundred connections that are silent, slow, or take nothing; everyone else is answered meanwhile."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3

from faults.environment import FaultEnvironment, Finding, How
from faults.pages import pages
from faults.tally import Tally

CONNECTIONS = 200
FEW_CONNECTIONS = 40  # in a short form, which runs next to other tests
SECONDS = 300.0
SLOWEST = 1.0
PATIENCE = 60.0  # for a machine with other work; with a planted bug nobody waits so long
LEAST_ASKED = 4
ASKED = ("/healthz", "/login/")
TOKEN = "a" * 32
HOST = b" HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"POST /login/" + HOST + f"Cookie: csrftoken={TOKEN}\r\n".encode()
FORM += b"Content-Type: application/x-www-form-urlencoded\r\n"
LARGE = b"GET /static/vendor/tabler.min.css" + HOST + b"\r\n"


@dataclass(frozen=True)
class Kind:
    """What such a client sends at once, what every second, and whether it takes more than nothing of an answer."""

    name: str
    first: bytes
    then: bytes = b""
    takes: bool = False


KINDS = (
    Kind("nothing is sent", b""),
    Kind("silent bodies", FORM + b"Content-Length: 100000\r\n\r\n"),
    Kind("slow bodies", FORM + b"Content-Length: 100000\r\n\r\n", b"a"),
    Kind("slow chunks", FORM + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    Kind("slow headers", b"GET /login/" + HOST + b"X-Slow: ", b"a"),
    Kind("answers that are not fetched", LARGE * 100),
    Kind("answers that are fetched slowly", LARGE * 100, takes=True),
    Kind("idle after an answer", b"GET /healthz" + HOST + b"\r\n"),
)


@dataclass
class Crowd:
    """So many clients of a kind, who come back when they are shown out."""

    kind: Kind
    address: tuple[str, int]
    size: int
    _clients: list[socket.socket] = field(default_factory=list)
    _stirred_at: float = 0.0

    def stir(self) -> None:
        """Once a second: each sends its bit; places that are empty are taken again."""
        if time.monotonic() - self._stirred_at < 1:
            return
        self._stirred_at = time.monotonic()
        self._clients = [client for client in self._clients if self._goes_on(client)]
        while len(self._clients) < self.size:
            self._clients.append(self._come())

    def _goes_on(self, client: socket.socket) -> bool:
        try:
            client.send(self.kind.then)
            gone = self.kind.takes and client.recv(1) == b""
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone:
            client.close()
        return not gone

    def _come(self) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else the kernel takes what nobody fetches
        client.settimeout(PATIENCE)
        client.connect(self.address)
        client.sendall(self.kind.first)
        client.setblocking(False)
        return client

    def leave(self) -> None:
        """All of them go."""
        for client in self._clients:
            with suppress(OSError):
                client.close()


def slow_clients(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R20: each kind of client for its share of five minutes, and after them the installation is as it was."""
    env.fresh()
    patience = 5.0 if how.plant else PATIENCE
    with pages(env, how.plant) as address:
        for kind in KINDS:
            crowd = CONNECTIONS if how.share == 1 or how.plant else FEW_CONNECTIONS
            slowest = _extra_context(kind, address, tally, SECONDS / len(KINDS) * how.share, patience, crowd)
            tally.says.append(f"{kind.name}: the slowest answer to others took {slowest * 1000:.0f} ms")
            if how.share == 1 and slowest >= SLOWEST:  # a short form is no measurement
                tally.break_off(kind.name, f"an answer to others took {slowest:.1f} s")
            if how.has_found(tally):
                return
    tally.add(env.verdict(), 0, "afterwards")


def _extra_context(kind: Kind, address: str, tally: Tally, seconds: float, patience: float, connections: int) -> float:
    """Asks for pages while the others are there; how long the slowest answer took."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    crowd = Crowd(kind, (parts.hostname, parts.port), connections)
    slowest, asked, ends_at = 0.0, 0, time.monotonic() + seconds
    try:
        while asked < LEAST_ASKED or time.monotonic() < ends_at:
            crowd.stir()
            took, trouble = _ask(address + ASKED[asked % len(ASKED)], patience)
            findings = [Finding("R20", trouble, "")] if trouble else []
            tally.add(findings, took, kind.name)
            slowest, asked = max(slowest, took), asked + 1
            if findings:
                break
            time.sleep(0.05)
    finally:
        crowd.leave()
    return slowest


def _ask(url: str, patience: float) -> tuple[float, str]:
    """How long an answer took, and what was wrong with it."""
    began, trouble = time.monotonic(), ""
    try:
        status = urllib3.request("GET", url, retries=False, timeout=patience).status
        if status != 200:
            trouble = f"{url} was answered {status}"
    except urllib3.exceptions.HTTPError as error:
        trouble = f"{url} was not answered: {type(error).__name__}"
    return time.monotonic() - began, trouble
