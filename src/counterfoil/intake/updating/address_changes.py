"""Addresses of imported orders that were changed in the store: noted beside ours until a person chooses (rule 8)."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from counterfoil.bigcommerce import Order, readable_order
from counterfoil.intake.conversion.addresses import draft_addresses
from counterfoil.sales.models import AddressKind, OrderAddress, SalesOrder
from counterfoil.sales.orders.addresses import (
    Key,
    address_rows,
    changed_there,
    is_about,
    is_same_place,
    key_of,
    mark_decided,
    names_of,
    who_and_where,
)
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.address_changes import note_source_address
from counterfoil.stores.log import log
from counterfoil.stores.models import Conflict, LogKind, Payload, WebOrder

CHANGED = "The {called} address was changed in BigCommerce after import. Nothing changed here: someone must choose."
AS_HERE = "The {called} address needs no decision now."


def note_addresses(web_order: WebOrder, order: Order, imported: Payload | None) -> None:
    """Notes which addresses of an imported order are others in the store now than ours.

    `order`: as the store shows it. `imported`: the version that was imported before it. Addresses whose ids are gone
    are followed where it is plain which of the new ones they have become.
    """
    assert web_order.sales_order_id is not None
    with transaction.atomic():
        sales_order = lock_order(web_order.sales_order_id)
        prefetch_related_objects([sales_order], "addresses")
        before = _addresses_of(imported)
        names = names_of(sales_order)
        for row, theirs in _pairs(sales_order, _drafts(order)):
            now_open = note_source_address(row, theirs, before.get(key_of(row)))
            if now_open is not None:
                called = names[key_of(row)].strip().lower().replace(" ", "-", 1)
                text = (CHANGED if now_open else AS_HERE).format(called=called)
                log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)


def note_payload_addresses(web_order: WebOrder, imported: Payload | None) -> None:
    """As `note_addresses`, of the version that was read last; one that cannot be read tells nothing."""
    payload = web_order.payload
    order = None if payload is None else readable_order(bytes(payload.order))
    if order is not None:
        note_addresses(web_order, order, imported)


def decide_with_conflict(web_order: WebOrder, order: SalesOrder, field: str) -> None:
    """A conflict over this field was resolved: that decides on the address too, once no other one of it is open."""
    names = names_of(order)
    for address in changed_there(order.addresses.all()):
        called = names[key_of(address)]
        if not is_about(called, field):
            continue
        left = Conflict.objects.filter(web_order=web_order).values_list("field", flat=True)
        if not any(is_about(called, other) for other in left):
            mark_decided(address)


def _drafts(order: Order) -> list[AddressDraft]:
    """Without places of pickup: those are the merchant's own. None where the answer did not include them."""
    if order.consignments is None:
        return []
    return [each for each in draft_addresses(order).drafts if each.kind != AddressKind.PICKUP]


def _addresses_of(payload: Payload | None) -> dict[Key, dict[str, str]]:
    order = None if payload is None else readable_order(bytes(payload.order))
    return {} if order is None else {key_of(each): who_and_where(each) for each in _drafts(order)}


def _pairs(order: SalesOrder, drafts: Iterable[AddressDraft]) -> list[tuple[OrderAddress, dict[str, str]]]:
    """Each address of ours with what it is there: by its id, else by what it is, else the one that is left."""
    rows: Mapping[Key, OrderAddress] = {
        key: row for key, row in address_rows(order).items() if row.kind != AddressKind.PICKUP
    }
    there = {key_of(each): who_and_where(each) for each in drafts}
    pairs = [(rows[key], theirs) for key, theirs in there.items() if key in rows]
    left = [row for key, row in rows.items() if key not in there]
    new = [theirs for key, theirs in there.items() if key not in rows]
    for row in list(left):
        same = _same_as(row, new)
        if same is not None:
            pairs.append((row, same))
            left.remove(row)
            new.remove(same)
    return [*pairs, (left[0], new[0])] if len(left) == len(new) == 1 else pairs


def _same_as(row: OrderAddress, new: Sequence[dict[str, str]]) -> dict[str, str] | None:
    return next((theirs for theirs in new if is_same_place(theirs, who_and_where(row))), None)
