"""Hooks as apps make them, and what the store checks of them (vendor: webhooks.v3.yml and webhooks overview)."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from bigcommerce_sandbox.answers import Document, Refused

MOST_OF_A_SCOPE = 10
_EVENTS = {
    "app": "uninstalled",
    "cart": "created updated deleted couponApplied abandoned converted lineItem/* lineItem/created lineItem/updated"
    " lineItem/deleted",
    "category": "created updated deleted",
    "channel": "created updated",
    "customer": "created updated deleted address/created address/updated address/deleted"
    " payment/instrument/default/updated",
    "information": "updated",
    "order": "created updated archived statusUpdated message/created refund/created transaction/created"
    " transaction/updated metafield/created metafield/updated metafield/deleted",
    "product": "created updated deleted inventory/updated inventory/order/updated",
    "shipment": "created updated deleted",
    "sku": "created updated deleted inventory/updated inventory/order/updated",
    "subscriber": "created updated deleted",
}
SCOPES = {f"store/{name}/{event}" for name, events in _EVENTS.items() for event in (*events.split(), "*")}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OWN_HEADERS = {"host", "content-length", "content-type", "connection", "transfer-encoding"}


@dataclass(slots=True)
class Hook:
    """``created_at`` and ``updated_at`` are store seconds, ``live_at`` is in ticks: before it nothing is heard."""

    id: int
    scope: str
    destination: str
    headers: dict[str, str] | None
    is_active: bool
    created_at: int
    updated_at: int
    live_at: float = 0.0

    def hears(self, scope: str) -> bool:
        fits = scope.startswith(self.scope[:-1]) if self.scope.endswith("/*") else scope == self.scope
        return self.is_active and fits

    @property
    def domain(self) -> str:
        return urlsplit(self.destination).hostname or ""

    def document(self, client_id: str, store_hash: str) -> Document:
        own = asdict(self)
        del own["live_at"]
        return {"id": own.pop("id"), "client_id": client_id, "store_hash": store_hash, **own}


def checked(body: Document, *, allow_http: bool) -> Document:
    """What a body says of scope, destination, headers and activity. Raises Refused with 422 naming every wrong one."""
    checks = {"scope": _wrong_scope, "headers": _wrong_headers, "is_active": _wrong_activity}
    wrong = {name: reason for name, check in checks.items() if name in body and (reason := check(body[name]))}
    if "destination" in body and (reason := _wrong_destination(body["destination"], allow_http=allow_http)):
        wrong["destination"] = reason
    if wrong:
        raise missing_or_invalid(wrong)
    return {name: body[name] for name in ("scope", "destination", "headers", "is_active") if name in body}


def missing_or_invalid(errors: dict[str, str]) -> Refused:
    return Refused(422, "JSON data is missing or invalid", errors)


def _wrong_scope(scope: Any) -> str:
    return "" if isinstance(scope, str) and scope in SCOPES else "There is no such scope."


def _wrong_activity(value: Any) -> str:
    return "" if isinstance(value, bool) else "The value must be true or false."


def _wrong_headers(headers: Any) -> str:
    if headers is None:
        return ""
    if not isinstance(headers, dict):
        return "The value must be an object."
    fits = all(_is_header(name, value) for name, value in headers.items())
    return "" if fits else "Names must be header names, values texts on one line."


def _is_header(name: str, value: Any) -> bool:
    is_line = isinstance(value, str) and value.isprintable() and value.isascii()
    return is_line and bool(_HEADER_NAME.fullmatch(name)) and name.casefold() not in _OWN_HEADERS


def _wrong_destination(destination: Any, *, allow_http: bool) -> str:
    if not isinstance(destination, str):
        return "The value must be a URL."
    try:
        parts = urlsplit(destination)
        port = parts.port
    except ValueError:
        return "The value must be a URL."
    is_plain = destination.isascii() and destination.isprintable() and " " not in destination
    if not is_plain or not parts.hostname or parts.username is not None or parts.scheme not in ("http", "https"):
        return "The value must be a URL."
    if allow_http:
        return ""
    if parts.scheme == "http":
        return "The destination must be an https URL."
    return "" if port in (None, 443) else "The destination must be served on port 443."
