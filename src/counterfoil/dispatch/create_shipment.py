"""Makes one shipment in the store of one parcel: once, whatever happens on the way.

The store has no guard against a shipment that is made twice, and e-mails the shopper for each. So a request that may
have been carried out (a time-out, a broken connection, a process that was killed) is looked for in the store first.
"""

from datetime import timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, NewShipment, OverShipped, Shipment
from counterfoil.dispatch.shipment_matching import find_ours, would_be_refused
from counterfoil.dispatch.shipment_requests import load_parcel, new_shipment, remark
from counterfoil.dispatch.transitions import (
    IN_HAND,
    Sent,
    asking,
    begin,
    end,
    fail,
    locked,
    locked_if_free,
    not_asked,
    note_written,
    put_off,
    settled,
)
from counterfoil.sales.models import Parcel, ParcelItem
from counterfoil.stores.models import StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.sync.session import Visit
from counterfoil.stores.updates.descriptions import shipment_text
from counterfoil.stores.weborders.shipments import keep_ours, keep_unknown

LATE = timedelta(minutes=1)  # by then a request whose answer was lost has been carried out, or never will be
LOOK_AGAIN = "Its outcome is not known; BigCommerce is looked at once more before it is sent again."
VOIDED = "The parcel was voided before its shipment was made."
FOUND = "It had arrived, though its answer had not."
ORDER_GONE = "The order was archived or deleted in BigCommerce."


class CreateShipment:
    """Makes shipments during one visit."""

    def __init__(self, visit: Visit, sent: Sent) -> None:
        self.client = visit.client
        self.sent = sent

    def send(self, update_id: int) -> None:
        """Makes the shipment; raises TryAgain and StoreTrouble with the update still waiting (or being sent)."""
        try:
            in_doubt = self._look(update_id)
            begun = self._begin(update_id)
            if begun is not None:
                self._post(*begun, in_doubt)
        except NeedsPerson as refused:
            self._fail(update_id, refused)

    def _look(self, update_id: int) -> StoreUpdate | None:
        """Looks for a shipment that may have been made. Returns the update as it is where it may still arrive."""
        update = StoreUpdate.objects.select_related("web_order__sales_order", "parcel").get(pk=update_id)
        if update.asked_at is None or update.state not in IN_HAND:
            return None
        shipments = self._shipments(update)
        if self._adopt(update, shipments):
            return None
        if _is_wanted(update) and would_be_refused(update, shipments):
            return update
        if timezone.now() < update.asked_at + LATE:
            put_off(update_id, update.asked_at + LATE, LOOK_AGAIN)
            return update
        settled(update_id)
        return None

    def _shipments(self, update: StoreUpdate) -> list[Shipment]:
        return self.client.order_shipments(update.web_order.bigcommerce_order_id)

    def _adopt(self, update: StoreUpdate, shipments: list[Shipment]) -> bool:
        """Takes the shipment for ours when it is among these; notes those that nobody knew."""
        found = find_ours(update, shipments)
        if found is not None:
            self._record(update.pk, load_parcel(update.parcel_id or 0), found, FOUND)
        keep_unknown(update.web_order, shipments)
        return found is not None

    def _begin(self, update_id: int) -> tuple[StoreUpdate, Parcel] | None:
        """Commits *sending*; None when there is nothing to send now. Raises NeedsPerson for what cannot be sent."""
        with transaction.atomic():
            update = locked_if_free(update_id)
            if update is None or update.due_at > timezone.now():
                return None
            parcel = load_parcel(update.parcel_id or 0)
            in_doubt = update.asked_at is not None
            if parcel.voided_at is not None:
                if not in_doubt:
                    end(update, UpdateState.NOT_NEEDED, VOIDED)
                return None
            if in_doubt and parcel.shipment.order.is_held:
                return None
            begin(update, asked=msgspec.to_builtins(new_shipment(parcel)))
            return update, parcel

    def _post(self, update: StoreUpdate, parcel: Parcel, in_doubt: StoreUpdate | None) -> None:
        shipment = msgspec.convert(update.asked, NewShipment)
        try:
            with asking(update.pk, in_doubt):
                made = self.client.create_shipment(update.web_order.bigcommerce_order_id, shipment)
        except OverShipped as refused:
            if in_doubt is not None and self._had_arrived(in_doubt):
                return
            raise _explained(update, refused) from None
        self._record(update.pk, parcel, made, "")

    def _had_arrived(self, in_doubt: StoreUpdate) -> bool:
        """Whether the earlier request was carried out after all, so that the store refused the second."""
        arrived = self._adopt(in_doubt, self._shipments(in_doubt))
        if not arrived:
            not_asked(in_doubt.pk)
        return arrived

    def _record(self, update_id: int, parcel: Parcel, shipment: Shipment, more: str) -> None:
        with transaction.atomic():
            update = locked(update_id)
            keep_ours(update.web_order, parcel.pk, shipment)
            note_written(update.web_order, made_at=shipment.date_created)
            text = f"Made the {shipment_text(parcel)} in the store, number {shipment.id}."
            end(update, UpdateState.SENT, " ".join(part for part in (text, more, remark(parcel)) if part))
        self.sent.sent += 1

    def _fail(self, update_id: int, refused: NeedsPerson) -> None:
        sentence = refused.sentence
        if refused.code == "not_in_store":
            not_asked(update_id)
            sentence = ORDER_GONE
        parcel = Parcel.objects.prefetch_related("items__line").get(store_updates=update_id)
        fail(update_id, refused, f"The {shipment_text(parcel)} could not be made. {sentence}")
        if isinstance(refused, OverShipped):  # what was shipped there meanwhile is to be seen
            WebOrder.objects.filter(updates=update_id).update(shipments_to_read=True)
        self.sent.failed += 1


def _is_wanted(update: StoreUpdate) -> bool:
    """Whether the shipment is to be made if it was not."""
    order = update.web_order.sales_order
    voided = update.parcel is not None and update.parcel.voided_at is not None
    return not voided and order is not None and not order.is_held


def _explained(update: StoreUpdate, refused: OverShipped) -> OverShipped:
    """The refusal with the item's name and quantity."""
    items = ParcelItem.objects.filter(parcel=update.parcel_id, line__source_id=refused.order_product_id)
    item = items.select_related("line").first()
    if item is None:
        return refused
    name = item.line.name
    left = f"Only {refused.available}" if refused.available else "None"
    refused.sentence = (
        f"{left} of {item.quantity} {name} is left to ship in BigCommerce: "
        "the order was changed in the store, or someone shipped it there."
    )
    return refused
