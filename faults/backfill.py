"""R5: ten thousand orders on a small store's quota, which others use too. R6: a poisoned order in each page."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil
from tests.dispatch.factories import ship

from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebOrder
from faults.child import Children
from faults.environment import DOWNLOADED, NEW, FaultEnvironment, How
from faults.tally import Tally

ORDERS = 10_000
AN_HOUR = 100
POISONED_EVERY = 250
SPEED = 5.0  # what two cores keep up with: so it is the quota that sets the pace
NOISE = 2.0  # requests a second of the store's clock by other apps: 60 of the 150 in a window
MOST_REFUSED, MOST_READS, MOST_CALLS = 0.01, 0.03, 1.03
OURS = 3.0  # requests a second of the store's clock that the quota leaves: 150 in 30 s, less what other apps take
MINUTE = 60.0
POLL = 60
LONGEST, LONGEST_EACH = 60.0, 0.15  # real seconds: whatever was not done by then is lost
SPARE = 30  # calls that a short run takes, too: connecting, polls while nothing waits
SHIPMENTS = 20


@dataclass
class Watch:
    """Looks at the process that imports: its memory in bytes, now and then."""

    children: Children
    sizes: list[int] = field(default_factory=list)
    is_over: bool = False

    def look(self) -> None:
        """Until it is over."""
        while not self.is_over:
            for each in psutil.Process(self.children.pid).children():
                try:
                    self.sizes.append(each.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.5)

    @property
    def growth(self) -> float:
        """By what factor the second half's middle lies above the first's."""
        half = len(self.sizes) // 2
        return median(self.sizes[half:]) / median(self.sizes[:half]) if half else 1.0


def backfill(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R5: within the quota, with few reads and flat memory; shipments made meanwhile leave within a minute."""
    number = how.of(ORDERS)
    _prepare(env, number)
    done = _import_all(env, number, how, shipments=how.of(SHIPMENTS) + 1)
    env.sync_until_idle(plant=how.plant)
    calls = env.store.calls()  # without those of the checker
    tally.add(env.verdict(), done.seconds / number, "backfill")
    tally.runs, tally.survived = number, number if tally.survived else 0
    tally.seconds = done.seconds
    _judge_calls(calls, tally, number, done)
    slowest = max(done.waits, default=MINUTE * 10)
    tally.says.append(
        f"{number} orders in {done.seconds:.0f} s; memory ×{done.growth:.2f}; "
        f"{len(done.waits)} shipments within {slowest:.0f} s of the store's clock"
    )
    if how.share == 1 and done.growth > 1.25:
        tally.break_off("memory", f"it grew ×{done.growth:.2f}")
    if slowest > MINUTE:
        tally.break_off("shipments", f"the slowest of {len(done.waits)} took {slowest:.0f} s of the store's clock")


def poisoned(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R6: one bad order in each page stops no other."""
    number = how.of(ORDERS)
    ids = _prepare(env, number)
    bad = ids[:: max(1, min(POISONED_EVERY, number // 4))]
    for order_id in bad:
        env.store.edit(order_id, total_inc_tax="1.0000")
    done = _import_all(env, number, how, shipments=0)
    tally.add(env.verdict(), done.seconds / number, "poisoned")
    tally.runs, tally.survived = number, number if tally.survived else 0
    counts = Counter(WebOrder.objects.values_list("state", flat=True))
    tally.says.append(f"{counts['imported']} imported, {counts['not_imported']} refused, in {done.seconds:.0f} s")
    if counts != {"imported": number - len(bad), "not_imported": len(bad)}:
        tally.break_off("poison", f"{dict(counts)} of {number}, {len(bad)} poisoned")
    tally.seconds = done.seconds


def _prepare(env: FaultEnvironment, number: int) -> list[int]:
    """So many orders that were placed over the last days, a hundred an hour, and the store's quota and its clock."""
    env.fresh(poll_seconds=POLL)
    ids: list[int] = []
    for left in range(number, 0, -AN_HOUR):
        env.store.set(clock_offset_seconds=-3600.0 * left / AN_HOUR)
        ids += env.store.place(min(left, AN_HOUR), kind="guest", status_id=NEW)
    env.store.set(clock_offset_seconds=0.0)
    env.store.set(plan="standard", clock_speed=SPEED, noise_per_second=NOISE)
    env.store.clear_calls()
    return ids


@dataclass(frozen=True)
class Done:
    """How an import went: real seconds, what each shipment waited by the store's clock, by how much memory grew."""

    seconds: float
    waits: list[float]
    growth: float


def _import_all(env: FaultEnvironment, number: int, how: How, *, shipments: int) -> Done:
    """One worker's process takes sync after sync until the store knows of all; meanwhile a clerk ships."""
    watch = Watch(env.children)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        wanted = {"orders": number, "speed": SPEED}
        running = pool.submit(
            env.children.run, "backfill", longest=LONGEST + LONGEST_EACH * number, plant=how.plant, **{"with": wanted}
        )
        pool.submit(watch.look)
        shipped: list[int] = []
        while not running.done():
            if len(shipped) < shipments:
                fresh = WebOrder.objects.filter(state="imported", status_sent=DOWNLOADED).exclude(pk__in=shipped)
                if (some := fresh.order_by("-pk").first()) is not None:
                    ship(some.bigcommerce_order_id, 1)
                    shipped.append(some.pk)
            time.sleep(0.5)
        watch.is_over = True
    sent = StoreUpdate.objects.filter(kind=UpdateKind.CREATE, state=UpdateState.SENT, ended_at__isnull=False)
    waits = [(each.ended_at - each.created_at).total_seconds() * SPEED for each in sent if each.ended_at]
    return Done(time.monotonic() - began, waits, watch.growth)


def _judge_calls(logged: Sequence[Mapping[str, Any]], tally: Tally, number: int, done: Done) -> None:
    """Counted in the store's own log of calls, of the whole import; a shipment may take three of its own.

    Polls go by the store's clock: where the machine sets the pace, and not the quota, there are more of them.
    """
    shipments = len(done.waits)
    slower = min(3.0, max(1.0, done.seconds * SPEED * OURS / number))
    calls = [call for call in logged if "/orders" in call["path"]]
    refused = sum(call["status"] == 429 for call in calls)
    of_shipments = sum("shipments" in call["path"] for call in calls)
    reads = sum(call["method"] == "GET" for call in calls)
    tally.says.append(f"{len(calls)} calls, {reads} of them reads, {refused} answered 429")
    if refused > max(1, len(calls) * MOST_REFUSED):
        tally.break_off("quota", f"{refused} of {len(calls)} calls were answered 429")
    most_reads = number * MOST_READS * slower + SPARE
    most_calls = number * MOST_CALLS + SPARE + number * MOST_READS * (slower - 1)
    if reads - shipments * 3 > most_reads or len(calls) - of_shipments - shipments * 3 > most_calls:
        tally.break_off("calls", f"{reads} reads and {len(calls)} calls for {number} orders in {slower:.1f} × the time")
