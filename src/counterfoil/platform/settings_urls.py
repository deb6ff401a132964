"""Reads DATABASE_URL."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgres", "postgresql")
CONNECTION_SECONDS = 600  # how long a connection is kept


def database_settings(url: str, *, application_name: str) -> Any:
    """Django's settings for a PostgreSQL database; raises ImproperlyConfigured with a sentence that hides the URL."""
    try:
        scheme = urlsplit(url).scheme
        if scheme not in SCHEMES:
            raise ImproperlyConfigured(
                "DATABASE_URL must name a PostgreSQL database, for example postgresql://USER:PASSWORD@HOST/NAME."
            )
        database = dj_database_url.parse(url, conn_max_age=CONNECTION_SECONDS, conn_health_checks=True)
    except ValueError as wrong:
        raise ImproperlyConfigured("DATABASE_URL can’t be read: does the password need %-encoding?") from wrong
    database.setdefault("OPTIONS", {}).update(application_name=application_name, connect_timeout=5)
    return database


FORMS = "smtp://USER:PASSWORD@HOST:PORT, submission://…, smtps://…, file:///DIRECTORY or console:"
BOUNDED = "counterfoil.accounts.mail.smtp_backend.BoundedBackend"
NOWHERE = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
STEP_SECONDS = 10  # how long each step of a delivery may take (accounts/mail/smtp_backend.py bounds the whole)
_TLS_PORT = 465


def mail_settings(url: str) -> dict[str, Any]:
    """Django's EMAIL_… settings; raises ImproperlyConfigured with a sentence that hides the URL.

    `smtps` speaks TLS from the first byte, `submission` changes over to it (STARTTLS), `smtp` speaks plainly.
    """
    if not url:
        return NOWHERE
    try:
        found = _read(url)
    except ValueError as wrong:
        raise ImproperlyConfigured("COUNTERFOIL_EMAIL_URL can’t be read: does the password need %-encoding?") from wrong
    if found is None:
        raise ImproperlyConfigured(f"COUNTERFOIL_EMAIL_URL must be one of {FORMS}.")
    return found


def _read(url: str) -> dict[str, Any] | None:
    parts = urlsplit(url)
    if parts.scheme == "console":
        return dict(dj_email_url.parse(url))
    if parts.scheme == "file":
        return dict(dj_email_url.parse(url), EMAIL_FILE_PATH=parts.path) if parts.path.strip("/") else None
    if parts.scheme not in ("smtp", "submission", "smtps") or not parts.hostname:
        return None
    plain = "smtp" if parts.scheme == "smtps" else parts.scheme  # the library takes smtps for STARTTLS
    found: dict[str, Any] = dj_email_url.parse(parts._replace(scheme=plain).geturl())
    if parts.scheme == "smtps":
        found |= {"EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False, "EMAIL_PORT": parts.port or _TLS_PORT}
    return found | {"EMAIL_BACKEND": BOUNDED, "EMAIL_TIMEOUT": STEP_SECONDS}


def sender(given: str, mail: dict[str, Any]) -> str:
    """Whom mails come from: as given, else the mail server's user where that is an address."""
    user = str(mail.get("EMAIL_HOST_USER") or "")
    text = given or (f"Counterfoil <{user}>" if "@" in user else "Counterfoil <counterfoil@localhost>")
    if "@" not in parseaddr(text)[1] or not text.isprintable():
        raise ImproperlyConfigured("COUNTERFOIL_EMAIL_FROM must be an address, such as Shop <orders@example.com>.")
    return text


def address(given: str) -> str:
    """Where people reach the pages, without a slash at its end; "" when nobody said. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # “https://[”, or a port that is none
        is_address = False
    if given and not is_address:
        raise ImproperlyConfigured("COUNTERFOIL_ADDRESS must be what people type: https://orders.example.com.")
    return given.rstrip("/")
