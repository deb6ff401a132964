"""A mail server for tests: a real one on this machine that keeps what it is given, or misbehaves as it is told."""

import socketserver
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast


@dataclass
class Manners:
    """How the server behaves: a refusal as `550 No such person`, a silence after a step, a pause between two signs."""

    refuse_login: str = ""
    refuse_recipient: str = ""
    refuse_data: str = ""
    silent_from_the_start: bool = False
    hangs_up_with_the_mail: bool = False
    drips: float = 0


@dataclass
class Kept:
    """What was delivered."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        """The body, with line ends of one sign."""
        return str(self.message.get_content()).replace("\r\n", "\n")


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("_Server", self.server)
        self.manners, self.sender, self.to = server.manners, "", list[str]()
        server.talks += 1
        if self.manners.silent_from_the_start:
            server.let_go.wait(30)
            return
        self._say("220 tests ready")
        while line := self.rfile.readline():
            if not self._answer(line.decode().strip(), server):
                return

    def _say(self, words: str) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever called has hung up
            for sign in f"{words}\r\n" if self.manners.drips else [f"{words}\r\n"]:
                self.wfile.write(sign.encode())
                time.sleep(self.manners.drips)

    def _answer(self, line: str, server: "_Server") -> bool:
        verb = line.partition(" ")[0].upper()
        if verb == "DATA":
            return self._data(server)
        if verb == "QUIT":
            self._say("221 bye")
            return False
        self._say(self._to_a_word(verb, line))
        return True

    def _to_a_word(self, verb: str, line: str) -> str:
        if verb == "EHLO":
            return "250-tests\r\n250-AUTH PLAIN\r\n250 8BITMIME"
        if verb == "AUTH":
            return self.manners.refuse_login or "235 welcome"
        if verb == "MAIL":
            self.sender = _address(line)
        if verb == "RCPT":
            if self.manners.refuse_recipient:
                return self.manners.refuse_recipient
            self.to.append(_address(line))
        return "250 ok"

    def _data(self, server: "_Server") -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.manners.refuse_data:
            self._say(self.manners.refuse_data)
            return True
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        server.kept.append(Kept(self.sender, self.to, cast("EmailMessage", message)))
        if self.manners.hangs_up_with_the_mail:
            return False
        self._say("250 kept")
        return True


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


@dataclass
class _State:
    manners: Manners = field(default_factory=Manners)
    kept: list[Kept] = field(default_factory=list)
    talks: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)


class _Server(_State, socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        _State.__init__(self)
        socketserver.ThreadingTCPServer.__init__(self, ("127.0.0.1", 0), _Talk)


class MailServer:
    """The running server. `kept`: the mails it took; `talks`: how often someone called."""

    def __init__(self) -> None:
        self._server = _Server()
        self.port = int(self._server.server_address[1])
        self.url = f"smtp://someone:pass@127.0.0.1:{self.port}"

    def behave(self, **manners: str | bool | float) -> None:
        """From the next call on."""
        self._server.manners = Manners(**manners)  # type: ignore[arg-type]

    @property
    def kept(self) -> list[Kept]:
        """The mails that were taken, the oldest first."""
        return self._server.kept

    @property
    def talks(self) -> int:
        """How often someone called."""
        return self._server.talks

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Nobody listens any more."""
        self._server.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
