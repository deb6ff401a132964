"""R21: API requests sent twice at once, and again after a kill between doing and answering: each is done once.

A third of the rounds kill the process that does it, before a statement or before or after the commit; then whoever
asked asks again, twice at the same moment, as an impatient client does.
"""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

import urllib3

from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import ApiAct, IdempotencyKey
from counterfoil.platform.checking import Finding
from counterfoil.sales.models import Parcel, SalesOrder
from faults.environment import FaultEnvironment, How
from faults.pages import pages
from faults.tally import Tally

ROUNDS, BATCH, KILL_EVERY, MOST_POINTS = 1000, 25, 3, 45
PROMISE = "I6"


@dataclass(frozen=True)
class Target:
    """Where the requests go: the pages, the token's secret, the address of the order's shipments."""

    url: str
    secret: str
    path: str

    def send(self, sent: object, key: str) -> tuple[int, bytes]:
        """The status and the body."""
        headers = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        answer = urllib3.request("POST", self.url + self.path, body=json.dumps(sent), headers=headers, retries=False)
        return answer.status, answer.data


def api_retries(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R21: a thousand rounds; after each batch the checker looks at the books and the store."""
    rounds, chance = how.of(ROUNDS), random.Random(21)  # noqa: S311 (no secret)
    with pages(env, how.plant, COUNTERFOIL_API_REQUESTS_A_MINUTE="1000000") as url:
        for first in range(0, rounds, BATCH):
            target = _prepare(env, url)
            last = min(first + BATCH, rounds) - 1
            for number in range(first, last + 1):
                began = time.monotonic()
                kill_at = chance.randrange(1, MOST_POINTS) if number % KILL_EVERY == 0 else 0
                findings = _round(env, target, number, kill_at, how)
                if number == last:
                    env.sync_until_idle()
                    findings += env.verdict()
                note = f"round {number}, " + (f"killed at point {kill_at}" if kill_at else "two at once")
                tally.add(findings, time.monotonic() - began, note)
                if how.has_found(tally):
                    return


def _prepare(env: FaultEnvironment, url: str) -> Target:
    """An order of which a batch of rounds can ship, and a token."""
    env.fresh()
    order_id = env.place()
    line = env.store.order(order_id)["lines"][0]["id"]
    env.store.edit(order_id, lines=[{"id": line, "quantity": BATCH * 2}])
    env.sync_until_idle()
    _, secret = make_token(TokenDraft("Warehouse", ["ship"]), by="R21")
    return Target(url, secret, f"/api/v1/orders/{SalesOrder.objects.get().import_id}/shipments")


def _round(env: FaultEnvironment, target: Target, number: int, kill_at: int, how: How) -> list[Finding]:
    """One parcel, asked for until it is answered; what is wrong then."""
    tracking, key = f"R21-{number}", str(uuid4())
    sent = {"parcels": [{"tracking_number": tracking, "items": [{"line": 0, "quantity": 1}]}]}
    if kill_at:
        asked = {"secret": target.secret, "path": target.path, "sent": sent, "key": key}
        env.children.run("api_post", at=kill_at, plant=how.plant, **{"with": asked})
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: target.send(sent, key), range(2)))
    found = {
        "parcels": Parcel.objects.filter(tracking_number=tracking).count(),
        "keys": IdempotencyKey.objects.filter(key=key).count(),
        "lines of the history": ApiAct.objects.count() - number % BATCH,
    }
    wrong = [f"{many} {what} in place of one" for what, many in found.items() if many != 1]
    if [status for status, _ in answers] != [201, 201]:
        wrong.append(f"answered {[status for status, _ in answers]}: {answers[0][1][:200]!r}")
    elif answers[0] != answers[1]:
        wrong.append("two answers to one request")
    return [Finding(PROMISE, f"{tracking}: {'; '.join(wrong)}.", "")] if wrong else []
