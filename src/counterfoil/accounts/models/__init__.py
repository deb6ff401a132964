"""Users, their notifications, mails and the audit log; the tokens of other systems.

Their tables and migrations belong to the app `web`, where they were first.
"""

from counterfoil.accounts.models.api_tokens import ApiAct, ApiToken, IdempotencyKey, Scope
from counterfoil.accounts.models.mail import UNDELIVERED, Mail, MailState
from counterfoil.accounts.models.notifications import WEEKDAYS, DigestDays, Notice, Notifications
from counterfoil.accounts.models.people import RANKS, AuditEntry, Invitation, Person, RequiredSecondFactor, Role

__all__ = [
    "RANKS",
    "UNDELIVERED",
    "WEEKDAYS",
    "ApiAct",
    "ApiToken",
    "AuditEntry",
    "DigestDays",
    "IdempotencyKey",
    "Invitation",
    "Mail",
    "MailState",
    "Notice",
    "Notifications",
    "Person",
    "RequiredSecondFactor",
    "Role",
    "Scope",
]
