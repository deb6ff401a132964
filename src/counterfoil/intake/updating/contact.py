"""Who ordered, when an order is imported again with another buyer: never over whom a person chose (design, rule 8)."""

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.buyers import resolve_contact
from counterfoil.intake.updating.changes import BY, CHOSEN, ChangeSet
from counterfoil.sales.models import Contact, SalesOrder

CONTACT = "contact"


def merge_contact(merge: ChangeSet, theirs: Contact) -> set[str]:
    """Takes the buyer's contact over, or leaves it for a person to pick; returns the columns that are written."""
    order = merge.order
    if theirs.pk == order.contact_id:
        merge.agree(CONTACT)
        return set()
    if is_chosen_contact(order):
        merge.conflict(CONTACT, order.contact, theirs)
        return set()
    return set_contact(merge, theirs)


def is_chosen_contact(order: SalesOrder) -> bool:
    """Whether the present contact is a person's own choice; who took the store's value has left it to the store."""
    changes = order.changes.filter(field=CONTACT).order_by("-pk")
    last = changes.values_list("by", "why").first()
    return last is not None and last[0] != BY and last[1] != CHOSEN


def take_contact(merge: ChangeSet, buyer: Buyer) -> None:
    """Sets the contact to the one of the store's buyer: a person picked it."""
    written = set_contact(merge, resolve_contact(merge.order.client_id, buyer))
    merge.order.save(update_fields=written)


def set_contact(merge: ChangeSet, theirs: Contact) -> set[str]:
    """Sets the contact; the same person at another client is not worth telling, unless a person has decided on it."""
    ours = merge.order.contact
    if merge.by == BY and ours is not None and str(ours) == str(theirs):
        merge.agree(CONTACT)
    else:
        merge.changed(CONTACT, ours, theirs)
    merge.order.contact = theirs
    return {CONTACT}
