"""A session with a store: who talks to it, one at a time, and until when."""

import select
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from psycopg import OperationalError

from counterfoil.bigcommerce import StoreShipment
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.bigcommerce.rate_limit import RateBudget
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.long_work import LongWork

if TYPE_CHECKING:
    from counterfoil.stores.sync.changed_orders import ChangedOrders

LOCK_LOST = "The database connection was lost. Try again."
LOCK_SPACE = 0x5708E  # our advisory locks, apart from anybody else's in the same database
Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many
_stopping = threading.Event()
_budgets: dict[int, RateBudget] = {}


def stop_sessions() -> None:
    """Ends all sessions of this process between two orders: it is about to stop."""
    _stopping.set()


class StoreBusy(Exception):
    """Someone else talks to the store; `holder` says who."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder} is syncing the store.")
        self.holder = holder


class LockLost(Exception):
    """The database connection that holds the store's lock is lost: not one more request may leave."""


@dataclass
class StoreSession:
    """A store that is ours for the moment. `ends_at`: by the monotonic clock, in seconds. `seen`: by the last poll.

    `shipments`: those of the orders that were asked for them meanwhile, by the web order's primary key.
    `unread`: the web orders whose refunds or shipments could not be read in this session; they are not asked for twice.
    `read_alone`: when orders were read by themselves since a list may have shown less, by the store's number.
    """

    integration: WebIntegration
    api: StoreApi
    ends_at: float
    progress: Progress
    seen: "ChangedOrders | None" = None
    shipments: dict[int, list[StoreShipment]] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    read_alone: dict[int, datetime] = field(default_factory=dict)
    work: LongWork = field(init=False)

    def __post_init__(self) -> None:
        self.work = LongWork(self.integration)

    @property
    def is_over(self) -> bool:
        """Whether the session's time is up, or the process is to stop."""
        return _stopping.is_set() or time.monotonic() >= self.ends_at

    @contextmanager
    def half_of_its_time(self) -> Iterator[None]:
        """Within the block the session is over after half of the time that it has left."""
        ends_at, now = self.ends_at, time.monotonic()
        self.ends_at = min(ends_at, (now + ends_at) / 2)
        try:
            yield
        finally:
            self.ends_at = ends_at

    def while_it_lasts(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, one after the other, until the session is over."""
        for item in items:
            if self.is_over:
                return
            yield item


@contextmanager
def open_session(
    integration: WebIntegration,
    *,
    seconds: float,
    lock_wait: float = 0,
    quota_wait: float | None = None,
    progress: Progress | None = None,
    before_wait: Callable[[float], None] | None = None,
) -> Iterator[StoreSession]:
    """Holds the store's lock for the length of the block; raises StoreBusy after `lock_wait` seconds.

    A call waits for quota until the session ends, or `quota_wait` seconds where that is given; `before_wait` hears of
    each wait.
    """
    _lock(integration, lock_wait)
    held_by = connection.connection
    ends_at = time.monotonic() + seconds

    def fence() -> None:
        if connection.connection is not held_by or _is_cut(held_by):
            raise LockLost

    def waiting(seconds: float) -> None:
        session.work.wait(seconds)
        if before_wait is not None:
            before_wait(seconds)

    wait_at_most = (lambda: ends_at - time.monotonic()) if quota_wait is None else quota_wait
    api = None
    try:
        api = _store_api(integration, wait_at_most=wait_at_most, before_wait=waiting, before_request=fence)
        session = StoreSession(integration, api, ends_at, progress or _no_progress)
        with structlog.contextvars.bound_contextvars(store=integration.code):
            yield session
    finally:
        if api is not None:
            api.close()
        _unlock(integration, held_by)


def _store_api(
    integration: WebIntegration,
    *,
    wait_at_most: float | Callable[[], float],
    before_wait: Callable[[float], None],
    before_request: Callable[[], None],
) -> StoreApi:
    """With the store's settings; raises SecretUnreadable."""
    return StoreApi(
        integration.api_path,
        integration.access_token.reveal(),
        allowed_origins=settings.API_ORIGINS,
        budget=_budgets.setdefault(integration.pk, RateBudget()),
        wait_at_most=wait_at_most,
        before_wait=before_wait,
        before_request=before_request,
        seconds=integration.answer_seconds,
    )


def _is_cut(held_by: Any) -> bool:
    """Whether the database has hung up, which an idle connection does not notice by itself. Mostly no statement."""
    if held_by.closed or held_by.broken:
        return True
    waiting = select.poll()
    waiting.register(held_by.fileno(), select.POLLIN)
    if not waiting.poll(0):
        return False
    try:
        held_by.execute("SELECT 1")
    except OperationalError:
        return True
    return False


def _lock(integration: WebIntegration, wait: float) -> None:
    give_up_at = time.monotonic() + wait
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, integration.pk])
            if cursor.fetchone()[0]:
                return
        if time.monotonic() >= give_up_at:
            raise StoreBusy(_holder(integration))
        time.sleep(0.2)


def _holder(integration: WebIntegration) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_SPACE, integration.pk],
        )
        row = cursor.fetchone()
    return row[0] if row else "a process that has just finished"


def _unlock(integration: WebIntegration, held_by: object) -> None:
    if connection.connection is not held_by:
        return  # the lock went with the connection that held it
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, integration.pk])
    except DatabaseError:
        connection.close()


def _no_progress(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""
