"""Users, their notifications, mails and the audit log.

Their tables and migrations belong to the app `web`, where they were first.
"""

from counterfoil.accounts.models.mail import UNDELIVERED, Mail, MailState
from counterfoil.accounts.models.notifications import WEEKDAYS, DigestDays, Notice, Notifications
from counterfoil.accounts.models.people import (
    RANKS,
    AuditEntry,
    Invitation,
    PaperSize,
    Person,
    RequiredSecondFactor,
    Role,
)

__all__ = [
    "RANKS",
    "UNDELIVERED",
    "WEEKDAYS",
    "AuditEntry",
    "DigestDays",
    "Invitation",
    "Mail",
    "MailState",
    "Notice",
    "Notifications",
    "PaperSize",
    "Person",
    "RequiredSecondFactor",
    "Role",
]
