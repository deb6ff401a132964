"""One browser's connection: what it may send, how long it may take, and what it is told when that is over.

waitress reads requests and sends answers in one loop; a thread is taken only for a request that is there as a whole.
What it leaves open is bound here: the time that a request takes to arrive, and lines between chunks without an end.
"""

import re
import socket
import time
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.task import ErrorTask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

from counterfoil.limits import (
    FIRST_SECONDS,
    IDLE_SECONDS,
    LARGEST_BODY,
    LARGEST_CHUNK_LINE,
    LONGEST_CONTENT_TYPE,
    SILENT_SECONDS,
    SLOWEST,
    SMALLEST_CHUNKS,
)

READ_AT_ONCE = 65_536  # bytes
PARSED_AT_ONCE = 4096  # bytes; waitress copies what it has not parsed yet with each chunk of a body
CHUNKS_MAY_BE_TINY = 65_536  # bytes of a body
LINGER_SECONDS = 5.0
TOO_LARGE = f"More than {LARGEST_BODY // 1_000_000} MB can't be sent at once. Split the file and send the parts."
TOO_LONG = "The address or the headers of this request are too long. Delete the site's cookies and try again."
TOO_SLOW = "The request didn't arrive in time. Try again."
TOO_MANY = "Too many files are being sent at once. Try again in a minute."
TWO_LENGTHS = "A request states its length one way: by Content-Length or in chunks."
ONLY_HTTP_1 = "Only HTTP/1.0 and HTTP/1.1 are supported."
ILLEGAL = "A header contains a character that headers can't contain, or goes on in the next line."
UNREADABLE = "The address or the length of this request can't be read."
LONG_TYPE = f"The Content-Type of this request is longer than {LONGEST_CONTENT_TYPE:,} characters."
TINY_CHUNKS = f"The chunks of this request are too small. Send chunks of {SMALLEST_CHUNKS} bytes or more."

_FIRST_LINE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^ ]+(?: HTTP/[0-9]\.[0-9])?")
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # RFC 9110, section 5.5


class TimeIsUp(Error):
    """The request did not arrive in time."""

    code, reason = 408, "Request Timeout"


class TooMuchAtOnce(Error):
    """All bodies together are more than the server keeps."""

    code, reason = 503, "Service Unavailable"


class OtherVersion(Error):
    """HTTP/2 without encryption, or something that there is not."""

    code, reason = 505, "HTTP Version Not Supported"


class Request(HTTPRequestParser):
    """A request while it arrives. waitress leaves out headers with an underscore in their names, which a trusted one
    of a proxy's would else be mixed up with (`X_Forwarded_For`)."""

    error: Any = None
    completed: bool
    rest = b""
    """What came behind it at the same time: the next request, or its beginning."""

    def received(self, data: bytes) -> int:
        """How many bytes were taken: all with the last of this request, whose `rest` is what does not belong to it."""
        taken = 0
        while taken < len(data) and not self.completed:
            taken += super().received(data[taken : taken + PARSED_AT_ONCE])
        if self.error is None and (wrong := self._what_is_wrong()):
            self.error, self.completed = wrong, True
        if self.error is not None or self.completed:
            self.expect_continue = False  # curl asks before it sends: it is refused, or has sent already
        if isinstance(self.error, RequestEntityTooLarge):
            self.error.body = TOO_LARGE
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            self.error.body = TOO_LONG
        if not self.completed:
            return taken
        self.rest = data[taken:]
        return len(data)

    def parse_header(self, header_plus: bytes) -> None:
        """Refuses what a proxy might take for a request of another length (RFC 9112, section 6.1).

        And what waitress's patterns take a time for that grows with the square of its length: blanks around a value,
        lines that go on in the next one, a first line that is none. And a Content-Type that Django takes so long for.
        """
        first, *lines = header_plus.split(b"\r\n")
        if not _FIRST_LINE.fullmatch(first.rstrip()):
            raise ParsingError("Start line is invalid")
        if _ILLEGAL.search(header_plus) or any(line.startswith((b" ", b"\t")) for line in lines):
            raise ParsingError(ILLEGAL)
        try:
            super().parse_header(b"\r\n".join([first, *map(_trimmed, lines)]))
        except ValueError as wrong:  # an address such as http://[, or a length of thousands of digits
            raise ParsingError(UNREADABLE) from wrong
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError(TWO_LENGTHS)
        if len(self.headers.get("CONTENT_TYPE", "")) > LONGEST_CONTENT_TYPE:
            raise ParsingError(LONG_TYPE)
        if "COOKIE" in self.headers:
            self.headers["COOKIE"] = _without_backslashes(self.headers["COOKIE"])

    def _what_is_wrong(self) -> Error | None:
        body = self.body_rcv
        if isinstance(body, ChunkedReceiver) and len(body.control_line) + len(body.trailer) > LARGEST_CHUNK_LINE:
            return BadRequest("A line between two chunks is too long.")
        if isinstance(body, ChunkedReceiver) and _are_tiny(body, self.body_bytes_received):
            return BadRequest(TINY_CHUNKS)
        if self.headers_finished and not self.empty and self.version not in ("1.0", "1.1"):
            return OtherVersion(ONLY_HTTP_1)
        return None


def _trimmed(line: bytes) -> bytes:
    name, colon, value = line.partition(b":")
    return name + colon + value.strip(b" \t")


def _without_backslashes(cookies: str) -> str:
    """The cookies of a request without those that have a backslash: another application's, for none of ours has one.

    Python takes a time for one that grows with the square of its length (CVE-2024-7592, before 3.11.10 and 3.12.6).
    """
    if "\\" not in cookies:
        return cookies
    return ";".join(pair for pair in cookies.split(";") if "\\" not in pair)


def _are_tiny(body: ChunkedReceiver, received: int) -> bool:
    """Whether more than a tenth of what came is said about the chunks, as it is with chunks of less than 54 bytes.

    Each takes the loop as long as a large one.
    """
    return received > CHUNKS_MAY_BE_TINY and 10 * len(body) < 9 * received


class Refusal(ErrorTask):
    """The server's own answer to a request that no page sees."""

    def execute(self) -> None:
        """Writes a sentence, and closes the connection behind it."""
        error = self.request.error
        body = f"{error.body}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.has_refused = True
        self.write(body)


class Connection(HTTPChannel):
    """A connection whose requests arrive in time or not at all."""

    parser_class = Request
    error_task_class = Refusal
    request: Any = None  # the one that is arriving
    has_asked = False
    has_refused = False
    began = 0.0
    arrived = 0
    lingers_until = 0.0
    rest = b""

    def received(self, data: bytes) -> bool:
        """Receives what was sent: one request at a time, so that nobody asks for a hundred answers and fetches none."""
        if self.request is None:
            self.request, self.began, self.arrived = self.parser_class(self.adj), time.time(), 0
        arriving = self.request
        taken: bool = super().received(data)
        self.arrived += len(data)
        self.rest = arriving.rest.lstrip(b"\r\n")  # empty lines between two requests are none (RFC 9112, section 2.2)
        if arriving.completed:
            self.has_asked = True
        elif arriving.body_bytes_received:
            self.server.bound_bodies(len(data))
        return taken

    @property
    def body_bytes(self) -> int:
        """The bodies that are kept for this connection."""
        requests = [*self.requests, *filter(None, [self.request])]
        return sum(request.body_bytes_received for request in requests if request.error is None)

    @property
    def is_sending_a_body(self) -> bool:
        """Whether some of a body is here, and not all."""
        return self.request is not None and bool(self.request.body_bytes_received)

    @property
    def waits_since(self) -> float:
        """Since when it has kept the server waiting."""
        return self.began if self.request is not None else float(self.last_activity)

    @property
    def is_waited_for(self) -> bool:
        """Whether it may send to the browser now, and the connection stays."""
        return not (self.requests or self.will_close or self.lingers_until)

    def check_time_limits(self, now: float) -> None:
        """Ends what takes too long, also where the client takes nothing, so that the loop is not told of it."""
        if self.is_waited_for:
            self._check_time_limits(now, silent=now - self.last_activity)
        elif self.lingers_until:
            self.will_close = now > self.lingers_until
        if self.will_close:
            self.handle_close()

    def _check_time_limits(self, now: float, silent: float) -> None:
        if self.total_outbufs_len:
            self.will_close = silent > SILENT_SECONDS
        elif self.request is None:
            self.will_close = silent > (IDLE_SECONDS if self.has_asked else FIRST_SECONDS)
        elif silent > SILENT_SECONDS or now - self.began > FIRST_SECONDS + self.arrived / SLOWEST:
            self.refuse(TimeIsUp(TOO_SLOW))

    def refuse(self, error: Any) -> None:
        """Answers the request that is arriving, and closes the connection."""
        with self.requests_lock:
            request, self.request = self.request, None
            request.error, request.completed = error, True
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def readable(self) -> bool:
        """Whether to read on; what came along with the request before is received first, when that is answered."""
        if self.rest and not self.lingers_until and super().readable():
            try:
                self.received(self.rest)
            except Exception:  # noqa: BLE001 (the loop catches only what comes from reading and writing: all would end)
                self.handle_error()
        return bool(self.lingers_until or super().readable())

    def writable(self) -> bool:
        """Whether something is to be sent that no thread is sending just now.

        The loop would be told again and again that there is room, and take from that thread the time it needs.
        """
        if self.will_close or self.close_when_flushed or not self.total_outbufs_len:
            return bool(self.will_close or self.close_when_flushed)
        is_free: bool = self.outbuf_lock.acquire(blocking=False)
        if is_free:
            self.outbuf_lock.release()
        return is_free

    def handle_read(self) -> None:
        """Reads on; what comes behind a refusal is dropped."""
        if not self.lingers_until:
            super().handle_read()
            return
        try:
            self.recv(READ_AT_ONCE)
        except OSError:
            super().handle_close()

    def handle_expt(self) -> None:
        """Closes: urgent bytes (TCP) are no part of HTTP, and the loop would be told of them until they are read."""
        self.handle_close()

    def handle_close(self) -> None:
        """Closes; behind a refusal not before the client has read it, for what it still sends would destroy it.

        RFC 9112, section 9.6: half a close, and reading on for a while. One that was closed while its answer was
        being sent comes here again.
        """
        if self.connected and self.will_close and self.has_refused and not self.lingers_until:
            self.will_close, self.lingers_until = False, time.time() + LINGER_SECONDS
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                return
        super().handle_close()
