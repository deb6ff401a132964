"""Webhooks to a consumer that fails a third of the time: none lost, none out of order, memory flat."""

import random
import resource
import time
from collections import defaultdict
from ipaddress import ip_network

from django.conf import settings
from tests.events.factories import an_endpoint, events, let_pass
from tests.events.receiver import Received, Reply, receiver

from bench.environment import empty_database, print_table
from counterfoil.events.deliver import deliver_to
from counterfoil.events.models import DeliveryState, OutgoingEvent

ORDERS = 500
MOST_TURNS = 200


def measure(number: int) -> None:
    """Prints how many were taken, what was out of order, how many a second, and the memory after a tenth and all."""
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    rows = [_deliver(count) for count in (number // 10, number)]
    columns = ("", "taken", "lost", "out of order", "requests", "a second", "peak memory")
    print_table("Webhooks to a consumer that fails a third of the time", columns, rows)


def _deliver(number: int) -> tuple[str, ...]:
    chance = random.Random(number)  # noqa: S311 (no secret)
    taken: dict[int, list[int]] = defaultdict(list)
    requests = 0

    def reply(request: Received) -> Reply:
        nonlocal requests
        requests += 1
        if chance.random() < 1 / 3:
            return Reply(500)
        place = request.event["data"]["n"]
        if place not in taken[place % ORDERS]:
            taken[place % ORDERS].append(place)
        return Reply()

    empty_database()
    OutgoingEvent.objects.all().delete()
    with receiver() as other:
        other.replies, other.keeps = reply, False
        endpoint = an_endpoint(other.url)
        events(number, subjects=ORDERS)
        began = time.perf_counter()
        for _ in range(MOST_TURNS):
            deliver_to(endpoint.pk, seconds=600.0)
            if not endpoint.deliveries.filter(state=DeliveryState.WAITING).exists():
                break
            let_pass()
        seconds = time.perf_counter() - began
        endpoint.delete()
    wrong = sum(each != sorted(each) for each in taken.values())
    done = sum(map(len, taken.values()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{number} events",
        str(done),
        str(number - done),
        str(wrong),
        str(requests),
        f"{requests / seconds:.0f}",
        f"{peak:.0f} MB",
    )
