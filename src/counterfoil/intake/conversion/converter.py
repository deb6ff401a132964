"""A web order's document → what to import. Pure: no input or output, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

import msgspec

from counterfoil.bigcommerce import AppliedDiscount, LineItem, NeedsPerson, Order
from counterfoil.intake.conversion.addresses import DraftAddresses, draft_addresses
from counterfoil.intake.conversion.document import WebOrderDocument
from counterfoil.intake.conversion.line_money import LineMoney
from counterfoil.intake.conversion.money import order_money
from counterfoil.intake.conversion.part_numbers import name_parts
from counterfoil.sales.custom_fields.values import Fields
from counterfoil.sales.models import LineKind, TenderKind
from counterfoil.sales.orders.drafts import DiscountDraft, LineDraft, OrderDraft, TenderDraft, TotalsDraft
from counterfoil.storable import LARGEST_QUANTITY
from counterfoil.stores.weborders.staff_notes import without_reason

NOTHING = Decimal(0)
LARGEST_CHANNEL = 2**31 - 1
CHECK_IN_STORE = "Correct the order in BigCommerce, then set it back to a new order status."


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought: what a client and a contact are matched by. `customer_id` is 0 for a guest."""

    customer_id: int
    company: str
    first_name: str
    last_name: str
    email: str
    phone: str
    country_code: str
    street_1: str
    postcode: str


@dataclass(frozen=True, slots=True)
class ConvertedOrder:
    """What `import` writes: the order, who bought it, and what of it fills the client's custom fields.

    `tax_gap`: by how much the store's total exceeds its total without tax and its tax (`OrderMoney`).
    """

    draft: OrderDraft
    buyer: Buyer
    client_fields: Fields = ()
    tax_gap: Decimal = NOTHING

    @property
    def digest(self) -> str:
        """Of all that is imported; what changes by itself (staff notes, shipped quantities) is left out."""
        lines = tuple(replace(line, shipped=0) for line in self.draft.lines)
        steady = replace(self, draft=replace(self.draft, lines=lines, staff_notes=""))
        return sha256(msgspec.json.encode(steady)).hexdigest()


def convert(document: WebOrderDocument, *, tax_included: bool | None = None) -> ConvertedOrder:
    """What to import of a web order; raises NeedsPerson when it cannot be a sales order.

    `tax_included`: the basis on which its money is wanted; by default the store's own, as the figures show it.
    """
    order = document.order
    currency = _currency(order)
    items = _in_order(document.line_items)
    money = order_money(order, items, currency, tax_included=tax_included)
    addresses = draft_addresses(order, tax_included=money.totals.tax_included)
    lines = _lines(items, money.lines, addresses)
    _check_totals(money.totals)  # an item that makes them fall below zero has been named
    draft = OrderDraft(
        web_order_number=str(order.id),
        po_number=str(order.id),
        order_date=order.date_created,
        currency=currency,
        totals=money.totals,
        addresses=addresses.drafts,
        lines=lines,
        tenders=_tenders(order, money.totals.total),
        coupons=tuple(
            DiscountDraft(code=coupon.code, name=coupon.name or "Coupon", amount=coupon.discount)
            for coupon in document.coupons
        ),
        fee_names=tuple(fee.display_name_customer or fee.display_name_merchant for fee in order.fees),
        ship_via=", ".join(dict.fromkeys(a.shipping_method for a in addresses.drafts if a.shipping_method)),
        payment_method=order.payment_method,
        payment_status=order.payment_status,
        customer_message=order.customer_message,
        staff_notes=without_reason(order.staff_notes),
        channel=_channel(order),
    )
    return ConvertedOrder(draft=name_parts(draft), buyer=_buyer(order), tax_gap=money.tax_gap)


def _buyer(order: Order) -> Buyer:
    billing = order.billing_address
    return Buyer(
        customer_id=order.customer_id,
        company=billing.company.strip(),
        first_name=billing.first_name.strip(),
        last_name=billing.last_name.strip(),
        email=billing.email.strip(),
        phone=billing.phone.strip(),
        country_code=billing.country_iso2.strip(),
        street_1=billing.street_1.strip(),
        postcode=billing.zip.strip(),
    )


def _currency(order: Order) -> str:
    """The transactional currency: what was paid in (bigcommerce.md, section 2)."""
    currency = order.default_currency_code.strip() or order.currency_code.strip()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise NeedsPerson(
            "currency", f"The order's currency is “{currency}”, which isn’t a currency code.", CHECK_IN_STORE
        )
    return currency


def _channel(order: Order) -> int | None:
    """The storefront channel; None where the store names none."""
    return order.channel_id if 0 < order.channel_id <= LARGEST_CHANNEL else None


def _in_order(items: Sequence[LineItem]) -> list[LineItem]:
    if not items:
        raise NeedsPerson("no_lines", "The order has no items.", CHECK_IN_STORE)
    ordered = sorted(items, key=lambda item: item.id)
    if len({item.id for item in ordered}) < len(ordered):
        raise NeedsPerson("lines_repeated", "The order lists one of its items twice.", CHECK_IN_STORE)
    return ordered


def _lines(items: Sequence[LineItem], amounts: Sequence[LineMoney], addresses: DraftAddresses) -> tuple[LineDraft, ...]:
    index = {item.id: position for position, item in enumerate(items)}
    return tuple(_line(item, money, index, addresses) for item, money in zip(items, amounts, strict=True))


def _line(item: LineItem, money: LineMoney, index: dict[int, int], addresses: DraftAddresses) -> LineDraft:
    kind = LineKind(item.type) if item.type in LineKind.values else LineKind.PHYSICAL
    parent = index.get(item.parent_order_product_id or 0)
    line = LineDraft(
        source_id=item.id,
        source_product_id=item.product_id,
        source_variant_id=item.variant_id,
        parent=None if parent == index[item.id] else parent,
        ship_to=addresses.of_line(item),
        part_number=item.sku.strip(),
        description=item.name,
        options="\n".join(f"{option.display_name}: {option.display_value}" for option in item.product_options),
        kind=kind,
        quantity=item.quantity,
        shipped=min(item.quantity_shipped, max(item.quantity, 0)),  # the quantity may have been lowered since
        refunded=item.quantity_refunded,
        unit_price=money.unit_price,
        extended=money.extended,
        discount=money.discount,
        tax=money.tax,
        discounts=_discounts(item.applied_discounts, money.discount),
        wrapping=item.wrapping_name,
        wrapping_message=item.wrapping_message,
        wrapping_cost=money.wrapping_cost,
        bin=item.bin_picking_number.strip(),
        weight=item.weight if kind == LineKind.PHYSICAL else None,
    )
    _check_line(line)
    return line


def _discounts(applied: Sequence[AppliedDiscount], discount: Decimal) -> tuple[DiscountDraft, ...]:
    """The line's discounts by name. Where one amount is missing, it is what the others leave of the line's discount."""
    known = sum((each.amount for each in applied if each.amount is not None), NOTHING)
    missing = sum(each.amount is None for each in applied)
    rest = max(discount - known, NOTHING) if missing == 1 else NOTHING
    return tuple(
        DiscountDraft(each.code, each.name or _kind_of(each), rest if each.amount is None else each.amount)
        for each in applied
    )


def _kind_of(discount: AppliedDiscount) -> str:
    """What a discount is that came without a name, as in old orders: "manual-discount" is a manual discount."""
    kind = str(discount.id or "").replace("-", " ").strip()
    return kind.capitalize() if kind.replace(" ", "").isalpha() else ""


def _check_line(line: LineDraft) -> None:
    called = f"The item “{(line.part_number or line.description)[:80]}”"
    if not 1 <= line.quantity <= LARGEST_QUANTITY:
        raise NeedsPerson("quantity", f"{called} has the quantity {line.quantity}.", CHECK_IN_STORE)
    if line.refunded > line.quantity:
        raise NeedsPerson("quantity", f"{called}: more was refunded than ordered.", CHECK_IN_STORE)
    if min(line.unit_price, line.extended, line.discount, line.total, line.wrapping_cost) < 0:
        raise NeedsPerson("negative_amount", f"{called} has an amount below zero.", CHECK_IN_STORE)


def _check_totals(totals: TotalsDraft) -> None:
    if min(totals.discount, totals.shipping, totals.handling, totals.wrapping, totals.total) < 0:
        raise NeedsPerson("negative_amount", "One of the order's amounts is below zero.", CHECK_IN_STORE)


def _tenders(order: Order, total: Decimal) -> tuple[TenderDraft, ...]:
    """How it was paid: gift certificates and store credit first, the rest by the payment method."""
    rest = total - order.gift_certificate_amount - order.store_credit_amount
    tenders = (
        TenderDraft(TenderKind.GIFT_CERTIFICATE, "Gift certificate", order.gift_certificate_amount),
        TenderDraft(TenderKind.STORE_CREDIT, "Store credit", order.store_credit_amount),
        TenderDraft(TenderKind.PAYMENT, order.payment_method or "Payment", rest),
    )
    return tuple(tender for tender in tenders if tender.amount > 0)
