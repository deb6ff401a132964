"""Sends the store updates that are due, each in its order's turn."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StatusId, StoreTrouble, TryAgain, read_order
from counterfoil.stores.journal import log
from counterfoil.stores.last_seen import look
from counterfoil.stores.models import UNDONE, LogKind, StoreUpdate, UpdateCause, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.one_by_one import one_by_one
from counterfoil.stores.updates import wait_again
from counterfoil.stores.visit import Visit

FRESH = timedelta(seconds=25)  # a status last seen counts for 30 s; the request itself takes some of it
LONGEST_DELAY = timedelta(minutes=15)
CHANGED = "It changed in BigCommerce since it was read."
EDITED = "It was edited in BigCommerce while we acknowledged it."
DEFECT = "A defect of the program stopped this update. Nothing was lost."
REPORT = "Retry. If it happens again, send the trace to whoever maintains Counterfoil."


@dataclass
class Sent:
    """How the updates of a pass went."""

    sent: int = 0
    failed: int = 0


def due_updates(integration: WebIntegration) -> QuerySet[StoreUpdate]:
    """The updates to send now, each order's in the order they arose: one that is not done holds back its later ones."""
    return StoreUpdate.objects.filter(
        ~Exists(_before(OuterRef("web_order"), OuterRef("pk"))),
        web_order__integration=integration,
        state__in=[UpdateState.WAITING, UpdateState.SENDING],
        due_at__lte=timezone.now(),
    ).order_by("pk")


def _before(web_order: Any, pk: Any) -> QuerySet[StoreUpdate]:
    return StoreUpdate.objects.filter(web_order=web_order, pk__lt=pk, state__in=UNDONE)


def send_due(visit: Visit, sent: Sent) -> None:
    """Sends what is due until the visit is over. Begins with one read, and reads again when that is too old."""
    ids = list(due_updates(visit.integration).values_list("pk", flat=True))
    if not ids:
        return
    look(visit.integration, visit.client)

    def send(update_id: int) -> None:
        glanced_at = visit.integration.state.glanced_at
        if glanced_at is None or timezone.now() - glanced_at > FRESH:
            look(visit.integration, visit.client)
        SetStatus(visit, sent).send(update_id)
        visit.progress("Telling the store", place[update_id], len(ids))

    place = {update_id: index for index, update_id in enumerate(ids, 1)}
    one_by_one(visit.while_it_lasts(ids), send, again=_again, defect=_defect)


def _again(update_id: int, trouble: TryAgain) -> None:
    """Not this time. An update that may have been carried out stays in *sending*: the store is asked first."""
    with transaction.atomic():
        update = _locked(update_id)
        update.attempts = min(update.attempts + 1, 1000)
        delay = min(LONGEST_DELAY, timedelta(seconds=2 ** min(update.attempts, 10)))
        update.due_at = timezone.now() + max(delay, timedelta(seconds=trouble.after or 0))
        update.reason = trouble.sentence
        if update.state == UpdateState.SENDING and trouble.outcome_unknown:
            update.save(update_fields=["attempts", "due_at", "reason"])
        elif update.state in (UpdateState.WAITING, UpdateState.SENDING):
            wait_again(update)


def _defect(update_id: int, trace: str) -> None:
    StoreUpdate.objects.filter(pk=update_id).update(
        state=UpdateState.FAILED, reason_code="defect", reason=DEFECT, next_step=REPORT, trace=trace
    )


class SetStatus:
    """Sets one order's status, unless the store says that it is not ours to set any more."""

    def __init__(self, visit: Visit, sent: Sent) -> None:
        self.integration = visit.integration
        self.client = visit.client
        self.sent = sent

    def send(self, update_id: int) -> None:
        """Sends the update; raises TryAgain and StoreTrouble with the update still waiting (or being sent)."""
        try:
            update = self._prepare(update_id)
        except NeedsPerson as refused:  # the order was deleted while its last update was on its way
            self._fail(StoreUpdate.objects.select_related("web_order").get(pk=update_id), refused)
            return
        if update is None:
            return
        order_id = update.web_order.bigcommerce_order_id
        try:
            answer = self.client.set_status(order_id, update.status_id)
        except NeedsPerson as refused:
            self._fail(update, refused)
            return
        except StoreTrouble:
            with transaction.atomic():
                wait_again(_locked(update_id))
            raise
        self._record(update, answer)

    def _prepare(self, update_id: int) -> StoreUpdate | None:
        """Commits *sending*; None when there is nothing to send (any more)."""
        if self._was_carried_out(update_id):
            return None
        with transaction.atomic():
            update = _locked(update_id)
            if update.state not in (UpdateState.WAITING, UpdateState.SENDING):
                return None
            if _before(update.web_order, update.pk).exists():
                return None  # it failed or waits again since this pass began
            web_order = update.web_order
            if web_order.status_seen == update.status_id:
                self._end(update, UpdateState.SENT, self._said(update, "The store has this status already."))
                return None
            if web_order.status_seen not in self._may_be_overwritten(web_order):
                there = self.integration.status_text(web_order.status_seen)
                self._end(update, UpdateState.NOT_NEEDED, f"Left alone: the order is {there} in the store by now.")
                return None
            if update.acknowledges and web_order.modified_seen != web_order.modified_read:
                WebOrder.objects.filter(pk=web_order.pk).update(read_again=CHANGED)
                return None
            update.state = UpdateState.SENDING
            update.save(update_fields=["state"])
            return update

    def _may_be_overwritten(self, web_order: WebOrder) -> set[int | None]:
        """A new order status, and what we set ourselves; nothing that someone else has set meanwhile."""
        own = {web_order.status_sent} - {None}
        return {*self.integration.new_statuses, *own}

    def _was_carried_out(self, update_id: int) -> bool:
        """Where the outcome of an earlier attempt is unknown, the order is read: it tells as the answer would have."""
        update = StoreUpdate.objects.select_related("web_order__payload").get(pk=update_id)
        if update.state != UpdateState.SENDING:
            return False
        at = timezone.now()
        body = self.client.order(update.web_order.bigcommerce_order_id)
        order = read_order(body)
        if order.status_id == update.status_id:
            self._record(update, body)
            return True
        WebOrder.objects.filter(pk=update.web_order_id).update(
            status_seen=order.status_id, status_seen_at=at, modified_seen=order.date_modified
        )
        return False

    def _record(self, update: StoreUpdate, answer: bytes) -> None:
        """The answer is the whole order: note it, and whether the order was edited since it was read."""
        now = timezone.now()
        try:
            order = read_order(answer)
        except NeedsPerson:
            order = None
        with transaction.atomic():
            web_order = WebOrder.objects.select_for_update(of=("self",)).get(pk=update.web_order_id)
            web_order.status_seen = order.status_id if order else update.status_id
            web_order.status_seen_at = web_order.written_at = now
            web_order.status_sent = update.status_id
            if order is not None:
                web_order.modified_seen = web_order.modified_read = order.date_modified
                if update.cause != UpdateCause.IMPORT_ERROR and self._was_edited(update, order.header):
                    web_order.read_again = EDITED
            web_order.save()
            self._end(update, UpdateState.SENT, self._said(update, ""))
        self.sent.sent += 1

    def _was_edited(self, update: StoreUpdate, header: tuple[object, ...]) -> bool:
        payload = update.web_order.payload
        if payload is None:
            return False
        try:
            return read_order(payload.parts[0]).header != header
        except NeedsPerson:
            return False

    def _said(self, update: StoreUpdate, more: str) -> str:
        status = self.integration.status_text(update.status_id)
        return f"Status in the store: {status} ({update.get_cause_display().lower()}). {more}".strip()

    def _end(self, update: StoreUpdate, state: UpdateState, text: str) -> None:
        update.state = state
        update.ended_at = timezone.now()
        update.reason = update.reason_code = update.next_step = ""
        update.save(update_fields=["state", "ended_at", "reason", "reason_code", "next_step"])
        kind = LogKind.SENT if state == UpdateState.SENT else LogKind.NOT_SENT
        log(self.integration, kind, text, import_id=update.web_order.import_id)

    def _fail(self, update: StoreUpdate, refused: NeedsPerson) -> None:
        status = StatusId(update.status_id).label
        with transaction.atomic():
            update.state = UpdateState.FAILED
            update.reason_code, update.next_step = refused.code, refused.next_step
            update.reason = f"The status {status} could not be set. {refused.sentence}"
            update.ended_at = timezone.now()
            update.save(update_fields=["state", "reason_code", "reason", "next_step", "ended_at"])
            log(self.integration, LogKind.NOT_SENT, update.reason, import_id=update.web_order.import_id)
        self.sent.failed += 1


def _locked(update_id: int) -> StoreUpdate:
    return (
        StoreUpdate.objects.select_for_update(of=("self", "web_order"))
        .select_related("web_order__payload")
        .get(pk=update_id)
    )
