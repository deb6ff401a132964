"""The audit log: what people did about logins, people, settings, secrets and exports."""

import structlog
from django.http import HttpRequest

from counterfoil.accounts.client_ip import remote_ip
from counterfoil.accounts.models import AuditEntry, Person
from counterfoil.storable import storable_text

NOBODY = "Nobody logged in"
LONGEST = 300
log = structlog.get_logger("counterfoil.audit")


def audit(request: HttpRequest, what: str, *, about: str = "", who: Person | None = None) -> None:
    """Writes down what the person behind the request did: `what` is a sentence, and never holds a secret.

    `who`: where the request itself does not know the person yet, as at the login.
    """
    if who is None and isinstance(getattr(request, "user", None), Person):
        who = request.user  # type: ignore[assignment]  # just checked
    by = f"{who} ({who.username})" if who is not None and str(who) != who.username else str(who or NOBODY)
    entry = AuditEntry.objects.create(
        person=who, by=by, what=_printable(what), about=_printable(about), address=remote_ip(request)
    )
    _log_line(entry)


def record_as(by: str, what: str, *, about: str = "") -> None:
    """Writes down what someone did on the command line: `by` is their name on that machine."""
    _log_line(AuditEntry.objects.create(by=f"{by} (command line)", what=_printable(what), about=_printable(about)))


def _log_line(entry: AuditEntry) -> None:
    """The log leaves the machine, if people want it to: what was typed and names stay in the database."""
    log.info("audit", entry=entry.pk, what=entry.what, person=entry.person_id, address=entry.address)


def _printable(text: str) -> str:
    """What was typed at the login may be anything."""
    return storable_text(text)[:LONGEST]
