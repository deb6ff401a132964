"""Tokens of other systems: made, ended, looked up by their secret; what they did is written down."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from counterfoil.accounts.models import ApiAct, ApiToken, IdempotencyKey, Scope
from counterfoil.sales.errors import Refused
from counterfoil.stores.integrations.validation import checked_stores
from counterfoil.stores.networks import checked_networks

PREFIX = "cf_"
"""By which people and secret scanners know it."""
SECRET_BYTES = 32
LONGEST_NAME = 100
USED_EVERY = timedelta(minutes=1)
KEEP_KEYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """A token as someone wants it. Without `stores` it is for all, without `networks` for use from anywhere."""

    name: str
    scopes: Sequence[str]
    stores: Sequence[str] = ()
    networks: Sequence[str] = ()
    expires_at: datetime | None = None


def make_token(draft: TokenDraft, *, by: str) -> tuple[ApiToken, str]:
    """The token and its secret, which nobody can read later. Raises Refused."""
    name = _checked_name(draft.name)
    scopes = [scope for scope in Scope.values if scope in draft.scopes]
    unknown = [scope for scope in draft.scopes if scope not in Scope.values]
    if unknown or not scopes:
        raise Refused(
            f"There is no scope “{unknown[0]}”." if unknown else "Choose at least one scope.",
            f"Choose from: {', '.join(Scope.values)}.",
        )
    if draft.expires_at is not None and draft.expires_at <= timezone.now():
        raise Refused("That date has passed.", "Choose a later day.")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                name=name,
                digest=digest_of(secret),
                ending=secret[-4:],
                scopes=scopes,
                stores=checked_stores(draft.stores),
                networks=checked_networks(draft.networks),
                made_by=by,
                expires_at=draft.expires_at,
            )
    except IntegrityError:
        raise Refused(f"The name “{name}” is already taken.", "Revoke it first, or choose another name.") from None
    token.refresh_from_db()
    return token, secret


def end_token(token: ApiToken, *, by: str) -> bool:
    """From now on it opens nothing; False when it had ended already. What it did stays in its history."""
    ended = ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    return bool(ended)


def find_token(name: str) -> ApiToken:
    """The token of this name that has not ended; raises Refused."""
    found = ApiToken.objects.filter(name=name.strip(), ended_at=None).first()
    if found is None:
        raise Refused(f"There is no token named “{name}”.", "“counterfoil token list” shows them.")
    return found


def token_with(secret: str) -> ApiToken | None:
    """The token with this secret, ended and expired ones among them. One statement."""
    if not secret.startswith(PREFIX):
        return None
    return ApiToken.objects.filter(digest=digest_of(secret)).first()


def digest_of(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that no slow hash is needed."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def note_use(token: ApiToken, address: str | None) -> None:
    """Writes down when it was used last, and from where; once a minute at most."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at < USED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now, last_used_from=address)


def tokens() -> QuerySet[ApiToken]:
    """Those that are in use first, then those that ended; the newest first."""
    return ApiToken.objects.order_by(F("ended_at").desc(nulls_first=True), "-pk")


def forget_api(acts_before: datetime) -> dict[str, int]:
    """Removes idempotency keys after seven days, and what tokens did before then; how many of each."""
    keys = IdempotencyKey.objects.filter(at__lt=timezone.now() - KEEP_KEYS).delete()[0]
    return {"idempotency_keys": keys, "api_acts": ApiAct.objects.filter(at__lt=acts_before).delete()[0]}


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("The token has no name.", "Name it after the system that uses it.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name has {len(name)} characters; {LONGEST_NAME} are allowed.", "Shorten it.")
    if not name.isprintable():
        raise Refused("The name contains an unprintable character.", "Type it instead of pasting it.")
    return name
