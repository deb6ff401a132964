"""The shapes that merchants' scripts build on: sales orders and web orders as plain values (design, section 4).

Fields may be added; none is renamed or removed. Money is a Decimal with the store's digits, times are aware.
"""

from dataclasses import asdict
from typing import Any

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Parcel, ParcelItem, SalesOrder
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.discounts import named
from counterfoil.stores.models import LogEntry, StoreUpdate, WebOrder, WebShipment
from counterfoil.stores.updates.parcel_status import ParcelState, parcel_state
from counterfoil.stores.weborders.external_shipments import OTHERS, items_of
from counterfoil.stores.weborders.locate import OrderLocation

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


__all__ = ["Shape", "log_row", "order_document", "order_row", "place_row"]


def order_row(order: SalesOrder) -> Shape:
    """One row of `orders --json`. Needs status, client, contact and web_order loaded along."""
    web_order: WebOrder | None = getattr(order, "web_order", None)
    return {
        "import_id": order.import_id,
        "number": order.number,
        "store": order.source,
        "bigcommerce_order_id": web_order.bigcommerce_order_id if web_order else None,
        "po_number": order.po_number,
        "order_date": order.order_date,
        "status": order.status.name,
        "client": order.client.name,
        "contact": order.contact.name if order.contact else None,
        "currency": order.currency,
        "total": order.total,
    }


def order_document(order: SalesOrder) -> Shape:
    """`order --json`: the whole sales order."""
    addresses = list(order.addresses.all())
    lines = list(order.lines.select_related("ship_to"))
    web_order: WebOrder | None = getattr(order, "web_order", None)
    return order_row(order) | {
        "matched_by": order.matched_by,
        "bill_to": next((_address(each) for each in addresses if each.kind == AddressKind.BILL_TO), None),
        "ship_tos": [_ship_to(each) for each in addresses if each.kind != AddressKind.BILL_TO],
        "shipping_method": order.ship_via,
        "payment": {
            "method": order.payment_method,
            "status": order.payment_status,
            "tenders": [
                {"kind": each.kind, "description": each.description, "amount": each.amount}
                for each in order.tenders.all()
            ],
        },
        "fields": order.fields,
        "lines": [_line(each, tax_included=order.tax_included) for each in lines],
        "totals": _totals(order),
        "coupons": [named(each) for each in order.coupons],
        "notes": {
            "customer_message": order.customer_message,
            "staff_notes": order.staff_notes,
            "own": order.notes,
        },
        "hold": _hold(order),
        "shipments": shipments(order),
        "store_shipments": store_shipments(order) if web_order else [],
        "updates": [update_row(each) for each in web_order.updates.all()] if web_order else [],
        "history": _history(order),
    }


def _hold(order: SalesOrder) -> Shape | None:
    """Why nothing may be shipped, and who lets it be shipped all the same; None when the order is not on hold."""
    if not order.hold_reason:
        return None
    return {"reason": order.hold_reason, "overridden_by": order.hold_overridden_by}


def _history(order: SalesOrder) -> list[Shape]:
    names = ("at", "by", "field", "before", "after", "why")
    return [{name: getattr(each, name) for name in names} for each in order.changes.all()]


def _address(address: OrderAddress) -> Shape:
    return {name: getattr(address, name) for name in WHO_AND_WHERE}


def _ship_to(address: OrderAddress) -> Shape:
    return _address(address) | {
        "kind": address.kind,
        "position": address.position,
        "changed_in_store": address.source_address,
        "shipping_method": address.shipping_method,
        "shipping_cost": address.shipping_cost,
        "handling_cost": address.handling_cost,
    }


def _line(line: OrderLine, *, tax_included: bool) -> Shape:
    """Amounts are on the order's basis, `total_with_tax` apart."""
    return {
        "position": line.position,
        "parent_position": line.parent_position,
        "part_number": line.our_part_number,
        "sold_as": line.sold_as,
        "description": line.description,
        "options": line.options,
        "kind": line.kind,
        "quantity": line.quantity,
        "shipped": line.shipped,
        "cancelled": line.cancelled,
        "backordered": line.backordered,
        "open": line.open,
        "fields": line.fields,
        "unit_price": line.unit_price,
        "discount": line.discount,
        "discounts": [named(each) for each in line.discounts],
        "tax": line.tax,
        "total": line.total,
        "total_with_tax": line.total if tax_included else line.total + line.tax,
        "ship_to": line.ship_to.position if line.ship_to else None,
    }


def _totals(order: SalesOrder) -> Shape:
    names = ("subtotal", "discount", "shipping", "handling", "wrapping", "fees", "tax", "rounding", "total")
    return {"tax_included": order.tax_included} | {name: getattr(order, name) for name in names}


def place_row(place: OrderLocation) -> Shape:
    """One row of `where --json`."""
    shape = asdict(place)
    if not place.imported and not place.is_out_of_reach:
        now = (
            f"“counterfoil sync {place.store} --order {place.bigcommerce_order_id}” tries it now, whatever its status."
        )
        shape["next_step"] = f"{place.next_step} {now}".strip()
    return shape


def log_row(entry: LogEntry) -> Shape:
    """One row of `log --json`."""
    return {
        "at": entry.at,
        "store": entry.integration.code,
        "import_id": entry.import_id,
        "kind": entry.kind,
        "text": entry.text,
    }
