"""A sales order before it is written: plain values, no database.

Whoever has an order to place (a web order's conversion, a form) fills these in. All amounts are on the order's own
basis: with the tax where its prices include it, else without (`TotalsDraft.tax_included`). They keep the digits they
came with.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from counterfoil.sales.custom_fields.values import Fields
from counterfoil.sales.models import AddressKind, LineKind, TenderKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """A coupon or discount: its code (empty when it needs none), name and amount."""

    code: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address of the order; `source_id` is its id where the order came from."""

    kind: AddressKind
    source_id: int | None = None
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street_1: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""
    phone: str = ""
    email: str = ""
    shipping_method: str = ""
    shipping_cost: Decimal = NOTHING
    handling_cost: Decimal = NOTHING
    form_fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LineDraft:
    """An order line; `ship_to` and `parent` are indexes into the draft's addresses and lines.

    `source_id` is its id where the order came from, None for an order made by hand. `shipped` and `refunded` are what
    the store says of them; `weight` is what one weighs, in the store's unit. `extended` is before discounts, `total`
    after.
    """

    source_id: int | None
    source_product_id: int | None
    source_variant_id: int | None
    parent: int | None
    ship_to: int | None
    part_number: str
    description: str
    options: str
    kind: LineKind
    quantity: int
    shipped: int
    refunded: int
    unit_price: Decimal
    extended: Decimal
    discount: Decimal
    tax: Decimal
    discounts: tuple[DiscountDraft, ...] = ()
    wrapping: str = ""
    wrapping_message: str = ""
    wrapping_cost: Decimal = NOTHING
    bin: str = ""
    weight: Decimal | None = None
    fields: Fields = ()

    @property
    def total(self) -> Decimal:
        """The line after its discounts, on the order's basis."""
        return self.extended - self.discount

    @property
    def cancelled(self) -> int:
        """What was refunded before it was shipped; it need not be shipped any more."""
        return min(self.refunded, self.quantity - self.shipped)


@dataclass(frozen=True, slots=True)
class TenderDraft:
    """How (a part of) the order was paid."""

    kind: TenderKind
    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TotalsDraft:
    """What the total is made of.

    `tax_included`: the parts include the tax, and `tax` tells how much of the total it is; else the tax is a part of
    its own. The total always includes it.
    """

    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    handling: Decimal
    wrapping: Decimal
    fees: Decimal
    total: Decimal
    tax: Decimal
    tax_included: bool = True

    @property
    def difference(self) -> Decimal:
        """By how much the total exceeds what its parts add up to; zero when they do."""
        parts = self.subtotal - self.discount + self.shipping + self.handling + self.wrapping + self.fees
        return self.total - parts - (NOTHING if self.tax_included else self.tax)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A whole sales order. The first address is the bill-to address."""

    web_order_number: str
    po_number: str
    order_date: datetime
    currency: str
    totals: TotalsDraft
    addresses: tuple[AddressDraft, ...]
    lines: tuple[LineDraft, ...]
    tenders: tuple[TenderDraft, ...]
    coupons: tuple[DiscountDraft, ...]
    fee_names: tuple[str, ...]
    ship_via: str
    payment_method: str
    payment_status: str
    customer_message: str
    staff_notes: str = field(default="")
    channel: int | None = None
    fields: Fields = ()

    @property
    def bill_to(self) -> AddressDraft:
        """The bill-to address."""
        return self.addresses[0]
