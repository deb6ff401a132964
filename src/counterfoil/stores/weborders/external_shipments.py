"""Shipments that were found in a store: which are others', what they mean for the sales data, and taking them over.

Nothing of it is sent back to the store.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, StoreShipment
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Parcel
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.external_shipments import ForeignParcel, note_shipped_elsewhere, take_back, take_over
from counterfoil.sales.shipping.shipments import Tracking
from counterfoil.sales.shipping.tracking_numbers import names_number
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreUpdate, UpdateKind, UpdateState, WebOrder, WebShipment
from counterfoil.stores.updates.outbox import shipments_in_doubt
from counterfoil.stores.weborders.holds import BY
from counterfoil.stores.weborders.list_lag import changed_just_before, read_before_writing
from counterfoil.stores.weborders.own_shipments import adopt, follow_numbers, resembles
from counterfoil.stores.weborders.shipments import (
    OTHERS,
    OURS,
    Items,
    columns,
    count_items,
    items_known,
    items_of,
    keep_unknown,
    named,
)

LISTS_LAG = timedelta(minutes=1)  # a shipment of ours that was just made or deleted may not be so on a list yet
GONE = "The shipment was deleted in BigCommerce."
GONE_OURS = "Someone deleted the shipment in BigCommerce."
GONE_OURS_NEXT_STEP = "Void the parcel if it didn’t leave. Otherwise retry to create the shipment again."
NOT_DELETED = NeedsPerson(
    "not_deleted",
    "BigCommerce said it deleted the shipment but still shows it.",
    "Retry to delete it again, or delete it in BigCommerce and skip this.",
)


def note_shipped(web_order: WebOrder, shipped: dict[int, int]) -> None:
    """Counts what the store says was shipped of an imported order, beyond what we sent.

    `shipped`: line's id there → quantity. Nothing is counted yet where a shipment of ours may be among them without our
    knowing.
    """
    assert web_order.sales_order_id is not None
    if _in_doubt(web_order):
        return
    ours = count_items(web_order.web_shipments.filter(gone_at=None).exclude(OTHERS))
    note_shipped_elsewhere(web_order.sales_order_id, Counter(shipped) - ours, by=BY)


def keep_shipments(
    web_order_id: int, found: Sequence[StoreShipment], *, read_at: datetime, there: datetime | None = None
) -> bool:
    """Keeps what a store has of shipments of an imported order, and updates the sales orders accordingly.

    False where the list may not be up to date, so that the order's shipments stay to be read. Nothing happens where it
    was read before our last write to the order ended, or one of our shipments may be on it without our knowing which.
    Where the order was changed a moment ago (by the store's clock, which showed `there`) and says that other quantities
    were shipped than are listed, what is listed is noted, and nothing is taken to be deleted.
    """
    with transaction.atomic():
        web_order = WebOrder.locked().select_related("integration").get(pk=web_order_id)
        assert web_order.sales_order_id is not None
        if _in_doubt(web_order) or read_before_writing(web_order, read_at):
            return False
        is_late = _is_late(web_order, found, there)
        lock_order(web_order.sales_order_id)
        follow_numbers(web_order, found)
        is_certain = _release_others(web_order, found, read_at, is_late=is_late)
        known = {each.bigcommerce_shipment_id: each for each in web_order.web_shipments.select_related("parcel")}
        keep_unknown(web_order, [shipment for shipment in found if shipment.id not in known])
        _adopt_skipped(web_order, found)
        _bring_up_to_date(known, found)
        is_final = _note_not_deleted(web_order, known, found, read_at) and is_certain and not is_late
        gone = Counter() if is_late else _note_gone(web_order, known, found, read_at)
        others = count_items(web_order.web_shipments.filter(OTHERS, gone_at=None))
        note_shipped_elsewhere(web_order.sales_order_id, others, gone=gone, by=BY)
        _take_over_all(web_order, known)
        values: dict[str, Any] = {"shipments_to_read": not is_final}
        before = {shipment_id for shipment_id, each in known.items() if each.gone_at is None}
        if is_final and before != {shipment.id for shipment in found}:
            # How many were shipped when the light list was read says nothing of what is shipped from now on.
            values["items_shipped_seen"] = items_known(web_order)
        WebOrder.objects.filter(pk=web_order_id).update(**values)
        return is_final


def _release_others(web_order: WebOrder, found: Sequence[StoreShipment], read_at: datetime, *, is_late: bool) -> bool:
    """What the store has under the number of one of ours is someone else's, where it can't be that parcel's: ours isn't
    there (any more).

    False where ours may only not be listed yet.
    """
    listed = {shipment.id: shipment for shipment in found}
    ours = web_order.web_shipments.filter(OURS, bigcommerce_shipment_id__in=listed).select_related("parcel")
    unlike = [each for each in ours if not resembles(each, listed[each.bigcommerce_shipment_id])]
    released = [each for each in unlike if each.gone_at or (not is_late and not _is_recent(each.seen_at, read_at))]
    _ask_about([each for each in released if each.gone_at is None])
    now = timezone.now()
    for each in released:
        new = columns(listed[each.bigcommerce_shipment_id]) | {"parcel": None, "gone_at": None, "seen_at": now}
        web_order.web_shipments.filter(pk=each.pk).update(**new)
        text = f"BigCommerce has a different shipment under the number of {named(each)}, which is no longer there."
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    return len(unlike) == len(released)


def _adopt_skipped(web_order: WebOrder, found: Sequence[StoreShipment]) -> None:
    """A parcel that was not sent since somebody entered its shipment in the store is that shipment (design, rule 17).

    Mostly one statement.
    """
    skipped = StoreUpdate.objects.filter(web_order=web_order, kind=UpdateKind.CREATE, state=UpdateState.SKIPPED)
    parcels = Parcel.objects.filter(store_updates__in=skipped, voided_at=None, web_shipment=None)
    parcels = parcels.exclude(tracking_number="")
    for parcel in parcels.prefetch_related("items__line").distinct().order_by("pk"):
        items: Items = Counter()
        for item in parcel.items.all():
            items[item.line.source_id or 0] += item.quantity
        ours = set(web_order.web_shipments.exclude(OTHERS).values_list("bigcommerce_shipment_id", flat=True))
        number = parcel.tracking_number
        for each in found:
            if each.id not in ours and quantities(each) == items and names_number(each.tracking_number, number):
                adopt(web_order, {parcel.pk: each}, found)
                skipped.filter(parcel=parcel).update(state=UpdateState.SENT, reason="", ended_at=timezone.now())
                break


def _is_late(web_order: WebOrder, found: Iterable[StoreShipment], there: datetime | None) -> bool:
    """Whether the list may not show yet what the order counts already, or the other way round."""
    counted = sum(quantities(each).total() for each in found)
    return counted != web_order.items_shipped_seen and changed_just_before(web_order, there, count_our_writes=True)


def _in_doubt(web_order: WebOrder) -> bool:
    return shipments_in_doubt(web_order.integration).filter(web_order=web_order).exists()


def _bring_up_to_date(known: dict[int, WebShipment], found: Sequence[StoreShipment]) -> None:
    """What others corrected in the store is noted, on their parcels here too."""
    now = timezone.now()
    for shipment in found:
        kept = known.get(shipment.id)
        if kept is None or not _is_others(kept):
            continue
        new: dict[str, Any] = columns(shipment) | {"gone_at": None}
        if any(getattr(kept, name) != value for name, value in new.items()):
            WebShipment.objects.filter(pk=kept.pk).update(**new, seen_at=now)
            if kept.parcel_id is not None:
                tracking = ("carrier", "service", "tracking_number", "tracking_link")
                Parcel.objects.filter(pk=kept.parcel_id).update(**{name: new[name] for name in tracking})


def _is_others(shipment: WebShipment) -> bool:
    return shipment.parcel is None or shipment.parcel.taken_over


def _note_not_deleted(
    web_order: WebOrder, known: dict[int, WebShipment], found: Sequence[StoreShipment], read_at: datetime
) -> bool:
    """What was taken to be deleted and is listed is there. What the store said it had deleted for us needs a person.

    False where a list may only be late: it is read once more.
    """
    listed = {shipment.id for shipment in found}
    back = [each for each in known.values() if each.gone_at and each.bigcommerce_shipment_id in listed]
    ours = [each for each in back if not _is_others(each)]
    late = [each for each in ours if each.gone_at is not None and _is_recent(each.gone_at, read_at)]
    deleted = StoreUpdate.objects.filter(kind=UpdateKind.VOID, state__in=(UpdateState.SENT, UpdateState.NOT_NEEDED))
    for each in ours:
        if each in late:
            continue
        if deleted.filter(parcel=each.parcel_id, parcel__voided_at__isnull=False).exists():
            _ask_about_deleting(web_order, each)
        else:
            web_order.web_shipments.filter(pk=each.pk).update(gone_at=None)
        each.gone_at = None
    return not late


def _is_recent(at: datetime, read_at: datetime) -> bool:
    """Whether it was within a minute of the reading. Further ahead is no such moment: our clock was set back since."""
    return abs(read_at - at) <= LISTS_LAG


def _ask_about_deleting(web_order: WebOrder, shipment: WebShipment) -> None:
    web_order.web_shipments.filter(pk=shipment.pk).update(gone_at=None)
    last = StoreUpdate.objects.filter(parcel=shipment.parcel_id, kind=UpdateKind.VOID).latest("pk")
    last.state, last.asked_at, last.ended_at = UpdateState.FAILED, None, timezone.now()
    last.failed_since, last.reason_code = timezone.now(), NOT_DELETED.code
    last.reason, last.next_step = NOT_DELETED.sentence, NOT_DELETED.next_step
    last.save()
    text = f"{NOT_DELETED.sentence} It is {named(shipment)}."
    log(web_order.integration, LogKind.NOT_SENT, text, import_id=web_order.import_id)


def _note_gone(
    web_order: WebOrder, known: dict[int, WebShipment], found: Sequence[StoreShipment], read_at: datetime
) -> Items:
    """Notes the shipments that are not there any more; returns what others' held."""
    listed = {shipment.id for shipment in found}
    missing = [each for each in known.values() if each.gone_at is None and each.bigcommerce_shipment_id not in listed]
    others = [each for each in missing if _is_others(each)]
    ours = [each for each in missing if not _is_others(each) and not _is_recent(each.seen_at, read_at)]
    gone = [each.pk for each in (*others, *ours)]
    if gone:
        web_order.web_shipments.filter(pk__in=gone).update(gone_at=timezone.now())
        take_back([each.parcel_id for each in others if each.parcel_id is not None], by=BY, reason=GONE)
        _ask_about(ours)
        text = f"Deleted by someone in BigCommerce: {', '.join(named(each) for each in (*others, *ours))}."
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    return count_items(others)


def _ask_about(ours: list[WebShipment]) -> None:
    """A parcel of ours whose shipment someone deleted needs a person: was it shipped or not?"""
    standing = [each for each in ours if each.parcel is not None and each.parcel.voided_at is None]
    sent = StoreUpdate.objects.filter(
        parcel__in=[each.parcel_id for each in standing], kind=UpdateKind.CREATE, state=UpdateState.SENT
    )
    sent.update(
        state=UpdateState.FAILED,
        reason_code="deleted_in_store",
        reason=GONE_OURS,
        next_step=GONE_OURS_NEXT_STEP,
        asked_at=None,
        ended_at=timezone.now(),
        failed_since=timezone.now(),
    )
    # A shipment that is made again is a new one in the store, and then that is the parcel's.
    WebShipment.objects.filter(pk__in=[each.pk for each in standing]).update(parcel=None)


def _take_over_all(web_order: WebOrder, known: dict[int, WebShipment]) -> None:
    """Others' shipments become parcels where the option says so; where it does not, new ones are logged."""
    others = web_order.web_shipments.filter(parcel=None, gone_at=None)
    for shipment in others:
        if web_order.integration.take_over_shipments and _fits(shipment, web_order):
            _take_over(shipment, by=BY)
        elif shipment.bigcommerce_shipment_id not in known:
            text = f"Found in BigCommerce, not created here: {named(shipment)}."
            log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)


def _fits(shipment: WebShipment, web_order: WebOrder) -> bool:
    """Whether the order here has at least one of its items."""
    assert web_order.sales_order is not None
    return web_order.sales_order.lines.filter(source_id__in=items_of(shipment)).exists()


def shipped_there(order_ids: Iterable[int]) -> dict[int, list[ForeignParcel]]:
    """What others shipped of these sales orders, and was not taken over, by the orders' ids. One statement."""
    found: dict[int, list[ForeignParcel]] = {}
    orders = {"web_order__sales_order__in": list(order_ids)}
    for each in WebShipment.objects.filter(parcel=None, gone_at=None, **orders).select_related("web_order"):
        found.setdefault(each.web_order.sales_order_id or 0, []).append(_foreign(each))
    return found


def _foreign(shipment: WebShipment) -> ForeignParcel:
    tracking = Tracking(shipment.carrier, shipment.service, shipment.tracking_number, shipment.tracking_link)
    return ForeignParcel(items_of(shipment), tracking, shipment.order_address_id, shipment.made_at)


def take_over_web_shipment(web_shipment_id: int, *, by: str) -> Parcel:
    """Makes a parcel of a shipment that someone else made in the store.

    Raises Refused when it was taken over already or is gone, and when none of its items is on the order.
    """
    with transaction.atomic():
        # The sales order first, as everyone who writes both.
        order_id = WebShipment.objects.values_list("web_order__sales_order", flat=True).get(pk=web_shipment_id)
        if order_id is None:
            raise Refused("This shipment's order hasn’t been imported.", "Import the order first.")
        lock_order(order_id)
        shipment = WebShipment.objects.select_related("web_order__integration", "parcel").get(pk=web_shipment_id)
        if shipment.parcel is not None:
            raise Refused("This shipment was already taken over.", "Reload the page.")
        if shipment.gone_at is not None:
            raise Refused(GONE, "Reload the page.")
        return _take_over(shipment, by=by)


def _take_over(shipment: WebShipment, *, by: str) -> Parcel:
    web_order = shipment.web_order
    assert web_order.sales_order_id is not None
    shipment.parcel = take_over(web_order.sales_order_id, _foreign(shipment), by=by)
    shipment.save(update_fields=["parcel"])
    text = f"Taken over: {named(shipment)}."
    log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    return shipment.parcel


def count_again_what_others_shipped(*, parcel: Parcel, **_: object) -> None:
    """Receiver of `parcel_voided`: what others shipped of its items stays shipped, also where that was not taken over.

    It may have been counted no further while our own parcel held the same items.
    """
    order_id = parcel.shipment.order_id
    others = count_items(WebShipment.objects.filter(OTHERS, web_order__sales_order=order_id, gone_at=None))
    if others:
        note_shipped_elsewhere(order_id, others, by=BY)
