"""A version of an order as people read it: the store's own document, set line by line, digit by digit as it came."""

import json
import re

import msgspec

from counterfoil.stores.models import Payload

HIDDEN = "•••"
_SECRET = re.compile(
    r'^(\s*"[^"]*(?:token|secret|password|passwd|api_?key|authorization|card_number|cvv)[^"]*": )"(?:[^"\\]|\\.)+"',
    re.IGNORECASE | re.MULTILINE,
)


def payload_text(payload: Payload) -> str:
    """The order, and its lines and coupons where they were read apart, as JSON; nothing of it is a secret's value.

    What is no JSON is shown as it came.
    """
    order, *apart = payload.parts
    came = {name: part for name, part in zip(("products", "coupons"), apart, strict=True) if part is not None}
    if not came:
        return set_out(order)
    named = (b'"%s":%s' % (name.encode(), part) for name, part in {"order": order, **came}.items())
    return set_out(b"{%s}" % b",".join(named))


def set_out(document: bytes) -> str:
    """A document with each value in a line of its own. Numbers keep the digits and the form in which they came."""
    try:
        text = msgspec.json.format(document, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = document.decode(errors="replace")
    return _SECRET.sub(rf"\1{json.dumps(HIDDEN, ensure_ascii=False)}", text)
