"""The hooks that were made, and what is written out to each of them."""

import asyncio
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bigcommerce_sandbox.answers import Document, Refused, encoded
from bigcommerce_sandbox.clock import iso8601
from bigcommerce_sandbox.webhooks import messages
from bigcommerce_sandbox.webhooks.blocklist import Blocklist
from bigcommerce_sandbox.webhooks.faults import HookFaults
from bigcommerce_sandbox.webhooks.hooks import MOST_OF_A_SCOPE, Hook, checked, missing_or_invalid
from bigcommerce_sandbox.webhooks.messages import Delivery, Event
from bigcommerce_sandbox.webhooks.queues import Queues

if TYPE_CHECKING:
    from bigcommerce_sandbox.store import Store

# Store seconds after each failed try, 48 hours in all (facts, section 8).
RETRIES = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21_600, 50_400, 86_400)
MOST_WAITING = 10_000
_KEPT = 5_000
_AT_A_TIME = 200  # events written out in one go, so that no answer waits for many
_AT_ONCE = 0.001
_LOOK_AGAIN = 0.25  # real seconds: the store may have been reset, or its clock sped up


class Webhooks:
    """Hooks by number, and the deliveries to them, of which the last are kept to look at."""

    def __init__(self, store: "Store") -> None:
        self.store = store
        self.hooks: dict[int, Hook] = {}
        self.emails: list[str] = []
        self.faults = HookFaults()
        self.blocklist = Blocklist()
        self.log: deque[Delivery] = deque(maxlen=_KEPT)
        self.queues = Queues()
        self.dropped = 0
        self.wake = asyncio.Event()
        self._fresh: dict[tuple[str, bytes], Event] = {}
        self._number = 0

    # Hooks

    def hook(self, hook_id: int) -> Hook:
        """Raises Refused with 404."""
        if hook_id not in self.hooks:
            raise Refused(404, f"Webhook with id [{hook_id}] not found")
        return self.hooks[hook_id]

    def create(self, body: Document) -> Hook:
        """Raises Refused with 422."""
        missing = {name: "error.path.missing." for name in ("scope", "destination") if name not in body}
        if missing:
            raise missing_or_invalid(missing)
        wish: Document = {"headers": None, "is_active": True} | self._checked(body)
        self._check_room(wish["scope"], wish["destination"], None)
        now = self.store.clock.second()
        live_at = self.store.clock.ticks() + self.store.settings["hook_live_after_seconds"]
        hook = Hook(self.store.number("hook"), **wish, created_at=now, updated_at=now, live_at=live_at)
        self.hooks[hook.id] = hook
        self.store.changes += 1
        return hook

    def change(self, hook: Hook, body: Document) -> Hook:
        """At least one field. Raises Refused with 422, and then nothing has changed."""
        wish = self._checked(body)
        if not wish:
            raise missing_or_invalid({"body": "At least one field is needed."})
        self._check_room(wish.get("scope", hook.scope), wish.get("destination", hook.destination), hook)
        for name, value in wish.items():
            setattr(hook, name, value)
        self._changed(hook)
        return hook

    def delete(self, hook: Hook) -> None:
        del self.hooks[hook.id]
        self.queues.cancel(hook.id)
        self.store.changes += 1

    def _checked(self, body: Document) -> Document:
        return checked(body, allow_http=self.store.settings["allow_http_hooks"])

    def _check_room(self, scope: str, destination: str, besides: Hook | None) -> None:
        of_scope = [hook for hook in self.hooks.values() if hook is not besides and hook.scope == scope]
        if any(hook.destination == destination for hook in of_scope):
            raise missing_or_invalid({"destination": "There is a webhook with this scope and destination."})
        if len(of_scope) >= MOST_OF_A_SCOPE:
            raise missing_or_invalid({"scope": f"There are {MOST_OF_A_SCOPE} webhooks with this scope, the most."})

    def _changed(self, hook: Hook) -> None:
        hook.updated_at = self.store.clock.second()
        if not hook.is_active:
            self.queues.cancel(hook.id)
        self.store.changes += 1

    # Events

    def happened(self, scope: str, data: Document) -> None:
        """Notes it for whoever listens; the same thing within one act counts once, one too many is dropped."""
        if not any(hook.hears(scope) for hook in self.hooks.values()):
            return
        if len(self._fresh) >= MOST_WAITING:
            self.dropped += 1
            return
        self._fresh.setdefault((scope, encoded(data)), Event(scope, data, self.store.clock.second()))
        self.wake.set()

    def write_out(self) -> None:
        """Makes deliveries of what happened, the oldest first."""
        for key in list(self._fresh)[:_AT_A_TIME]:
            event = self._fresh.pop(key)
            for hook in [hook for hook in self.hooks.values() if hook.hears(event.scope)]:
                if self.store.clock.ticks() >= hook.live_at:
                    self._post(hook, event)

    def _post(self, hook: Hook, event: Event) -> None:
        body = event.body(self.store.hash).decode()
        now, at = self.store.clock.ticks(), iso8601(event.second)
        delivery = Delivery(self._next(), hook.id, f"msg_{uuid.uuid4().hex}", event.scope, body, now, at)
        fault = self.faults.strike(event.scope)
        kind = fault.kind if fault else None
        if fault and kind == "disorder":
            delivery.due, delivery.held = now + fault.seconds, True
        if kind == "loss":
            delivery.state = messages.LOST
            self.log.append(delivery)
            return
        self._enqueue(delivery)
        if kind in (messages.DUPLICATE, messages.FORGED, messages.STALE):
            self._enqueue(replace(delivery, n=self._next(), kind=kind, attempts=[]))

    def _next(self) -> int:
        self._number += 1
        return self._number

    # Deliveries

    def _enqueue(self, delivery: Delivery) -> None:
        """A delivery too many is dropped, and counted."""
        self.log.append(delivery)
        if len(self.queues) >= MOST_WAITING:
            delivery.state = messages.DROPPED
            self.dropped += 1
            return
        self.queues.push(delivery)

    def due(self) -> Iterator[tuple[Hook, Delivery]]:
        """The next delivery of each hook that is free, to be sent now and ``finished`` then."""
        now = self.store.clock.ticks()
        for delivery in self.queues.due(now):
            hook = self.hooks[delivery.hook_id]
            if self.blocklist.left(hook.domain, now):
                self._try_later(hook, delivery, None, "the domain is on the blocklist")
                continue
            delivery.state = messages.SENDING
            self.queues.busy.add(hook.id)
            yield hook, delivery

    def pause(self) -> float:
        """Real seconds until something is due, or until it is time to look again."""
        soonest, clock = self.queues.soonest(), self.store.clock
        if self._fresh:
            return _AT_ONCE
        if soonest is None:
            return _LOOK_AGAIN
        return min(_LOOK_AGAIN, max(_AT_ONCE, (soonest - clock.ticks()) / clock.speed))

    def waiting(self) -> int:
        """What is not delivered yet: to be written out, queued, or under way."""
        return len(self._fresh) + len(self.queues) + len(self.queues.busy)

    def finished(self, hook: Hook, delivery: Delivery, status: int | None, error: str) -> None:
        """Takes the answer down. Whoever answers with 2xx has it; the others are asked again by the plan."""
        success, now = status is not None and 200 <= status < 300, self.store.clock.ticks()
        self.queues.busy.discard(hook.id)
        self.queues.overtaken(delivery, now)
        self.blocklist.record(hook.domain, now, success=success)
        if success or delivery.kind in (messages.FORGED, messages.STALE):
            self._note(delivery, status, error)
            delivery.state = messages.DELIVERED if success else messages.REFUSED
        else:
            self._try_later(hook, delivery, status, error)
        self.store.changes += 1
        self.wake.set()

    def _note(self, delivery: Delivery, status: int | None, error: str) -> None:
        at = iso8601(self.store.clock.now())
        delivery.attempts.append({"at": at, "status": status, "error": error})

    def _try_later(self, hook: Hook, delivery: Delivery, status: int | None, error: str) -> None:
        """After the last try the hook is switched off, and with it all that waits for it."""
        self._note(delivery, status, error)
        tries = len(delivery.attempts)
        if self.hooks.get(hook.id) is not hook or not hook.is_active:
            delivery.state = messages.CANCELLED
        elif tries <= len(RETRIES):
            delivery.due = self.store.clock.ticks() + RETRIES[tries - 1]
            self.queues.push(delivery)
        else:
            delivery.state, hook.is_active = messages.GIVEN_UP, False
            self._changed(hook)

    # The state file

    def stored(self) -> Document:
        """Hooks and what waits for them."""
        sending = [delivery for delivery in self.log if delivery.state == messages.SENDING]
        return {
            "hooks": [asdict(hook) for hook in self.hooks.values()],
            "waiting": [asdict(delivery) for delivery in (*sending, *self.queues)],
            "emails": self.emails,
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Goes on with what ``stored`` gave; what was being sent is sent again."""
        self.emails = kept["emails"]
        self.hooks = {hook["id"]: Hook(**hook) for hook in kept["hooks"]}
        for stored in kept["waiting"]:
            self._enqueue(Delivery(**stored | {"n": self._next()}))
