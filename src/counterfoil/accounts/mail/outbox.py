"""Mails: kept in a table with whatever causes them, and sent by the worker within seconds (accounts/mail/delivery.py).

A mail never holds a page up, and a mail server that is down loses none.
"""

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.accounts.models import UNDELIVERED, Mail, MailState, Person, Role
from counterfoil.sales.errors import Refused
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.public_address import public_address

LONGEST_SUBJECT = 200
ADDRESS_FIRST = "Enter your e-mail address first."


def can_mail() -> bool:
    """Whether a mail server is set up (COUNTERFOIL_EMAIL_URL)."""
    return bool(settings.CAN_MAIL)


def link(path: str) -> str:
    """The address of a page for use in a mail; "" where nobody said how people reach the pages."""
    address = public_address()
    return f"{address}{path}" if address else ""


def enqueue(to: str, subject: str, text: str, *, person: Person | None = None) -> Mail:
    """Keeps a plain-text mail to be sent as soon as the present transaction is committed; raises Refused.

    `person`: whose page shows what became of it. The text may hold a link that is secret; it is not kept once sent.
    """
    if not can_mail():
        raise Refused("No mail server is set up.", "An administrator needs to set COUNTERFOIL_EMAIL_URL.")
    if not to.strip():
        raise Refused("There is no e-mail address to send to.", ADDRESS_FIRST)
    return Mail.objects.create(person=person, to=to.strip(), subject=one_line(subject), text=Secret.of(printable(text)))


def send_again(mail: Mail) -> bool:
    """Has a mail sent that was not delivered, or of which nobody knows; False when there is nothing to send."""
    undelivered = Mail.objects.filter(pk=mail.pk, state__in=UNDELIVERED)
    return bool(undelivered.update(state=MailState.WAITING, due_at=timezone.now(), attempts=0, ended_at=None))


def in_trouble(person: Person) -> QuerySet[Mail]:
    """The mails that were not delivered at the first try: the person's own; for administrators everybody's."""
    mails = Mail.objects.filter(state__in=UNDELIVERED).exclude(trouble="")
    return mails if person.may(Role.ADMINISTRATOR) else mails.filter(person=person)


def readdress(person: Person) -> None:
    """What waits for a person goes to the address that they have now."""
    Mail.objects.filter(person=person, state=MailState.WAITING).exclude(to=person.email).update(
        to=person.email, due_at=timezone.now(), attempts=0
    )


def one_line(text: str) -> str:
    """A text as a subject: one line of a length that mail programs show."""
    line = " ".join(printable(text).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def printable(text: str) -> str:
    """A text without signs that are none; what came from a store may hold anything."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
