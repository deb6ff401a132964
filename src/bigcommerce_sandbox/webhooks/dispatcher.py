"""Carries deliveries to their destinations, beside the answers and never before them."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from bigcommerce_sandbox.webhooks import messages
from bigcommerce_sandbox.webhooks.hooks import Hook
from bigcommerce_sandbox.webhooks.messages import Delivery
from bigcommerce_sandbox.webhooks.registry import Webhooks
from bigcommerce_sandbox.webhooks.sender import post

if TYPE_CHECKING:
    from bigcommerce_sandbox.store import Store

_STALE_SECONDS = 600


async def carry(store: "Store") -> None:
    """Until it is cancelled. A store that is reset gets another registry meanwhile."""
    under_way: set[asyncio.Task[None]] = set()
    try:
        while True:
            registry = store.webhooks
            registry.write_out()
            for hook, delivery in registry.due():
                task = asyncio.create_task(_deliver(registry, hook, delivery))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            registry.wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(registry.wake.wait(), registry.pause())
    finally:
        for task in under_way:
            task.cancel()


async def _deliver(registry: Webhooks, hook: Hook, delivery: Delivery) -> None:
    status, error = None, ""
    try:
        async with asyncio.timeout(registry.store.settings["hook_timeout_seconds"]):
            status = await post(hook.destination, _headers(registry, hook, delivery), delivery.body.encode())
    except TimeoutError:
        error = "no answer in time"
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as trouble:
        error = str(trouble) or type(trouble).__name__
    registry.finished(hook, delivery, status, error)


def _headers(registry: Webhooks, hook: Hook, delivery: Delivery) -> dict[str, str]:
    """Custom headers and signature. A forger knows neither; a stale message is an old one, rightly signed."""
    settings, forged = registry.store.settings, delivery.kind == messages.FORGED
    own = {} if forged else dict(hook.headers or {})
    if not settings["hooks_signed"]:
        return own
    secret = f"not-{settings['client_secret']}" if forged else settings["client_secret"]
    second = _signed_at(delivery, first=settings["hook_retry_timestamp"] == "first")
    return own | messages.signed(secret, delivery.message_id, int(second), delivery.body.encode())


def _signed_at(delivery: Delivery, *, first: bool) -> float:
    """Real time, since the receiver's clock is not sped up. Whether a retry is signed anew is not documented."""
    now = time.time()
    if delivery.kind == messages.STALE:
        return now - _STALE_SECONDS
    if delivery.first_sent is None:
        delivery.first_sent = now
    return delivery.first_sent if first else now
