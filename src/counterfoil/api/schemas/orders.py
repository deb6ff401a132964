"""Sales orders: what a list can be narrowed to, what is sent to change one, and their documents."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Day, Flag, Moment, Money, Paged, Reason, RequestBody, Short, Text, Words


class Show(StrEnum):
    """An order's state."""

    TO_SHIP = "to_ship"
    ATTENTION = "attention"
    HELD = "held"
    SHIPPED = "shipped"


class Sort(StrEnum):
    """The order of a list of sales orders."""

    NEWEST = "-order_date"
    OLDEST = "order_date"
    UPDATED = "updated_at"


class OrdersAsked(Paged):
    """Filters of a list of sales orders."""

    q: Text = Field("", max_length=300, description="Any words: a number, a name, a part number, a tracking number.")
    store: Text = Field("", max_length=50, description="Import source code of a web integration.")
    channel: int | None = Field(None, ge=1, le=2**31 - 1, description="A storefront channel of the store.")
    status: Text = Field("", max_length=100, description="The name of an order status.")
    show: Show | None = Field(None, description="The order's state.")
    since: Day | None = Field(None, description="Ordered on this day (UTC) or later.")
    until: Day | None = Field(None, description="Ordered on this day (UTC) or earlier.")
    updated_since: Moment | None = Field(
        None, description="Changed at this time or later; sorts by `updated_at`. Keep `cursor` to continue from there."
    )
    sort: Sort | None = Field(None, description="Defaults to `-order_date`, newest first.")
    include: Text = Field(
        "",
        max_length=100,
        description="More parts of each order: addresses, payment, lines, shipments, updates, history, or all; "
        "separated by commas.",
        examples=["lines,shipments"],
    )


class OrderAsked(BaseModel):
    """Which parts of one sales order to return."""

    include: Text = Field("all", max_length=100, description="As for the list; everything by default.")


class StatusSent(RequestBody):
    """A new order status."""

    status: Short = Field(description="Its name.", examples=["Released"])
    why: Words = Field("", description="Kept in the history.")
    anyway: Flag = Field(False, description="Even if items are still open or the order is on hold.")


class HoldSent(RequestBody):
    """A hold: nothing can ship."""

    reason: Reason = Field(description="Why.", examples=["Address verified."])


class ReleaseSent(RequestBody):
    """It may ship anyway."""

    why: Reason = Field(description="Kept in the history.", examples=["They called."])


class OrderRowSchema(BaseModel):
    """A sales order as in a list; with `include` it has more."""

    import_id: str | None = Field(examples=["WEB-10234"])
    number: int
    store: str
    bigcommerce_order_id: int | None
    po_number: str
    order_date: datetime
    status: str
    client: str
    contact: str | None
    currency: str = Field(examples=["USD"])
    total: Money
    matched_by: str
    shipping_method: str
    fields: dict[str, Any]
    totals: "TotalsSchema"
    coupons: list[dict[str, Any]]
    notes: "NotesSchema"
    hold: "HoldSchema | None"
    created_at: datetime
    updated_at: datetime
    bill_to: "AddressSchema | None" = None
    ship_tos: "list[ShipToSchema] | None" = None
    payment: "PaymentSchema | None" = None
    lines: "list[LineSchema] | None" = None
    shipments: "list[ShipmentSchema] | None" = None
    store_shipments: "list[StoreShipmentSchema] | None" = None
    updates: "list[UpdateSchema] | None" = None
    history: "list[ChangeSchema] | None" = None


class TotalsSchema(BaseModel):
    """The parts add up to the total; with `tax_included` the other parts include the tax."""

    tax_included: bool
    subtotal: Money
    discount: Money
    shipping: Money
    handling: Money
    wrapping: Money
    fees: Money
    tax: Money
    rounding: Money
    total: Money


class NotesSchema(BaseModel):
    """What the customer and the staff wrote."""

    customer_message: str
    staff_notes: str
    own: str


class HoldSchema(BaseModel):
    """Why nothing can ship, and who released it anyway."""

    reason: str
    overridden_by: str


class AddressSchema(BaseModel):
    """An address, with who to contact there."""

    first_name: str
    last_name: str
    company: str
    street_1: str
    street_2: str
    city: str
    state: str
    postcode: str
    country: str
    country_code: str
    phone: str
    email: str


class ShipToSchema(AddressSchema):
    """An address that items ship to, and what shipping costs."""

    kind: str
    position: int
    changed_in_store: dict[str, str] | None = Field(
        description="The store's address, if it was changed there after import; shipping waits until someone chooses."
    )
    shipping_method: str
    shipping_cost: Money
    handling_cost: Money


class TenderSchema(BaseModel):
    """One way in which part of the total was paid."""

    kind: str
    description: str
    amount: Money


class PaymentSchema(BaseModel):
    """How it was paid."""

    method: str
    status: str
    tenders: list[TenderSchema]


class LineSchema(BaseModel):
    """What was ordered. Amounts include tax or not as in the order; `total_with_tax` always does."""

    position: int
    parent_position: int | None
    part_number: str
    sold_as: str
    description: str
    options: str
    kind: str
    quantity: int
    shipped: int
    cancelled: int
    backordered: int
    open: int
    fields: dict[str, Any]
    unit_price: Money
    discount: Money
    discounts: list[dict[str, Any]]
    tax: Money
    total: Money
    total_with_tax: Money
    ship_to: int | None = Field(description="The position of the address.")


class ItemSchema(BaseModel):
    """How many of something."""

    part_number: str
    sold_as: str
    quantity: int


class ParcelSchema(BaseModel):
    """One box. `state`: its state in the store."""

    id: int
    carrier: str
    service: str
    tracking_number: str
    tracking_link: str
    items: list[ItemSchema]
    state: str
    reason: str
    next_step: str
    bigcommerce_shipment_id: int | None
    voided: bool
    taken_over: bool
    belongs_to: int | None = Field(description="For a further box without items: the parcel it belongs to.")


class ShipmentSchema(BaseModel):
    """Parcels that were processed together."""

    id: int
    number: int
    processed_at: datetime
    by: str
    parcels: list[ParcelSchema]


class StoreItemSchema(BaseModel):
    """How many of something, as the store counts it."""

    part_number: str
    quantity: int


class StoreShipmentSchema(BaseModel):
    """A shipment that others created in the store."""

    bigcommerce_shipment_id: int
    carrier: str
    service: str
    tracking_number: str
    tracking_link: str
    items: list[StoreItemSchema]
    made_at: datetime | None
    parcel: int | None


class UpdateSchema(BaseModel):
    """A store update that was sent, or will be."""

    kind: str
    parcel: int | None
    status_id: int | None
    cause: str
    state: str
    created_at: datetime
    ended_at: datetime | None
    reason: str
    next_step: str


class ChangeSchema(BaseModel):
    """A line of the history."""

    at: datetime
    by: str
    field: str
    before: str
    after: str
    why: str


class OrderChangedSchema(BaseModel):
    """The order after the change."""

    import_id: str | None
    number: int
    status: str
    changed: bool
    hold: HoldSchema | None
