"""R22: webhook consumers that fail, lie and drip, and a worker that is killed while it delivers.

Each event is to be taken at least once, and the events of an order first in the order in which they happened.
"""

import random
import time
from collections import defaultdict
from ipaddress import ip_network

from django.conf import settings
from tests.events.factories import an_endpoint, events, let_pass
from tests.events.receiver import HANGS_UP, Received, Receiver, Reply, receiver

from counterfoil.events.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from counterfoil.platform.checking import Finding
from faults.environment import FaultEnvironment, How
from faults.tally import Tally

ROUNDS, EVENTS, ORDERS, MOST_POINTS, MOST_TURNS = 100, 60, 6, 60, 80
KILL_EVERY = 2
PROMISE = "I6"
WELL = Reply()
ILL = (
    Reply(500, b"<script>"),
    Reply(503, headers={"Retry-After": "1"}),
    Reply(302, headers={"Location": "/elsewhere"}),
    Reply(400),
    Reply(HANGS_UP),
)
LIES = (
    Reply(200, b"x" * 40, drip=0.01),
    Reply(204, b""),
    Reply(200, b"short", {"Content-Length": "99"}),
    Reply(200, headers={"Content-Length": "zero"}),
)
"""Taken all the same: the status says so."""
SILENT = Reply(200, silent=3.0)
ILL_SHARE, LYING_SHARE, SILENT_SHARE = 0.33, 0.1, 0.01


def consumers(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R22: a hundred rounds of sixty events of six orders; every other one begins with a kill."""
    chance = random.Random(22)  # noqa: S311 (no secret)
    for number in range(how.of(ROUNDS)):
        began = time.monotonic()
        kill_at = chance.randrange(1, MOST_POINTS) if number % KILL_EVERY == 0 else 0
        findings = _round(env, chance, kill_at, how)
        tally.add(findings, time.monotonic() - began, f"round {number}, killed at point {kill_at}")
        if how.has_found(tally):
            return


def _round(env: FaultEnvironment, chance: random.Random, kill_at: int, how: How) -> list[Finding]:
    env.fresh()
    taken: dict[int, list[int]] = defaultdict(list)
    with receiver() as other:
        _answer(other, chance, taken)
        settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
        endpoint = an_endpoint(other.url)
        settings.WEBHOOK_NETWORKS = ()
        events(EVENTS, subjects=ORDERS)
        if kill_at:
            env.children.run("deliver_webhooks", at=kill_at, plant=how.plant)
        for _ in range(MOST_TURNS):
            let_pass()
            env.children.run("deliver_webhooks", plant=how.plant)
            if not endpoint.deliveries.filter(state=DeliveryState.WAITING).exists():
                break
    return [Finding(PROMISE, sentence, "") for sentence in _wrong(endpoint, taken)]


def _answer(other: Receiver, chance: random.Random, taken: dict[int, list[int]]) -> None:
    """Answers by chance, and notes what it has taken, at the first time."""

    def reply(request: Received) -> Reply:
        found, number = chance.random(), request.event["data"]["n"]
        if found < ILL_SHARE:
            return chance.choice(ILL)
        if found < ILL_SHARE + SILENT_SHARE:
            return SILENT
        if number not in taken[number % ORDERS]:
            taken[number % ORDERS].append(number)
        return chance.choice(LIES) if found > 1 - LYING_SHARE else WELL

    other.replies = reply


def _wrong(endpoint: WebhookEndpoint, taken: dict[int, list[int]]) -> list[str]:
    lost = set(range(EVENTS)) - {number for each in taken.values() for number in each}
    wrong = [f"{len(lost)} events were never taken"] if lost else []
    wrong += [f"order {order}: taken in the order {each}" for order, each in taken.items() if each != sorted(each)]
    left = WebhookDelivery.objects.filter(endpoint=endpoint.pk).exclude(state=DeliveryState.DELIVERED).count()
    return [*wrong, f"{left} deliveries did not end"] if left else wrong
