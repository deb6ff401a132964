"""Which of the shipments that a store lists are parcels of ours.

A shipment is known by the number that the store's answer gave. Answers can be wrong, and the number may be the one that
the next shipment really gets, whoever makes it. So wherever an order's shipments are read, ours are compared with what
the store has under their numbers, and found under others.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from counterfoil.bigcommerce import StoreShipment
from counterfoil.bigcommerce.shipments import quantities
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.external_shipments import note_shipped_elsewhere, take_back
from counterfoil.sales.shipping.tracking_numbers import comparable, names_number
from counterfoil.stores.log import log
from counterfoil.stores.models import IN_HAND, LogKind, StoreUpdate, UpdateKind, WebOrder, WebShipment
from counterfoil.stores.weborders.holds import BY
from counterfoil.stores.weborders.shipments import (
    OTHERS,
    OURS,
    Items,
    columns,
    count_items,
    items_known,
    items_of,
    keep_ours,
    keep_unknown,
    named,
)

PROCESSED_HERE = "It was also processed here: the shipment belongs to that parcel."


def adopt(web_order: WebOrder, found: Mapping[int, StoreShipment], shipments: Sequence[StoreShipment]) -> None:
    """Shipments of the store are parcels, whoever made them; the sales order counts their items once.

    The sales order is locked. `found`: parcel's id → its shipment; `shipments`: all that the store has of the order.
    """
    assert web_order.sales_order_id is not None
    ids = {each.id for each in found.values()}
    keep_unknown(web_order, [each for each in shipments if each.id not in ids])
    kept = web_order.web_shipments.filter(bigcommerce_shipment_id__in=ids, parcel__taken_over=True)
    taken_over = list(kept.values_list("parcel_id", flat=True))
    gone: Items = Counter()
    for parcel_id, shipment in found.items():
        keep_ours(web_order, parcel_id, shipment)
        gone.update(quantities(shipment))
    if taken_over:
        take_back(taken_over, by=BY, reason=PROCESSED_HERE)
    web_order.items_shipped_seen = items_known(web_order)
    web_order.save(update_fields=["items_shipped_seen"])
    others = count_items(web_order.web_shipments.filter(OTHERS, gone_at=None))
    note_shipped_elsewhere(web_order.sales_order_id, others, gone=gone, by=BY)


def not_ours(web_order: WebOrder, shipments: Iterable[StoreShipment]) -> list[StoreShipment]:
    """Those that are no parcel of ours (yet); what was taken over here is somebody else's still. One statement."""
    rows = web_order.web_shipments.filter(OURS).select_related("parcel")
    ours = {each.bigcommerce_shipment_id: each for each in rows}
    return [each for each in shipments if each.id not in ours or not resembles(ours[each.id], each)]


def follow_numbers(web_order: WebOrder, listed: Sequence[StoreShipment]) -> None:
    """Notes the numbers that the store has our shipments under, where it once answered others.

    `listed`: all that the store has of the order. Mostly one statement.
    """
    if web_order.sales_order_id is None or not _renumbered(web_order, listed):
        return
    with transaction.atomic():
        lock_order(web_order.sales_order_id)
        moved = _renumbered(web_order, listed)
        WebShipment.objects.filter(pk__in=[row.pk for row, _ in moved]).delete()
        adopt(web_order, {row.parcel_id or 0: found for row, found in moved}, listed)
        _replace_known(web_order, {row.bigcommerce_shipment_id: found.id for row, found in moved})
        for row, found in moved:
            text = (
                f"BigCommerce has {named(row)} under number {found.id}, not {row.bigcommerce_shipment_id}, which its "
                "response gave."
            )
            log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)


def _renumbered(web_order: WebOrder, listed: Sequence[StoreShipment]) -> list[tuple[WebShipment, StoreShipment]]:
    """Our shipments that the store has under another number, with what it lists there.

    The likest are paired first; equal ones in their order. What is known as somebody else's is not ours.
    """
    rows = list(web_order.web_shipments.select_related("parcel"))
    ours = [each for each in rows if each.parcel is not None and not each.parcel.taken_over]
    others = {each.bigcommerce_shipment_id for each in rows} - {each.bigcommerce_shipment_id for each in ours}
    by_number = {each.id: each for each in listed}
    free = [each for each in listed if each.id not in others]
    pairs = [pair for row in ours for pair in _pairs(row, by_number.get(row.bigcommerce_shipment_id), free)]
    found: dict[int, _Pair] = {}
    taken = set[int]()
    for pair in sorted(pairs, key=_unlikeness):
        if pair.row.pk not in found and pair.shipment.id not in taken:
            found[pair.row.pk] = pair
            taken.add(pair.shipment.id)
    moved = [each for each in found.values() if each.is_moved]
    while True:  # a number under which another of ours is noted is free once that one is moved itself
        noted = {row.bigcommerce_shipment_id for row in ours} - {each.row.bigcommerce_shipment_id for each in moved}
        if all(each.shipment.id not in noted for each in moved):
            return [(each.row, each.shipment) for each in moved]
        moved = [each for each in moved if each.shipment.id not in noted]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One of our shipments, and one of the store's that it can be; `differences` as they are counted in `resembles`."""

    row: WebShipment
    shipment: StoreShipment
    differences: int

    @property
    def is_moved(self) -> bool:
        """Whether the store has it under another number than we know."""
        return self.row.bigcommerce_shipment_id != self.shipment.id


def _pairs(row: WebShipment, there: StoreShipment | None, free: Iterable[StoreShipment]) -> list[_Pair]:
    """What a row can be of all that is listed; `there`: what is listed under its number."""
    stays = there is not None and resembles(row, there)
    is_certain = there is not None and _is_just_as(row, there)
    if row.gone_at is not None:
        return [_Pair(row, there, 0)] if there is not None and is_certain else []
    pairs = [_Pair(row, there, int(not is_certain))] if there is not None and stays else []
    for each in free:
        of_its_moment = _is_of_its_moment(row, each)
        if each is not there and _is_known_by(row, each) and (of_its_moment or not stays):
            pairs.append(_Pair(row, each, int(not of_its_moment)))
    return pairs


def _unlikeness(pair: _Pair) -> tuple[int, bool, int, int, int]:
    """By what the pairs are sorted: the likest first, and of those the ones whose number stays."""
    there = columns(pair.shipment)
    unlike = sum(getattr(pair.row, name) != there[name] for name in ("carrier", "service"))
    return pair.differences, pair.is_moved, unlike, pair.row.pk, pair.shipment.id


def _replace_known(web_order: WebOrder, numbers: Mapping[int, int]) -> None:
    """What waits for its answer did not find the wrong numbers there: they were known by our rows alone."""
    waiting = StoreUpdate.objects.filter(web_order=web_order, kind=UpdateKind.CREATE, state__in=IN_HAND)
    for update in waiting.exclude(known_shipments=None):
        known = [numbers.get(each, each) for each in update.known_shipments or ()]
        StoreUpdate.objects.filter(pk=update.pk).update(known_shipments=known)


def _is_just_as(row: WebShipment, shipment: StoreShipment) -> bool:
    """Whether a listed shipment is as the answer to the parcel's request was, in all that tells one from another."""
    return _has_the_same(row, shipment) and _may_be_of_its_moment(row, shipment)


def _is_known_by(row: WebShipment, shipment: StoreShipment) -> bool:
    """Whether a shipment is the parcel's, whatever its number: without a tracking number its moment has to tell."""
    return _has_the_same(row, shipment) and (
        comparable(shipment.tracking_number) != "" or _is_of_its_moment(row, shipment)
    )


def resembles(row: WebShipment, shipment: StoreShipment) -> bool:
    """Whether what the store has under the row's number can be its parcel's shipment.

    Its tracking number or address may have been corrected in the store, its lines replaced by equal ones there, or its
    moment answered wrongly: one of them.
    """
    has_its_items = has_the_items(row, shipment)
    as_many = quantities(shipment).total() == items_of(row).total()
    if not has_its_items and not (as_many and comparable(shipment.tracking_number)):
        return False
    may_be_of_its_moment = _may_be_of_its_moment(row, shipment)
    same = (has_its_items, has_its_address(row, shipment), _has_its_tracking(row, shipment), may_be_of_its_moment)
    return same.count(False) <= 1


def _has_the_same(row: WebShipment, shipment: StoreShipment) -> bool:
    return has_its_address(row, shipment) and has_the_items(row, shipment) and _has_its_tracking(row, shipment)


def has_its_address(row: WebShipment, shipment: StoreShipment) -> bool:
    """Also where one of the two names none."""
    return None in (row.order_address_id, shipment.order_address_id) or (
        row.order_address_id == shipment.order_address_id
    )


def has_the_items(row: WebShipment, shipment: StoreShipment) -> bool:
    """Also where the row's are not known."""
    return not row.items or items_of(row) == quantities(shipment)


def _has_its_tracking(row: WebShipment, shipment: StoreShipment) -> bool:
    """Also where a correction was carried out and its answer lost."""
    numbers = [row.tracking_number, *([row.parcel.tracking_number] if row.parcel is not None else [])]
    return any(names_number(shipment.tracking_number, each) for each in numbers)


def _is_of_its_moment(row: WebShipment, shipment: StoreShipment) -> bool:
    return row.made_at is not None and row.made_at == shipment.date_created


def _may_be_of_its_moment(row: WebShipment, shipment: StoreShipment) -> bool:
    """Also where one of the two moments is not known."""
    return None in (row.made_at, shipment.date_created) or _is_of_its_moment(row, shipment)
