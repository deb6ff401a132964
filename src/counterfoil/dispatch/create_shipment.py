"""Makes one shipment in the store of one parcel: once, whatever happens on the way.

The store has no guard against a shipment that is made twice, and e-mails the shopper for each. So a request that may
have been carried out (a time-out, a broken connection, a process that was killed) is looked for in the store first,
and so is a parcel of an order of which someone else shipped something.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, NewShipment, OverShipped, StoreShipment, TryAgain
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.dispatch.current_status import read_where_lists_lag, with_events
from counterfoil.dispatch.existing_shipments import (
    LIKE_IN_STORE,
    StoreShipments,
    find_existing,
    read_shipments,
    shipments_there,
)
from counterfoil.dispatch.queue import LONGEST_WAIT, is_set_back
from counterfoil.dispatch.replaced_lines import follow_replaced_lines
from counterfoil.dispatch.shipment_address import note_other_address
from counterfoil.dispatch.shipment_matching import answers, find_made, would_be_refused
from counterfoil.dispatch.shipment_requests import load_parcel, new_shipment, remark
from counterfoil.dispatch.transitions import (
    asking,
    locked,
    locked_if_free,
    mark_done,
    mark_failed,
    mark_not_sent,
    mark_sending,
    not_asked,
    note_written,
    put_off,
)
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.sales.db.due import is_ahead
from counterfoil.sales.models import Parcel, ParcelItem
from counterfoil.sales.orders.status import lock_order
from counterfoil.stores.models import IN_HAND, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.updates.parcel_text import shipment_text
from counterfoil.stores.weborders.holds import ORDER_GONE
from counterfoil.stores.weborders.list_lag import LAG_AT_MOST, lags
from counterfoil.stores.weborders.own_shipments import adopt
from counterfoil.stores.weborders.reused_numbers import refuse_reused
from counterfoil.stores.weborders.shipments import keep_ours, keep_unknown

LATE = timedelta(minutes=1)
"""By then a request whose answer was lost has been carried out and is listed, or never will be."""
SLOW_ANSWERS = 3  # times as long as the store is given to answer
CHECK_AGAIN = "The outcome isn’t known. Counterfoil checks BigCommerce again before it resends."
VOIDED = "The parcel was voided before its shipment was created."
MADE = "Created the {what} in the store, number {number}."
ARRIVED = f"{MADE} The request had arrived; only the response was lost."
EXISTS = "The {what} was already in the store, number {number}, so none was created."

MOST_UNLIKE = 3
UNLIKE = NeedsPerson(
    "unlike_asked",
    "BigCommerce returned a different shipment from the one requested.",
    "Check the order's shipments in BigCommerce. If this one isn’t there, retry; otherwise void the parcel here and "
    "take over the shipment.",
)


class CreateShipment(UpdateSender):
    """Makes shipments during one session."""

    kind = UpdateKind.CREATE

    def send(self, update_id: int) -> None:
        """Makes the shipment; raises TryAgain and StoreTrouble with the update still waiting (or being sent)."""
        try:
            self._send(update_id)
        except NeedsPerson as refused:
            self._fail(update_id, refused)

    def _send(self, update_id: int) -> None:
        update = _load(update_id)
        if read_where_lists_lag(self.session, update):
            update = _load(update_id)
        refuse_reused(update.web_order)
        if update.asked_at is not None and update.state in IN_HAND:
            if self._find_created(update):
                return
            update = _load(update_id)
        in_doubt = update if update.asked_at is not None else None
        begun = self._begin(update, shipments_there(self.session, update) if _is_wanted(update) else None)
        if begun is not None:
            self._post(*begun, in_doubt)

    def _find_created(self, update: StoreUpdate) -> bool:
        """Looks for a shipment that may have been made. False where there is none, and it may be made now.

        Where the store would refuse a second one, it may be made at once, and stays in doubt.
        """
        listed = read_shipments(self.session, update.web_order)
        update = _load(update.pk)  # what it knew may have got other numbers
        assert update.asked_at is not None
        if self._made(update, listed):
            return True
        if _is_wanted(update) and would_be_refused(update, self.session.shipments[update.web_order_id]):
            return False
        now = timezone.now()
        if update.asked_at > now:  # this machine's clock was set back: the minute begins again
            StoreUpdate.objects.filter(pk=update.pk).update(asked_at=now)
        if now < (checks_at := min(update.asked_at, now) + _doubt_for(self.integration)):
            put_off(update.pk, checks_at, CHECK_AGAIN)
            return True
        mark_not_sent(update.pk)
        return False

    def _made(self, update: StoreUpdate, shipments: Sequence[StoreShipment]) -> bool:
        """Whether the request of the update made one of these, which is its parcel's then; notes the unknown ones."""
        found = find_made(update, shipments)
        if found is None:
            keep_unknown(update.web_order, shipments)
            return False
        self._adopt(update, found, shipments, ARRIVED)
        self.sent.sent += 1
        return True

    def _adopt(self, update: StoreUpdate, found: StoreShipment, shipments: Sequence[StoreShipment], said: str) -> None:
        with transaction.atomic():
            _lock_order(update)
            self._take(locked(update.pk), load_parcel(update.parcel_id or 0), found, shipments, said)

    def _take(
        self, update: StoreUpdate, parcel: Parcel, found: StoreShipment, shipments: Sequence[StoreShipment], said: str
    ) -> None:
        """A shipment of the store is the (locked) parcel's; the sales order counts it once."""
        adopt(update.web_order, {parcel.pk: found}, shipments)
        note_other_address(update.web_order, parcel, found)
        note_written(
            update.web_order, made_at=found.date_created if said == ARRIVED else None, there=found.date_created
        )
        mark_done(update, UpdateState.SENT, _said(parcel, found, said))

    def _begin(self, update: StoreUpdate, there: StoreShipments | None) -> tuple[StoreUpdate, Parcel] | None:
        """Commits *sending*; None when there is nothing to send now. Raises NeedsPerson for what cannot be sent.

        `there`: what the store has of the order; None where nothing is to be made.
        """
        with transaction.atomic():
            if there is not None and there.listed:
                _lock_order(update)
            free = locked_if_free(update.pk)
            if free is None or is_ahead(free.due_at, LONGEST_WAIT):
                return None
            refuse_reused(free.web_order)
            parcel = load_parcel(free.parcel_id or 0)
            if parcel.voided_at is not None and free.asked_at is None:
                mark_done(free, UpdateState.NOT_NEEDED, VOIDED)
            held_in_doubt = free.asked_at is not None and parcel.shipment.order.is_held
            if there is None or parcel.voided_at is not None or held_in_doubt:
                return None
            wanted = new_shipment(parcel)
            found = find_existing(free, wanted, there.listed)
            if found is not None:
                self._take(free, parcel, found, there.listed, EXISTS)
                return None
            mark_sending(free, asked=msgspec.to_builtins(wanted), known_shipments=there.known)
            return free, parcel

    def _post(self, update: StoreUpdate, parcel: Parcel, in_doubt: StoreUpdate | None) -> None:
        try:
            self._ask(update, parcel, in_doubt)
        except OverShipped as refused:
            if self._exists(update, in_doubt):
                return
            if refused.available or not follow_replaced_lines(self.api, update):
                raise _explained(update, refused) from None
            self._ask_again(update, in_doubt)
        except NeedsPerson as refused:
            if not follow_replaced_lines(self.api, update):
                raise _not_of_the_order(refused) from None
            self._ask_again(update, in_doubt)

    def _ask_again(self, update: StoreUpdate, in_doubt: StoreUpdate | None) -> None:
        """Once more, on the ids that the order's lines have now."""
        begun = self._begin(update, shipments_there(self.session, update))
        if begun is None:
            return
        try:
            self._ask(*begun, in_doubt)
        except OverShipped as refused:
            raise _explained(update, refused) from None

    def _ask(self, update: StoreUpdate, parcel: Parcel, in_doubt: StoreUpdate | None) -> None:
        shipment = msgspec.convert(update.asked, NewShipment)
        with asking(update.pk, in_doubt):
            made = self.api.create_shipment(update.web_order.bigcommerce_order_id, shipment)
        if not answers(made, shipment, update.web_order, update.known_shipments or ()):
            self._not_as_asked(update)
            return
        with transaction.atomic():
            update = locked(update.pk)
            keep_ours(update.web_order, parcel.pk, made)
            note_other_address(update.web_order, parcel, made)
            note_written(update.web_order, made_at=made.date_created, shipped=quantities(made).total())
            mark_done(update, UpdateState.SENT, _said(parcel, made, MADE))
        self.sent.sent += 1

    def _not_as_asked(self, update: StoreUpdate) -> None:
        """The outcome stays unknown, so that it is looked for: raises TryAgain.

        Each repetition may have been carried out, so there are few; then a person is needed.
        """
        if update.attempts + 1 < MOST_UNLIKE:
            raise TryAgain(UNLIKE.sentence, outcome_unknown=True)
        self._fail(update.pk, UNLIKE)

    def _exists(self, update: StoreUpdate, in_doubt: StoreUpdate | None) -> bool:
        """Whether the store refused it since this shipment is there: from an earlier request, or by another app."""
        shipments = read_shipments(self.session, update.web_order)
        if in_doubt is not None:
            if self._made(in_doubt, shipments):
                return True
            not_asked(in_doubt.pk)
        keep_unknown(update.web_order, shipments)
        found = find_existing(update, new_shipment(load_parcel(update.parcel_id or 0)), shipments, ask=False)
        if found is not None:
            self._adopt(update, found, shipments, EXISTS)
        return found is not None

    def _fail(self, update_id: int, refused: NeedsPerson) -> None:
        sentence = refused.sentence
        if refused.code == "not_in_store":
            not_asked(update_id)
            sentence = ORDER_GONE
        parcel = Parcel.objects.prefetch_related("items__line").get(store_updates=update_id)
        mark_failed(update_id, refused, f"The {shipment_text(parcel)} couldn’t be created. {sentence}")
        if isinstance(refused, OverShipped):  # what was shipped there meanwhile is to be seen
            WebOrder.objects.filter(updates=update_id).update(shipments_to_read=True)
        if refused.code == LIKE_IN_STORE:  # whoever retries has read of it
            _note_known(update_id)
        self.sent.failed += 1


def _load(update_id: int) -> StoreUpdate:
    return with_events(StoreUpdate.objects.select_related("web_order__sales_order", "parcel")).get(pk=update_id)


def _doubt_for(integration: WebIntegration) -> timedelta:
    """How long a request may still be carried out, or not be listed: longer where the store or its lists are slow."""
    longest = max(LATE, timedelta(seconds=SLOW_ANSWERS * integration.answer_seconds))
    return max(longest, LAG_AT_MOST) if lags(integration) else longest


def _lock_order(update: StoreUpdate) -> None:
    """The sales order before its updates, as everyone who writes both."""
    assert update.web_order.sales_order_id is not None
    lock_order(update.web_order.sales_order_id)


def _said(parcel: Parcel, shipment: StoreShipment, said: str) -> str:
    text = said.format(what=shipment_text(parcel), number=shipment.id)
    return " ".join(part for part in (text, "" if said == EXISTS else remark(parcel)) if part)


def _note_known(update_id: int) -> None:
    update = StoreUpdate.objects.select_related("web_order").get(pk=update_id)
    update.known_shipments = list(update.web_order.web_shipments.values_list("bigcommerce_shipment_id", flat=True))
    update.save(update_fields=["known_shipments"])


def _not_of_the_order(refused: NeedsPerson) -> NeedsPerson:
    """The order is there, as we have just seen: whatever the store does not have is none of its lines."""
    if refused.code != "not_in_store":
        return refused
    words = f" BigCommerce said: “{refused.store_words}”" if refused.store_words else ""
    sentence = f"BigCommerce has the order but refused the shipment.{words}"
    return NeedsPerson("refused", sentence, "Check the order in BigCommerce, then retry.")


def _is_wanted(update: StoreUpdate) -> bool:
    """Whether the shipment is to be made if it was not: one in doubt waits for its order's import, as all others."""
    order = update.web_order.sales_order
    voided = update.parcel is not None and update.parcel.voided_at is not None
    if voided or order is None or order.is_held:
        return False
    return update.asked_at is None or not is_set_back(update.web_order)


def _explained(update: StoreUpdate, refused: OverShipped) -> OverShipped:
    """The refusal with the item's name and quantity."""
    items = ParcelItem.objects.filter(parcel=update.parcel_id, line__source_id=refused.order_product_id)
    item = items.select_related("line").first()
    if item is None:
        return refused
    name = item.line.name
    left = f"Only {refused.available}" if refused.available else "None"
    refused.sentence = (
        f"{left} of {item.quantity} × {name} can still ship in BigCommerce: the order was changed in "
        "the store, or someone shipped it there."
    )
    return refused
