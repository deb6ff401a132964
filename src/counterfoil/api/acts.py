"""Does what a request asks for, once, and writes down which token did it: all in one transaction.

**Idempotency-Key.** The row of the key, the act and its answer are committed together. So a process that is killed
between doing and answering has either done nothing, and the key is free, or everything, and whoever asks again gets the
answer that was lost. Of two with the same key at once, the second waits in PostgreSQL for the first to end (a unique
index does that) and is answered as the first was. A refusal does nothing and keeps nothing: the key can be used again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from counterfoil.accounts.client_ip import remote_ip
from counterfoil.accounts.models import ApiAct, ApiToken, IdempotencyKey
from counterfoil.api.authentication import token_of
from counterfoil.api.problems import Problem
from counterfoil.limits import LONGEST_IDEMPOTENCY_KEY
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.json_output import json_text

KEY, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "ETag")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the answer's value, and a sentence with what it is about for the token's history."""

    found: Any
    what: str
    about: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def act(request: HttpRequest, do: Callable[[], Done]) -> HttpResponse:
    """Does it, unless this very request was carried out before: then the answer of that time is given again.

    What `do` raises takes everything back.
    """
    token, key = token_of(request), _key_of(request)
    with transaction.atomic():
        row = _claim(request, token, key) if key else None
        if row is not None and row.status is not None:
            return _again(row)
        done = do()
        text = json_text(done.found)
        _write_down(request, token, done)
        if row is not None:
            headers = {name: value for name, value in done.headers.items() if name in KEPT_HEADERS}
            IdempotencyKey.objects.filter(pk=row.pk).update(status=done.status, headers=headers, body=text)
    return _response(text, done.status, done.headers)


def _key_of(request: HttpRequest) -> str:
    """The request's key, or "" where it has none; raises Problem for one that cannot be kept."""
    key = request.headers.get(KEY)
    if key is None:
        return ""
    if not key or len(key) > LONGEST_IDEMPOTENCY_KEY or not all("!" <= sign <= "~" for sign in key):
        raise Problem(
            400,
            "idempotency_key",
            "The Idempotency-Key isn’t valid.",
            next_step=f"Send 1 to {LONGEST_IDEMPOTENCY_KEY} printable ASCII characters without spaces, such as a UUID.",
            field=KEY,
        )
    return key


def _claim(request: HttpRequest, token: ApiToken, key: str) -> IdempotencyKey:
    """The key's row: a new one, or that of the request that was carried out with it.

    Waits for whoever is at it with the same key. Raises Problem where that was another request.
    """
    digest = _digest(request)
    new = IdempotencyKey(token=token, key=key, request_digest=digest)
    IdempotencyKey.objects.bulk_create([new], ignore_conflicts=True)
    row = IdempotencyKey.objects.select_for_update().get(token=token, key=key)
    if row.request_digest != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was already used for a different request.",
            next_step="Use a new key for each new request; reuse a key only to resend the same request.",
            field=KEY,
        )
    return row


def _digest(request: HttpRequest) -> str:
    """Tells whether a request is the same: method, address and body."""
    head = f"{request.method}\n{request.get_full_path()}\n"
    return sha256(head.encode("utf-8", "surrogatepass") + request.body).hexdigest()


def _again(row: IdempotencyKey) -> HttpResponse:
    assert row.status is not None
    return _response(row.body, row.status, {**row.headers, REPLAYED: "true"})


def _response(text: str, status: int, headers: Mapping[str, str]) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="application/json")
    for name, value in headers.items():
        response[name] = value
    return response


def _write_down(request: HttpRequest, token: ApiToken, done: Done) -> None:
    request_id = str(structlog.contextvars.get_contextvars().get("request", ""))
    ApiAct.objects.create(
        token=token, what=done.what, about=done.about[:300], request_id=request_id, address=remote_ip(request)
    )


def version_of(order: SalesOrder) -> str:
    """The order's ETag: another one whenever it, or a part of it, changed. What the store says does not change it."""
    return f'"{order.pk}-{int(order.updated_at.timestamp() * 1_000_000):x}"'


def check_version(request: HttpRequest, order: SalesOrder) -> None:
    """Raises Problem when the request is for another version of a locked order (If-Match), so that nothing is
    overwritten that nobody has seen."""
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if version_of(order) not in [each.strip() for each in wanted.split(",")]:
        raise Problem(
            412,
            "changed_meanwhile",
            f"Order {order.name} has changed since you read it.",
            next_step="Read the order again, then decide.",
            field="If-Match",
            headers={"ETag": version_of(order)},
        )
