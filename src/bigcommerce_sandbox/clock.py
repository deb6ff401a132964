"""The store's clock: it can be sped up and set off, and the rate window and all dates run on it."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime


class StoreClock:
    """Store time in seconds since 1970. Never runs backwards, except when its offset is changed."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.offset = 0.0
        self._began = time.monotonic()
        self._shown = time.time()

    def now(self) -> float:
        return self.ticks() + self.offset

    def ticks(self) -> float:
        """Store seconds without the offset: what the rate window counts by."""
        return self._shown + (time.monotonic() - self._began) * self.speed

    def second(self) -> int:
        return int(self.now())

    def run(self, *, speed: float, offset: float) -> None:
        """Goes on from the present moment at another speed, this many seconds off."""
        self._shown, self._began = self.ticks(), time.monotonic()
        self.speed, self.offset = speed, offset


def rfc2822(second: int | None) -> str:
    """``Wed, 10 Jan 2018 21:05:30 +0000``, the form of V2; nothing is an empty string."""
    return "" if second is None else format_datetime(datetime.fromtimestamp(second, UTC))


def http_date(second: float) -> str:
    """``Wed, 10 Jan 2018 21:05:30 GMT``, the form of the ``Date`` header (RFC 9110)."""
    return format_datetime(datetime.fromtimestamp(int(second), UTC), usegmt=True)


def iso8601(second: float) -> str:
    """``2018-01-10T21:05:30+00:00``, the form of V3."""
    return datetime.fromtimestamp(int(second), UTC).isoformat()


def read_date(text: str) -> float:
    """Seconds since 1970 from RFC-2822 or ISO-8601; a time without a zone is in UTC. Raises ValueError."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(_mend_plus(text).replace("Z", "+00:00"))
    except ValueError:
        moment = parsedate_to_datetime(_mend_plus(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _mend_plus(text: str) -> str:
    """A plus sign that was not percent-encoded arrives as a space before the offset."""
    head, space, offset = text.rpartition(" ")
    looks_cut = bool(space) and offset.replace(":", "").isdigit() and len(offset.replace(":", "")) == 4
    return f"{head}+{offset}" if looks_cut and "T" in head else text
