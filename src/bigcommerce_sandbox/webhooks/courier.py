"""Carries deliveries to their destinations, beside the answers and never before them."""

import asyncio
import ssl
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from bigcommerce_sandbox.webhooks import messages
from bigcommerce_sandbox.webhooks.desk import Webhooks
from bigcommerce_sandbox.webhooks.hooks import Hook
from bigcommerce_sandbox.webhooks.messages import Delivery

if TYPE_CHECKING:
    from bigcommerce_sandbox.store import Store

_STALE_SECONDS = 600
# What the vendor asks of the headers of an acknowledgement (webhooks overview, response requirements).
_MOST_HEADERS, _LONGEST_NAME, _LONGEST_VALUE = 64, 64, 8192
_HEAD = 256 * 1024


async def carry(store: "Store") -> None:
    """Until it is cancelled. The store may get another desk meanwhile: when it is reset."""
    under_way: set[asyncio.Task[None]] = set()
    try:
        while True:
            desk = store.webhooks
            desk.write_out()
            for hook, delivery in desk.due():
                task = asyncio.create_task(_deliver(desk, hook, delivery))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            desk.wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(desk.wake.wait(), desk.pause())
    finally:
        for task in under_way:
            task.cancel()


async def _deliver(desk: Webhooks, hook: Hook, delivery: Delivery) -> None:
    status, error = None, ""
    try:
        async with asyncio.timeout(desk.store.settings["hook_timeout_seconds"]):
            status = await post(hook.destination, _headers(desk, hook, delivery), delivery.body.encode())
    except TimeoutError:
        error = "no answer in time"
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as trouble:
        error = str(trouble) or type(trouble).__name__
    desk.finished(hook, delivery, status, error)


def _headers(desk: Webhooks, hook: Hook, delivery: Delivery) -> dict[str, str]:
    """Custom headers and signature. A forger knows neither; a stale message is an old one, rightly signed."""
    settings, forged = desk.store.settings, delivery.kind == messages.FORGED
    own = {} if forged else dict(hook.headers or {})
    if not settings["hooks_signed"]:
        return own
    secret = f"not-{settings['client_secret']}" if forged else settings["client_secret"]
    second = _signed_at(delivery, first=settings["hook_retry_timestamp"] == "first")
    return own | messages.signed(secret, delivery.message_id, int(second), delivery.body.encode())


def _signed_at(delivery: Delivery, *, first: bool) -> float:
    """Real time, since the receiver's clock is not sped up. Whether a retry is signed anew is not documented."""
    now = time.time()
    if delivery.kind == messages.STALE:
        return now - _STALE_SECONDS
    if delivery.first_sent is None:
        delivery.first_sent = now
    return delivery.first_sent if first else now


async def post(destination: str, headers: dict[str, str], body: bytes) -> int:
    """The status that was answered. Raises OSError, EOFError, ValueError or LimitOverrunError."""
    parts = urlsplit(destination)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=_trust() if secure else None, limit=_HEAD)
    try:
        writer.write(_request(parts, headers, body))
        await writer.drain()
        return _status(await reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.close()


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(parts: SplitResult, headers: dict[str, str], body: bytes) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {"Host": parts.netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    own |= {"Accept": "*/*", "User-Agent": "sandbox-store-webhooks", "Connection": "close"}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (own | headers).items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _status(head: bytes) -> int:
    """Raises ValueError for what is no HTTP answer, and for headers beyond the vendor's limits."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
        raise ValueError("no HTTP answer")
    pairs = [line.partition(":") for line in lines]
    too_long = any(len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE for name, _, value in pairs)
    if too_long or len(pairs) > _MOST_HEADERS:
        raise ValueError("the headers of the answer are too long or too many")
    return int(rest[:3])
