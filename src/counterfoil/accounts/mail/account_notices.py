"""What a person is told by mail when their login was changed, whoever changed it (OWASP ASVS 5.0.0, 6.3.7)."""

from counterfoil.accounts.mail.outbox import can_mail, enqueue
from counterfoil.accounts.models import Person

SUBJECT = "Your login to Counterfoil was changed"
TEXT = (
    "{sentence}\n\nUsername: {username}\n\n"
    "If you didn’t do this or ask for it, tell an administrator now and choose a new password."
)


def tell(person: Person, sentence: str, *, to: str = "") -> None:
    """Mails what happened, where a mail server is set up and the person has an address.

    `to`: another address than the person's present one, as when it was replaced.
    """
    address = to or person.email
    if can_mail() and address and person.pk:
        enqueue(
            address, SUBJECT, TEXT.format(sentence=sentence, username=person.username), person=None if to else person
        )
