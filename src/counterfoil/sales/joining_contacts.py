"""When two clients become one: which of their contacts are one person."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from counterfoil.sales.models import Contact


@dataclass(frozen=True, slots=True)
class Joined:
    """A contact of the client that goes, and the one of the client that stays who is the same person."""

    gone: Contact
    stays: Contact


def joined_contacts(stays: Sequence[Contact], goes: Sequence[Contact]) -> list[Joined]:
    """By e-mail; by name where neither has one; and by name where one has none and no second person is called so."""
    by_email = {contact.email_key: contact for contact in stays if contact.email_key}
    nameless_email = {contact.name_key: contact for contact in stays if not contact.email_key}
    called = Counter(contact.name_key for contact in stays)
    by_name = {contact.name_key: contact for contact in stays if contact.name_key and called[contact.name_key] == 1}
    only_here = Counter(contact.name_key for contact in goes)
    found = []
    for contact in goes:
        same = by_email.get(contact.email_key) if contact.email_key else nameless_email.get(contact.name_key)
        namesake = by_name.get(contact.name_key)
        if same is None and namesake is not None and only_here[contact.name_key] == 1:
            same = namesake if not (contact.email_key and namesake.email_key) else None
        if same is not None:
            found.append(Joined(contact, same))
    return found


def complete(pairs: Iterable[Joined]) -> None:
    """What the contact that stays lacks, it takes from the one that goes. One statement at most."""
    completed = {}
    for pair in pairs:
        stays, gone = pair.stays, pair.gone
        if gone.email_key and not stays.email_key:
            stays.email, stays.email_key = gone.email, gone.email_key
            completed[stays.pk] = stays
        if gone.phone and not stays.phone:
            stays.phone = gone.phone
            completed[stays.pk] = stays
        if gone.name_key and not stays.name_key:  # a name is taken whole
            stays.first_name, stays.last_name, stays.name_key = gone.first_name, gone.last_name, gone.name_key
            completed[stays.pk] = stays
    if completed:
        columns = ["email", "email_key", "phone", "first_name", "last_name", "name_key"]
        Contact.objects.bulk_update(completed.values(), columns)
