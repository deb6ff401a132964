"""The people of an order: who bought, and to whom it is shipped, each a contact of the client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.sales.db.raw_rows import insert
from counterfoil.sales.models import AddressKind, Contact
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.text.names import is_name, real_names
from counterfoil.sales.text.normalize import fold, fold_email


@dataclass(frozen=True, slots=True)
class Named:
    """Someone whom an order names, and the folded e-mail and name that a contact is known by."""

    first_name: str
    last_name: str
    email: str
    phone: str
    email_key: str
    name_key: str

    @classmethod
    def on(cls, whom: Buyer | AddressDraft) -> "Named":
        """The person on an address."""
        first_name, last_name = real_names(whom.first_name, whom.last_name)
        return cls(
            first_name=first_name,
            last_name=last_name,
            email=whom.email.strip() if is_name(whom.email) else "",
            phone=whom.phone.strip(),
            email_key=fold_email(whom.email),
            name_key=fold(f"{first_name} {last_name}"),
        )

    def is_same_as(self, known: "Named | Contact") -> bool:
        """By e-mail, else by name where one of the two has no e-mail."""
        if self.email_key and known.email_key:
            return self.email_key == known.email_key
        return self.name_key == known.name_key


def people_of(buyer: Buyer, addresses: Iterable[AddressDraft]) -> list[Named]:
    """The buyer first, then those whom something is shipped to, each person once.

    Stores write the shopper's e-mail on every address; it stays the buyer's, whoever else is named there.
    """
    people = [Named.on(buyer)]
    for address in addresses:
        person = Named.on(address)
        if address.kind is not AddressKind.SHIP_TO or not person.name_key:
            continue
        if person.email_key == people[0].email_key and person.name_key != people[0].name_key:
            person = replace(person, email="", email_key="")
        if not any(person.is_same_as(known) for known in people):
            people.append(person)
    return people


def resolve_contacts(client_id: int, people: Sequence[Named], *, new_client: bool = False) -> Contact:
    """Makes each of them a contact of the client; returns the first's. A contact takes what it lacked so far.

    One statement for a new client; two for a known one, a third where something is added.
    """
    known = [] if new_client else _known(client_id, people)
    missing = [person for person in people if _contact_of(person, known) is None]
    # In one order everywhere, so that two workers never wait for each other.
    missing.sort(key=lambda person: (person.email_key, person.name_key))
    made = insert(Contact, [_row(client_id, person) for person in missing], leave_out_taken=True)
    if len(made) < len(missing):
        return resolve_contacts(client_id, people)  # someone else made one of them meanwhile
    known += [Contact(pk=pk, **_row(client_id, person)) for pk, person in zip(made, missing, strict=True)]
    _complete(people, known)
    contact = _contact_of(people[0], known)
    assert contact is not None
    return contact


def _known(client_id: int, people: Sequence[Named]) -> list[Contact]:
    emails = [person.email_key for person in people if person.email_key]
    names = [person.name_key for person in people]
    return list(
        Contact.objects.filter(Q(email_key__in=emails) | Q(name_key__in=names), client_id=client_id).order_by("pk")
    )


def _contact_of(person: Named, known: Sequence[Contact]) -> Contact | None:
    """By e-mail first, then by name."""
    same = [contact for contact in known if person.is_same_as(contact)]
    return min(same, key=lambda contact: contact.email_key != person.email_key, default=None)


def _complete(people: Sequence[Named], known: Sequence[Contact]) -> None:
    """Where an e-mail or a phone was missing, the order's is taken."""
    completed = {}
    for person in people:
        contact = _contact_of(person, known)
        if contact is None:
            continue
        if person.email_key and not contact.email_key:
            contact.email, contact.email_key = person.email, person.email_key
            completed[contact.pk] = contact
        if person.phone and not contact.phone:
            contact.phone = person.phone
            completed[contact.pk] = contact
    if completed:
        Contact.objects.bulk_update(completed.values(), ["email", "email_key", "phone"])


def _row(client_id: int, person: Named) -> dict[str, object]:
    return {"client_id": client_id, **{name: getattr(person, name) for name in Named.__slots__}}
