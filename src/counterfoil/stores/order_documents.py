"""Sales orders as the values that merchants' scripts build on: the command line's `--json`, and the API.

Fields may be added; none is renamed or removed. Money is a Decimal with the store's digits, times are aware. All that
belongs to many orders is loaded with as many statements as for one.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet

from counterfoil.sales.models import (
    AddressKind,
    OrderAddress,
    OrderChange,
    OrderLine,
    Parcel,
    ParcelItem,
    SalesOrder,
    Shipment,
    Tender,
)
from counterfoil.sales.models.orders import WHO_AND_WHERE
from counterfoil.sales.orders.discounts import named
from counterfoil.stores.json_output import Shape
from counterfoil.stores.models import StoreUpdate, WebOrder, WebShipment
from counterfoil.stores.updates.parcel_status import ParcelState, parcel_state
from counterfoil.stores.weborders.shipments import items_of

Row = TypeVar("Row", bound=Model)

RELATED = ("status", "client", "contact", "web_order")
"""What is loaded along with a sales order for its row."""

PARCEL = ("id", "belongs_to", "carrier", "service", "tracking_number", "tracking_link", "taken_over", "voided_at")


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


def order_summary(order: SalesOrder) -> Shape:
    """All that stands in the order's own row. Needs what `order_row` needs; no statement."""
    return order_row(order) | {
        "matched_by": order.matched_by,
        "shipping_method": order.ship_via,
        "fields": order.fields,
        "totals": _totals(order),
        "coupons": [named(each) for each in order.coupons],
        "notes": {
            "customer_message": order.customer_message,
            "staff_notes": order.staff_notes,
            "own": order.notes,
        },
        "hold": _hold(order),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def order_document(order: SalesOrder) -> Shape:
    """`order --json`: the whole sales order. Needs what `order_row` needs; eight statements."""
    return OrderDocuments([order]).document(order)


def shipments(order: SalesOrder) -> list[Shape]:
    """The shipments of an order with their parcels, the oldest first. Five statements, however many there are."""
    return OrderDocuments([order]).shipments(order)


def store_shipments(order: SalesOrder) -> list[Shape]:
    """The shipments that others made in the store; `parcel`: which it became here when it was taken over, or None."""
    return OrderDocuments([order]).store_shipments(order)


def shipping_document(order: SalesOrder) -> Shape:
    """What acting on an order's shipments answers: where the order stands now, and what was shipped."""
    order.refresh_from_db()
    found = OrderDocuments([order])
    return {
        "import_id": order.import_id,
        "number": order.number,
        "status": order.status.name,
        "shipments": found.shipments(order),
        "store_shipments": found.store_shipments(order),
    }


class OrderDocuments:
    """The documents of some sales orders; what belongs to them is loaded when it is first asked for.

    Addresses, lines, tenders, parcels, what lies in them, store updates, shipments in the store, history: a statement
    for each, for all the orders together.
    """

    def __init__(self, orders: Sequence[SalesOrder]) -> None:
        self.ids = [order.pk for order in orders]

    def document(self, order: SalesOrder) -> Shape:
        """The whole order."""
        return order_summary(order) | {
            key: value for part in PARTS.values() for key, value in part(self, order).items()
        }

    def summary_with(self, order: SalesOrder, parts: Sequence[str]) -> Shape:
        """The order's own row, and these of PARTS."""
        return order_summary(order) | {key: value for name in parts for key, value in PARTS[name](self, order).items()}

    def addresses(self, order: SalesOrder) -> Shape:
        """Who pays, and where it goes."""
        found = self._addresses[order.pk]
        return {
            "bill_to": next((_address(each) for each in found if each.kind == AddressKind.BILL_TO), None),
            "ship_tos": [_ship_to(each) for each in found if each.kind != AddressKind.BILL_TO],
        }

    def payment(self, order: SalesOrder) -> Shape:
        """How it was paid."""
        return {
            "method": order.payment_method,
            "status": order.payment_status,
            "tenders": [
                {"kind": each.kind, "description": each.description, "amount": each.amount}
                for each in self._tenders[order.pk]
            ],
        }

    def lines(self, order: SalesOrder) -> list[Shape]:
        """What was ordered."""
        return [_line(each, tax_included=order.tax_included) for each in self._lines[order.pk]]

    def shipments(self, order: SalesOrder) -> list[Shape]:
        """The shipments with their parcels, the oldest first."""
        found: dict[int, Shape] = {}
        for row in self._shipments[order.pk]:
            shipment = found.setdefault(
                row["id"],
                {
                    "id": row["id"],
                    "number": len(found) + 1,
                    "processed_at": row["processed_at"],
                    "by": row["processed_by"],
                    "parcels": [],
                },
            )
            if row["parcels__id"] is not None:
                shipment["parcels"].append(self._parcel(order, _parcel_in(row)))
        return list(found.values())

    def store_shipments(self, order: SalesOrder) -> list[Shape]:
        """The shipments that others made in the store."""
        names = {line.source_id: line.name for line in self._lines[order.pk]}
        return [
            {
                "bigcommerce_shipment_id": each.bigcommerce_shipment_id,
                "carrier": each.carrier,
                "service": each.service,
                "tracking_number": each.tracking_number,
                "tracking_link": each.tracking_link,
                "items": [
                    {"part_number": names.get(line, ""), "quantity": quantity}
                    for line, quantity in items_of(each).items()
                ],
                "made_at": each.made_at,
                "parcel": each.parcel_id,
            }
            for each in self._web_shipments[order.pk]
            if each.gone_at is None and (each.parcel is None or each.parcel.taken_over)
        ]

    def updates(self, order: SalesOrder) -> list[Shape]:
        """What was, or is to be, told to the store."""
        return [update_row(each) for each in self._updates[order.pk]]

    def history(self, order: SalesOrder) -> list[Shape]:
        """What changed, the oldest first."""
        names = ("at", "by", "field", "before", "after", "why")
        return [{name: getattr(each, name) for name in names} for each in self._changes[order.pk]]

    def _parcel(self, order: SalesOrder, parcel: Parcel) -> Shape:
        holder = parcel.belongs_to_id or parcel.pk
        numbers = {each.parcel_id: each.bigcommerce_shipment_id for each in self._web_shipments[order.pk]}
        shape = _parcel_shape(parcel, parcel_state(parcel, self._updates[order.pk]), numbers.get(holder))
        lines = {line.pk: line for line in self._lines[order.pk]}
        items = [
            _item(lines[each.line_id], each.quantity) for each in self._items[order.pk] if each.parcel_id == parcel.pk
        ]
        return shape | {"items": items}

    @cached_property
    def _addresses(self) -> dict[int, list[OrderAddress]]:
        return self._by_order(OrderAddress.objects.filter(order__in=self.ids), lambda each: each.order_id)

    @cached_property
    def _lines(self) -> dict[int, list[OrderLine]]:
        lines = OrderLine.objects.filter(order__in=self.ids).select_related("ship_to")
        return self._by_order(lines, lambda each: each.order_id)

    @cached_property
    def _tenders(self) -> dict[int, list[Tender]]:
        return self._by_order(Tender.objects.filter(order__in=self.ids), lambda each: each.order_id)

    @cached_property
    def _changes(self) -> dict[int, list[OrderChange]]:
        return self._by_order(OrderChange.objects.filter(order__in=self.ids), lambda each: each.order_id)

    @cached_property
    def _shipments(self) -> dict[int, list[Shape]]:
        """Shipments and their parcels, a row for each parcel."""
        columns = ("id", "order", "processed_at", "processed_by", *(f"parcels__{name}" for name in PARCEL))
        found: dict[int, list[Shape]] = defaultdict(list)
        for row in Shipment.objects.filter(order__in=self.ids).order_by("pk", "parcels__pk").values(*columns):
            found[row["order"]].append(row)
        return found

    @cached_property
    def _items(self) -> dict[int, list[Any]]:
        items = ParcelItem.objects.filter(line__order__in=self.ids).select_related("line")
        return self._by_order(items, lambda each: each.line.order_id)

    @cached_property
    def _updates(self) -> dict[int, list[Any]]:
        updates = StoreUpdate.objects.filter(web_order__sales_order__in=self.ids)
        return self._by_order(updates.annotate(order_id=F("web_order__sales_order")), lambda each: each.order_id)

    @cached_property
    def _web_shipments(self) -> dict[int, list[Any]]:
        shipments = WebShipment.objects.filter(web_order__sales_order__in=self.ids).select_related("parcel")
        return self._by_order(shipments.annotate(order_id=F("web_order__sales_order")), lambda each: each.order_id)

    def _by_order(self, rows: QuerySet[Row], order_id: Callable[[Row], int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            found[order_id(row)].append(row)
        return found


Part = Callable[[OrderDocuments, SalesOrder], Shape]
PARTS: dict[str, Part] = {
    "addresses": OrderDocuments.addresses,
    "payment": lambda found, order: {"payment": found.payment(order)},
    "lines": lambda found, order: {"lines": found.lines(order)},
    "shipments": lambda found, order: {
        "shipments": found.shipments(order),
        "store_shipments": found.store_shipments(order),
    },
    "updates": lambda found, order: {"updates": found.updates(order)},
    "history": lambda found, order: {"history": found.history(order)},
}
"""What a document has besides the order's own row, by the name that it is asked for by."""


def _parcel_in(row: Shape) -> Parcel:
    values = {name: row[f"parcels__{name}"] for name in PARCEL}
    return Parcel(shipment_id=row["id"], belongs_to_id=values.pop("belongs_to"), **values)


def _parcel_shape(parcel: Parcel, state: ParcelState, bigcommerce_shipment_id: int | None) -> Shape:
    return {
        "id": parcel.pk,
        "carrier": parcel.carrier,
        "service": parcel.service,
        "tracking_number": parcel.tracking_number,
        "tracking_link": parcel.tracking_link,
        "items": [],
        "state": state.word,
        "reason": state.reason,
        "next_step": state.next_step,
        "bigcommerce_shipment_id": bigcommerce_shipment_id,
        "voided": parcel.voided_at is not None,
        "taken_over": parcel.taken_over,
        "belongs_to": parcel.belongs_to_id,
    }


def _item(line: OrderLine, quantity: int) -> Shape:
    return {"part_number": line.our_part_number, "sold_as": line.sold_as, "quantity": quantity}


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


def _hold(order: SalesOrder) -> Shape | None:
    """Why nothing may be shipped, and who lets it be shipped all the same; None when the order is not on hold."""
    if not order.hold_reason:
        return None
    return {"reason": order.hold_reason, "overridden_by": order.hold_overridden_by}


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
