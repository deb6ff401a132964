"""The address that a store delivers its events to, and what is kept of those that come."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from counterfoil.bigcommerce.webhooks import NotGenuine, WebhookPayload, is_signed, read_event, verify
from counterfoil.limits import SYNC_EVERY_SECONDS
from counterfoil.stores.db.encryption import Secret, SecretUnreadable
from counterfoil.stores.integrations.public_address import public_address
from counterfoil.stores.models import StoreHooks, StoreState, WebIntegration
from counterfoil.stores.sync.wakeups import wake

HEADER = "X-Counterfoil-Secret"
PATH = "/hooks/{token}/"
AT_MOST_EVERY = timedelta(seconds=SYNC_EVERY_SECONDS)
"""During a flood of events a store is synced so often at most: all that came meanwhile is one poll."""

# The order is one event, however often the store says so; what is counted is counted in the same statement.
_HEARD = """
    WITH noted AS (
        INSERT INTO stores_ordernews (integration_id, bigcommerce_order_id, at)
        VALUES (%(integration)s, %(order)s, now())
        ON CONFLICT (integration_id, bigcommerce_order_id) DO UPDATE SET at = EXCLUDED.at
    )
    UPDATE stores_storehooks
    SET events = events + 1, last_event_at = now(), signed = %(signed)s,
        signs_since = CASE WHEN %(signed)s THEN COALESCE(signs_since, now()) ELSE signs_since END
    WHERE id = %(hooks)s
"""
_REFUSED = """
    UPDATE stores_storehooks
    SET refused = jsonb_set(refused, ARRAY[%(reason)s], to_jsonb(COALESCE((refused ->> %(reason)s)::bigint, 0) + 1))
    WHERE id = %(hooks)s
"""


def hooks_of(integration: WebIntegration) -> StoreHooks:
    """The store's row, made with fresh secrets where there is none."""
    fresh = {"token": secrets.token_urlsafe(24), "header_secret": Secret.of(secrets.token_urlsafe(32))}
    return StoreHooks.objects.get_or_create(integration=integration, defaults=fresh)[0]


def destination(hooks: StoreHooks) -> str:
    """Where the store is to deliver; "" where Counterfoil has no public https address."""
    address = public_address()
    return address.rstrip("/") + PATH.format(token=hooks.token) if address.startswith("https://") else ""


def header_secret(hooks: StoreHooks) -> str:
    """What each delivery carries; a fresh one where the kept one was encrypted with another secret key."""
    try:
        return hooks.header_secret.reveal()
    except SecretUnreadable:
        hooks.header_secret = Secret.of(secrets.token_urlsafe(32))
        hooks.save(update_fields=["header_secret"])
        return hooks.header_secret.reveal()


def want_hooks(integration: WebIntegration, *, wanted: bool) -> None:
    """Somebody switches the webhooks of a store on or off; the next sync makes them or takes them away.

    Off also forgets that they were signed: those that are made next may be another account's, which signs none.
    """
    hooks = hooks_of(integration)
    forgotten: dict[str, Any] = {} if wanted else {"signs_since": None}
    StoreHooks.objects.filter(pk=hooks.pk).update(wanted=wanted, checked_at=None, **forgotten)
    wake([integration.pk])


def why_taken_away(integration: WebIntegration, hooks: StoreHooks | None) -> str:
    """Why a store is to have no hooks, by what somebody has decided, as a sentence; "" where it may have some."""
    if hooks is not None and not hooks.wanted:
        return "Webhooks are switched off, so the store is polled."
    if not integration.client_secret.stored:
        return "The store's client secret, which verifies its events, isn’t set, so the store is polled."
    return ""


def why_none_can_be_made(integration: WebIntegration) -> str:
    """Why none can be made just now, as a sentence; "" when they can. Those that are there stay as they are."""
    if not public_address().startswith("https://"):
        return "Counterfoil has no public https address (COUNTERFOIL_ADDRESS), so the store is polled."
    if not integration.client_secret.is_readable:
        return "The store's client secret can’t be read with the current secret key. Enter it again."
    return ""


def hear(hooks: StoreHooks, headers: Mapping[str, str], body: bytes) -> None:
    """Keeps what a genuine message says and sees that the store is looked at; raises NotGenuine for any other.

    Needs the integration and its state loaded along. Nothing of the message is believed but that the order may have
    changed.
    """
    try:
        event = _genuine(hooks, headers, body)
    except NotGenuine as refused:
        with connection.cursor() as cursor:
            cursor.execute(_REFUSED, {"hooks": hooks.pk, "reason": refused.reason})
        raise
    heard = {
        "integration": hooks.integration_id,
        "order": event.order_id,
        "hooks": hooks.pk,
        "signed": is_signed(headers),
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_HEARD, heard)
        _poll_soon(hooks.integration)


def _genuine(hooks: StoreHooks, headers: Mapping[str, str], body: bytes) -> WebhookPayload:
    """Our secret header always; the signature wherever there is one, since not every account's hooks are signed.

    Whose events were once signed has no other: whoever has read the header somewhere cannot leave the signature out.
    """
    try:
        ours, theirs = hooks.header_secret.reveal(), hooks.integration.client_secret.reveal()
    except SecretUnreadable:
        raise NotGenuine("secret") from None
    given = {name.lower(): value for name, value in headers.items()}.get(HEADER.lower(), "")
    if not hmac.compare_digest(given.encode(), ours.encode()):
        raise NotGenuine("forged" if given or is_signed(headers) else "unsigned")
    if is_signed(headers) or hooks.signs_since is not None:
        verify(theirs, headers, body, timezone.now())
    event = read_event(body)
    if event.store_hash != hooks.integration.store_hash:
        raise NotGenuine("other_store")
    return event


def _poll_soon(integration: WebIntegration) -> None:
    """At once; during a flood when the last sync is two seconds old."""
    synced_at = integration.state.visited_at
    if synced_at is None or timezone.now() - synced_at >= AT_MOST_EVERY:
        wake([integration.pk])
        return
    soon = synced_at + AT_MOST_EVERY
    StoreState.objects.filter(integration=integration, due_at__gt=soon).update(due_at=soon)


@dataclass(frozen=True, slots=True)
class HooksShown:
    """How the hooks of a store are doing, for people. `refused`: how many messages of which kind."""

    word: str
    sentence: str
    events: int = 0
    last_event_at: datetime | None = None
    refused: Sequence[tuple[str, int]] = ()


_REASONS = {
    "forged": "forged",
    "unsigned": "without a secret or a signature",
    "stale": "too old",
    "unreadable": "unreadable",
    "other_store": "of another store",
    "secret": "whose secret could not be checked",
}


def hooks_shown(integration: WebIntegration) -> HooksShown:
    """One statement."""
    hooks = StoreHooks.objects.filter(integration=integration).first()
    why_not = why_taken_away(integration, hooks) or why_none_can_be_made(integration)
    if hooks is None or (why_not and not hooks.made):
        return HooksShown("None", why_not or "They’ll be created on the next sync.")
    refused = [(_REASONS.get(reason, reason), count) for reason, count in sorted(hooks.refused.items())]
    if hooks.live_since is None or why_not:
        sentence = why_not or hooks.trouble or "They’ll be created on the next sync."
        return HooksShown("Not live", sentence, hooks.events, hooks.last_event_at, refused)
    signed = "" if hooks.signed is not False else " The store doesn’t sign its events; their secret header is checked."
    sentence = f"The store reports changed orders right away; it is also polled.{signed}"
    return HooksShown("Live", sentence, hooks.events, hooks.last_event_at, refused)
