"""What goes over the line: the body of an event, and the signature of the Standard Webhooks specification."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from bigcommerce_sandbox.answers import Document, encoded

STORE_ID = "1000042"
EVENT, DUPLICATE, FORGED, STALE = "event", "duplicate", "forged", "stale"
WAITING, SENDING, DELIVERED = "waiting", "sending", "delivered"
REFUSED, GIVEN_UP, LOST, DROPPED, CANCELLED = "refused", "given up", "lost", "dropped", "cancelled"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the store, at a store second."""

    scope: str
    data: Document
    second: int

    def body(self, store_hash: str) -> bytes:
        """The hash is of the payload, which tells time in whole seconds: two alike within one hash alike."""
        payload = {"scope": self.scope, "store_id": STORE_ID, "data": self.data}
        rest = {"created_at": self.second, "producer": f"stores/{store_hash}"}
        digest = hashlib.sha1(encoded(payload | rest), usedforsecurity=False).hexdigest()
        return encoded(payload | {"hash": digest} | rest)


@dataclass(slots=True)
class Delivery:
    """One event on its way to one hook. ``due`` is in ticks; ``first_sent`` in real seconds since 1970.

    ``kind`` says whether it is the event itself or what a fault made of it. ``held``: until another has overtaken it.
    ``attempts`` are ``{"at", "status", "error"}``.
    """

    n: int
    hook_id: int
    message_id: str
    scope: str
    body: str
    due: float
    at: str
    kind: str = EVENT
    state: str = WAITING
    held: bool = False
    first_sent: float | None = None
    attempts: list[Document] = field(default_factory=list)


def signed(secret: str, message_id: str, second: int, body: bytes) -> dict[str, str]:
    """The three headers; the key is the client secret's bytes. ``second`` is real time, since receivers look at it."""
    content = f"{message_id}.{second}.".encode() + body
    signature = base64.b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(second), "webhook-signature": f"v1,{signature}"}
