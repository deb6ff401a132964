"""One webhook sent: bounded in time and bytes, no redirect followed, only to addresses that may be called."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from counterfoil.bigcommerce.deadlines import BoundedPools, Watch
from counterfoil.events.network import may_call
from counterfoil.storable import number_of, storable_text

SECONDS = 15.0
"""From the name look-up to the last byte that is read; Standard Webhooks has 15 to 30."""
CONNECT_SECONDS = 5.0
KEPT_BYTES = 1024
LONGEST_RETRY_AFTER = 24 * 3600.0
GONE = 410


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """What came of it. `status` None: there was no answer, `trouble` says why. `retry_after` in seconds."""

    status: int | None
    answer: str
    trouble: str
    milliseconds: int
    retry_after: float = 0.0

    @property
    def delivered(self) -> bool:
        """Whether the other side has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the other side wants no more."""
        return self.status == GONE


class WebhookSender:
    """Sends to one endpoint; its connections are used again. Threads may share it."""

    def __init__(self, url: str, *, lanes: int = 1) -> None:
        self.url = url
        self._secure = urlsplit(url).scheme == "https"
        self._pool = BoundedPools(num_pools=1, maxsize=lanes)

    def send(self, body: bytes, headers: Mapping[str, str]) -> DeliveryAttempt:
        """One POST; never raises for what the other side or the network does."""
        began = time.monotonic()
        status, content, after, trouble = None, b"", 0.0, ""
        with Watch(SECONDS, permits=lambda address: may_call(address, secure=self._secure)) as watch:
            try:
                response = self._start(body, headers)
                status, after = response.status, _retry_after(response.headers.get("Retry-After", ""))
                content = _read(response)
            except (HTTPError, OSError, ValueError) as error:
                trouble = "" if status is not None else _why(error, watch)
        if status is not None and not 200 <= status < 300:
            trouble = _refused(status)
        spent = round((time.monotonic() - began) * 1000)
        return DeliveryAttempt(status, storable_text(content.decode("utf-8", "replace")), trouble, spent, after)

    def _start(self, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        sent = {"Content-Type": "application/json", "User-Agent": "Counterfoil", "Accept": "*/*", **headers}
        return self._pool.request(
            "POST",
            self.url,
            body=body,
            headers=sent,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=SECONDS),
            redirect=False,
            retries=False,
            preload_content=False,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._pool.clear()


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """The first KB as it came; a longer answer ends the connection."""
    content = b""
    whole = False
    try:
        while len(content) <= KEPT_BYTES:
            piece = response.read1(KEPT_BYTES + 1 - len(content), decode_content=False)
            if not piece:
                whole = True
                break
            content += piece
    except (HTTPError, OSError):
        whole = False  # the status is there, and says it all
    finally:
        response.release_conn() if whole else response.close()
    return content[:KEPT_BYTES]


def _retry_after(text: str) -> float:
    """The seconds that a header Retry-After asks for (RFC 9110, 10.2.3), a day at most; 0 for none."""
    seconds = number_of(text.strip())
    if seconds is not None:
        return min(float(seconds), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):  # the last one for a year or an offset of twenty digits
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_RETRY_AFTER)


def _refused(status: int) -> str:
    if 300 <= status < 400:
        return f"It redirects to another address (status {status}), which isn’t followed."
    if status == GONE:
        return "It doesn’t want more events (status 410)."
    return f"It responded with status {status}."


def _why(error: Exception, watch: Watch) -> str:
    if watch.forbidden:
        return "Its name points to an address that webhooks aren’t sent to."
    if isinstance(error, SSLError):
        return "Can’t make a secure connection: check its certificate."
    if watch.is_over:
        return f"It took longer than {SECONDS:g} s."
    if not watch.connected:
        return "It can’t be reached."
    return "The connection was lost before it responded."
