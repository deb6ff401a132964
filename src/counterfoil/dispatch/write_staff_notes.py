"""Writes our block into an order's staff notes, or takes it away; everything else in them stays as it is."""

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import (
    NeedsPerson,
    StoreTrouble,
    TryAgain,
    order_id_of,
    read_header,
    read_order,
    read_staff_notes,
)
from counterfoil.dispatch.transitions import locked, mark_done, mark_sending, not_asked, note_answer
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.stores.models import IN_HAND, StoreUpdate, UpdateKind, UpdateState, WebOrder
from counterfoil.stores.weborders.changes import note_read_alone
from counterfoil.stores.weborders.hidden_edits import differs_from_seen
from counterfoil.stores.weborders.reused_numbers import refuse_another
from counterfoil.stores.weborders.staff_notes import staff_notes_text

WRITTEN = "The staff notes in the store now say why the order isn’t imported."
TAKEN_AWAY = "The staff notes in the store no longer say why the order wasn’t imported."
NOT_THIS_ORDER = "BigCommerce returned a different order from the one whose staff notes were written."
UNCHANGED = "The staff notes in the store were left as they are."
EDITED_BEFORE_NOTES = "It was edited in BigCommerce just before its staff notes were written."


class WriteStaffNotes(UpdateSender):
    """Writes staff notes during one session."""

    kind = UpdateKind.STAFF_NOTES

    def send(self, update_id: int) -> None:
        """Writes after a fresh read, and only what differs, so it may be repeated. Raises TryAgain and StoreTrouble.

        Notes are a courtesy: a store that refuses them needs nobody's attention, the log says so.
        """
        with transaction.atomic():
            update = locked(update_id)
            if update.state not in IN_HAND:
                return
            mark_sending(update)
        try:
            self._write(update)
        except NeedsPerson as refused:
            self._end(update_id, UpdateState.NOT_NEEDED, f"{UNCHANGED} {refused.sentence}")
        except (StoreTrouble, TryAgain):
            not_asked(update_id)
            raise

    def _write(self, update: StoreUpdate) -> None:
        order_id = update.web_order.bigcommerce_order_id
        at = timezone.now()
        body = self.api.order(order_id)
        refuse_another(update.web_order, read_header(body))
        note_read_alone(self.integration, body, at)
        present = read_staff_notes(body)
        wanted = staff_notes_text(update.web_order, present)
        if wanted == present:
            self._end(update.pk, UpdateState.NOT_NEEDED, UNCHANGED)
            return
        answer = self.api.write_staff_notes(order_id, wanted)
        if order_id_of(answer) not in (None, order_id):
            raise TryAgain(NOT_THIS_ORDER, outcome_unknown=True)
        with transaction.atomic():
            _note(locked(update.pk).web_order, answer)
            self._end(update.pk, UpdateState.SENT, WRITTEN if update.web_order.reason_code else TAKEN_AWAY)
        self.sent.sent += 1

    def _end(self, update_id: int, state: UpdateState, text: str) -> None:
        with transaction.atomic():
            mark_done(locked(update_id), state, text)


def _note(web_order: WebOrder, answer: bytes) -> None:
    """Our write is no edit by others; where there was one before, it stays to be seen."""
    try:
        order = read_order(answer)
    except NeedsPerson:
        return
    if web_order.sales_order_id is None and differs_from_seen(web_order, order):
        web_order.read_again = EDITED_BEFORE_NOTES
    note_answer(web_order, order, edited=web_order.modified_seen != web_order.modified_read)
