"""R15: all of it at random: two workers, clerks, shoppers and a store that cannot make up its mind, for ten minutes."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from tests.dispatch.factories import ship

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder
from counterfoil.sales.orders.status import change_status
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.stores.attention.actions import skip_update
from counterfoil.stores.models import StoreUpdate, UpdateState, WebOrder
from faults.child import Children
from faults.environment import NEW, FaultEnvironment, How, held_parcels, retry_everything
from faults.tally import Tally

SEEDS = (20261115, 20261116, 20261117)
MINUTES = 10.0  # for all seeds together, as are the orders
ORDERS = 5000
SLICE = 5.0  # seconds of a worker's life, if nobody ends it before
CALM_SYNCS, ROUNDS = 60, 4
ANSWERS: list[dict[str, Any]] = [
    *({"status": status} for status in (409, 429, 500, 502, 503, 504)),
    *({"cut": "before"}, {"cut": "after"}, {"truncate": 25}, {"delay_answer": 6}, {"delay": 0.5}),
    {"status": 429, "bare": True},
    {"status": 200, "body": "<html>Hello</html>", "content_type": "text/html", "done": True},
]


@dataclass
class Storm:
    """What happens next to the workers. `children`: whose runs are killed, and stopped for a while."""

    env: FaultEnvironment
    children: list[Children]
    chance: random.Random
    orders: int
    placed: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def blow(self) -> None:
        """One thing that goes wrong, or that somebody does."""
        acts: list[Callable[[], None]] = [self.place, self.place, self.place, self.answer, self.answer, self.kill]
        acts += [self.stop, self.cut, self.edit, self.set_back, self.cancel, self.ship, self.ship, self.correct]
        acts += [self.void, self.put, self.ship_there]
        act = self.chance.choice(acts)
        with suppress(Refused, DatabaseError, InterfaceError, IndexError, AssertionError):  # the sandbox's own no, too
            act()
            self.done[act.__name__] += 1

    def place(self) -> None:
        """Shoppers order, until there are as many orders as there are to be."""
        number = min(self.chance.randint(1, 1 + self.orders // 100), self.orders - len(self.placed))
        if number > 0:
            self.placed += self.env.store.place(number, kind="guest", status_id=NEW)

    def answer(self) -> None:
        """The store answers as it should not, some times."""
        how = self.chance.choice(ANSWERS)
        self.env.store.fault(self.chance.choice(["GET", "PUT", "POST", "*"]), times=self.chance.randint(1, 3), **how)

    def kill(self) -> None:
        """A worker dies."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """A worker stands still for a while, and goes on."""
        process = self._signal(signal.SIGSTOP)
        time.sleep(self.chance.uniform(0.1, 2))
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def _signal(self, number: int) -> psutil.Process | None:
        running = psutil.Process(self.chance.choice(self.children).pid).children()
        if not running:
            return None
        with suppress(psutil.NoSuchProcess):
            running[0].send_signal(number)
        return running[0]

    def cut(self) -> None:
        """The database hangs up on everybody else."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def edit(self) -> None:
        """Someone edits an order in the store."""
        self.env.store.edit(self._any(), customer_message=f"Edit {self.chance.random()}")

    def set_back(self) -> None:
        """Someone sets an order back to the new order status."""
        self.env.store.edit(self._any(), status_id=NEW)

    def cancel(self) -> None:
        """Someone cancels an order in the store."""
        self.env.store.edit(self._any(), status_id=5)

    def ship_there(self) -> None:
        """Another app ships an order."""
        self.env.store.ship(self._any())

    def ship(self) -> None:
        """A clerk ships what is open of an order."""
        ship(self._imported(), tracking_number=f"1Z{self.chance.randint(1, 10**9)}")

    def correct(self) -> None:
        """A clerk corrects a tracking number."""
        correct_parcel(self._parcel(), Tracking(tracking_number=f"1Z{self.chance.randint(1, 10**9)}"), by="clerk")

    def void(self) -> None:
        """A clerk takes a parcel back."""
        void_parcel(self._parcel(), by="clerk", reason="Packed twice")

    def put(self) -> None:
        """A clerk puts an order into another order status."""
        order = SalesOrder.objects.get(web_order__bigcommerce_order_id=self._imported())
        change_status(order.pk, self.chance.choice(list(OrderStatus.objects.all())), by="clerk")

    def _any(self) -> int:
        return self.chance.choice(self.placed)

    def _imported(self) -> int:
        known = WebOrder.objects.filter(state="imported", bigcommerce_order_id__gte=self._any())
        return known.order_by("bigcommerce_order_id").values_list("bigcommerce_order_id", flat=True)[0]

    def _parcel(self) -> int:
        return self.chance.choice(list(Parcel.objects.order_by("-pk").values_list("pk", flat=True)[:50]))


def at_random(env: FaultEnvironment, tally: Tally, how: How) -> None:
    """R15: with several seeds; then it is calm, and everything comes to rest."""
    seeds = SEEDS if how.share == 1 else SEEDS[:1]
    for seed in seeds:
        env.fresh(unknown_product="create")
        with Children(env.environment) as other:
            children = [env.children, other]
            storm = Storm(env, children, random.Random(seed), how.of(ORDERS) // len(seeds))  # noqa: S311 (to be repeated)
            _let_it_blow(storm, MINUTES * 60 * how.share / len(seeds), how)
        seconds = _calm(env, storm)
        tally.add(env.verdict(), seconds, f"seed {seed}")
        done = ", ".join(f"{number} × {what}" for what, number in sorted(storm.done.items()))
        tally.says.append(f"seed {seed}: {len(storm.placed)} orders; {done}")
        if how.has_found(tally):
            return


def _let_it_blow(storm: Storm, seconds: float, how: How) -> None:
    ends_at = time.monotonic() + seconds
    with ThreadPoolExecutor(len(storm.children)) as pool:
        for children in storm.children:
            pool.submit(_work, children, ends_at, how)
        while time.monotonic() < ends_at:
            close_old_connections()
            storm.blow()
            time.sleep(storm.chance.uniform(0, 0.1))
        while len(storm.placed) < storm.orders:
            storm.place()


def _work(children: Children, ends_at: float, how: How) -> None:
    """A worker; where it dies, another one takes its place."""
    while (rest := ends_at - time.monotonic()) > 0:
        children.run("work", plant=how.plant, longest=SLICE + 30, **{"with": {"seconds": min(SLICE, rest)}})


def _calm(env: FaultEnvironment, storm: Storm) -> float:
    """No more faults; people do what needed them, and everything comes to rest. How many seconds that takes."""
    env.store.clear_faults()
    seconds = env.sync_until_idle(syncs=CALM_SYNCS)
    for _ in range(ROUNDS):
        retry_everything()
        for parcel in held_parcels().values_list("parcel", flat=True):
            void_parcel(parcel, by="clerk", reason="The order was cancelled")
        seconds += env.sync_until_idle(syncs=CALM_SYNCS)
        for failed in StoreUpdate.objects.filter(state=UpdateState.FAILED).values_list("pk", flat=True):
            skip_update(failed, why="Another app shipped it", by="clerk")  # later updates of its order wait for that
            storm.done["skip"] += 1
        if env.is_at_rest() and not held_parcels().exists():
            break
    return seconds
