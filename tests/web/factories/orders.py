"""Makes data for the tests of the pages: people with roles, stores, orders plain, many and odd."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from counterfoil.accounts.models import Person, Role
from counterfoil.sales.models import (
    AddressKind,
    Client,
    Contact,
    LineKind,
    MatchRule,
    OrderAddress,
    SalesOrder,
    Shipment,
    TenderKind,
)
from counterfoil.sales.orders.addresses import who_and_where
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.drafts import AddressDraft, DiscountDraft, LineDraft, OrderDraft, TenderDraft, TotalsDraft
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, process_shipment
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.models import (
    Conflict,
    LogEntry,
    LogKind,
    Payload,
    StoreState,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    UpdateState,
    WebIntegration,
    WebOrder,
    WebOrderState,
    WebRefund,
    WebShipment,
)
from tests.sales.factories import whole_order

PASSWORD = "correct horse battery staple"
ACCESS_TOKEN = "tok-3f1b6c-never-on-a-page"
CLIENT_SECRET = "sec-9a7d2e-never-on-a-page"
ORDERED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MARKUP = "<script>alert('x')</script>"
ODD = f"{MARKUP} “Œuvre” 株式会社 مرحبا 🎟️ Zürich & Söhne " + "long-name-without-a-break-" * 8


def a_person(role: str = Role.ADMINISTRATOR, name: str = "") -> Person:
    """Someone who logs in with PASSWORD."""
    return Person.objects.create_user(username=name or role, password=PASSWORD, role=role)


def a_store(code: str = "WEB-", **settings: object) -> WebIntegration:
    """A web integration that was synced."""
    values: dict[str, object] = {
        "description": "Web shop",
        "api_path": f"https://api.bigcommerce.com/stores/{code.strip('-').lower() or 'x'}",
        "store_hash": code.strip("-").lower() or "x",
        "client_id": "client-id",
    }
    integration = WebIntegration.objects.create(
        code=code,
        client_secret=Secret.of(CLIENT_SECRET),
        access_token=Secret.of(ACCESS_TOKEN),
        **(values | settings),
    )
    StoreState.objects.create(
        integration=integration,
        store_name="Paper & Co",
        time_zone="Europe/Berlin",
        visited_at=ORDERED,
        due_at=ORDERED + timedelta(days=3650),
        counts={"11": 3, "7": 14, "9": 60},
        quota=150,
        quota_left=120,
    )
    return integration


def a_draft(number: int, *, text: str = "", lines: int = 2) -> OrderDraft:
    """An order of a kit with a child line and so many lines in all; `text` stands in every field that takes text."""
    address = AddressDraft(
        kind=AddressKind.BILL_TO,
        first_name=text or "Ada",
        last_name=text or "Lovelace",
        company=text or "Analytical Engines Ltd",
        street_1=text or "12 St James’s Square",
        city=text or "London",
        state=text,
        postcode=text or "SW1Y 4JH",
        country=text or "United Kingdom",
        phone=text or "+44 20 7946 0958",
        email=text or "ada@example.com",
    )
    ship_to = AddressDraft(
        kind=AddressKind.SHIP_TO,
        source_id=number,
        first_name=text or "Charles",
        last_name=text or "Babbage",
        street_1=text or "1 Dorset Street",
        city=text or "London",
        postcode=text or "W1U 4EG",
        country=text or "United Kingdom",
        shipping_method=text or "Royal Mail Tracked 24",
        shipping_cost=Decimal("9.9500"),
        form_fields=((text or "Delivery note", text or "Ring twice"),),
    )
    drafts = tuple(_line(index, text) for index in range(lines))
    subtotal = sum((line.extended for line in drafts), Decimal(0))
    discount = sum((line.discount for line in drafts), Decimal(0))
    total = subtotal - discount + Decimal("9.9500")
    return OrderDraft(
        web_order_number=str(number),
        po_number=text or f"PO-{number}",
        order_date=ORDERED + timedelta(minutes=number),
        currency="EUR",
        totals=TotalsDraft(
            subtotal, discount, Decimal("9.9500"), Decimal(0), Decimal(0), Decimal(0), total, Decimal("7.1200")
        ),
        addresses=(address, ship_to),
        lines=drafts,
        tenders=(
            TenderDraft(TenderKind.GIFT_CERTIFICATE, "Gift certificate", Decimal("10.0000")),
            TenderDraft(TenderKind.PAYMENT, text or "Credit card", total - 10),
        ),
        coupons=(DiscountDraft(text or "WELCOME", text or "Coupon", discount),),
        fee_names=(text,) if text else (),
        ship_via=text or "Royal Mail Tracked 24",
        payment_method=text or "Credit card",
        payment_status=text or "captured",
        customer_message=text or "Please leave it with the porter.",
        staff_notes=text,
    )


def _line(index: int, text: str) -> LineDraft:
    child = index == 1
    return LineDraft(
        source_id=index + 1,
        source_product_id=None,
        source_variant_id=None,
        parent=0 if child else None,
        ship_to=1,
        part_number=text or f"ENGINE-{index}",
        description=text or ("Brass gear" if child else f"Difference engine no. {index + 1}"),
        options=f"{text or 'Finish'}: {text or 'polished'}",
        kind=LineKind.PHYSICAL,
        quantity=2,
        shipped=0,
        refunded=0,
        unit_price=Decimal(0) if child else Decimal("19.9950"),
        extended=Decimal(0) if child else Decimal("39.9900"),
        discount=Decimal(0) if child else Decimal("4.0000"),
        tax=Decimal(0) if child else Decimal("6.0000"),
        discounts=() if child else (DiscountDraft(text or "WELCOME", text or "Coupon", Decimal("4.0000")),),
        wrapping=text,
        wrapping_message=text,
    )


def an_order(integration: WebIntegration, number: int = 10234, *, text: str = "", lines: int = 2) -> SalesOrder:
    """A sales order in the sales data with its web order, an update that was sent, and a line in the log."""
    client = Client.objects.create(name=text or "Analytical Engines Ltd")
    contact = Contact.objects.create(client=client, first_name=text or "Ada", last_name=text or "Lovelace")
    import_id = integration.import_id(number)
    order = create_order(
        a_draft(number, text=text, lines=lines),
        client_id=client.pk,
        contact=contact,
        matched_by=MatchRule.NEW,
        products={},
        source=integration.code,
        import_id=import_id,
    )
    web_order = WebOrder.objects.create(
        integration=integration,
        bigcommerce_order_id=number,
        import_id=import_id,
        state=WebOrderState.IMPORTED,
        sales_order=order,
        status_seen=9,
        status_seen_at=ORDERED,
    )
    StoreUpdate.objects.create(
        web_order=web_order, status_id=9, cause=UpdateCause.DOWNLOADED, state=UpdateState.SENT, ended_at=ORDERED
    )
    LogEntry.objects.create(
        integration=integration,
        import_id=import_id,
        kind=LogKind.IMPORTED,
        text=text or "Imported as a new sales order.",
    )
    order.changes.create(by=text or "Ada", field=text or "po number", before="", after=text or "PO-1")
    return order


def a_shipment(order: SalesOrder, *, text: str = "", sent: bool = True) -> Shipment:
    """All that is open in one parcel with a further box; the store was told of it, or could not be."""
    tracking, box = Tracking("UPS", "", "1Z999", ""), ParcelDraft(Tracking("UPS", "", "1Z998"))
    shipment = process_shipment(order.pk, [*whole_order(order, tracking), box], by=text or "Ada")
    if text:  # parcels from before numbers were checked may have any
        shipment.parcels.update(carrier=text[:100], tracking_number=text[:50])
        shipment.parcels.filter(belongs_to=None).update(service=text[:100])
    parcel = shipment.parcels.get(belongs_to=None)
    web_order = WebOrder.objects.get(sales_order=order)
    StoreUpdate.objects.update_or_create(
        web_order=web_order,
        parcel=parcel,
        kind=UpdateKind.CREATE,
        defaults={
            "state": UpdateState.SENT if sent else UpdateState.FAILED,
            "reason": "" if sent else text or "Only 1 of 2 can still ship in BigCommerce.",
            "next_step": "" if sent else text or "Look at the order there.",
        },
    )
    return shipment


def a_foreign_shipment(order: SalesOrder, *, text: str = "") -> WebShipment:
    """One that someone else made in the store, and a refund."""
    web_order = WebOrder.objects.get(sales_order=order)
    WebRefund.objects.create(
        web_order=web_order,
        bigcommerce_refund_id=order.pk,
        made_at=ORDERED,
        amount=Decimal("5.0000"),
        reason=text or "Arrived broken",
        items=[{"item_type": text or "PRODUCT", "item_id": 1, "quantity": 1, "amount": "5.0000"}],
    )
    return WebShipment.objects.create(
        web_order=web_order,
        bigcommerce_shipment_id=order.pk,
        order_address_id=web_order.bigcommerce_order_id,
        carrier=text or "DHL",
        service=text,
        tracking_number=text or "JD0146",
        tracking_link=f"javascript:alert(1)//{text}",
        items=[{"order_product_id": 1, "quantity": 1}],
        made_at=ORDERED,
    )


def a_refused_order(
    integration: WebIntegration, number: int, *, code: str = "no_lines", text: str = "", payload: bytes | None = None
) -> WebOrder:
    """An order that could not be imported."""
    web_order = WebOrder.objects.create(
        integration=integration,
        bigcommerce_order_id=number,
        import_id=integration.import_id(number),
        state=WebOrderState.NOT_IMPORTED,
        status_seen=12,
        reason_code=code,
        reason=text or "The order has no items.",
        next_step=text or "Correct the order in BigCommerce, then set it back to a new order status.",
        reason_since=ORDERED + timedelta(minutes=number),
        difference=Decimal("0.0100") if code == "totals" else None,
        difference_currency="USD" if code == "totals" else "",
    )
    if payload is not None:
        web_order.payload = Payload.objects.create(web_order=web_order, order=payload, read_at=ORDERED)
        web_order.save()
    return web_order


def a_conflict(order: SalesOrder, *, text: str = "") -> Conflict:
    """A field that was changed on both sides."""
    return Conflict.objects.create(
        web_order=WebOrder.objects.get(sales_order=order),
        field=text or "po number",
        ours=text or "PO-7",
        theirs=text or "PO-8",
    )


def a_changed_address(order: SalesOrder, street: str = "12 Elm Street") -> OrderAddress:
    """The order's ship-to address, which was changed in the store after import."""
    address = order.addresses.get(kind=AddressKind.SHIP_TO)
    address.source_address = {**who_and_where(address), "street_1": street}
    address.source_changed_at = timezone.now()
    address.save()
    return address
