"""Clients, contacts and products."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from counterfoil.api.schemas.common import Flag, Paged, Sent, Short, Text, Words


class ClientsAsked(Paged):
    """What a list of clients is narrowed to."""

    q: Text = Field("", max_length=300, description="A name, an e-mail, a phone, a customer ID.")


class ContactsAsked(Paged):
    """What a list of contacts is narrowed to."""

    client: int | None = Field(None, ge=1, le=2**63 - 1, description="The number of their client.")


class ClientSent(Sent):
    """Another name."""

    name: Short = Field(min_length=1)
    why: Words = Field("", description="Kept in the history.")


class ContactSent(Sent):
    """What of a contact is another one; what is left out stays."""

    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None


class ContactOfClient(BaseModel):
    """A person at a client."""

    id: int
    name: str
    email: str
    phone: str


class Client(BaseModel):
    """A company, or a person who buys for themselves. `orders`: how many the token may see."""

    number: int
    name: str
    orders: int
    contacts: list[ContactOfClient]


class Contact(BaseModel):
    """A person at a client."""

    id: int
    client: int
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str


class ProductType(StrEnum):
    """Whether it goes into a parcel."""

    PHYSICAL = "physical"
    DIGITAL = "digital"


class ProductsAsked(Paged):
    """What a list of products is narrowed to."""

    q: Text = Field("", max_length=300, description="Words of part number, description, bin, or an alias.")
    type: ProductType | None = None
    active: bool | None = Field(None, description="Whether it is in use.")


class ProductSent(Sent):
    """A new product."""

    part_number: Short = Field(min_length=1, examples=["MUG-1"])
    description: Annotated[Text, Field(max_length=2000)] = ""
    type: ProductType = ProductType.PHYSICAL
    bin: Short = ""


class ProductChangeSent(Sent):
    """What of a product is another one; what is left out stays."""

    part_number: Annotated[Short, Field(min_length=1)] | None = None
    description: Annotated[Text, Field(max_length=2000)] | None = None
    type: ProductType | None = None
    bin: Short | None = None
    active: Flag | None = None


class AliasSent(Sent):
    """What else a store calls a product."""

    store: Annotated[Text, Field(min_length=1, max_length=50)] = Field(examples=["WEB-"])
    sku: Short = Field(min_length=1, examples=["ODD-1"])


class AliasTaken(BaseModel):
    """What was said, and how many orders that were not imported are tried again."""

    store: str
    sku: str
    part_number: str
    tried_again: int


class AliasRemoved(BaseModel):
    """What was taken back."""

    store: str
    sku: str
    removed: str


class Alias(BaseModel):
    """What else a store calls a product."""

    id: int
    store: str
    sku: str


class Product(BaseModel):
    """An article that the merchant sells."""

    id: int
    part_number: str
    description: str
    type: str
    bin: str
    active: bool


class ProductDocument(Product):
    """A product with its aliases."""

    aliases: list[Alias]
