"""Shipments: what is sent to process, correct and void parcels, and what is answered."""

from typing import Annotated

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Flag, Quantity, Reason, RequestBody, Short, Words
from counterfoil.api.schemas.orders import ParcelSchema, ShipmentSchema, StoreShipmentSchema
from counterfoil.limits import MOST_API_PARCELS

MOST_ITEMS = 1000


class ItemSent(RequestBody):
    """An item in a parcel, named by its part number or the position of its line."""

    part_number: Annotated[Short, Field(min_length=1)] | None = Field(
        None, description="Our part number, or the SKU it was sold as.", examples=["MUG-1"]
    )
    line: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = Field(
        None, description="`position` of the line, if several lines have the part number."
    )
    quantity: Quantity | None = Field(None, description="How many; null or omitted: all that's open.")


class ParcelSent(RequestBody):
    """One box. Without `items` it contains everything that is open; a further box has no items of its own."""

    carrier: Short = Field("", description="If omitted, the tracking number decides.", examples=["UPS"])
    service: Short = Field("", examples=["Ground"])
    tracking_number: Short = Field("", examples=["1Z999AA10123456784"])
    tracking_link: Short = Field("", description="A tracking URL; known carriers don't need one.")
    items: Annotated[list[ItemSent], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    further_box: Flag = Field(False, description="A further box of the previous parcel, without items of its own.")


class ShipmentSent(RequestBody):
    """Parcels to process together: all of them, or none."""

    parcels: Annotated[list[ParcelSent], Field(min_length=1, max_length=MOST_API_PARCELS)]
    allow_used_numbers: Flag = Field(False, description="Accept a tracking number that another parcel already has.")
    not_scanned: Words = Field(
        "", description="Why the items weren't scanned, if the store requires scanning; needs the scope manage."
    )


class CorrectionSent(RequestBody):
    """Corrections to a parcel's tracking; fields left out stay as they are."""

    carrier: Short | None = None
    service: Short | None = None
    tracking_number: Short | None = Field(None, description="“” clears it.")
    tracking_link: Short | None = None
    allow_used_numbers: Flag = False


class VoidSent(RequestBody):
    """Why a parcel is voided."""

    reason: Reason = Field(description="Kept in the history.", examples=["Packed twice."])


class ShippingSchema(BaseModel):
    """An order's shipments."""

    import_id: str | None
    number: int
    status: str
    shipments: list[ShipmentSchema]
    store_shipments: list[StoreShipmentSchema]


class ShippedSchema(ShippingSchema):
    """What was processed: `shipment` is its ID; `remarks` has anything else to know."""

    shipment: int
    remarks: list[str]


class CorrectedSchema(ShippingSchema):
    """Whether anything changed, and anything else to know."""

    changed: bool
    remarks: list[str]


class ParcelDocumentSchema(ParcelSchema):
    """A parcel and its order."""

    order: str = Field(description="The order's import ID, or its number.")
    shipment: int
