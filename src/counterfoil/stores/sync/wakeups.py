"""Wakes whoever syncs the stores. What is due stands in `due_at`; a wake-up only says: look now."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from counterfoil.stores.models import StoreState

SYNC_STORE = "visit_store"
QUEUE = "stores"
BULK_SECONDS = 1.0
logger = structlog.get_logger("counterfoil")


def wake(integration_ids: Iterable[int]) -> None:
    """Makes stores due at once, and wakes a worker when the present transaction is committed."""
    bulk = _bulk.get()
    ids = sorted(set(integration_ids) if bulk is None else bulk.due(integration_ids))
    if not ids:
        return
    StoreState.objects.filter(integration__in=ids).update(due_at=timezone.now())
    transaction.on_commit(partial(_enqueue, ids))


class _Bulk:
    """Which stores were woken when, by the monotonic clock, and which are to be woken in the end."""

    def __init__(self) -> None:
        self.woken: dict[int, float] = {}
        self.owed: set[int] = set()

    def due(self, integration_ids: Iterable[int]) -> set[int]:
        now = time.monotonic()
        ids = set(integration_ids)
        due = {each for each in ids if now - self.woken.get(each, -BULK_SECONDS) >= BULK_SECONDS}
        self.woken |= dict.fromkeys(due, now)
        self.owed = (self.owed | ids) - due
        return due


_bulk: ContextVar[_Bulk | None] = ContextVar("_bulk", default=None)


@contextmanager
def woken_in_bulk() -> Iterator[None]:
    """Within the block a store is woken once a second at most, and once more in the end if it has to be."""
    bulk = _Bulk()
    before = _bulk.set(bulk)
    try:
        yield
    finally:
        _bulk.reset(before)
        wake(bulk.owed)


def queueing_lock(integration_id: int) -> str:
    """One wake-up at most waits for each store."""
    return f"store-{integration_id}"


def _enqueue(integration_ids: list[int]) -> None:
    """A wake-up that is not heard is no loss: what is due is checked every ten seconds."""
    for integration_id in integration_ids:
        try:
            with suppress(AlreadyEnqueued):
                app.configure_task(SYNC_STORE, queue=QUEUE, queueing_lock=queueing_lock(integration_id)).defer(
                    integration_id=integration_id
                )
        except (ConnectorException, DatabaseError):
            logger.warning("wake-up not sent", integration=integration_id)
