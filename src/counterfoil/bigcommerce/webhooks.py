"""What a store says by itself: signed events, and the hooks that it says them to (bigcommerce.md, section 8).

An event is a hint that an order may have changed. It is never the truth about the order: events come late, twice, in
any order, or not at all.
"""

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct, field

from counterfoil.limits import EVENT_SECONDS, MOST_SIGNATURES

SCOPES = ("store/order/created", "store/order/updated", "store/order/statusUpdated", "store/order/archived")
"""What we want to hear of. Shipments and refunds change the order too, and are said as its update."""


class NotGenuine(Exception):
    """A message that the store did not sign, not like this, or not now; `reason` is one word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Data(Struct, frozen=True):
    id: int
    type: str = "order"


class _Event(Struct, frozen=True):
    scope: str
    producer: str
    data: _Data


class WebhookPayload(Struct, frozen=True):
    """Something happened to an order of the store with this hash."""

    scope: str
    store_hash: str
    order_id: int


class Hook(Struct, frozen=True):
    """A hook as the store lists it."""

    id: int
    scope: str
    destination: str
    is_active: bool = True
    headers: dict[str, str] | None = field(default=None)


class HookPage(Struct, frozen=True):
    """The store's answer to a list of hooks."""

    data: list[Hook]


class HookAnswer(Struct, frozen=True):
    """The store's answer to one hook."""

    data: Hook


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether the message claims to be signed at all; the vendor does not say that those of every account are."""
    return "webhook-signature" in _lower(headers)


def verify(client_secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises NotGenuine("unsigned", "stale" or "forged") unless the body is signed with the secret, now.

    The signature is that of the Standard Webhooks specification, whose key is the client secret itself.
    """
    given = _lower(headers)
    message_id, second = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    signatures = given.get("webhook-signature", "").split()[:MOST_SIGNATURES]
    if not message_id or not signatures or not re.fullmatch("[0-9]{1,12}", second):
        raise NotGenuine("unsigned")
    content = b".".join((message_id.encode(), second.encode(), body))
    ours = hmac.digest(client_secret.encode(), content, "sha256")
    if not client_secret or not any([hmac.compare_digest(ours, _signature(each)) for each in signatures]):  # noqa: C419
        raise NotGenuine("forged")
    if abs(now.timestamp() - int(second)) > EVENT_SECONDS:
        raise NotGenuine("stale")


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _signature(text: str) -> bytes:
    """The bytes of one signature; b"" for another version's, or for what is none."""
    version, _, encoded = text.partition(",")
    try:
        return b64decode(encoded, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def read_event(body: bytes) -> WebhookPayload:
    """The event in a message; raises NotGenuine("unreadable") for what is none."""
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotGenuine("unreadable") from None
    root, _, store_hash = event.producer.partition("/")
    if root != "stores" or not store_hash or not 0 < event.data.id < 2**63:
        raise NotGenuine("unreadable")
    return WebhookPayload(event.scope, store_hash, event.data.id)
