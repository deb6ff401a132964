"""The shapes of shipments and store updates: what `order --json`, `ship --json` and their kin print."""

from typing import Any

from counterfoil.sales.models import Parcel, ParcelItem, SalesOrder
from counterfoil.sales.shipping.csv_import import Answer
from counterfoil.stores.models import StoreUpdate, WebShipment
from counterfoil.stores.updates.parcel_status import ParcelState, parcel_state
from counterfoil.stores.weborders.external_shipments import OTHERS, items_of

Shape = dict[str, Any]


def shipments(order: SalesOrder) -> list[Shape]:
    """The shipments of an order with their parcels, the oldest first. Six statements, however many there are."""
    found = list(order.shipments.prefetch_related("parcels__items__line"))
    updates = list(StoreUpdate.objects.filter(parcel__shipment__order=order).order_by("pk"))
    in_store = WebShipment.objects.filter(parcel__shipment__order=order)
    numbers = dict(in_store.values_list("parcel", "bigcommerce_shipment_id"))
    return [
        {
            "id": shipment.pk,
            "number": number,
            "processed_at": shipment.processed_at,
            "by": shipment.processed_by,
            "parcels": [
                _parcel(parcel, parcel_state(parcel, updates), numbers.get(parcel.belongs_to_id or parcel.pk))
                for parcel in shipment.parcels.all()
            ],
        }
        for number, shipment in enumerate(found, 1)
    ]


def store_shipments(order: SalesOrder) -> list[Shape]:
    """The shipments that others made in the store; `parcel`: which it became here when it was taken over, or None.

    Two statements.
    """
    names = {line.source_id: line.name for line in order.lines.all()}
    found = WebShipment.objects.filter(OTHERS, web_order__sales_order=order, gone_at=None)
    return [
        {
            "bigcommerce_shipment_id": each.bigcommerce_shipment_id,
            "carrier": each.carrier,
            "service": each.service,
            "tracking_number": each.tracking_number,
            "tracking_link": each.tracking_link,
            "items": [
                {"part_number": names.get(line, ""), "quantity": quantity} for line, quantity in items_of(each).items()
            ],
            "made_at": each.made_at,
            "parcel": each.parcel_id,
        }
        for each in found
    ]


def _parcel(parcel: Parcel, state: ParcelState, bigcommerce_shipment_id: int | None) -> Shape:
    return {
        "id": parcel.pk,
        "carrier": parcel.carrier,
        "service": parcel.service,
        "tracking_number": parcel.tracking_number,
        "tracking_link": parcel.tracking_link,
        "items": [_item(item) for item in parcel.items.all()],
        "state": state.word,
        "reason": state.reason,
        "next_step": state.next_step,
        "bigcommerce_shipment_id": bigcommerce_shipment_id,
        "voided": parcel.voided_at is not None,
        "taken_over": parcel.taken_over,
        "belongs_to": parcel.belongs_to_id,
    }


def _item(item: ParcelItem) -> Shape:
    line = item.line
    return {"part_number": line.our_part_number, "sold_as": line.sold_as, "quantity": item.quantity}


def update_row(update: StoreUpdate) -> Shape:
    """One store update of an order."""
    return {
        "kind": update.kind,
        "parcel": update.parcel_id,
        "status_id": update.status_id,
        "cause": update.cause,
        "state": update.state,
        "created_at": update.created_at,
        "ended_at": update.ended_at,
        "reason": update.reason,
        "next_step": update.next_step,
    }


def answer_row(answer: Answer) -> Shape:
    """One row of `ship --from FILE --json`."""
    return {
        "row": answer.row.number,
        "order": answer.order_name or answer.row.order,
        "tracking_number": answer.row.tracking_number,
        "outcome": answer.outcome.value,
        "sentence": answer.sentence,
        "next_step": answer.next_step,
        "parcel": answer.parcel_id,
        "may_be_allowed": answer.may_be_allowed,
    }


def shipping_document(order: SalesOrder) -> Shape:
    """What acting on an order's shipments answers: where the order stands now, and what was shipped."""
    order.refresh_from_db()
    return {
        "import_id": order.import_id,
        "number": order.number,
        "status": order.status.name,
        "shipments": shipments(order),
        "store_shipments": store_shipments(order),
    }
