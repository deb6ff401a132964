"""Which of the shipments that a store lists are parcels of ours.

A shipment is known by the number that the store's answer gave. Answers can be wrong, and the number may be the one that
the next shipment really gets, whoever makes it. So wherever an order's shipments are read, ours are compared with what
the store has under their numbers, and found under others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

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
    """Our shipments that the store has under another number, with what it lists there."""
    rows = list(web_order.web_shipments.filter(OURS, gone_at=None).select_related("parcel"))
    by_number = {each.id: each for each in listed}
    certain, doubtful = set[int](), list[WebShipment]()
    for row in rows:
        there = by_number.get(row.bigcommerce_shipment_id)
        if there is not None and _is_just_as(row, there):
            certain.add(there.id)
        else:
            doubtful.append(row)
    free = [each for each in listed if each.id not in certain]
    found = {row.pk: _only(row, by_number, free) for row in doubtful}
    wanted = [each.id for each in found.values() if each is not None]
    return [(row, other) for row in doubtful if (other := found[row.pk]) is not None and wanted.count(other.id) == 1]


def _only(
    row: WebShipment, by_number: Mapping[int, StoreShipment], free: Collection[StoreShipment]
) -> StoreShipment | None:
    """The one that the row is, under another number than its own; None where none or several could be."""
    there = by_number.get(row.bigcommerce_shipment_id)
    same = [each for each in free if each is not there and _is_known_by(row, each)]
    if len(same) > 1 or (there is not None and resembles(row, there)):
        same = [each for each in same if _is_of_its_moment(row, each)]
    return same[0] if len(same) == 1 else None


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
