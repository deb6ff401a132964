"""Hears what changes in the sales data and writes the store updates that follow, in the same transaction.

What did not come from a store is never sent to one. Whoever changes a parcel locks its updates, as sending does: a
value is either read when the request is made, or corrected afterwards.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NEVER_OVERWRITTEN
from counterfoil.sales import signals
from counterfoil.sales.models import AddressKind, Parcel, SalesOrder, StatusRole
from counterfoil.stores.models import StatusMapping, StoreUpdate, UpdateCause, UpdateKind, UpdateState, WebOrder
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.outbox import ensure_status, queue_shipment, take_back_mapped, wait_again
from counterfoil.stores.weborders.behind import web_order_behind
from counterfoil.stores.weborders.holds import BY as BY_THE_STORE
from counterfoil.stores.weborders.holds import STOPPED

VOIDED_BEFORE = "The parcel was voided before anything was sent."
NEVER_LEFT = (UpdateState.WAITING, UpdateState.FAILED)


def listen() -> None:
    """Connects the receivers; doing it twice does no harm."""
    signals.parcel_processed.connect(parcel_processed, dispatch_uid="dispatch")
    signals.parcel_corrected.connect(parcel_corrected, dispatch_uid="dispatch")
    signals.parcel_voided.connect(parcel_voided, dispatch_uid="dispatch")
    signals.status_changed.connect(status_changed, dispatch_uid="dispatch")
    signals.hold_ended.connect(hold_ended, dispatch_uid="dispatch")


def parcel_processed(parcel: Parcel, **_: Any) -> None:
    """A parcel becomes a shipment; a further box without items goes into the comments of the one it belongs to."""
    web_order = web_order_behind(parcel.shipment.order)
    if web_order is None or parcel.taken_over or _is_picked_up(parcel):
        return
    if parcel.belongs_to_id is not None:
        _correct(web_order, parcel.belongs_to_id)
    else:
        queue_shipment(web_order, UpdateKind.CREATE, parcel.pk)
    _wake_after_commit(web_order)


def _is_picked_up(parcel: Parcel) -> bool:
    return parcel.ship_to is not None and parcel.ship_to.kind == AddressKind.PICKUP


def parcel_corrected(parcel: Parcel, **_: Any) -> None:
    """The shipment is corrected; one that is yet to be made will read the present values."""
    web_order = web_order_behind(parcel.shipment.order)
    if web_order is not None:
        _correct(web_order, parcel.belongs_to_id or parcel.pk)
        _wake_after_commit(web_order)


def _correct(web_order: WebOrder, parcel_id: int) -> None:
    create = _creation(parcel_id)
    if create is not None and (create.state == UpdateState.SENT or create.asked_at is not None):
        queue_shipment(web_order, UpdateKind.CORRECT, parcel_id)


def parcel_voided(parcel: Parcel, **_: Any) -> None:
    """The shipment is deleted; one that never left is not sent. Without a further box, the comments change."""
    web_order = web_order_behind(parcel.shipment.order)
    if web_order is None:
        return
    if parcel.belongs_to_id is not None:
        _correct(web_order, parcel.belongs_to_id)
    else:
        _void(web_order, parcel.pk)
    _wake_after_commit(web_order)


def _void(web_order: WebOrder, parcel_id: int) -> None:
    create = _creation(parcel_id)
    if create is None:
        return
    StoreUpdate.objects.filter(parcel=parcel_id, kind=UpdateKind.CORRECT, state__in=NEVER_LEFT).update(**_not_needed())
    if create.state in NEVER_LEFT and create.asked_at is None:
        StoreUpdate.objects.filter(pk=create.pk).update(**_not_needed())
        return
    if create.state == UpdateState.FAILED:  # it may have been made: that is found out first
        create.due_at = timezone.now()
        wait_again(create)
    if create.state not in (UpdateState.NOT_NEEDED, UpdateState.SKIPPED):
        queue_shipment(web_order, UpdateKind.VOID, parcel_id)


def _not_needed() -> dict[str, object]:
    return {"state": UpdateState.NOT_NEEDED, "reason": VOIDED_BEFORE, "ended_at": timezone.now()}


def status_changed(order: SalesOrder, by: str = "", **_: Any) -> None:
    """Where push is on the store's status follows the mapping; "not assigned" sends nothing.

    Nor is the store told what follows here from its own refund or cancellation: it knows. Nor that an order is
    cancelled here too.
    """
    web_order = web_order_behind(order)
    if web_order is None or not web_order.integration.push_status:
        return
    if by == BY_THE_STORE and web_order.status_seen in NEVER_OVERWRITTEN:
        return
    if order.status.role == StatusRole.CANCELLED and web_order.status_seen in STOPPED:
        return
    mapped = StatusMapping.objects.filter(integration=web_order.integration, order_status=order.status).first()
    if mapped is None:
        take_back_mapped(web_order, order.status.name)
    else:
        ensure_status(web_order, mapped.status_id, UpdateCause.MAPPED)
    _wake_after_commit(web_order)


def hold_ended(order: SalesOrder, **_: Any) -> None:
    """What waited goes out."""
    web_order = web_order_behind(order)
    if web_order is not None:
        _wake_after_commit(web_order)


def _creation(parcel_id: int) -> StoreUpdate | None:
    """The update that makes the parcel's shipment; this one and all others of the parcel are locked."""
    updates = list(StoreUpdate.objects.select_for_update().filter(parcel=parcel_id).order_by("pk"))
    return next((update for update in updates if update.kind == UpdateKind.CREATE), None)


def _wake_after_commit(web_order: WebOrder) -> None:
    """After the commit, since a row of the store's state that is held here could make two of us wait for each other."""
    transaction.on_commit(partial(wake, {web_order.integration_id}))
