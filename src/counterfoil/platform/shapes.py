"""The shapes that merchants' scripts build on: sales orders and web orders as plain values (design, section 4).

Fields may be added; none is renamed or removed. Money is a Decimal with the store's digits, times are aware.
"""

from dataclasses import asdict

from counterfoil.platform.shipment_shapes import Shape, shipments, store_shipments, update_row
from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, SalesOrder
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.discounts import named
from counterfoil.stores.models import LogEntry, WebOrder
from counterfoil.stores.weborders.locate import Place

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


def place_row(place: Place) -> Shape:
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
