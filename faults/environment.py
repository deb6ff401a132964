"""The installation that is hit: books, a sandbox store, processes; and the verdict after each fault."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bench.environment import empty_database
from django.conf import settings
from django.db import close_old_connections, connection, connections
from django.db.models import Q, QuerySet
from django.utils import timezone
from tests.dispatch.factories import assign, let_pass
from tests.factories import connect
from tests.sandbox_store import SandboxStore

from counterfoil.platform.checking import Finding, Report, check
from counterfoil.stores.attention.actions import retry_group
from counterfoil.stores.attention.items import Narrowed, attention, groups
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebOrder
from faults import acts
from faults.child import Children, Ended
from faults.tally import Tally

MINUTE = timedelta(minutes=1)
MOST_SYNCS = 12
LOCK_SECONDS = 30.0
NEW, DOWNLOADED = 11, 9


@dataclass(frozen=True)
class How:
    """How thoroughly: `share` of the full number of runs (1: all); `plant`: a bug that is planted in the product."""

    share: float = 1.0
    plant: str | None = None

    def of(self, full: int) -> int:
        """So many of the full number, at least one."""
        return max(1, round(full * self.share))

    def has_found(self, tally: "Tally") -> bool:
        """Whether a planted bug was found, so that there is no more to learn."""
        return self.plant is not None and tally.runs > tally.survived

    @property
    def every(self) -> int:
        """Only every n-th point."""
        return max(1, round(1 / self.share))


class FaultEnvironment:
    """Books and a sandbox store; empty after `fresh`."""

    def __init__(
        self,
        store: SandboxStore,
        children: Children,
        environment: Mapping[str, str],
        restart: Callable[[], None] | None = None,
    ) -> None:
        self.store = store
        self.children = children
        self.environment = environment
        self.restart = restart
        self.died: list[str] = []

    def fresh(self, **options: Any) -> WebIntegration:
        """An empty database, an empty store with plenty of quota, connected; polls come every ten seconds."""
        empty_database()
        self.store.reset()
        self.store.set(plan="enterprise")
        integration = connect(self.store, **{"poll_seconds": 10, "push_status": True} | options)
        assign(integration, Released=8)
        return integration

    def place(self, **fields: Any) -> int:
        """A new order that waits in the store."""
        return self.store.place(1, **{"kind": "guest", "status_id": NEW} | fields)[0]

    def run_sync(self, plant: str | None = None) -> None:
        """A worker's sync, in this process: it knows nothing of the one that was hit, and needs no start.

        The lock of one that was killed is held until PostgreSQL sees that it is gone: so long the next one waits.
        With a planted bug it takes place in a process of its own.
        """
        if plant is not None:
            self.children.run("run_sync", plant=plant)
            return
        ends_at = time.monotonic() + LOCK_SECONDS
        try:
            while acts.run_sync() == acts.BUSY and time.monotonic() < ends_at:
                time.sleep(0.05)
        except Exception as error:  # noqa: BLE001 (a worker that dies is what the verdict is to tell)
            self.died.append(f"{type(error).__name__}: {error}"[:300])
        close_old_connections()

    def run_with_database_error(self, act: str, *, error: str, **order: Any) -> Ended:
        """A run that the database troubles; for "restarted" the server goes down and comes back meanwhile."""
        if error != "restarted":
            return self.children.run(act, error=error, **order)
        assert self.restart is not None
        order.pop("at")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.children.run, act, **order)
            time.sleep(0.02)
            connections.close_all()
            self.restart()
            return running.result()

    def sync_until_idle(self, *, syncs: int = MOST_SYNCS, plant: str | None = None) -> float:
        """Lets workers come until nothing is under way; how many seconds that takes, waits included.

        Waiting is done by moving the clock of the sales data, a minute at a time at most.
        """
        began, waited = time.monotonic(), 0.0
        for _ in range(syncs):
            self.run_sync(plant=plant)
            if self.is_at_rest():
                break
            waited += self._wait()
        self.run_sync(plant=plant)  # the poll that sees what the last writes did
        return time.monotonic() - began + waited

    def is_at_rest(self) -> bool:
        """Whether nothing waits but for a person."""
        held = held_parcels().values("web_order")
        moving = StoreUpdate.objects.filter(state__in=[UpdateState.WAITING, UpdateState.SENDING])
        moving = moving.exclude(web_order__in=held)
        unread = WebOrder.objects.filter(Q(state="undecided") | ~Q(read_again="") | Q(wanted=True))
        trouble = StoreState.objects.exclude(trouble_code="")
        return not moving.exists() and not unread.exists() and not trouble.exists()

    def _wait(self) -> float:
        """Lets the time pass until something is due, a minute at most; how many seconds that is.

        What is due already and did not go in the last sync is held back by something else that is not due yet.
        """
        now = timezone.now()
        moving = StoreUpdate.objects.filter(state__in=[UpdateState.WAITING, UpdateState.SENDING])
        dues = [
            every.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()
            for every in (StoreState.objects, moving)
        ]
        passes = min(MINUTE, min(filter(None, dues), default=now) - now)
        let_pass(passes)
        StoreState.objects.update(due_at=timezone.now())
        return passes.total_seconds()

    def verdict(self) -> list[Finding]:
        """What the checker finds, and what has not come to rest though it had the time."""
        integrations = list(WebIntegration.objects.select_related("state"))
        report: Report = check(integrations, lock_wait=5)
        stuck = [
            Finding(promise, f"{number} did not come to rest: {self._moving()}", "Look at the log.")
            for promise, number in (+report.under_way).items()
        ]
        silent = [Finding("I5", f"{code} couldn’t be checked: {why}", "") for code, why in report.not_asked.items()]
        defects = [
            Finding("I2", f"{each.import_id}: {each.sentence}", "") for each in attention() if each.code == "defect"
        ]
        died = [Finding("I7", f"A worker's turn ended with {each}", "") for each in self.died]
        self.died = []
        return [*report.findings, *stuck, *silent, *defects, *died, *self._orders_not_imported()]

    @staticmethod
    def _moving() -> str:
        """The updates that wait or are being sent, and why."""
        moving = StoreUpdate.objects.filter(state__in=[UpdateState.WAITING, UpdateState.SENDING])
        said = [
            f"{each.kind} of {each.web_order} is {each.state} after {each.attempts} attempts: {each.reason}"
            for each in moving.select_related("web_order")[:5]
        ]
        return "; ".join(said) or "no update."

    def _orders_not_imported(self) -> Iterator[Finding]:
        """What the store calls downloaded is imported: asked of the store's own page, not of its API."""
        here = set(WebOrder.objects.exclude(sales_order=None).values_list("bigcommerce_order_id", flat=True))
        for order in self.store.orders(status_id=DOWNLOADED):
            if order["id"] not in here:
                yield Finding("I2", f"Order {order['id']} was lost.", "")


@contextmanager
def env(database_url: str = "", restart: Callable[[], None] | None = None) -> Iterator[FaultEnvironment]:
    """An installation on the present database, whose migrations are done; `restart` restarts its server."""
    with SandboxStore() as store:
        environment = os.environ | {
            "DATABASE_URL": database_url or present_database(),
            "COUNTERFOIL_API_ORIGINS": store.origin,
            "COUNTERFOIL_SECRET_KEY": settings.SECRET_KEY,
        }
        with Children(environment) as children:
            yield FaultEnvironment(store, children, environment, restart)


def held_parcels() -> QuerySet[StoreUpdate]:
    """The shipments that are not made since their order is on hold: a manager releases it, or a clerk voids them."""
    unsent = StoreUpdate.objects.filter(kind=UpdateKind.CREATE, state=UpdateState.WAITING, asked_at=None)
    return unsent.filter(
        ~Q(web_order__sales_order__hold_reason=""),
        web_order__sales_order__hold_overridden_by="",
        parcel__voided_at=None,
    )


def retry_everything() -> None:
    """What a person does who presses each cause's own button, decisions too."""
    for group in groups()[0]:
        retry_group(Narrowed(cause=group.cause))


def present_database() -> str:
    """The URL of the database that this process uses, as in a test."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
