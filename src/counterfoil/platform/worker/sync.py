"""A sync with a store: send what is due, import what waits, send what follows from that."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.bigcommerce.errors import QuotaSpent
from counterfoil.dispatch.sender import Sent, UpdatesNotSent, next_due_at, send_due
from counterfoil.dispatch.webhooks import keep_hooks
from counterfoil.intake.catalog.load import go_on_loading
from counterfoil.intake.importing.sync import ImportCounts, import_single_order, import_waiting_orders, read_again
from counterfoil.intake.reconciliation.run import go_on_reconciling
from counterfoil.platform.processes.start_checks import what_to_do_about_the_key
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.db.key_seal import opens_the_seal
from counterfoil.stores.integrations.installation import require_this_installation
from counterfoil.stores.integrations.outage import note_trouble, note_well
from counterfoil.stores.models import StoreState, WebIntegration
from counterfoil.stores.sync.session import Progress, StoreSession, open_session

POLL_SECONDS = 30.0
SYNC_SECONDS = 24 * 3600.0


@dataclass
class SyncResult:
    """What a sync did. `again_after`: seconds until it is worth coming back before the next poll."""

    imports: ImportCounts = field(default_factory=ImportCounts)
    sent: Sent = field(default_factory=Sent)
    api_calls: int = 0
    seconds: float = 0
    trouble: StoreTrouble | None = None
    not_now: TryAgain | None = None
    again_after: float | None = None


def sync_store(
    integration: WebIntegration,
    *,
    seconds: float = POLL_SECONDS,
    lock_wait: float = 0,
    quota_wait: float | None = None,
    order_id: int | None = None,
    progress: Progress | None = None,
    before_wait: Callable[[float], None] | None = None,
) -> SyncResult:
    """One sync with a store, alone; raises StoreBusy, and NeedsPerson for an `order_id` that the store has not.

    `before_wait` hears of each wait for the store's quota, in seconds.
    """
    result = SyncResult()
    try:
        require_this_installation(integration)
        with open_session(
            integration,
            seconds=seconds,
            lock_wait=lock_wait,
            quota_wait=quota_wait,
            progress=progress,
            before_wait=before_wait,
        ) as session:
            _work_and_plan(session, result, order_id)
    except TryAgain as trouble:
        result.not_now = trouble
        result.again_after = trouble.after if trouble.after is not None else 5.0
        _postpone(integration, result.again_after)
    except StoreTrouble as trouble:
        result.trouble = trouble
        note_trouble(integration, trouble)
    except SecretUnreadable as unreadable:
        result.trouble = _note_unreadable(integration, unreadable)
    return result


def _note_unreadable(integration: WebIntegration, unreadable: SecretUnreadable) -> StoreTrouble:
    """What is in the way where the store's secrets cannot be read: noted, unless it is this process's own key."""
    if not opens_the_seal():  # the key was changed while this process ran: the others can use the store
        return StoreTrouble("secret", str(unreadable), what_to_do_about_the_key())
    trouble = StoreTrouble("secret", str(unreadable), "Enter the access token again in the store setup.")
    note_trouble(integration, trouble)
    return trouble


def _work_and_plan(session: StoreSession, result: SyncResult, order_id: int | None) -> None:
    """Whatever ends the work, what it did is noted, and when to come back."""
    started, began = time.monotonic(), timezone.now()
    try:
        _work(session, result, order_id)
        note_well(session.integration)
    except QuotaSpent as spent:
        session.work.wait(spent.after or 0)
        raise
    finally:
        session.work.pause()
        result.api_calls = session.api.calls
        result.seconds = time.monotonic() - started
        _plan(session, began)


def _work(session: StoreSession, result: SyncResult, order_id: int | None) -> None:
    """Raises StoreTrouble at the end where orders cannot be imported: what was shipped here is sent all the same.

    So does UpdatesNotSent: what waits is imported all the same. However much is to be sent, half of the time is for
    importing, as often as the store is polled: a slow store that takes none of our statuses would else keep new orders
    out, sync after sync.
    """
    much_to_send = False
    not_imported: StoreTrouble | None = None
    not_sent: UpdatesNotSent | None = None
    try:
        with session.half_of_its_time():
            send_due(session, result.sent, read_first=True)
            much_to_send = session.is_over
    except UpdatesNotSent as trouble:
        not_sent = trouble
    keep_hooks(session)
    if order_id is not None:
        import_single_order(session, result.imports, order_id)
    elif not session.integration.paused:
        not_imported = import_waiting_orders(session, result.imports, much_to_send=much_to_send)
    if not_sent is not None:
        raise not_imported or not_sent
    send_due(session, result.sent)
    read_again(session, result.imports, after_writing=True)  # what our own writes showed to have been edited meanwhile
    send_due(session, result.sent)
    go_on_loading(session)
    go_on_reconciling(session)
    if not_imported is not None:
        raise not_imported


def _plan(session: StoreSession, began: datetime) -> None:
    """When to come back: at the next poll, when an update is due before, or at once when time ran out.

    Who asked for the store meanwhile is not forgotten.
    """
    integration, now = session.integration, timezone.now()
    due = now + timedelta(seconds=integration.poll_seconds)
    if session.is_over:
        due = now
    waiting = next_due_at(integration)
    if waiting is not None:
        due = min(due, max(waiting, now + timedelta(seconds=1)))
    budget = session.api.budget
    asked_meanwhile = When(due_at__gt=began, then=Least("due_at", Value(due)))
    StoreState.objects.filter(integration=integration).update(
        due_at=Case(asked_meanwhile, default=Value(due)),
        visited_at=now,
        worked_at=integration.state.worked_at,
        quota=budget.quota,
        quota_left=budget.left,
        api_calls=F("api_calls") + session.api.calls,
    )


def _postpone(integration: WebIntegration, seconds: float) -> None:
    due = timezone.now() + timedelta(seconds=max(1.0, seconds))
    StoreState.objects.filter(integration=integration).update(due_at=due)
