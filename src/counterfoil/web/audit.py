"""The audit log: what people did about logins, people, settings, secrets and exports."""

from django.http import HttpRequest

from counterfoil.web.models import AuditEntry, Person


def audit(request: HttpRequest, what: str, *, about: str = "") -> None:
    """Writes down what the person behind the request did: `what` is a sentence, and never holds a secret."""
    who = request.user if isinstance(request.user, Person) else None
    AuditEntry.objects.create(
        person=who, by=str(who or "Nobody logged in"), what=what, about=about, address=request.META.get("REMOTE_ADDR")
    )
