"""R14: ten thousand malformed orders, each made from a seed of its own."""

import json
import random
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebOrder, WebOrderState
from faults.child import Ended
from faults.environment import NEW, FaultEnvironment, Finding, How
from faults.tally import Tally

FIRST_SEED = 14_000_000
OF_AN_ENVIRONMENT = 500
SLOWEST = 1.0
LONGEST_SYNC = 120.0
JUDGED = ("I1", "I2", "I3", "I4", "I9")  # such an order stays as it is in the sandbox, whatever it is told
TABS = ("items", "addresses", "shipping", "payment", "notes", "web", "history")
CURRENCIES = ("XXX", "usd", "€", "", None, "USDX")
WHOLE_ORDER = "include=consignments.line_items,fees&consignment_structure=object"
Json = Any
Mutation = Callable[[random.Random, Json], Json]

ODD_TEXTS = (
    "", " ", "\x00", "\ud800", "\u202e", "NaN", "<script>alert(1)</script>", "'; DROP TABLE sales_salesorder; --", "٣",
    "0x10", "1e3", "1,000.00", "-0", "=HYPERLINK(\"x\")", "Ｆｕｌｌ", "e\u0301" * 50, "🎟️" * 40, "x" * 100_000,
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2**31, 2**63, 10**40, -(10**40), 0.1 + 0.2, 1e308, -1e-308, float("nan"), float("inf"))
ODD_DATES = (
    "", "soon", "Wed, 32 Feb 2026 25:61:61 +0000", "2026-02-30T00:00:00Z", "0000-00-00", "Tue, 01 Jan 1 00:00:00 +0000",
    "9999-12-31T23:59:59+14:00", "Thu, 01 Jan 1970 00:00:00 +0000", "2026-11-13",
)  # fmt: skip


def malformed(seed: int, base: Json) -> bytes:
    """The order with one to six things wrong; the same for the same seed and base."""
    chance = random.Random(seed)  # noqa: S311 (to be repeated, not to be secret)
    order = json.loads(json.dumps(base))
    for _ in range(chance.randint(1, 6)):
        order = chance.choice(WHOLE)(chance, order) if chance.random() < 0.2 else _somewhere(chance, order)
    text = json.dumps(order | {"id": base["id"]})  # what has no number is no order of any store
    return _twice(chance, text).encode() if chance.random() < 0.05 else text.encode()


def _somewhere(chance: random.Random, order: Json) -> Json:
    """Something wrong at a random place."""
    place: Json = order
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return order
        key = chance.choice(keys)
        below = place[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.8:
            place = below
            continue
        if chance.random() < 0.2:
            del place[key]
        else:
            place[key] = _odd(chance, key, below)
        return order


def _odd(chance: random.Random, key: Json, value: Json) -> Json:
    if isinstance(key, str) and "date" in key:
        return chance.choice(ODD_DATES)
    kinds: list[Callable[[], Json]] = [
        lambda: None,
        lambda: chance.choice(ODD_TEXTS),
        lambda: chance.choice(ODD_NUMBERS),
        lambda: chance.choice(([], {}, [value], {"x": value}, True, False)),
        lambda: str(value) if not isinstance(value, str) else 7,
        lambda: f"-{value}",
    ]
    return chance.choice(kinds)()


def _twice(chance: random.Random, text: str) -> str:
    """A key that stands twice, with another value."""
    key = chance.choice(["status_id", "total_inc_tax", "consignments", "customer_id"])
    return text[:-1] + f', "{key}": {json.dumps(chance.choice([5, "5", None, []]))}' + "}"


def _deep(chance: random.Random, order: Json) -> Json:
    nested: Json = "deep"
    for _ in range(chance.choice([50, 400])):
        nested = [nested]
    return order | {chance.choice(["consignments", "customer_message", "extra", "fees"]): nested}


def _items(order: Json) -> list[Json]:
    try:
        return list(order["consignments"]["shipping"][0]["line_items"])
    except (KeyError, IndexError, TypeError):
        return []


def _long(chance: random.Random, order: Json) -> Json:
    """A thousand lines, each with an id of its own."""
    items = _items(order)
    if items and chance.random() < 0.2:
        many = [{**items[0], "id": 10**6 + at} if isinstance(items[0], dict) else items[0] for at in range(1000)]
        order["consignments"]["shipping"][0]["line_items"] = many
    return order


def _many_addresses(_chance: random.Random, order: Json) -> Json:
    consignments = order.get("consignments")
    if isinstance(consignments, dict) and isinstance(consignments.get("shipping"), list):
        first = consignments["shipping"][:1]
        consignments["shipping"] = [
            {**each, "id": at} if isinstance(each, dict) else each for at in range(60) for each in first
        ]
    return order


def _no_quantity(_chance: random.Random, order: Json) -> Json:
    for item in _items(order):
        if isinstance(item, dict):
            item["quantity"] = 0
    return order


def _strange_currency(chance: random.Random, order: Json) -> Json:
    return order | {
        "default_currency_code": chance.choice(CURRENCIES),
        "currency_code": "ZZZ",
    }


WHOLE: tuple[Mutation, ...] = (_deep, _long, _many_addresses, _no_quantity, _strange_currency)


def orders(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """Each is imported right, or not imported with a reason; no defect, and no page that fails."""
    number, slowest = how.of(10_000), 0.0
    for start in range(0, number, OF_AN_ENVIRONMENT):
        seeds = range(FIRST_SEED + start, FIRST_SEED + min(number, start + OF_AN_ENVIRONMENT))
        env.fresh()
        slowest = max(slowest, _one_environment(env, tally, how, seeds))
        if how.has_found(tally):
            return
    tally.says.append(f"the slowest order took {slowest:.2f} s to import")
    if slowest > SLOWEST and how.share == 1:
        tally.break_off("time", f"one order took {slowest:.2f} s")


def _one_environment(env: FaultEnvironment, tally: Tally, how: How, seeds: range) -> float:
    base_id = env.place(kind="registered")
    base = env.store.api("GET", f"/v2/orders/{base_id}?{WHOLE_ORDER}").json()
    env.store.delete(base_id)
    seed_of: dict[int, int] = {}
    for seed in seeds:
        order_id = 1000 + seed - FIRST_SEED
        seed_of[env.store.place_raw(malformed(seed, base | {"id": order_id}), order_id)] = seed
    waiting = {each["id"] for each in env.store.orders(status_id=NEW)}
    slowest = seconds = 0.0
    left, before = len(seeds), len(seeds) + 1
    while 0 < left < before:  # as long as a sync decides on something: how many that takes is up to the machine
        ended = env.children.run("timed_sync", plant=how.plant, longest=LONGEST_SYNC)
        slowest, seconds = max(slowest, _slowest(ended)), seconds + ended.seconds
        before, left = left, len(_undecided(seed_of, waiting))
    env.run_sync(plant=how.plant)
    found = [each for each in env.verdict() if each.promise in JUDGED]
    broken = [*_by_seed(found, seed_of), *_undecided(seed_of, waiting), *_failing_pages()]
    tally.add(broken, seconds, f"seeds {seeds.start} to {seeds.stop - 1}")
    tally.runs += len(seeds) - 1
    tally.survived = tally.runs - (tally.lost + tally.doubled)
    return slowest


def _slowest(ended: Ended) -> float:
    """How long the slowest order of a sync took; of one that ended before it could say so, as long as the sync."""
    return float(ended.said.split()[-1]) if ended.said.startswith("slowest") else ended.seconds


def _by_seed(findings: list[Finding], seed_of: dict[int, int]) -> list[Finding]:
    """What the checker found, with the seed that made it; the store lists the broken orders as it can."""
    return [
        Finding(each.promise, f"{each.sentence} (seed {seed_of.get(_order_id(each.import_id), 0)})", "")
        for each in findings
    ]


def _order_id(import_id: str) -> int:
    digits = import_id.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _undecided(seed_of: dict[int, int], waiting: set[int]) -> list[Finding]:
    """Every order that stood in a new order status was decided on; one that is not imported says why."""
    here = {each.bigcommerce_order_id: each for each in WebOrder.objects.all()}
    found = []
    for order_id, seed in seed_of.items():
        web_order = here.get(order_id)
        if order_id in waiting and (web_order is None or web_order.state == WebOrderState.UNDECIDED):
            found.append(Finding("I2", f"The order of seed {seed} was lost.", ""))
        elif (
            web_order
            and web_order.state == WebOrderState.NOT_IMPORTED
            and not (web_order.reason and web_order.next_step)
        ):
            found.append(Finding("I2", f"The order of seed {seed} has no next step.", ""))
    return found


def _failing_pages() -> list[Finding]:
    """The pages that show these orders, as an administrator opens them."""
    browser = Client(raise_request_exception=False, headers={"host": "localhost"})
    browser.force_login(Person.objects.create_user(username="harness", role=Role.ADMINISTRATOR))
    paths = [reverse("orders"), reverse("attention"), reverse("log"), reverse("updates"), reverse("home")]
    for at, number in enumerate(SalesOrder.objects.values_list("number", flat=True)):
        paths.append(f"{reverse('order', args=[number])}?tab={TABS[at % len(TABS)]}")
    failed = [path for path in paths if browser.get(path).status_code >= 500]
    return [Finding("I2", f"{path} failed", "") for path in failed]
