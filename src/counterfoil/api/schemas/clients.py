"""Clients, contacts and products."""

from typing import Annotated

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Flag, Name, Paged, RequestBody, Short, Text, Words
from counterfoil.sales.models import ProductType


class ClientsAsked(Paged):
    """Filters of a list of clients."""

    q: Text = Field("", max_length=300, description="A name, e-mail address, phone number or customer ID.")


class ContactsAsked(Paged):
    """Filters of a list of contacts."""

    client: int | None = Field(None, ge=1, le=2**63 - 1, description="The number of their client.")


class ClientSent(RequestBody):
    """A new name."""

    name: Name
    why: Words = Field("", description="Kept in the history.")


class ContactSent(RequestBody):
    """Changes to a contact; fields left out stay as they are."""

    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None


class ContactOfClientSchema(BaseModel):
    """A person at a client."""

    id: int
    name: str
    email: str
    phone: str


class ClientSchema(BaseModel):
    """A company, or a person buying for themselves. `orders`: how many the token can see."""

    number: int
    name: str
    orders: int
    contacts: list[ContactOfClientSchema]


class ContactSchema(BaseModel):
    """A person at a client."""

    id: int
    client: int
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str


class ProductsAsked(Paged):
    """Filters of a list of products."""

    q: Text = Field("", max_length=300, description="Words of part number, description, bin, or an alias.")
    type: ProductType | None = None
    active: bool | None = Field(None, description="Whether it’s active.")


class ProductSent(RequestBody):
    """A new product."""

    part_number: Name = Field(examples=["MUG-1"])
    description: Annotated[Text, Field(max_length=2000)] = ""
    type: ProductType = ProductType.PHYSICAL
    bin: Short = ""
    upc: Short = Field("", description="Its barcode number: UPC, EAN or GTIN.", examples=["012345678905"])


class ProductChangeSent(RequestBody):
    """Changes to a product; fields left out stay as they are."""

    part_number: Name | None = None
    description: Annotated[Text, Field(max_length=2000)] | None = None
    type: ProductType | None = None
    bin: Short | None = None
    upc: Short | None = None
    active: Flag | None = None


class AliasSent(RequestBody):
    """What else a store calls a product."""

    store: Annotated[Text, Field(min_length=1, max_length=50)] = Field(examples=["WEB-"])
    sku: Name = Field(examples=["ODD-1"])


class AliasTakenSchema(BaseModel):
    """The new alias, and how many orders are retried."""

    store: str
    sku: str
    part_number: str
    tried_again: int


class AliasRemovedSchema(BaseModel):
    """The alias that was removed."""

    store: str
    sku: str
    removed: str


class AliasSchema(BaseModel):
    """What else a store calls a product."""

    id: int
    store: str
    sku: str


class ProductSchema(BaseModel):
    """A product the merchant sells."""

    id: int
    part_number: str
    description: str
    type: str
    bin: str
    active: bool
    upc: str


class ProductDocumentSchema(ProductSchema):
    """A product with its aliases."""

    aliases: list[AliasSchema]
