"""What the worker does when it is woken: one task, one sync with one store.

With another secret key than the database's, which was changed while the process ran, it does nothing: it would write
what no other process can read.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import InterfaceError, InternalError, OperationalError, close_old_connections
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from counterfoil.accounts.mail.delivery import deliver_due
from counterfoil.accounts.mail.notifications import scheduler
from counterfoil.events.loop import DeliveryLoop
from counterfoil.intake.reconciliation.run import ask_for_the_nights
from counterfoil.platform.worker.bulk_changes import make_bulk_changes
from counterfoil.platform.worker.retention import delete_expired
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.stores.db.key_seal import opens_the_seal
from counterfoil.stores.integrations.statistics import keep_figures
from counterfoil.stores.models import StoreState, WebIntegration
from counterfoil.stores.sync.isolation import for_each_isolated
from counterfoil.stores.sync.session import LockLost, StoreBusy
from counterfoil.stores.sync.wakeups import QUEUE, SYNC_STORE

CLOCKS_APART = timedelta(minutes=2)
"""By so much, at most, the clocks of machines that work on one database are apart."""
logger = structlog.get_logger("counterfoil")
_deliveries = DeliveryLoop()


@app.task(name=SYNC_STORE, queue=QUEUE)
def sync_store_task(integration_id: int) -> None:
    """Syncs the store if it is due and nobody else is there."""
    try:
        if opens_the_seal():
            _sync_if_due(integration_id)
    except (LockLost, InterfaceError, InternalError, OperationalError) as trouble:
        if full := full_disk(trouble):
            logger.warning("the disk is full; the next sync continues", trouble=full)
        else:
            logger.warning("lost the database during a sync; the next sync continues")


def _sync_if_due(integration_id: int) -> None:
    integration = WebIntegration.objects.select_related("state").filter(pk=integration_id).first()
    if integration is None or not StoreState.objects.filter(_is_due(), integration=integration).exists():
        return
    with structlog.contextvars.bound_contextvars(store=integration.code):
        try:
            result = sync_store(integration)
        except StoreBusy:
            return  # whoever is there does what is due
        if result.imports.seen or result.sent.sent or result.sent.failed:
            logger.info("sync", **dict(result.imports.outcomes), sent=result.sent.sent, calls=result.api_calls)


def due_stores() -> list[int]:
    """The stores whose time has come; none for a process with another secret key than the others have now."""
    if not opens_the_seal():
        logger.error("the secret key was changed; nothing is done until this worker is started with the new one")
        return []
    return list(StoreState.objects.filter(_is_due()).values_list("integration_id", flat=True))


def _is_due() -> Q:
    """Whether a store's time has come.

    One that was synced in the future was so before our own clock was set back: that time is not waited for.
    """
    now = timezone.now()
    return Q(due_at__lte=now) | Q(visited_at__gt=now + CLOCKS_APART)


def post(is_to_stop: Callable[[], bool]) -> None:
    """Sends the mails that are due."""
    _run_apart_from_stores("sending e-mails", lambda: deliver_due(is_to_stop))


def tell_others(is_to_stop: Callable[[], bool]) -> None:
    """Publishes what happened, and begins to deliver it to the webhook endpoints."""
    _run_apart_from_stores("sending events to other systems", lambda: _deliveries.run_once(is_to_stop))


def notify() -> None:
    """Tells people by mail what they chose to be told."""
    _run_apart_from_stores("notifying people", scheduler.send_due_notifications)


def change_in_bulk(is_to_stop: Callable[[], bool]) -> None:
    """Makes the bulk changes that people asked for."""
    _run_apart_from_stores("changing many orders", lambda: make_bulk_changes(is_to_stop))


def compare_by_night() -> None:
    """Has the stores compared with the sales orders, each once a night."""
    _run_apart_from_stores("starting the nightly reconciliation", ask_for_the_nights)


def count() -> None:
    """Keeps what the charts show of days that are over."""
    _run_apart_from_stores("counting for the charts", keep_figures)


def forget(is_to_stop: Callable[[], bool]) -> None:
    """Removes what is kept no longer: mails and notices, superseded versions, old lines of the logs."""
    _run_apart_from_stores("removing old data", scheduler.delete_old_notices)

    def tidy_up() -> None:
        delete_expired(go_on=lambda: not is_to_stop())

    _run_apart_from_stores("tidying", tidy_up)


def _run_apart_from_stores(what: str, act: Callable[[], None]) -> None:
    """A defect is logged, and the next round goes on.

    Of a database that is away and of a secret key that was changed the check of the stores tells.
    """

    def act_with_our_key(_what: str) -> None:
        if opens_the_seal():
            act()

    close_old_connections()
    try:
        for_each_isolated([what], act_with_our_key, again=_next_time, defect=_next_time)
    except (InterfaceError, OperationalError) as trouble:
        if full := full_disk(trouble):
            logger.warning("the disk is full", what=what, trouble=full)


def _next_time(_what: str, _why: object) -> None:
    """The next round is a few seconds away."""
