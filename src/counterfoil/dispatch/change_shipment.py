"""Corrects or deletes a shipment that stands in the store. Both may be repeated, so a lost answer does no harm."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, NewShipment, ShipmentDetails, ShipmentItem, StoreShipment, TryAgain
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.dispatch.shipment_matching import find_same, not_ours
from counterfoil.dispatch.shipment_requests import load_parcel, remark, shipment_details
from counterfoil.dispatch.transitions import (
    asking,
    locked,
    locked_if_free,
    mark_done,
    mark_failed,
    mark_sending,
    note_written,
)
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.sales.models import Parcel
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.tracking_numbers import comparable
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebShipment
from counterfoil.stores.updates.parcel_text import shipment_text
from counterfoil.stores.weborders.external_shipments import adopt
from counterfoil.stores.weborders.holds import ORDER_GONE
from counterfoil.stores.weborders.reused_numbers import reused
from counterfoil.stores.weborders.shipments import keep_ours, mark_deleted

NOTHING_THERE = "It isn’t in the store."
CONTRADICTION = "BigCommerce lists the shipment but says it doesn’t exist. Counterfoil keeps trying."
VOIDED = "The parcel has since been voided."
SHIPMENT_GONE = NeedsPerson(
    "shipment_gone",
    "Someone deleted the shipment in BigCommerce.",
    "Void the parcel here. If it still needs to ship, process it again.",
)

UNLIKE = "BigCommerce returned a different shipment from the one corrected."
MOST_UNLIKE = 3


class ChangeShipment(UpdateSender):
    """Changes shipments that stand in the store, during one session. `verb`: what could not be done where it fails."""

    verb: ClassVar[str]

    def send(self, update_id: int) -> None:
        """Sends the update; raises TryAgain and StoreTrouble with it still waiting (or being sent)."""
        other = reused(StoreUpdate.objects.select_related("web_order").get(pk=update_id).web_order)
        if other is not None:
            self._fail(StoreUpdate.objects.get(pk=update_id), other)
            return
        begun = self._begin(update_id)
        if begun is None:
            return
        update, there = begun
        try:
            with asking(update_id):
                self._change(update, there)
        except NeedsPerson as refused:
            self._fail(update, refused)

    @abstractmethod
    def _change(self, update: StoreUpdate, there: WebShipment) -> None:
        """Asks the store, and notes that it is done. Raises NeedsPerson, TryAgain and StoreTrouble."""

    @abstractmethod
    def _needless(self, there: WebShipment, parcel: Parcel) -> str:
        """Why there is nothing to change (any more); "" where there is."""

    def _begin(self, update_id: int) -> tuple[StoreUpdate, WebShipment] | None:
        """Commits *sending*; None when there is nothing to change (any more)."""
        with transaction.atomic():
            update = locked_if_free(update_id)
            if update is None:
                return None
            there = WebShipment.objects.filter(parcel=update.parcel_id).first()
            parcel = load_parcel(update.parcel_id or 0)
            needless = NOTHING_THERE if there is None else self._needless(there, parcel)
            if there is None or needless:
                mark_done(update, UpdateState.NOT_NEEDED, needless)
                return None
            mark_sending(update)
            return update, there

    def _fail(self, update: StoreUpdate, refused: NeedsPerson) -> None:
        sentence = ORDER_GONE if refused.code == "not_in_store" else refused.sentence
        parcel = load_parcel(update.parcel_id or 0)
        mark_failed(update.pk, refused, f"The {shipment_text(parcel)} couldn’t be {self.verb}. {sentence}")
        self.sent.failed += 1


class CorrectShipment(ChangeShipment):
    """Corrects shipments: their carrier, tracking number and comments."""

    kind = UpdateKind.CORRECT
    verb = "corrected"

    def _needless(self, there: WebShipment, parcel: Parcel) -> str:
        return VOIDED if parcel.voided_at is not None else ""

    def _change(self, update: StoreUpdate, there: WebShipment) -> None:
        order_id = update.web_order.bigcommerce_order_id
        parcel = load_parcel(update.parcel_id or 0)
        details = shipment_details(parcel)
        try:
            corrected = self.api.correct_shipment(order_id, there.bigcommerce_shipment_id, details)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                raise
            self._use_its_own_number(update, there, refused)
            corrected = self.api.correct_shipment(order_id, there.bigcommerce_shipment_id, details)
        _check_answer(update, there, corrected, details)
        self._record(update, parcel, corrected)

    def _use_its_own_number(self, update: StoreUpdate, there: WebShipment, refused: NeedsPerson) -> None:
        """Notes the number that the store has the shipment under, where it once answered another one.

        Raises the NeedsPerson that fits where the store has no such shipment, or no such order.
        """
        listed = self.api.order_shipments(update.web_order.bigcommerce_order_id)
        if there.bigcommerce_shipment_id in {each.id for each in listed}:
            raise refused
        other = _under_another_number(update, there, listed)
        if other is None:
            with transaction.atomic():
                mark_deleted(locked(update.pk).web_order, [there.bigcommerce_shipment_id])
            raise SHIPMENT_GONE
        with transaction.atomic():
            lock_order(update.web_order.sales_order_id or 0)
            WebShipment.objects.filter(pk=there.pk).delete()  # the store never had it
            adopt(update.web_order, update.parcel_id or 0, other, listed)
        there.bigcommerce_shipment_id = other.id

    def _record(self, update: StoreUpdate, parcel: Parcel, corrected: StoreShipment) -> None:
        with transaction.atomic():
            update = locked(update.pk)
            keep_ours(update.web_order, parcel.pk, corrected)
            note_written(update.web_order, there=self.api.store_time(timezone.now()))
            text = f"Corrected the {shipment_text(parcel)} in the store."
            mark_done(update, UpdateState.SENT, f"{text} {remark(parcel)}".strip())
        self.sent.sent += 1


class VoidShipment(ChangeShipment):
    """Deletes shipments."""

    kind = UpdateKind.VOID
    verb = "deleted"

    def _needless(self, there: WebShipment, parcel: Parcel) -> str:
        return NOTHING_THERE if there.gone_at is not None else ""

    def _change(self, update: StoreUpdate, there: WebShipment) -> None:
        order_id = update.web_order.bigcommerce_order_id
        was_there = self.api.delete_shipment(order_id, there.bigcommerce_shipment_id)
        parcel, ids = load_parcel(update.parcel_id or 0), [there.bigcommerce_shipment_id]
        if not was_there:
            other = self._under_another_number(update, there)
            was_there = other is not None and self.api.delete_shipment(order_id, other.id)
            ids += [other.id] if other is not None else []
        with transaction.atomic():
            update = locked(update.pk)
            held = sum(item["quantity"] for item in there.items)
            note_written(update.web_order, there=self.api.store_time(timezone.now()), shipped=-held)
            if was_there:
                gone = update.web_order.web_shipments.filter(bigcommerce_shipment_id__in=ids, gone_at=None)
                gone.update(gone_at=timezone.now())
            else:
                mark_deleted(update.web_order, ids)
            text = f"Deleted the {shipment_text(parcel)} in the store."
            mark_done(update, UpdateState.SENT, text if was_there else f"{text} It was already gone.")
        self.sent.sent += 1

    def _under_another_number(self, update: StoreUpdate, there: WebShipment) -> StoreShipment | None:
        """The parcel's shipment where the store has it under another number than it once answered; None without one.

        Raises TryAgain where the store lists a shipment that it says it does not have.
        """
        try:
            listed = self.api.order_shipments(update.web_order.bigcommerce_order_id)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                raise
            return None  # it went with its order
        if there.bigcommerce_shipment_id in {each.id for each in listed}:
            raise TryAgain(CONTRADICTION)
        return _under_another_number(update, there, listed)


def _under_another_number(
    update: StoreUpdate, there: WebShipment, listed: Sequence[StoreShipment]
) -> StoreShipment | None:
    """Of those that the store lists the parcel's shipment; None without one, or without a number to know it by."""
    if not comparable(there.tracking_number):
        return None
    return find_same(_as_made(there), not_ours(update.web_order, listed))


def _as_made(there: WebShipment) -> NewShipment:
    """What was asked for when the shipment was made, as far as one is known by it."""
    items = tuple(ShipmentItem(each["order_product_id"], each["quantity"]) for each in there.items)
    return NewShipment(order_address_id=there.order_address_id or 0, items=items, tracking_number=there.tracking_number)


def _check_answer(update: StoreUpdate, there: WebShipment, corrected: StoreShipment, details: ShipmentDetails) -> None:
    """Raises TryAgain where the answer is not this shipment as corrected, NeedsPerson where that stays so."""
    of_order = corrected.order_id in (None, update.web_order.bigcommerce_order_id)
    same = comparable(corrected.tracking_number) == comparable(details.tracking_number)
    same &= not there.items or quantities(corrected) == quantities(_as_made(there))  # they cannot be corrected
    same &= None in (corrected.order_address_id, there.order_address_id) or (
        corrected.order_address_id == there.order_address_id
    )
    if of_order and same and corrected.id == there.bigcommerce_shipment_id:
        return
    if update.attempts + 1 >= MOST_UNLIKE:
        raise NeedsPerson("unlike_asked", UNLIKE, "Check the shipment in BigCommerce, then retry or skip it.")
    raise TryAgain(UNLIKE, outcome_unknown=True)
