"""Sends the store updates that are due: shipments before statuses, each in its order's turn."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.dispatch import ending
from counterfoil.dispatch.changing import ChangeShipment
from counterfoil.dispatch.creating import CreateShipment
from counterfoil.dispatch.due import OTHER_KINDS, Due, due_updates, next_due_at, rounds
from counterfoil.dispatch.ending import Sent
from counterfoil.dispatch.notes import WriteStaffNotes
from counterfoil.dispatch.statuses import SetStatus
from counterfoil.stores.last_seen import look
from counterfoil.stores.models import SHIPMENT_KINDS, UpdateKind
from counterfoil.stores.one_by_one import one_by_one
from counterfoil.stores.visit import Visit

FRESH = timedelta(seconds=25)  # a status last seen counts for 30 s; the request itself takes some of it


class Sender(Protocol):
    """Sends one kind of update."""

    def send(self, update_id: int) -> None:
        """Sends the update; raises TryAgain and StoreTrouble with it still waiting (or being sent)."""


def send_due(visit: Visit, sent: Sent) -> None:
    """Sends what is due until the visit is over: the shipments, then the rest. Each group begins with one read."""
    change = ChangeShipment(visit, sent)
    senders: dict[str, Sender] = {
        UpdateKind.CREATE: CreateShipment(visit, sent),
        UpdateKind.CORRECT: change,
        UpdateKind.VOID: change,
        UpdateKind.STATUS: SetStatus(visit, sent),
        UpdateKind.STAFF_NOTES: WriteStaffNotes(visit, sent),
    }
    for kinds in (SHIPMENT_KINDS, OTHER_KINDS):
        _send(visit, kinds, senders)


def _send(visit: Visit, kinds: Sequence[UpdateKind], senders: dict[str, Sender]) -> None:
    of = due_updates(visit.integration, kinds).count()
    if not of or visit.is_over:
        return
    visit.seen = look(visit.integration, visit.client)
    done = 0

    def send(due: Due) -> None:
        nonlocal done
        _look_again_when_stale(visit)
        try:
            senders[due.kind].send(due.pk)
        except StoreTrouble:
            ending.wait(due.pk)
            raise
        done += 1
        visit.progress("Telling the store", done, max(of, done))

    one_by_one(
        visit.while_it_lasts(rounds(visit.integration, kinds)),
        send,
        again=lambda due, trouble: ending.again(due.pk, trouble),
        defect=lambda due, trace: ending.defect(due.pk, trace),
    )
    if done and kinds is SHIPMENT_KINDS:
        visit.seen = None  # the store counts what is shipped, and moves statuses by itself


def _look_again_when_stale(visit: Visit) -> None:
    glanced_at = visit.integration.state.glanced_at
    if glanced_at is None or timezone.now() - glanced_at > FRESH:
        visit.seen = look(visit.integration, visit.client)


__all__ = ["Sent", "next_due_at", "send_due"]
