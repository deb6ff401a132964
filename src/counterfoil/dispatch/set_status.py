"""Sets an order's status in the store, unless the store says that it is not ours to set any more."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from counterfoil.bigcommerce import (
    NEVER_OVERWRITTEN,
    NeedsPerson,
    Order,
    StatusId,
    TryAgain,
    order_id_of,
    read_header,
    readable_order,
    status_id_of,
)
from counterfoil.dispatch.current_status import read_where_lists_lag, with_events
from counterfoil.dispatch.transitions import (
    asking,
    locked,
    locked_if_free,
    mark_done,
    mark_failed,
    mark_sending,
    not_asked,
    note_answer,
    note_written,
)
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.sales.models import OrderChange
from counterfoil.stores.models import (
    ANOTHER_ORDER,
    IN_HAND,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    UpdateState,
    WebOrder,
)
from counterfoil.stores.weborders.changes import note_read_alone
from counterfoil.stores.weborders.hidden_edits import differs_from_seen, last_read, note_edited
from counterfoil.stores.weborders.reasons import EDITED_MEANWHILE
from counterfoil.stores.weborders.reused_numbers import refuse_another, refuse_reused

CIRCLE_AFTER = 3
CIRCLE_WITHIN = timedelta(days=1)
MOST_NOT_TAKEN = 3
NOT_TAKEN = "status_not_taken"
UNREAD = "unread_answers"
NO_STATUS = "BigCommerce's response doesn’t show the order's status."
NOT_THIS_ORDER = "BigCommerce's response shows a different order."
CHANGED = "It changed in BigCommerce since it was read."
OWN_SHIPMENT = {StatusId.SHIPPED, StatusId.PARTIALLY_SHIPPED}
"""Where the store may move an order by itself after a shipment of ours."""


class SetStatus(UpdateSender):
    """Sets statuses during one session."""

    kind = UpdateKind.STATUS

    def send(self, update_id: int) -> None:
        """Sends the update; raises TryAgain and StoreTrouble with the update still waiting (or being sent)."""
        try:
            update = with_events(StoreUpdate.objects.select_related("web_order")).get(pk=update_id)
            refuse_reused(update.web_order)
            if self._was_carried_out(update):
                return
            read_where_lists_lag(self.session, update)
            begun = self._begin(update_id)
            if begun is not None:
                self._set(begun)
        except NeedsPerson as refused:
            self._fail(update_id, refused)

    def _set(self, update: StoreUpdate) -> None:
        status_id = _status(update)
        try:
            with asking(update.pk):
                answer = self._ask(update)
        except TryAgain as trouble:
            if trouble.answered and self._was_carried_out(update):
                return
            raise
        refuse_another(update.web_order, read_header(answer))
        if status_id_of(answer) == status_id:
            self._record(update, answer)
        else:
            self._not_taken(update, answer)

    def _ask(self, update: StoreUpdate) -> bytes:
        """The order as the store shows it in its answer. Raises TryAgain, also where it shows no order or another."""
        order_id = update.web_order.bigcommerce_order_id
        try:
            answer = self.api.set_status(order_id, _status(update))
            if order_id_of(answer) != order_id:
                raise TryAgain(NOT_THIS_ORDER, outcome_unknown=True, answered=True)
            if read_header(answer) is None and status_id_of(answer) != update.status_id:
                raise TryAgain(NO_STATUS, outcome_unknown=True, answered=True)
        except TryAgain as trouble:
            if trouble.answered:
                self._count_unread(update)
            raise
        return answer

    def _count_unread(self, update: StoreUpdate) -> None:
        update.asked = {UNREAD: _unread(update) + 1}
        StoreUpdate.objects.filter(pk=update.pk).update(asked=update.asked)

    def _not_taken(self, update: StoreUpdate, body: bytes) -> None:
        """The store said yes and shows another status: not done. Raises TryAgain, after some tries NeedsPerson."""
        not_asked(update.pk)
        note_read_alone(self.integration, body, timezone.now())
        if update.attempts + 1 < MOST_NOT_TAKEN:
            raise TryAgain(self._says(update, body), of_one_order=status_id_of(body) is not None)
        raise self._stays(update, body)

    def _says(self, update: StoreUpdate, body: bytes) -> str:
        shown, ours = status_id_of(body), self.integration.status_text(_status(update))
        if shown is None:
            return f"BigCommerce accepted the status {ours}, but the order it returned couldn’t be read."
        return f"BigCommerce accepted the status {ours} but shows {self.integration.status_text(shown)}."

    def _stays(self, update: StoreUpdate, body: bytes) -> NeedsPerson:
        return NeedsPerson(
            NOT_TAKEN,
            self._says(update, body),
            "Check the order in BigCommerce: another app may be changing it back. Then retry or skip it.",
        )

    def _begin(self, update_id: int) -> StoreUpdate | None:
        """Commits *sending*; None when there is nothing to send (any more). Raises NeedsPerson (see `_check`)."""
        with transaction.atomic():
            update = locked_if_free(update_id)
            if update is None:
                return None
            refuse_reused(update.web_order)
            web_order = update.web_order
            if web_order.status_seen == update.status_id:
                mark_done(update, UpdateState.SENT, self._said(update, "The store already has this status."))
                return None
            if not self._is_expected(update):
                self._leave_alone(update)
                return None
            self._check_circle(update)
            if update.acknowledges and web_order.modified_seen != web_order.modified_read:
                WebOrder.objects.filter(pk=web_order.pk).update(read_again=CHANGED)
                return None
            mark_sending(update, asked={UNREAD: _unread(update)} if _unread(update) else None)
            return update

    def _is_expected(self, update: StoreUpdate) -> bool:
        """Whether the order stands where this update, or an earlier one of ours, found or put it."""
        web_order = update.web_order
        seen = web_order.status_seen
        if seen in NEVER_OVERWRITTEN:
            return False
        expected: set[int | None] = {web_order.status_sent} - {None}
        if update.acknowledges:
            expected |= set(self.integration.new_statuses)
        if update.cause == UpdateCause.MAPPED:
            expected.add(update.onto)
            if seen in OWN_SHIPMENT and web_order.web_shipments.filter(parcel__isnull=False).exists():
                return True
        return seen in expected

    def _leave_alone(self, update: StoreUpdate) -> None:
        """What answered an import is done; one of our statuses that someone else overtook is for a person."""
        seen = update.web_order.status_seen
        there = self.integration.status_text(seen)
        if update.cause != UpdateCause.MAPPED:
            mark_done(update, UpdateState.NOT_NEEDED, f"Left alone: the order is now {there} in the store.")
            return
        if seen in NEVER_OVERWRITTEN:
            sentence = f"The order is {there} in BigCommerce, which Counterfoil never overwrites."
            next_step = "Skip this, or change the status in BigCommerce and then retry."
        else:
            sentence = f"The order is {there} in BigCommerce now; someone else set that."
            next_step = "Set it anyway (retry), or keep the store’s status (skip)."
        raise NeedsPerson("status_changed", sentence, next_step)

    def _check_circle(self, update: StoreUpdate) -> None:
        """Raises NeedsPerson where another program sets the order back each time that we answer an import.

        Who retries has read of it. Where the order was changed there, an import had a reason: that is no circle.
        """
        web_order = update.web_order
        if not update.acknowledges or update.failed_since is not None or web_order.status_sent != update.status_id:
            return
        sent = StoreUpdate.objects.filter(
            web_order=web_order,
            status_id=update.status_id,
            acknowledges=True,
            state=UpdateState.SENT,
            asked_at__gt=max(timezone.now() - CIRCLE_WITHIN, self._changed_at(web_order)),
        )
        times = list(sent.order_by("asked_at").values_list("asked_at", flat=True))
        if len(times) < CIRCLE_AFTER or times[0] is None:
            return
        ours, theirs = (self.integration.status_text(each) for each in (update.status_id, web_order.status_seen))
        raise NeedsPerson(
            "status_circle",
            f"Counterfoil ({self.integration.code}) has set {ours} {len(times)} times since {times[0]:%H:%M} UTC, "
            f"and each time a person or another app changed it back to {theirs}.",
            f"Find out what sets {theirs} (another app, or a rule in one), or choose a different status in the "
            "integration options. Then retry to set it again, or skip it.",
        )

    def _changed_at(self, web_order: WebOrder) -> datetime:
        """When a change of the order in the store was taken over last; long ago where none was."""
        changes = OrderChange.objects.filter(order=web_order.sales_order_id).exclude(digest="")
        changed_at: datetime | None = changes.aggregate(Max("at"))["at__max"]
        return changed_at or datetime.min.replace(tzinfo=UTC)

    def _was_carried_out(self, update: StoreUpdate) -> bool:
        """Where the outcome of an earlier attempt is unknown, the order is read: it tells as the answer would have."""
        if update.asked_at is None or update.state not in IN_HAND:
            return False
        at = timezone.now()
        body = self.api.order(update.web_order.bigcommerce_order_id)
        shown, status_id = read_header(body), status_id_of(body)
        refuse_another(update.web_order, shown)
        if status_id == update.status_id:
            self._record(update, body)
            return True
        note_read_alone(self.integration, body, at)
        if _unread(update) >= MOST_NOT_TAKEN:
            not_asked(update.pk)
            raise self._stays(update, body)
        if shown is None:
            self._count_unread(update)
            raise TryAgain(NO_STATUS, outcome_unknown=True)
        return False

    def _record(self, update: StoreUpdate, answer: bytes) -> None:
        """The answer is the whole order: note it, and whether the order was edited since it was read.

        An edit found out by an acknowledgement is imported; a later one is only shown (design, rule 8). One that came
        just before this status needs a person: it may have come with a new order status, which is gone now.
        """
        order = readable_order(answer)
        with transaction.atomic():
            update = locked(update.pk)
            web_order = update.web_order
            web_order.status_sent = update.status_id
            if order is None:
                web_order.status_seen, web_order.status_seen_at = update.status_id, timezone.now()
                web_order.save()
                note_written(web_order, there=self.api.store_time(timezone.now()))
            else:
                edited = _was_edited(web_order, order)
                just_edited = differs_from_seen(web_order, order) or _was_sent_elsewhere(web_order, order)
                if edited and update.acknowledges:
                    web_order.read_again = EDITED_MEANWHILE
                elif edited:  # no list tells it a second time
                    web_order.addresses_to_read = True
                note_answer(web_order, order, edited=edited and not update.acknowledges)
                if just_edited and not update.acknowledges:
                    note_edited(web_order)
            mark_done(update, UpdateState.SENT, self._said(update, ""))
        self.sent.sent += 1

    def _said(self, update: StoreUpdate, more: str) -> str:
        status = self.integration.status_text(update.status_id)
        return f"Status in the store: {status} ({update.get_cause_display().lower()}). {more}".strip()

    def _fail(self, update_id: int, refused: NeedsPerson) -> None:
        update = StoreUpdate.objects.get(pk=update_id)
        if refused.code == ANOTHER_ORDER:  # which the order itself says under Needs attention
            with transaction.atomic():
                mark_done(locked(update_id), UpdateState.NOT_NEEDED, f"Left alone: {refused.sentence}")
            return
        if refused.code == "not_in_store":
            not_asked(update_id)
        status = self.integration.status_text(update.status_id)
        mark_failed(update_id, refused, f"The status {status} couldn’t be set. {refused.sentence}")
        self.sent.failed += 1


def _unread(update: StoreUpdate) -> int:
    """How often the store said yes and its answer did not show the order's status."""
    return int((update.asked or {}).get(UNREAD, 0))


def _status(update: StoreUpdate) -> int:
    assert update.status_id is not None
    return update.status_id


def _was_edited(web_order: WebOrder, order: Order) -> bool:
    """Whether the order differs from the version that was read last, as far as the answer tells.

    The answer to a status has no shipping addresses; an order that was read has.
    """
    read = last_read(web_order)
    if read is None:
        return False
    is_same = (read.header, read.payment_method) == (order.header, order.payment_method)
    return not is_same or (order.ship_to is not None and order.ship_to != read.ship_to)


def _was_sent_elsewhere(web_order: WebOrder, order: Order) -> bool:
    """Whether others changed a shipping address alone after the last look; an answer without them tells nothing."""
    if order.ship_to is None or web_order.modified_seen != web_order.modified_read:
        return False
    read = last_read(web_order)
    return read is not None and order.ship_to != read.ship_to
