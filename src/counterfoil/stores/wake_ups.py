"""Wakes whoever visits the stores. What is due stands in `due_at`; a wake-up only says: look now."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from counterfoil.stores.models import StoreState, WebIntegration

VISIT_STORE = "visit_store"
QUEUE = "stores"
logger = structlog.get_logger("counterfoil")


def wake(integration_ids: Iterable[int]) -> None:
    """Makes stores due at once, and rings when the present transaction is committed."""
    ids = sorted(set(integration_ids))
    StoreState.objects.filter(integration__in=ids).update(due_at=timezone.now())
    transaction.on_commit(partial(_ring, ids))


def wake_all() -> None:
    """Makes every store due at once."""
    wake(WebIntegration.objects.values_list("pk", flat=True))


def queueing_lock(integration_id: int) -> str:
    """One wake-up at most waits for each store."""
    return f"store-{integration_id}"


def _ring(integration_ids: list[int]) -> None:
    """A bell that is not heard is no loss: the sweep comes by every ten seconds."""
    for integration_id in integration_ids:
        try:
            with suppress(AlreadyEnqueued):
                app.configure_task(VISIT_STORE, queue=QUEUE, queueing_lock=queueing_lock(integration_id)).defer(
                    integration_id=integration_id
                )
        except (ConnectorException, DatabaseError):
            logger.warning("wake-up not sent", integration=integration_id)
