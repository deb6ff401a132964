"""Who ordered, when an order is imported again with another buyer: never over whom a person chose (design, rule 8)."""

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.buyers import settle_contact
from counterfoil.intake.updating.changes import BY, Merge
from counterfoil.sales.models import Contact

CONTACT = "contact"


def merge_contact(merge: Merge, theirs: Contact) -> set[str]:
    """Takes the buyer's contact over, or leaves it for a person to pick; returns the columns that are written."""
    order = merge.order
    if theirs.pk == order.contact_id:
        merge.settle(CONTACT)
        return set()
    if order.changes.filter(field=CONTACT).exclude(by=BY).exists():
        merge.conflict(CONTACT, order.contact, theirs)
        return set()
    return _take(merge, theirs)


def take_contact(merge: Merge, buyer: Buyer) -> None:
    """Sets the contact to the one of the store's buyer: a person picked it."""
    written = _take(merge, settle_contact(merge.order.client_id, buyer))
    merge.order.save(update_fields=written)


def _take(merge: Merge, theirs: Contact) -> set[str]:
    merge.changed(CONTACT, merge.order.contact, theirs)
    merge.order.contact = theirs
    return {CONTACT}
