"""Mails to the administrators about webhook endpoints."""

from django.urls import reverse

from counterfoil.accounts.mail.outbox import can_mail, enqueue, link
from counterfoil.accounts.models import Person, Role
from counterfoil.events.models import WebhookEndpoint

SUBJECT = "The webhook endpoint {name} was switched off"
TEXT = (
    "{name} gets no more events.\n\n{reason}\n\n"
    "New events wait for up to 30 days. Fix the receiving system, then switch the endpoint on again."
    "\n\n{page}"
)


def tell_administrators(endpoint: WebhookEndpoint, reason: str) -> None:
    """Mails it to each of them who has an address, where a mail server is set up."""
    if not can_mail():
        return
    text = TEXT.format(name=endpoint.name, reason=reason, page=link(reverse("webhook-endpoint", args=[endpoint.pk])))
    for person in Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(email=""):
        enqueue(person.email, SUBJECT.format(name=endpoint.name), text, person=person)
