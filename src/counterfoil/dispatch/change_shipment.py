"""Corrects or deletes a shipment that stands in the store. Both may be repeated, so a lost answer does no harm."""

from abc import abstractmethod
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, ShipmentDetails, StoreShipment, TryAgain
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
from counterfoil.sales.shipping.tracking_numbers import comparable
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebShipment
from counterfoil.stores.updates.parcel_text import shipment_text
from counterfoil.stores.weborders.holds import ORDER_GONE
from counterfoil.stores.weborders.own_shipments import follow_numbers, has_its_address, has_the_items, resembles
from counterfoil.stores.weborders.reused_numbers import reused
from counterfoil.stores.weborders.shipments import items_of, keep_ours, mark_deleted

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
                listed = self._listed(update)
                there = WebShipment.objects.select_related("parcel").get(parcel=update.parcel_id)
                _check_what_is_there(there, listed)
                self._change(update, there, listed)
        except NeedsPerson as refused:
            self._fail(update, refused)

    def _listed(self, update: StoreUpdate) -> dict[int, StoreShipment] | None:
        """What the store has of the order's shipments, by number; None where it has no such order.

        A number that it once answered may be that of another shipment, which is not to be changed.
        """
        try:
            listed = self.api.order_shipments(update.web_order.bigcommerce_order_id)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                raise
            return None
        follow_numbers(update.web_order, listed)
        return {each.id: each for each in listed}

    @abstractmethod
    def _change(self, update: StoreUpdate, there: WebShipment, listed: dict[int, StoreShipment] | None) -> None:
        """Asks the store, and notes that it is done. Raises NeedsPerson, TryAgain and StoreTrouble.

        `listed`: what the store has of the order, by number; None where it has no such order.
        """

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

    def _change(self, update: StoreUpdate, there: WebShipment, listed: dict[int, StoreShipment] | None) -> None:
        order_id = update.web_order.bigcommerce_order_id
        parcel = load_parcel(update.parcel_id or 0)
        details = shipment_details(parcel)
        try:
            corrected = self.api.correct_shipment(order_id, there.bigcommerce_shipment_id, details)
        except NeedsPerson as refused:
            is_gone = refused.code == "not_in_store" and listed is not None
            if not is_gone or there.bigcommerce_shipment_id in (listed or ()):
                raise
            with transaction.atomic():
                mark_deleted(locked(update.pk).web_order, [there.bigcommerce_shipment_id])
            raise SHIPMENT_GONE from None
        _check_answer(update, there, corrected, details)
        self._record(update, parcel, corrected)

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

    def _change(self, update: StoreUpdate, there: WebShipment, listed: dict[int, StoreShipment] | None) -> None:
        number = there.bigcommerce_shipment_id
        was_there = self.api.delete_shipment(update.web_order.bigcommerce_order_id, number)
        if not was_there and number in (listed or ()):
            raise TryAgain(CONTRADICTION)
        parcel = load_parcel(update.parcel_id or 0)
        with transaction.atomic():
            update = locked(update.pk)
            note_written(update.web_order, there=self.api.store_time(timezone.now()), shipped=-items_of(there).total())
            if was_there:
                gone = update.web_order.web_shipments.filter(bigcommerce_shipment_id=number, gone_at=None)
                gone.update(gone_at=timezone.now())
            else:
                mark_deleted(update.web_order, [number])
            text = f"Deleted the {shipment_text(parcel)} in the store."
            mark_done(update, UpdateState.SENT, text if was_there else f"{text} It was already gone.")
        self.sent.sent += 1


def _check_what_is_there(there: WebShipment, listed: dict[int, StoreShipment] | None) -> None:
    """Raises NeedsPerson where the store has another shipment under the number that it answered for the parcel's."""
    found = (listed or {}).get(there.bigcommerce_shipment_id)
    if found is not None and not resembles(there, found):
        raise NeedsPerson(
            "another_shipment",
            f"BigCommerce has a different shipment under its number, {found.id}.",
            "Check the order's shipments in BigCommerce, change this one there if it exists, and then skip this.",
        )


def _check_answer(update: StoreUpdate, there: WebShipment, corrected: StoreShipment, details: ShipmentDetails) -> None:
    """Raises TryAgain where the answer is not this shipment as corrected, NeedsPerson where that stays so."""
    of_order = corrected.order_id in (None, update.web_order.bigcommerce_order_id)
    same = comparable(corrected.tracking_number) == comparable(details.tracking_number)
    same &= has_the_items(there, corrected) and has_its_address(there, corrected)  # neither is corrected
    if of_order and same and corrected.id == there.bigcommerce_shipment_id:
        return
    if update.attempts + 1 >= MOST_UNLIKE:
        raise NeedsPerson("unlike_asked", UNLIKE, "Check the shipment in BigCommerce, then retry or skip it.")
    raise TryAgain(UNLIKE, outcome_unknown=True)
