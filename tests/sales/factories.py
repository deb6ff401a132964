"""Sales data with a client, and a draft of an order that adds up."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from counterfoil.sales.models import AddressKind, Client, LineKind, MatchRule, SalesOrder, TenderKind
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.drafts import AddressDraft, LineDraft, OrderDraft, TenderDraft, TotalsDraft
from counterfoil.sales.shipping.csv_parcels import ALL, SkuParcel, drafts_by_sku
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking

D = Decimal


def line(number: int = 1, **changes: Any) -> LineDraft:
    """Two mugs for ten, shipped to the second address."""
    whole = LineDraft(
        source_id=number, source_product_id=None, source_variant_id=None, parent=None, ship_to=1, part_number="MUG",
        description="Mug", options="", kind=LineKind.PHYSICAL, quantity=2, shipped=0, refunded=0,
        unit_price=D("5.0000"), extended=D("10.0000"), discount=D(0), tax=D(0),
    )  # fmt: skip
    return replace(whole, **changes)


def draft(*lines: LineDraft, **changes: Any) -> OrderDraft:
    """An order of these lines, whose parts add up."""
    lines = lines or (line(),)
    subtotal = sum((each.extended for each in lines), D(0))
    totals = TotalsDraft(subtotal, D(0), D("3.50"), D(0), D(0), D(0), subtotal + D("3.50"), D(0))
    whole = OrderDraft(
        web_order_number="100", po_number="100", order_date=datetime(2026, 1, 2, tzinfo=UTC), currency="USD",
        totals=totals, addresses=(AddressDraft(AddressKind.BILL_TO), AddressDraft(AddressKind.SHIP_TO, source_id=9)),
        lines=lines, tenders=(TenderDraft(TenderKind.PAYMENT, "Card", totals.total),), coupons=(), fee_names=("Eco",),
        ship_via="Ground", payment_method="Card", payment_status="captured", customer_message="", staff_notes="",
    )  # fmt: skip
    return replace(whole, **changes)


def placed(order: OrderDraft | None = None, *, import_id: str | None = "WEB-100") -> SalesOrder:
    """The sales order."""
    client = Client.objects.create(name="O’Brien")
    return create_order(
        order or draft(), client_id=client.pk, contact=None, matched_by=MatchRule.NEW, products={}, import_id=import_id
    )


def whole_order(order: SalesOrder, tracking: Tracking) -> list[ParcelDraft]:
    """All that is open of an order, as `ship IMPORT_ID` takes it: one parcel for each address."""
    return drafts_by_sku(order.pk, [SkuParcel(tracking, {ALL: None})])
