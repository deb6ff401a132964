"""One POST, of which only the head of the answer is read."""

import asyncio
import socket
import ssl
import threading
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# What the vendor asks of the headers of an acknowledgement (webhooks overview, response requirements).
_MOST_HEADERS, _LONGEST_NAME, _LONGEST_VALUE = 64, 64, 8192
_HEAD = 256 * 1024


async def post(destination: str, headers: dict[str, str], body: bytes) -> int:
    """The status that was answered. Raises OSError, EOFError, ValueError or asyncio.LimitOverrunError."""
    parts = urlsplit(destination)
    reader, writer = await _connect(parts)
    try:
        writer.write(_request(parts, headers, body))
        await writer.drain()
        return _status(await reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.close()


async def _connect(parts: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the first of the name's addresses that listens. Raises OSError."""
    secure, name = parts.scheme == "https", parts.hostname or ""
    port, trust = parts.port or (443 if secure else 80), _trust() if secure else None
    refused: OSError | None = None
    for address in await _addresses(name, port):
        try:
            return await asyncio.open_connection(
                address, port, limit=_HEAD, ssl=trust, server_hostname=name if secure else None
            )
        except OSError as trouble:
            refused = trouble
    raise refused or OSError(f"{name} has no address")


async def _addresses(name: str, port: int) -> list[str]:
    """Numeric ones, found in a thread that the store need not wait for when it stops. Raises OSError."""
    with suppress(ValueError):
        return [str(ip_address(name))]
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def answer(addresses: list[str], trouble: OSError | None) -> None:
        if not found.done():
            found.set_exception(trouble) if trouble else found.set_result(addresses)

    def look() -> None:
        addresses, trouble = [], None
        try:
            addresses = [str(one[4][0]) for one in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
        except OSError as failed:
            trouble = failed
        with suppress(RuntimeError):  # the loop may have ended meanwhile
            loop.call_soon_threadsafe(answer, addresses, trouble)

    threading.Thread(target=look, daemon=True).start()
    return await found


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
