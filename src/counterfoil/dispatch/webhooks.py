"""Makes our hooks at a store and keeps them alive: a store switches off what it could not deliver to for two days."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.bigcommerce.webhooks import SCOPES, Hook
from counterfoil.stores.integrations.public_address import note_public_address
from counterfoil.stores.integrations.webhooks import (
    HEADER,
    destination,
    header_secret,
    hooks_of,
    why_none_can_be_made,
    why_taken_away,
)
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreHooks, StoreState
from counterfoil.stores.sync.session import StoreSession

CHECK_EVERY = timedelta(minutes=5)


def keep_hooks(session: StoreSession) -> None:
    """Every five minutes: what is missing, inactive, changed or doubled at the store is repaired, and the gap is read.

    One call when all is well. A store loses its hooks only where somebody has decided so: a process that was not told
    the public address leaves those that are there alone.
    """
    integration = session.integration
    hooks = StoreHooks.objects.filter(integration=integration).first()
    taken_away = why_taken_away(integration, hooks)
    if (taken_away or why_none_can_be_made(integration)) and (hooks is None or not hooks.made):
        return
    hooks = hooks or hooks_of(integration)
    if hooks.checked_at is not None and timezone.now() - hooks.checked_at < CHECK_EVERY:
        return
    note_public_address()
    if not taken_away and why_none_can_be_made(integration):
        return
    wanted = "" if taken_away else destination(hooks)
    try:
        repaired = _repair(session, hooks, wanted)
        hooks.trouble = taken_away
    except NeedsPerson as refused:
        repaired, hooks.trouble = [], refused.sentence
    _record(session, hooks, repaired, is_live=bool(wanted) and not hooks.trouble)


def _repair(session: StoreSession, hooks: StoreHooks, wanted: str) -> list[str]:
    """What was repaired, in words. `wanted`: where the store is to deliver; "" for nowhere."""
    headers = {HEADER: header_secret(hooks)}
    there = [hook for hook in session.api.hooks() if _is_ours(hook, hooks)]
    keep, rest = _chosen(there, hooks.made) if wanted else ({}, there)
    repaired: list[str] = []
    for hook in rest:
        session.api.delete_hook(hook.id)
        repaired.append(f"{_name(hook.scope)} removed")
    made: dict[str, int] = {}
    for scope in SCOPES if wanted else ():
        kept = keep.get(scope)
        if kept is None:
            made[scope] = session.api.create_hook(scope, wanted, headers).id
            repaired.append(f"{_name(scope)} made")
            continue
        made[scope] = kept.id
        if not _is_right(kept, wanted, headers):
            session.api.change_hook(kept.id, scope, wanted, headers)
            repaired.append(f"{_name(scope)} {'corrected' if kept.is_active else 'switched on again'}")
    hooks.made = made
    return repaired


def _is_ours(hook: Hook, hooks: StoreHooks) -> bool:
    return hook.id in hooks.made.values() or f"/hooks/{hooks.token}/" in hook.destination


def _chosen(there: Sequence[Hook], made: Mapping[str, int]) -> tuple[dict[str, Hook], list[Hook]]:
    """One hook for each scope, the one we know first; and those that are too many."""
    keep: dict[str, Hook] = {}
    rest: list[Hook] = []
    for hook in sorted(there, key=lambda each: (made.get(each.scope) != each.id, each.id)):
        if hook.scope in SCOPES and hook.scope not in keep:
            keep[hook.scope] = hook
        else:
            rest.append(hook)
    return keep, rest


def _is_right(hook: Hook, wanted: str, headers: Mapping[str, str]) -> bool:
    return hook.is_active and hook.destination == wanted and (hook.headers or {}) == headers


def _name(scope: str) -> str:
    return scope.removeprefix("store/")


def _record(session: StoreSession, hooks: StoreHooks, repaired: Sequence[str], *, is_live: bool) -> None:
    """Notes how they stand; after a repair the new order status is listed at once, whatever was said meanwhile."""
    hooks.checked_at = timezone.now()
    if repaired or not is_live:
        hooks.live_since = timezone.now() if is_live else None
    elif hooks.live_since is None:
        hooks.live_since = timezone.now()
    hooks.save(update_fields=["made", "checked_at", "live_since", "trouble"])
    if repaired:
        session.integration.state.listed_at = session.integration.state.list_began_at = None
        StoreState.objects.filter(integration=session.integration).update(listed_at=None, list_began_at=None)
        log(session.integration, LogKind.SETTINGS, f"Webhooks at the store: {', '.join(repaired)}.")
