"""The people of a client by hand: add one, correct one, make one of two, say who ordered.

Within a client an e-mail is one contact's, and so is the name of those without one (`Contact`): what would break that
is refused with `SameContact`, which knows the other one.
"""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from counterfoil.sales.clients.edit import lock_client
from counterfoil.sales.clients.match_keys import hold_matching
from counterfoil.sales.clients.merge import Joined, complete
from counterfoil.sales.db.foreign_keys import point_elsewhere, references_to
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import ClientChange, Contact, OrderChange
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.text.normalize import LONGEST_EMAIL, fold, fold_email

WORDS = {"first_name": "first name", "last_name": "last name", "email": "e-mail", "phone": "phone"}
"""What a person enters of a contact, and what it is called in the history."""
LONGEST = {"first_name": 150, "last_name": 150, "email": LONGEST_EMAIL, "phone": 60}


class SameContact(Refused):
    """The client has a contact with this e-mail, or of this name and without an e-mail, already: `other`."""

    def __init__(self, other: Contact, *, by_email: bool, is_new: bool) -> None:
        what = f"the e-mail {other.email}" if by_email else "this name and no e-mail"
        super().__init__(
            f"{other.name} has {what} already.",
            "Open that one." if is_new else "Merge the two, or enter a different one.",
        )
        self.other = other


def add_contact(client_id: int, entered: Mapping[str, str], *, by: str) -> Contact:
    """A new contact of the client; `entered`: some of WORDS. Raises Refused."""
    with transaction.atomic():
        contact = Contact(client=lock_client(client_id))
        _enter(contact, entered)
        _save(contact, list(WORDS))
        _record(contact, "new contact", "", _called(contact), by=by)
    return contact


def edit_contact(contact_id: int, entered: Mapping[str, str], *, by: str) -> list[str]:
    """Changes what was entered, each with its history; returns the words of what changed. Raises Refused."""
    with transaction.atomic():
        contact = _locked(contact_id)
        before = {name: getattr(contact, name) for name in WORDS}
        _enter(contact, entered)
        changed = [name for name in WORDS if getattr(contact, name) != before[name]]
        if changed:
            _save(contact, changed)
        for name in changed:
            _record(contact, f"{WORDS[name]} of {contact}", before[name], getattr(contact, name), by=by)
    return [WORDS[name] for name in changed]


def merge_contacts(keep_id: int, drop_id: int, *, by: str) -> Contact:
    """Two contacts of a client become the one that stays: it takes the orders, and what it lacked. Raises Refused.

    While it lasts, no order is matched to a client: one may be about to name the contact that goes.
    """
    with transaction.atomic():
        hold_matching()
        keep, drop = _locked(keep_id), _locked(drop_id)
        if keep.pk == drop.pk:
            raise Refused("A contact can’t be merged into itself.", "Choose two.")
        if keep.client_id != drop.client_id:
            raise Refused("These contacts belong to two clients.", "Merge the clients if they’re the same.")
        gone = _called(drop)
        for field in references_to(Contact):
            point_elsewhere(field, {drop.pk: keep.pk})
        drop.delete()
        complete([Joined(drop, keep)])
        _record(keep, "merged contact", gone, _called(keep), by=by)
    return keep


def choose_contact(order_id: int, contact_id: int, *, by: str) -> bool:
    """Says who at the client ordered; False where it is that one already. Raises Refused for another client's."""
    with transaction.atomic():
        order = lock_order(order_id)
        contact = Contact.objects.filter(pk=contact_id, client=order.client_id).first()
        if contact is None:
            raise Refused("The client doesn’t have this contact.", "Choose one from the list.")
        if contact.pk == order.contact_id:
            return False
        before = str(order.contact or "")
        order.contact = contact
        order.save(update_fields=["contact"])
        OrderChange.objects.create(order=order, by=by, field="contact", before=before, after=str(contact))
    return True


def others_of(contact: Contact) -> QuerySet[Contact]:
    """The client's other contacts, by name."""
    others = Contact.objects.filter(client=contact.client_id).exclude(pk=contact.pk)
    return others.order_by("last_name", "first_name", "pk")


def _locked(contact_id: int) -> Contact:
    contact = Contact.objects.select_for_update(of=("self",)).filter(pk=contact_id).first()
    if contact is None:
        raise Refused("This contact doesn’t exist.", "Choose one from the client's page.")
    return contact


def _enter(contact: Contact, entered: Mapping[str, str]) -> None:
    """Sets what was entered, checked, and the keys that follow from it."""
    for name, word in WORDS.items():
        if name in entered:
            setattr(contact, name, _checked(name, word, entered[name]))
    if not contact.name:
        raise Refused("A contact needs a name or an e-mail.", "Enter one of them.")
    email_key = fold_email(contact.email)
    if contact.email and not email_key and "email" in entered:
        raise Refused(f"“{contact.email}” isn’t an e-mail address.", "Correct it, or leave it empty.")
    contact.email_key, contact.name_key = email_key, fold(f"{contact.first_name} {contact.last_name}")


def _checked(name: str, word: str, text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST[name]:
        raise Refused(f"The {word} has {len(text)} characters; {LONGEST[name]} are allowed.", "Shorten it.")
    if not text.isprintable():
        raise Refused(f"The {word} contains an unprintable character.", "Type it instead of pasting it.")
    return text


def _save(contact: Contact, names: list[str]) -> None:
    """Saves the contact; raises SameContact where the client has one like it."""
    is_new = contact.pk is None
    try:
        with transaction.atomic():
            contact.save(update_fields=None if is_new else [*names, "email_key", "name_key"])
    except IntegrityError as broken:
        same = {"email_key": contact.email_key}
        if not contact.email_key:
            same["name_key"] = contact.name_key
        other = Contact.objects.filter(client=contact.client_id, **same).exclude(pk=contact.pk).first()
        if other is None:  # it was there a moment ago
            raise Refused("Someone else just changed this client's contacts.", "Save again.") from broken
        raise SameContact(other, by_email=bool(contact.email_key), is_new=is_new) from None


def _record(contact: Contact, what: str, before: str, after: str, *, by: str) -> None:
    ClientChange.objects.create(
        client_id=contact.client_id, contact=contact, by=by, what=what, before=before, after=after
    )


def _called(contact: Contact) -> str:
    """A contact as the history names it, so that two of one name are told apart."""
    return contact.name if contact.email in ("", contact.name) else f"{contact.name} ({contact.email})"
