"""The store's documents as types: only the fields that are used, under the store's own names.

Money is exact. Text that is null becomes "", a list that is null becomes empty; `decoding` understands the other forms
in which the store writes a value, by its type here. What money or goods hang on (ids, when an order was placed,
quantities, prices and totals) is required. Unknown fields are ignored.
"""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from counterfoil.bigcommerce.amounts import NOTHING, UnreadableField, known_weight, storable_amount, storable_number
from counterfoil.bigcommerce.decoding import decoder
from counterfoil.bigcommerce.statuses import StatusId
from counterfoil.storable import LARGEST_ID, storable_text

_Part = TypeVar("_Part")
Status = Annotated[int, msgspec.Meta(ge=0, le=32_767)]  # as its column; a number that nobody knows stops nothing

# The store may send null for each of these; `Document` then puts the field's default in its place.
if TYPE_CHECKING:
    Text = str
    PartNumber = str
    Amount = Decimal
    Count = int
    Flag = bool
    Weight = Decimal | None
    Many = tuple[_Part, ...]
    Nullable = Annotated[_Part, "may be null"]
else:
    Text = str | None
    PartNumber = Annotated[str, msgspec.Meta(max_length=500)] | None  # more than an index of the database takes
    Amount = Decimal | None
    Count = Annotated[int, msgspec.Meta(ge=0)] | None
    Flag = bool | None
    Weight = Raw  # as it came, until the line has it: whatever stands there, the order is readable

    class Many:
        """A list that may be null."""

        def __class_getitem__(cls, part: Any) -> Any:
            return tuple[part, ...] | None

    class Nullable:
        """A document that may be null."""

        def __class_getitem__(cls, part: Any) -> Any:
            return part | None


class Document(Struct, frozen=True):
    """A part of an answer; after decoding its values are fit to be stored."""

    def __post_init__(self) -> None:
        for name, default in _fields_of(type(self)):
            value = getattr(self, name)
            kind = type(value)
            if value is None:
                if default is not None:
                    msgspec.structs.force_setattr(self, name, default)
            elif kind is str:
                text = storable_text(value)
                if text is not value:
                    msgspec.structs.force_setattr(self, name, text)
            elif kind is Decimal:
                amount = storable_amount(name, value)
                if amount is not value:
                    msgspec.structs.force_setattr(self, name, amount)
            elif kind is int and abs(value) > LARGEST_ID:
                storable_number(name, value)


@cache
def _fields_of(document: type[Document]) -> tuple[tuple[str, Any], ...]:
    """Each field of a document with what stands for null in it; None where null stays, or cannot be."""
    fields = document.__struct_fields__
    defaults: list[Any] = [None] * (len(fields) - len(document.__struct_defaults__))
    defaults += [None if each is msgspec.NODEFAULT else each for each in document.__struct_defaults__]
    return tuple(zip(fields, defaults, strict=True))


def read_instant(text: str) -> datetime | None:
    """An RFC-2822 or ISO-8601 date as an aware time in UTC; None for "". Raises ValueError for anything else.

    A date of zeros is what MySQL writes for none.
    """
    if not text.strip() or text.startswith("0000-00-00"):
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        instant = datetime.fromisoformat(text.strip())
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC)


def _instant(name: str, text: str) -> datetime | None:
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        raise UnreadableField(name, f"is {text[:40]}, which isn’t a date") from None


def _instant_or_none(text: str) -> datetime | None:
    """As `_instant`, for a date that nothing in the sales data depends on: one that cannot be read is none."""
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        return None


class FormField(Document, frozen=True):
    """A custom field of an address that the merchant defined in the store."""

    name: Text = ""
    value: Any = ""


class Address(Document, frozen=True):
    """A billing address; a shipping consignment has the same fields."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country: Text = ""
    country_iso2: Text = ""
    phone: Text = ""
    email: Text = ""
    form_fields: Many[FormField] = ()


class ProductOption(Document, frozen=True):
    """A chosen option of a line, as the shopper saw it."""

    display_name: Text = ""
    display_value: Text = ""


class AppliedDiscount(Document, frozen=True):
    """What a coupon or discount takes off a line; old orders do not say how much (bigcommerce.md, section 11).

    `id` says which kind it is: "coupon", "manual-discount", a number.
    """

    amount: Decimal | None = None
    id: object = None
    name: Text = ""
    code: Text = ""


class LineItem(Document, frozen=True):
    """One item of an order (`/products`): physical, digital or a gift certificate.

    `weight`: of one, in the store's unit of that time; None where it is not known.
    """

    id: int
    quantity: int
    price_inc_tax: Decimal
    total_inc_tax: Decimal
    price_ex_tax: Decimal | None = None
    total_ex_tax: Decimal | None = None
    base_price: Decimal | None = None
    name: Text = ""
    sku: PartNumber = ""
    type: Text = "physical"
    product_id: int | None = None
    variant_id: int | None = None
    order_address_id: int | None = None
    order_pickup_method_id: int | None = None
    parent_order_product_id: int | None = None
    quantity_shipped: Count = 0
    quantity_refunded: Count = 0
    total_tax: Amount = NOTHING
    discounted_total_inc_tax: Decimal | None = None
    wrapping_name: Text = ""
    wrapping_message: Text = ""
    wrapping_cost_inc_tax: Amount = NOTHING
    wrapping_cost_ex_tax: Decimal | None = None
    bin_picking_number: Text = ""
    weight: Weight = None
    product_options: Many[ProductOption] = ()
    applied_discounts: Many[AppliedDiscount] = ()

    def __post_init__(self) -> None:
        Document.__post_init__(self)
        raw: Any = self.weight
        if isinstance(raw, Raw):
            msgspec.structs.force_setattr(self, "weight", known_weight(bytes(raw)))


class ShippingConsignment(Address, frozen=True):
    """What goes to one address; its id is the order_address_id of shipments."""

    id: int = 0
    line_items: Many[LineItem] = ()
    shipping_method: Text = ""
    cost_inc_tax: Amount = NOTHING
    cost_ex_tax: Decimal | None = None
    handling_cost_inc_tax: Amount = NOTHING
    handling_cost_ex_tax: Decimal | None = None
    warning: Any = field(default=None, name="__warning__")  # an object, or whatever says that lines are missing

    @property
    def address(self) -> tuple[object, ...]:
        """The address alone."""
        return tuple(getattr(self, name) for name in Address.__struct_fields__)


class PickupLocation(Document, frozen=True):
    """Where an order is picked up."""

    name: Text = ""
    address_line_1: Text = ""
    address_line_2: Text = ""
    city: Text = ""
    state: Text = ""
    postal_code: Text = ""
    country_alpha2: Text = ""
    email: Text = ""
    phone: Text = ""


class PickupConsignment(Document, frozen=True):
    """What the shopper picks up at one place."""

    id: int = 0
    pickup_method_id: int | None = None
    pickup_method_display_name: Text = ""
    location: PickupLocation | None = None
    line_items: Many[LineItem] = ()
    warning: Any = field(default=None, name="__warning__")  # an object, or whatever says that lines are missing


class ElectronicConsignment(Document, frozen=True):
    """Downloads or gift certificates: nothing is shipped."""

    recipient_email: Text = ""
    line_items: Many[LineItem] = ()
    warning: Any = field(default=None, name="__warning__")  # an object, or whatever says that lines are missing


class EmailConsignments(Document, frozen=True):
    """What is sent by e-mail."""

    gift_certificates: Many[ElectronicConsignment] = ()


class Consignments(Document, frozen=True):
    """How the order is delivered, each line in one of its consignments."""

    shipping: Many[ShippingConsignment] = ()
    pickups: Many[PickupConsignment] = ()
    downloads: Many[ElectronicConsignment] = ()
    email: Nullable[EmailConsignments] = EmailConsignments()

    @property
    def all(self) -> tuple[ShippingConsignment | PickupConsignment | ElectronicConsignment, ...]:
        """Every consignment of any kind."""
        return (*self.shipping, *self.pickups, *self.downloads, *self.email.gift_certificates)


class Fee(Document, frozen=True):
    """A fee of an order."""

    cost_inc_tax: Decimal
    cost_ex_tax: Decimal | None = None
    display_name_customer: Text = ""
    display_name_merchant: Text = ""


class Coupon(Document, frozen=True):
    """A coupon of an order (`/coupons`); only lines tell its name."""

    discount: Amount = NOTHING
    code: Text = ""
    name: Text = ""


_Loaded = TypeVar("_Loaded")
_SHORT = 20  # null, "", [], {}: so short is nothing that was included


def _expanded(raw: Raw, shape: type[_Loaded]) -> _Loaded | None:
    """What was included in place of a link; None where only the link came, or nothing."""
    text = bytes(raw).strip()
    if len(text) < _SHORT and (not text or not msgspec.json.decode(text)):
        return None
    if text.startswith(b"{") and "resource" in msgspec.json.decode(text, type=dict[str, Raw]):
        return None
    return decoder(shape).decode(text)


MOST_LINES_OF_A_CONSIGNMENT = 50


class Order(Document, frozen=True, dict=True):
    """An order's header; `consignments` and `fees` are there when they were included in the answer."""

    id: int
    status_id: Status
    date_created_text: str = field(name="date_created")
    subtotal_inc_tax: Decimal
    total_inc_tax: Decimal
    billing_address: Nullable[Address] = Address()
    date_modified_text: Text = field(default="", name="date_modified")
    is_deleted: Flag = False
    customer_id: Count = 0
    channel_id: Count = 0
    is_tax_inclusive_pricing: bool | None = None
    total_ex_tax: Decimal | None = None
    total_tax: Amount = NOTHING
    base_shipping_cost: Decimal | None = None
    shipping_cost_inc_tax: Amount = NOTHING
    shipping_cost_ex_tax: Decimal | None = None
    handling_cost_inc_tax: Amount = NOTHING
    handling_cost_ex_tax: Decimal | None = None
    wrapping_cost_inc_tax: Amount = NOTHING
    wrapping_cost_ex_tax: Decimal | None = None
    discount_amount: Amount = NOTHING
    coupon_discount: Amount = NOTHING
    store_credit_amount: Amount = NOTHING
    gift_certificate_amount: Amount = NOTHING
    items_total: int | None = None
    items_shipped: Count = 0
    payment_method: Text = ""
    payment_status: Text = ""
    currency_code: Text = ""
    default_currency_code: Text = ""
    customer_message: Text = ""
    staff_notes: Text = ""
    consignments_raw: Raw = field(default=Raw(b""), name="consignments")
    fees_raw: Raw = field(default=Raw(b""), name="fees")

    @cached_property
    def date_created(self) -> datetime:
        """When the order was placed, in UTC."""
        instant = _instant("date_created", self.date_created_text)
        if instant is None:
            raise UnreadableField("date_created", "is empty")
        return instant

    @cached_property
    def date_modified(self) -> datetime | None:
        """When the order was changed last, by the store's clock, in UTC; None where that is not told, or is no date."""
        return _instant_or_none(self.date_modified_text)

    @cached_property
    def consignments(self) -> Consignments | None:
        """The consignments; the legacy one-element list is accepted too. None when they were not included."""
        if bytes(self.consignments_raw).lstrip().startswith(b"["):
            listed = _expanded(self.consignments_raw, tuple[Consignments, ...])
            return listed[0] if listed else Consignments()
        return _expanded(self.consignments_raw, Consignments)

    @cached_property
    def fees(self) -> tuple[Fee, ...]:
        """The fees; empty when they were not included."""
        return _expanded(self.fees_raw, tuple[Fee, ...]) or ()

    @cached_property
    def line_items(self) -> tuple[LineItem, ...]:
        """The lines of all consignments."""
        if self.consignments is None:
            return ()
        return tuple(item for consignment in self.consignments.all for item in consignment.line_items)

    @property
    def needs_products_call(self) -> bool:
        """Whether lines are missing here, so that `/products` has to be asked (bigcommerce.md, section 2)."""
        if self.consignments is None or not self.line_items:
            return True
        if any(
            each.warning is not None or len(each.line_items) >= MOST_LINES_OF_A_CONSIGNMENT
            for each in self.consignments.all
        ):
            return True
        if self.items_total is None:
            return False
        whole = sum(item.quantity for item in self.line_items)
        parts = sum(item.quantity for item in self.line_items if item.parent_order_product_id)
        return self.items_total not in (whole, whole - parts)  # with the parts of kits, or without

    @property
    def header(self) -> tuple[object, ...]:
        """What an edit in the store would change in an answer without includes; the status is no part of it."""
        return (
            self.subtotal_inc_tax,
            self.total_inc_tax,
            self.total_tax,
            self.shipping_cost_inc_tax,
            self.handling_cost_inc_tax,
            self.wrapping_cost_inc_tax,
            self.discount_amount,
            self.coupon_discount,
            self.store_credit_amount,
            self.gift_certificate_amount,
            self.items_total,
            self.currency_code,
            self.customer_message,
            self.billing_address,
        )

    @property
    def ship_to(self) -> dict[int, tuple[object, ...]] | None:
        """The shipping addresses by their ids; None where the answer did not include them."""
        return None if self.consignments is None else {each.id: each.address for each in self.consignments.shipping}

    @property
    def shows_refund(self) -> bool:
        """Whether something of it was refunded, whatever its status says now."""
        return _shows_refund(self.status_id, self.payment_status)


class OrderHeader(Document, frozen=True, dict=True):
    """What a list without includes says of an order."""

    id: int
    status_id: Status
    date_modified_text: Text = field(default="", name="date_modified")
    date_created_text: Text = field(default="", name="date_created")
    is_deleted: Flag = False
    items_shipped: Count = 0
    payment_status: Text = ""

    @cached_property
    def raw(self) -> bytes:
        """The order as it came, as far as it was shown; `read_header` puts it here."""
        return b""

    @cached_property
    def date_created(self) -> datetime | None:
        """When the order was placed, in UTC; None where that cannot be read, which a header does not depend on."""
        return _instant_or_none(self.date_created_text)

    @cached_property
    def date_modified(self) -> datetime | None:
        """When the order was changed last, by the store's clock, in UTC; None where that is not told, or is no date."""
        return _instant_or_none(self.date_modified_text)

    @property
    def shows_refund(self) -> bool:
        """Whether something of it was refunded, whatever its status says now."""
        return _shows_refund(self.status_id, self.payment_status)


class OrderSummary(OrderHeader, frozen=True, dict=True):
    """A header with the order's total; None where that cannot be read."""

    total_inc_tax: Nullable[Decimal | None] = None
    store_credit_amount: Amount = NOTHING
    gift_certificate_amount: Amount = NOTHING

    def may_total(self, total: Decimal | None) -> bool:
        """Whether the order may come to this: the store's total is before what was paid by gift certificate and store
        credit, or after it, or after one of the two (bigcommerce.md, section 2)."""
        if total is None or self.total_inc_tax is None:
            return False
        held_back = (NOTHING, self.store_credit_amount, self.gift_certificate_amount)
        return total - self.total_inc_tax in {*held_back, sum(held_back, NOTHING)}


def _shows_refund(status_id: int, payment_status: str) -> bool:
    return status_id in (StatusId.REFUNDED, StatusId.PARTIALLY_REFUNDED) or "refunded" in payment_status


class TimeZone(Document, frozen=True):
    """A store's time zone: its name, and by how many seconds it is ahead of UTC in winter and in summer."""

    name: Text = ""
    raw_offset: int | None = None
    dst_offset: int | None = None
    dst_correction: Flag = False


_WEIGHT_UNITS = {"lbs": "lb", "ounces": "oz", "kgs": "kg", "grams": "g", "tonnes": "t"}


class StoreInformation(Document, frozen=True):
    """Who the store is (`/store`)."""

    id: str
    name: Text = ""
    control_panel_base_url: Text = ""
    country_code: Text = ""
    timezone: Nullable[TimeZone | None] = None
    weight_units: Text = ""

    @property
    def weight_unit(self) -> str:
        """The sign of the unit of its weights: lb, oz, kg, g or t; "" where it names none of them."""
        return _WEIGHT_UNITS.get(self.weight_units.strip().casefold(), "")


class OrderStatusLabel(Document, frozen=True):
    """A status with the vendor's and the merchant's label."""

    id: int
    name: Text = ""
    custom_label: Text = ""
