"""What was entered of a contact."""

from collections.abc import Mapping

from counterfoil.sales.clients.contacts import LONGEST, WORDS
from counterfoil.sales.models import Contact
from counterfoil.web.ui.request_data import text_in


def entered_contact(sent: Mapping[str, str], contact: Contact | None = None) -> dict[str, str]:
    """What stands in each input: what was sent, a letter too many with it to be refused, else the contact's."""
    return {
        name: text_in(sent, name, LONGEST[name] + 1) if name in sent else getattr(contact, name, "") for name in WORDS
    }
