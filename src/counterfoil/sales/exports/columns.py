"""The layout of an export of sales orders (docs/export.md): one row for each line, in columns that can be added up.

What belongs to the whole order (its shipping, its total, how it was paid) stands in its first row only.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, SalesOrder, TenderKind
from counterfoil.sales.orders.discounts import coupon_codes, discounts_text

ADDRESS = ("name", "company", "street_1", "street_2", "city", "state", "postcode", "country", "phone", "email")
ORDER = (
    "order_number", "import_id", "store", "store_order_number", "po_number", "order_date", "entered_at", "order_status",
    "client_number", "client", "contact", "currency",
)  # fmt: skip
LINE = (
    "line", "sku", "description", "kind", "quantity", "shipped", "cancelled", "refunded", "unit_price",
    "line_subtotal", "line_discount", "line_tax", "line_total",
)  # fmt: skip
ONCE = (
    "order_discount", "shipping", "handling", "wrapping", "fees", "rounding", "order_tax", "order_total",
    "paid", "gift_certificates", "store_credit", "refunds", "payment_method", "payment_status",
)  # fmt: skip
ADDED = ("sold_as", "line_discounts", "coupons")
BASIS = ("tax_included", "tax_added")
COLUMNS = (
    *ORDER,
    *(f"bill_to_{name}" for name in ADDRESS),
    *(f"ship_to_{name}" for name in ADDRESS),
    "shipping_method",
    *LINE,
    *ONCE,
    *ADDED,
    *BASIS,
)
NOTHING = Decimal(0)
Row = list[object]


def loaded_for_export(ids: Sequence[int]) -> list[SalesOrder]:
    """These sales orders as they are exported, in this order. Four statements."""
    orders = SalesOrder.objects.select_related("status", "client", "contact")
    found = orders.prefetch_related("lines", "addresses", "tenders").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def rows_of(order: SalesOrder, *, refunded: Decimal) -> Iterator[Row]:
    """The rows of a loaded order, one without lines has one too. `refunded`: what was paid back so far."""
    addresses = {address.pk: address for address in order.addresses.all()}
    bill_to = next((each for each in addresses.values() if each.kind == AddressKind.BILL_TO), None)
    lines = list(order.lines.all())
    head = [*_order(order), *_address(bill_to)]
    whole: Row = _once(order, lines, refunded)
    basis = "yes" if order.tax_included else "no"
    added: object = NOTHING if order.tax_included else order.tax
    coupons = ", ".join(coupon_codes(order, lines))
    rows: Sequence[OrderLine | None] = lines or [None]
    for line in rows:
        ship_to = addresses.get(line.ship_to_id or 0) if line else None
        method = ship_to.shipping_method if ship_to else ""
        yield [*head, *_address(ship_to), method, *_line(line), *whole, *_added(line), coupons, basis, added]
        whole, coupons, added = [""] * len(ONCE), "", ""


def _order(order: SalesOrder) -> Row:
    return [
        order.number,
        order.import_id or "",
        order.source,
        order.web_order_number,
        order.po_number,
        _moment(order.order_date),
        _moment(order.created_at),
        order.status.name,
        order.client_id,
        order.client.name,
        order.contact.name if order.contact else "",
        order.currency,
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _address(address: OrderAddress | None) -> Row:
    return [getattr(address, name) if address else "" for name in ADDRESS]


_LINE: Sequence[Callable[[OrderLine], object]] = (
    lambda line: line.position + 1,
    lambda line: line.our_part_number,
    lambda line: line.description,
    lambda line: line.kind,
    lambda line: line.quantity,
    lambda line: line.shipped,
    lambda line: line.cancelled,
    lambda line: line.refunded,
    lambda line: line.unit_price,
    lambda line: line.extended,
    lambda line: line.discount,
    lambda line: line.tax,
    lambda line: line.total,
)


def _line(line: OrderLine | None) -> Row:
    return [value(line) if line else "" for value in _LINE]


def _added(line: OrderLine | None) -> Row:
    return [line.sold_as, discounts_text(line.discounts)] if line else ["", ""]


def _once(order: SalesOrder, lines: Sequence[OrderLine], refunded: Decimal) -> Row:
    """The order's own money. Its discount is what stands on no line, so that all columns add up to the total."""
    on_lines = sum((line.total for line in lines), NOTHING)
    return [
        on_lines - (order.subtotal - order.discount),
        order.shipping,
        order.handling,
        order.wrapping,
        order.fees,
        order.rounding,
        order.tax,
        order.total,
        *(
            _tendered(order, kind)
            for kind in (TenderKind.PAYMENT, TenderKind.GIFT_CERTIFICATE, TenderKind.STORE_CREDIT)
        ),
        refunded,
        order.payment_method,
        order.payment_status,
    ]


def _tendered(order: SalesOrder, kind: TenderKind) -> Decimal:
    return sum((tender.amount for tender in order.tenders.all() if tender.kind == kind), NOTHING)
