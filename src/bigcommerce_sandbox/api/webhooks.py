"""The V3 webhooks; every token may use them, none needs a scope (vendor: webhooks.v3.yml)."""

from typing import Any

from bigcommerce_sandbox.answers import Answer, Document, nothing
from bigcommerce_sandbox.api import envelope
from bigcommerce_sandbox.api.routing import Call, route
from bigcommerce_sandbox.webhooks.hooks import Hook, missing_or_invalid


@route("POST", "/v3/hooks")
def create_hook(call: Call) -> Answer:
    return envelope.one(_document(call, call.store.webhooks.create(call.document())))


@route("GET", "/v3/hooks")
def list_hooks(call: Call) -> Answer:
    found = _selected(call)
    return envelope.paged(call, found, lambda hook: _document(call, hook))


@route("GET", "/v3/hooks/#")
def get_hook(call: Call) -> Answer:
    return envelope.one(_document(call, call.store.webhooks.hook(call.ids[0])))


@route("PUT", "/v3/hooks/#")
def put_hook(call: Call) -> Answer:
    registry = call.store.webhooks
    return envelope.one(_document(call, registry.change(registry.hook(call.ids[0]), call.document())))


@route("DELETE", "/v3/hooks/#")
def delete_hook(call: Call) -> Answer:
    """Answered with the hook as it was."""
    hook = call.store.webhooks.hook(call.ids[0])
    call.store.webhooks.delete(hook)
    return envelope.one(_document(call, hook))


@route("GET", "/v3/hooks/admin")
def admin(call: Call) -> Answer:
    """E-mail addresses, hooks with their status, and the domains that are blocked at present."""
    registry = call.store.webhooks
    hooks = [_document(call, hook) | {"status": "active" if hook.is_active else "inactive"} for hook in _selected(call)]
    blocked = [
        {"destination": domain, "time_left": int(left), "reasons": []}
        for domain, left in registry.blocklist.blocked(call.store.clock.ticks()).items()
    ]
    return envelope.one({"emails": registry.emails, "hooks_list": hooks, "blocked_domains": blocked})


@route("PUT", "/v3/hooks/admin")
def put_admin(call: Call) -> Answer:
    emails: Any = call.document().get("emails")
    if not isinstance(emails, list) or not all(isinstance(email, str) and "@" in email for email in emails):
        raise missing_or_invalid({"emails": "The value must be a list of e-mail addresses."})
    call.store.webhooks.emails = emails
    call.store.changes += 1
    return nothing()


def _selected(call: Call) -> list[Hook]:
    query = call.query
    active = envelope.yes_or_no(query, "is_active")
    return [
        hook
        for hook in call.store.webhooks.hooks.values()
        if (active is None or hook.is_active == active)
        and query.get("scope", hook.scope) == hook.scope
        and query.get("destination", hook.destination) == hook.destination
    ]


def _document(call: Call, hook: Hook) -> Document:
    return hook.document(call.store.settings["client_id"], call.store.hash)
