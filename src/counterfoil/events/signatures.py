"""Signatures as Standard Webhooks has them (standardwebhooks.com, spec/standard-webhooks.md).

HMAC-SHA256 over `id.timestamp.body` with the bytes of a secret that is written as `whsec_` and base64. While a secret
is replaced by another one both sign, and the header lists both signatures.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from hmac import digest

PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification has 24 to 64


def new_secret() -> str:
    """A secret, as it is shown once."""
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(digest(key, signed, sha256)).decode()}"


def headers(signing: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, signed with each of these secrets."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in signing),
    }
