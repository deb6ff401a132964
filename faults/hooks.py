"""R7: ten thousand events, shuffled, repeated, lost, forged and stale. R8: hooks that are changed at the store."""

import json
import random
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3
from standardwebhooks.webhooks import Webhook

from counterfoil.bigcommerce.webhooks import SCOPES
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.webhooks import HEADER, hooks_of
from counterfoil.stores.models import StoreHooks, StoreState, WebIntegration, WebOrder
from faults.child import Children
from faults.environment import NEW, FaultEnvironment, Finding, How
from faults.pages import pages
from faults.tally import Tally

SECRET = "sandbox-client-secret"  # noqa: S105 (the sandbox's own)
ADDRESS = "https://orders.example.com"
SEED = 20261114
SLOWEST = 0.2
SENDERS = 2
LOST = 0.1
GENUINE, FORGED, STALE = "genuine", "forged", "stale"


@dataclass(frozen=True)
class Message:
    """One delivery: what kind it is, and what goes over the line."""

    kind: str
    body: bytes
    headers: Mapping[str, str]


def events(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R7: 2,000 orders, each told of 1 to 5 times in any order, every tenth lost, 5% more forged, 5% more stale."""
    chance = random.Random(SEED)  # noqa: S311 (to be repeated, not to be secret)
    integration = env.fresh()
    WebIntegration.objects.update(client_secret=Secret.of(SECRET))
    hooks = hooks_of(integration)
    StoreState.objects.update(listed_at=datetime.now(UTC), glanced_at=datetime.now(UTC))
    ids = env.store.place(how.of(2000), kind="guest", status_id=NEW)
    messages = _messages(hooks, ids, integration.store_hash, chance)
    with pages(env, how.plant) as address, ThreadPoolExecutor(SENDERS + 1) as pool:
        delivering = [True]
        working = pool.submit(_work, env, delivering)
        path = f"{address}/hooks/{hooks.token}/"
        began = time.monotonic()
        answers = list(pool.map(lambda each: _deliver(path, each), messages))
        delivering[0] = False
        working.result()
    seconds = time.monotonic() - began + env.sync_until_idle()
    tally.add([*env.verdict(), *_not_imported(ids)], seconds, f"seed {SEED}")
    tally.runs, tally.survived = len(messages), len(messages) if tally.survived else 0
    _judge(tally, messages, answers, is_whole=how.share == 1)


def _messages(hooks: StoreHooks, ids: list[int], store_hash: str, chance: random.Random) -> list[Message]:
    header = hooks.header_secret.reveal()
    found = []
    for order_id in ids:
        told = chance.choice((1, 2, 3, 4, 5, 5, 5, 5, 5, 5))
        arriving = sum(chance.random() >= LOST for _ in range(told))
        found += [_message(GENUINE, order_id, store_hash, header, chance) for _ in range(arriving)]
    for kind in (FORGED, STALE):
        found += [_message(kind, chance.choice(ids), store_hash, header, chance) for _ in range(len(ids) // 4)]
    chance.shuffle(found)
    return found


def _message(kind: str, order_id: int, store_hash: str, header: str, chance: random.Random) -> Message:
    event = {"scope": chance.choice(SCOPES), "data": {"type": "order", "id": order_id}, "hash": chance.random()}
    body = json.dumps({**event, "producer": f"stores/{store_hash}", "created_at": 1}).encode()
    now = datetime.now(UTC)
    moment = now - timedelta(minutes=chance.randint(10, 9999)) if kind == STALE else now + timedelta(minutes=2)
    key = b64encode((SECRET if kind != FORGED else "guessed").encode()).decode()
    message_id = f"msg_{chance.random()}"
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key).sign(message_id, moment, body.decode()),
        "content-type": "application/json",
        HEADER: header,
    }
    return Message(kind, body, headers)


def _deliver(path: str, message: Message) -> tuple[int, float]:
    """The status that was answered, and after how many seconds."""
    began = time.monotonic()
    answer = _http.request("POST", path, body=message.body, headers=dict(message.headers), retries=False)
    return answer.status, time.monotonic() - began


_http = urllib3.PoolManager(maxsize=SENDERS)


def _work(env: FaultEnvironment, delivering: list[bool]) -> None:
    """A worker takes sync after sync while the events come."""
    while delivering[0]:
        env.run_sync()


def _not_imported(ids: list[int]) -> Iterator[Finding]:
    imported = set(WebOrder.objects.filter(state="imported").values_list("bigcommerce_order_id", flat=True))
    for order_id in set(ids) - imported:
        yield Finding("I2", f"Order {order_id} was lost.", "")


def _judge(tally: Tally, messages: list[Message], answers: list[tuple[int, float]], *, is_whole: bool) -> None:
    """Only the genuine ones were taken, and nearly all answers came at once."""
    for kind in (FORGED, STALE, GENUINE):
        right = 204 if kind == GENUINE else 403
        wrong = sum(status != right for each, (status, _) in zip(messages, answers, strict=True) if each.kind == kind)
        if wrong:
            tally.break_off(kind, f"{wrong} were not answered with {right}")
    slow = sorted(seconds for _, seconds in answers)[int(len(answers) * 0.99)]
    tally.says.append(f"99 of 100 events answered within {slow * 1000:.0f} ms")
    if is_whole and slow >= SLOWEST:  # a short form is no measurement
        tally.break_off("answers", f"the 99th percentile is {slow * 1000:.0f} ms")


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "deleted": ("DELETE", {}),
    "switched off": ("PUT", {"is_active": False}),
    "delivering elsewhere": ("PUT", {"destination": "https://elsewhere.example.com/"}),
    "without our header": ("PUT", {"headers": {}}),
}


def changed(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R8: each hook, each change; it is noticed and corrected, and what came meanwhile is read."""
    with Children({**env.environment, "COUNTERFOIL_ADDRESS": ADDRESS}) as children:
        for at, (name, (method, body)) in enumerate(list(CHANGES.items())[:: how.every]):
            _one(env, children, tally, how, f"a hook {name}", SCOPES[at % len(SCOPES)], method, body)


def _one(
    env: FaultEnvironment,
    children: Children,
    tally: Tally,
    how: How,
    where: str,
    scope: str,
    method: str,
    body: dict[str, Any],
) -> None:
    env.fresh()
    WebIntegration.objects.update(client_secret=Secret.of(SECRET))
    children.run("run_sync")
    before = _hooks(env)
    hook = next(each for each in before if each["scope"] == scope)
    env.store.api(method, f"/v3/hooks/{hook['id']}", {"scope": scope, **body} if body else None)
    order_id = env.place()
    StoreState.objects.update(listed_at=datetime.now(UTC))
    StoreHooks.objects.update(checked_at=None)
    began = time.monotonic()
    children.run("run_sync", plant=how.plant)
    seconds = time.monotonic() - began + env.sync_until_idle(plant=how.plant)
    tally.add([*env.verdict(), *_not_imported([order_id])], seconds, where)
    wanted = {(each["scope"], each["destination"], each["is_active"]) for each in before}
    if {(each["scope"], each["destination"], each["is_active"]) for each in _hooks(env)} != wanted:
        tally.break_off(where, "the hooks are not as they were")


def _hooks(env: FaultEnvironment) -> list[dict[str, Any]]:
    return list(env.store.api("GET", "/v3/hooks").json()["data"])
