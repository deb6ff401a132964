"""The control of the webhooks: what is listened to, what was delivered, and what goes wrong on purpose."""

from dataclasses import asdict

from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.store import Store


def hooks(store: Store) -> Document:
    """All hooks, how much waits for them, and the domains that are left alone at present."""
    registry, settings = store.webhooks, store.settings
    shown = [hook.document(settings["client_id"], store.hash) for hook in registry.hooks.values()]
    blocked = registry.blocklist.blocked(store.clock.ticks())
    return {"hooks": shown, "waiting": registry.waiting(), "dropped": registry.dropped, "blocked": blocked}


def deliveries(store: Store, since: int) -> Document:
    """The last deliveries after that number, oldest first; ``retry_in`` in store seconds."""
    now = store.clock.ticks()
    shown = []
    for delivery in store.webhooks.log:
        if delivery.n > since:
            document = asdict(delivery)
            wait = max(0.0, document.pop("due") - now)
            shown.append(document | {"retry_in": round(wait, 1) if delivery.state == "waiting" else None})
    return {"deliveries": shown}


def faults(store: Store) -> Document:
    return {"faults": [asdict(fault) for fault in store.webhooks.faults.faults]}


def add_fault(store: Store, body: Document) -> Document:
    return {"id": store.webhooks.faults.add(body).id}


def clear_faults(store: Store) -> Document:
    store.webhooks.faults.faults.clear()
    return faults(store)
