"""How an update goes on: sent, not needed, failed, or not this time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, Order, StoreTrouble, TryAgain
from counterfoil.dispatch.queue import MAY_GO
from counterfoil.stores.log import log
from counterfoil.stores.models import IN_HAND, LogKind, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.sync.isolation import REPORT
from counterfoil.stores.updates.kinds import type_of
from counterfoil.stores.updates.outbox import mark_if_superseded, wait_again
from counterfoil.stores.weborders.changes import CLOCKS_APART, mark_unread
from counterfoil.stores.weborders.hidden_edits import digest_of

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=2), timedelta(minutes=15)
DEFECT = "An error in Counterfoil stopped this update. Nothing was lost."


@dataclass
class Sent:
    """How the updates of a pass went."""

    sent: int = 0
    failed: int = 0


def locked(update_id: int) -> StoreUpdate:
    """The update, it and its order's row locked for the present transaction; its parcel is to be read after this."""
    return _locked().get(pk=update_id)


def locked_if_free(update_id: int) -> StoreUpdate | None:
    """As `locked`, where it is still in hand and nothing holds it back (any more)."""
    return _locked().filter(MAY_GO, pk=update_id, state__in=IN_HAND).first()


def _locked() -> QuerySet[StoreUpdate]:
    updates = StoreUpdate.objects.select_for_update(of=("self", "web_order"), no_key=True)
    return updates.select_related("web_order__integration")


def mark_sending(
    update: StoreUpdate, *, asked: dict[str, object] | None = None, known_shipments: Sequence[int] | None = None
) -> None:
    """Notes that a request leaves now, what it says, and which shipments were known; committed before it does."""
    update.state, update.asked_at, update.asked = UpdateState.SENDING, timezone.now(), asked
    update.known_shipments = None if known_shipments is None else list(known_shipments)
    update.save(update_fields=["state", "asked_at", "asked", "known_shipments"])


def mark_done(update: StoreUpdate, state: UpdateState, text: str) -> None:
    """The update is done (sent, or not needed); the log says so."""
    update.state, update.ended_at = state, timezone.now()
    update.reason = "" if state == UpdateState.SENT else text
    update.reason_code = update.next_step = ""
    update.failed_since = None
    update.save(update_fields=["state", "ended_at", "failed_since", "reason", "reason_code", "next_step"])
    kind = LogKind.SENT if state == UpdateState.SENT else LogKind.NOT_SENT
    log(update.web_order.integration, kind, text, import_id=update.web_order.import_id)


def mark_failed(update_id: int, refused: NeedsPerson, sentence: str) -> None:
    """A person is needed first. Whether a request may have been carried out stays as it is noted.

    A status of which a newer one waits needs nobody: that one goes out in its place.
    """
    with transaction.atomic():
        update = locked(update_id)
        if type_of(update.kind).newest_counts and mark_if_superseded(update):
            update.save()
            log(update.web_order.integration, LogKind.NOT_SENT, sentence, import_id=update.web_order.import_id)
            return
        update.state, update.ended_at = UpdateState.FAILED, timezone.now()
        update.failed_since = update.failed_since or update.ended_at
        update.reason_code, update.reason, update.next_step = refused.code, sentence, refused.next_step
        update.save(update_fields=["state", "ended_at", "failed_since", "reason_code", "reason", "next_step"])
        log(update.web_order.integration, LogKind.NOT_SENT, sentence, import_id=update.web_order.import_id)


def not_asked(update_id: int, in_doubt: StoreUpdate | None = None) -> None:
    """The last request was not carried out. `in_doubt`: the update as it was, where an earlier one may have been."""
    before: dict[str, Any] = {"asked_at": None, "asked": None}
    if in_doubt is not None:
        before = {name: getattr(in_doubt, name) for name in ("asked_at", "asked", "known_shipments")}
    StoreUpdate.objects.filter(pk=update_id).update(**before)


@contextmanager
def asking(update_id: int, in_doubt: StoreUpdate | None = None) -> Iterator[None]:
    """Round a request: where it fails and was surely not carried out, it counts as not asked (see `not_asked`).

    Where nobody knows, the doubt begins when we stopped waiting for the answer.
    """
    try:
        yield
    except (NeedsPerson, StoreTrouble, TryAgain) as trouble:
        if isinstance(trouble, TryAgain) and trouble.outcome_unknown:
            StoreUpdate.objects.filter(pk=update_id).update(asked_at=timezone.now())
        else:
            not_asked(update_id, in_doubt)
        raise


def mark_not_sent(update_id: int) -> None:
    """Nothing of it was carried out, that is certain by now: it waits like any other."""
    StoreUpdate.objects.filter(pk=update_id).update(state=UpdateState.WAITING, asked_at=None, reason="")


def put_off(update_id: int, until: datetime, reason: str) -> None:
    """Looks at an update again at a certain time."""
    StoreUpdate.objects.filter(pk=update_id).update(due_at=until, reason=reason)


def retry_later(update_id: int, trouble: TryAgain) -> None:
    """Not this time; each time it takes longer."""
    with transaction.atomic():
        update = locked(update_id)
        if update.state not in IN_HAND:
            return
        update.attempts = min(update.attempts + 1, 1000)
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(update.attempts - 1, 10))
        update.due_at = timezone.now() + max(delay, timedelta(seconds=trouble.after or 0))
        update.reason = trouble.sentence
        _stay(update)


def keep_waiting(update_id: int) -> None:
    """The store can't be used: the update waits, and no attempt is counted."""
    with transaction.atomic():
        update = locked(update_id)
        if update.state in IN_HAND:
            _stay(update)


def _stay(update: StoreUpdate) -> None:
    """What may have been carried out stays in *sending*: the store is asked first."""
    if update.asked_at is None:
        wait_again(update)
    else:
        update.save(update_fields=["attempts", "due_at", "reason"])


def defect(update_id: int, trace: str) -> None:
    """The program failed on it."""
    StoreUpdate.objects.filter(pk=update_id).update(
        state=UpdateState.FAILED,
        failed_since=Coalesce("failed_since", Now()),
        reason_code="defect",
        reason=DEFECT,
        next_step=REPORT,
        trace=trace,
    )


def note_written(
    web_order: WebOrder, *, made_at: datetime | None = None, there: datetime | None = None, shipped: int = 0
) -> None:
    """Our write to a (locked) order ended. `made_at`: when it changed the order, by the store's clock; `there`: what
    that clock showed about then, where no answer says when.

    An order that was not edited by others as far as we know is not shown as edited by our own write. `shipped`: by how
    many items it changed what the store counts as shipped, which is then more than the light list showed. A date that
    no clock shows is none: all that is changed later would seem to be older.
    """
    made_at, there = _by_a_clock(made_at), _by_a_clock(there)
    web_order.written_at, web_order.written_there = timezone.now(), made_at or there
    web_order.items_shipped_seen = max(0, web_order.items_shipped_seen + shipped)
    if made_at is not None and web_order.modified_seen == web_order.modified_read:
        web_order.modified_seen = web_order.modified_read = made_at
    web_order.save(
        update_fields=["written_at", "written_there", "items_shipped_seen", "modified_seen", "modified_read"]
    )


def _by_a_clock(date: datetime | None) -> datetime | None:
    return None if date is None or date > timezone.now() + CLOCKS_APART else date


def note_answer(web_order: WebOrder, order: Order, *, edited: bool) -> None:
    """Our write to a (locked) order was answered with the whole order, which others have `edited` or not."""
    mark_unread(web_order, order)
    web_order.status_seen = order.status_id
    web_order.status_seen_at = web_order.header_seen_at = web_order.written_at = timezone.now()
    web_order.modified_seen = order.date_modified
    web_order.header_seen = digest_of(order)
    if not edited:
        web_order.modified_read = order.date_modified
    web_order.save()
