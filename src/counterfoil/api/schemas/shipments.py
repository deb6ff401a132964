"""Shipments: what is sent to process, correct and void parcels, and what is answered."""

from typing import Annotated

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Flag, Quantity, RequestBody, Short, Words
from counterfoil.api.schemas.orders import ParcelSchema, ShipmentSchema, StoreShipmentSchema
from counterfoil.limits import MOST_API_PARCELS

MOST_ITEMS = 1000


class ItemSent(RequestBody):
    """Something that lies in a parcel: by its part number, or by the position of its line."""

    part_number: Annotated[Short, Field(min_length=1)] | None = Field(
        None, description="Our part number, or what the store sold it as.", examples=["MUG-1"]
    )
    line: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = Field(
        None, description="`position` of the line, where a part number stands on several."
    )
    quantity: Quantity | None = Field(None, description="How many; null or left out: all that is open of it.")


class ParcelSent(RequestBody):
    """One box. Without `items` it holds all that is open; a further box holds nothing by itself."""

    carrier: Short = Field("", description="Left out: the one that the tracking number tells.", examples=["UPS"])
    service: Short = Field("", examples=["Ground"])
    tracking_number: Short = Field("", examples=["1Z999AA10123456784"])
    tracking_link: Short = Field("", description="An own link; carriers that are known need none.")
    items: Annotated[list[ItemSent], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    further_box: Flag = Field(False, description="A further box of the parcel before it, without items of its own.")


class ShipmentSent(RequestBody):
    """Parcels that are processed together: all of them, or none."""

    parcels: Annotated[list[ParcelSent], Field(min_length=1, max_length=MOST_API_PARCELS)]
    allow_used_numbers: Flag = Field(False, description="Also take a tracking number that another parcel has already.")


class CorrectionSent(RequestBody):
    """What of a parcel's tracking is another one; what is left out stays."""

    carrier: Short | None = None
    service: Short | None = None
    tracking_number: Short | None = Field(None, description="“” takes it away.")
    tracking_link: Short | None = None
    allow_used_numbers: Flag = False


class VoidSent(RequestBody):
    """A parcel that did not leave."""

    reason: Words = Field(min_length=1, description="Kept in the history.", examples=["Packed twice."])


class ShippingSchema(BaseModel):
    """Where an order's shipments stand now."""

    import_id: str | None
    number: int
    status: str
    shipments: list[ShipmentSchema]
    store_shipments: list[StoreShipmentSchema]


class ShippedSchema(ShippingSchema):
    """What was processed: `shipment` is its id; `remarks` say what else is to be known."""

    shipment: int
    remarks: list[str]


class CorrectedSchema(ShippingSchema):
    """Whether anything differed, and what else is to be known."""

    changed: bool
    remarks: list[str]


class ParcelDocumentSchema(ParcelSchema):
    """A parcel and its order."""

    order: str = Field(description="The order's import ID, or its number.")
    shipment: int
