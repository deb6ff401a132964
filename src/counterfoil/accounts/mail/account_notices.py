"""The mails about accounts: invitations, new passwords, logins that were changed (OWASP ASVS 5.0.0, 6.3.7), tests."""

from counterfoil.accounts.mail.outbox import can_mail, enqueue
from counterfoil.accounts.models import Mail, Person

TEST = "This is a test e-mail from Counterfoil. E-mail is working."
SUBJECT = "Your login to Counterfoil was changed"
TEXT = (
    "{sentence}\n\nUsername: {username}\n\n"
    "If you didn’t do this or ask for it, tell an administrator now and choose a new password."
)


def mail_invitation(to: str, url: str, *, by: Person) -> None:
    """The link with which someone makes an account. `url`: whole, works once, for seven days."""
    enqueue(
        to,
        f"{by} invites you to Counterfoil",
        f"{by} invites you to Counterfoil, where orders are managed.\n\n"
        f"Choose a username and password here within seven days:\n{url}\n",
    )


def mail_reset_link(person: Person, url: str) -> None:
    """The link to a new password, to the address that is known, whatever was typed. `url`: whole, for a day."""
    enqueue(
        person.email,
        "Choose a new password for Counterfoil",
        f"Someone, probably you, asked for a new password for {person.username}.\n\n"
        f"Choose it here within a day:\n{url}\n\n"
        "If it wasn’t you, ignore this e-mail. Nothing was changed.",
    )


def mail_test(person: Person, url: str) -> Mail:
    """A mail that shows that mails arrive; not sent yet. `url`: of the pages, "" where that is not known."""
    return enqueue(person.email, "Test e-mail from Counterfoil", "\n".join(filter(None, (TEST, url))), person=person)


def tell(person: Person, sentence: str, *, to: str = "") -> None:
    """Mails what happened, where a mail server is set up and the person has an address.

    `to`: another address than the person's present one, as when it was replaced.
    """
    address = to or person.email
    if can_mail() and address and person.pk:
        enqueue(
            address, SUBJECT, TEXT.format(sentence=sentence, username=person.username), person=None if to else person
        )
