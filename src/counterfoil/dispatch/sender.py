"""Sends the store updates that are due: shipments before statuses, each in its order's sequence."""

from collections.abc import Sequence

from counterfoil.bigcommerce import StoreTrouble, TryAgain
from counterfoil.dispatch import transitions
from counterfoil.dispatch.change_shipment import CorrectShipment, VoidShipment
from counterfoil.dispatch.create_shipment import CreateShipment
from counterfoil.dispatch.queue import Due, due_updates, kinds_due, next_due_at, rounds
from counterfoil.dispatch.set_status import SetStatus
from counterfoil.dispatch.transitions import Sent
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.dispatch.write_staff_notes import WriteStaffNotes
from counterfoil.stores.models import UpdateKind
from counterfoil.stores.sync.isolation import for_each_isolated
from counterfoil.stores.sync.long_work import TELLING
from counterfoil.stores.sync.session import StoreSession
from counterfoil.stores.updates.kinds import OTHER_KINDS, SHIPMENT_KINDS
from counterfoil.stores.weborders.changes import is_fresh, poll_changes

CALLS_OF_AN_UPDATE = 4  # at most, mostly: a poll, the order, its shipments, and the write
MUCH = 50  # so many statuses that wait fill sync after sync: then the sync before has looked for this one, too


SENDERS: tuple[type[UpdateSender], ...] = (CreateShipment, CorrectShipment, VoidShipment, SetStatus, WriteStaffNotes)
"""One for each kind of update."""
Senders = dict[str, UpdateSender]


class UpdatesNotSent(TryAgain):
    """Updates in a row did not go, though the store answers what it is asked: orders can still be imported."""


def send_due(session: StoreSession, sent: Sent, *, read_first: bool = False) -> None:
    """Sends what is due until the session is over: the shipments, then the rest.

    Each group begins with one read; where much is to be told, one every 25 seconds. `read_first`: orders are still to
    be read, so that of much that is to be told the statuses wait that follow from the mapping alone. Shipments that
    do not go keep only the statuses of their own orders waiting.

    Raises UpdatesNotSent, and TryAgain where the store can't be asked or said when to come back.
    """
    due = kinds_due(session.integration)
    if not due:
        return
    senders: Senders = {each.kind: each(session, sent) for each in SENDERS}
    shipped = False
    not_sent: UpdatesNotSent | None = None
    if not due.isdisjoint(SHIPMENT_KINDS):
        try:
            shipped = _send(session, SHIPMENT_KINDS, senders, poll_first=True) > 0
        except UpdatesNotSent as trouble:
            shipped, not_sent = True, trouble  # some may have gone before
    if shipped:
        session.seen = None  # the store counts what is shipped, and moves statuses by itself
    _send(session, OTHER_KINDS, senders, poll_first=shipped, read_first=read_first)
    if not_sent is not None:
        raise not_sent


def _send(
    session: StoreSession, kinds: Sequence[UpdateKind], senders: Senders, *, poll_first: bool, read_first: bool = False
) -> int:
    """Sends the updates of these kinds that are due; returns how many went."""
    of = due_updates(session.integration, kinds).count()
    mapped = not (read_first and of >= MUCH)
    if not mapped:
        of = due_updates(session.integration, kinds, mapped=False).count()
    if not of or session.is_over:
        return 0
    if poll_first or of < MUCH:
        session.seen = poll_changes(session.integration, session.api)
    done = 0
    session.work.begin(TELLING, of)

    def send(due: Due) -> None:
        nonlocal done
        # Wait for quota now, not between the decision and the write: the order may be cancelled meanwhile.
        session.api.wait_for_quota(CALLS_OF_AN_UPDATE, for_shipment=due.kind in SHIPMENT_KINDS)
        if not is_fresh(session.integration, overwrites=due.overwrites):
            session.seen = poll_changes(session.integration, session.api)
        try:
            senders[due.kind].send(due.pk)
        except StoreTrouble:
            transitions.keep_waiting(due.pk)
            raise
        done += 1
        session.progress("Updating the store", done, max(of, done))
        session.work.advance(TELLING, done)

    try:
        for_each_isolated(
            session.while_it_lasts(rounds(session.integration, kinds, mapped=mapped)),
            send,
            again=lambda due, trouble: transitions.retry_later(due.pk, trouble),
            defect=lambda due, trace: transitions.defect(due.pk, trace),
        )
    except TryAgain as trouble:
        if trouble.after:
            raise
        raise UpdatesNotSent(trouble.sentence) from trouble
    if not session.is_over:
        session.work.end(TELLING)
    return done


__all__ = ["Sent", "next_due_at", "send_due"]
