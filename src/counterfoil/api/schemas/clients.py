"""Clients, contacts and products."""

from typing import Annotated

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Flag, Name, Paged, RequestBody, Short, Text, Words
from counterfoil.sales.models import ProductType


class ClientsAsked(Paged):
    """What a list of clients is narrowed to."""

    q: Text = Field("", max_length=300, description="A name, e-mail address, phone number or customer ID.")


class ContactsAsked(Paged):
    """What a list of contacts is narrowed to."""

    client: int | None = Field(None, ge=1, le=2**63 - 1, description="The number of their client.")


class ClientSent(RequestBody):
    """Another name."""

    name: Name
    why: Words = Field("", description="Kept in the history.")


class ContactSent(RequestBody):
    """What of a contact is another one; what is left out stays."""

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
    """A company, or a person who buys for themselves. `orders`: how many the token may see."""

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
    """What a list of products is narrowed to."""

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
    """What of a product is another one; what is left out stays."""

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
    """What was said, and how many orders that were not imported are tried again."""

    store: str
    sku: str
    part_number: str
    tried_again: int


class AliasRemovedSchema(BaseModel):
    """What was taken back."""

    store: str
    sku: str
    removed: str


class AliasSchema(BaseModel):
    """What else a store calls a product."""

    id: int
    store: str
    sku: str


class ProductSchema(BaseModel):
    """An article that the merchant sells."""

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
