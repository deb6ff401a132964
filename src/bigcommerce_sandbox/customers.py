"""The store's customers: who they are follows from the orders that they placed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bigcommerce_sandbox.answers import Document, Refused, not_found
from bigcommerce_sandbox.orders.order import Order

_LONGEST = {"first_name": 100, "last_name": 100, "company": 255, "phone": 50, "email": 255, "notes": 65_535}
_SHORTEST = {"first_name": 1, "last_name": 1, "email": 3}
_OF_THE_BILL = ("first_name", "last_name", "company", "phone")
_ADDRESS = {
    "first_name": ("first_name", 255), "last_name": ("last_name", 255), "company": ("company", 255),
    "address1": ("street_1", 255), "address2": ("street_2", 255), "city": ("city", 100),
    "state_or_province": ("state", 100), "postal_code": ("zip", 30), "country": ("country", 100),
    "country_code": ("country_iso2", 2), "phone": ("phone", 50),
}  # fmt: skip
_NAMELESS = "-"  # the real store asks for at least one character


@dataclass(slots=True)
class Customer:
    """``addresses`` are V3 documents; ``created`` and ``modified`` are store seconds."""

    id: int
    email: str
    first_name: str
    last_name: str
    company: str
    phone: str
    created: int
    modified: int
    notes: str = ""
    customer_group_id: int = 0
    addresses: list[Document] = field(default_factory=list)


class CustomerBook:
    """Customers by number; no two have one e-mail. Numbers of addresses count up over all customers."""

    def __init__(self) -> None:
        self.customers: dict[int, Customer] = {}
        self._emails: dict[str, int] = {}
        self._known: dict[tuple[str, ...], int] = {}

    def customer(self, customer_id: int) -> Customer:
        """Raises Refused with 404."""
        if customer_id not in self.customers:
            raise not_found()
        return self.customers[customer_id]

    def meet(self, order: Order) -> None:
        """Whoever placed the order is a customer from then on, with the addresses of the order. 0 is a guest."""
        customer_id = order.header["customer_id"]
        if not isinstance(customer_id, int) or customer_id <= 0:
            return
        person = order.header["billing_address"]
        customer = self.customers.get(customer_id) or self._welcome(customer_id, person, order.created)
        for place in (person, *order.addresses):
            self._write_down(customer, place)

    def take(self, customer: Customer) -> None:
        """A customer as kept in the state file, or changed by a person."""
        self.customers[customer.id] = customer
        self._emails[customer.email.casefold()] = customer.id
        for address in customer.addresses:
            self._known[_key(customer.id, address)] = address["id"]

    def _welcome(self, customer_id: int, person: Document, second: int) -> Customer:
        email = _text(person, "email", 255)
        if len(email) < 3 or email.casefold() in self._emails:
            email = f"customer-{customer_id}@example.com"
        first, last, company, phone = (_text(person, name, _LONGEST[name]) for name in _OF_THE_BILL)
        first, last = first or _NAMELESS, last or _NAMELESS
        customer = Customer(customer_id, email, first, last, company, phone, second, second)
        self.take(customer)
        return customer

    def _write_down(self, customer: Customer, place: Document) -> None:
        address = {name: _text(place, own, longest) for name, (own, longest) in _ADDRESS.items()}
        if len(address["country_code"]) != 2:
            return
        for name in ("first_name", "last_name"):
            address[name] = address[name] or _NAMELESS
        number = len(self._known) + 1
        if self._known.setdefault(_key(customer.id, address), number) == number:
            kind = "commercial" if address["company"] else "residential"
            customer.addresses.append({"id": number, "customer_id": customer.id, **address, "address_type": kind})

    def edit(self, customer: Customer, changes: Document, second: int) -> None:
        """By a person: names, company, phone, email, notes, customer_group_id. Raises Refused with 400."""
        for name, value in changes.items():
            _check(name, value)
        email = changes.get("email", customer.email).casefold()
        if self._emails.get(email, customer.id) != customer.id:
            raise Refused(400, "Another customer has this e-mail.")
        del self._emails[customer.email.casefold()]
        for name, value in changes.items():
            setattr(customer, name, value)
        self._emails[customer.email.casefold()] = customer.id
        customer.modified = max(customer.modified, second)


def _key(customer_id: int, address: Document) -> tuple[str, ...]:
    return (str(customer_id), *(address[name] for name in _ADDRESS))


def _text(person: Document, name: str, longest: int) -> str:
    return str(person.get(name) or "")[:longest]


def _check(name: str, value: Any) -> None:
    if name == "customer_group_id":
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused(400, "“customer_group_id” is a whole number.")
        return
    fits = name in _LONGEST and isinstance(value, str) and len(value) <= _LONGEST[name]
    if not fits or len(value) < _SHORTEST.get(name, 0):
        raise Refused(400, f"A customer's “{name}” cannot be {value!r}.")


def all_addresses(customers: Iterable[Customer]) -> list[Document]:
    """Of these customers, by number."""
    found = [address for customer in customers for address in customer.addresses]
    return sorted(found, key=lambda address: int(address["id"]))
