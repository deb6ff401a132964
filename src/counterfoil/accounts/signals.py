"""Logins, failed ones and logouts, second factors and passwords: each leaves its line in the audit log."""

from datetime import timedelta
from typing import Any

from allauth.account import signals as accounts
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as second_factors
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from counterfoil.accounts.audit import audit
from counterfoil.accounts.client_ip import network_of, remote_ip
from counterfoil.accounts.device_cookie import remember_device
from counterfoil.accounts.lockout import forgive_person, remembered, typed_name, waits_until
from counterfoil.accounts.mail.account_notices import tell
from counterfoil.accounts.models import AuditEntry, Person
from counterfoil.accounts.users import end_sessions

FAILED = "Tried to log in with a wrong name or password."
LOCKED_OUT = "Was locked out for"
FAILED_AGAIN = "Entered a wrong password while logged in."
LOGGED_IN = {"totp": "Logged in with a second factor.", "recovery_codes": "Logged in with a recovery code."}
AT_MOST, WITHIN = 20, timedelta(minutes=15)  # failed logins from one address that are written down


def connect() -> None:
    """Has all of it written down; called once, when the program starts."""
    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked_out)
    accounts.password_reset.connect(_password_reset)
    second_factors.authenticator_added.connect(_factor_added)
    second_factors.authenticator_removed.connect(_factor_removed)
    second_factors.authenticator_reset.connect(_codes_renewed)
    second_factors.authentication_failed.connect(_code_wrong)


def _logged_in(request: HttpRequest, user: Person, **_: Any) -> None:
    """Also forgets the person's failed tries from here, and sessions that have ended by themselves.

    From now on this browser is known as one of theirs.
    """
    forgive_person(request, user)
    remember_device(request, user)
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    audit(request, LOGGED_IN.get(_factor(request, user), "Logged in."), who=user)


def _factor(request: HttpRequest, user: Person) -> str:
    """What the login asked for besides the password: totp, recovery_codes, or nothing."""
    records = get_authentication_records(request, user)
    return next((str(record.get("type")) for record in reversed(records) if record["method"] == "mfa"), "")


def _logged_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    if user is not None:
        audit(request, "Logged out.", who=user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """An address that tries and tries is written down a few times, not a million times."""
    if request is None or getattr(request, "axes_locked_out", False):
        return
    who = getattr(request, "user", None)
    if isinstance(who, Person):
        audit_a_few_times(request, FAILED_AGAIN)
    else:
        audit_a_few_times(request, FAILED, about=typed_name(request, credentials))


def audit_a_few_times(request: HttpRequest, what: str, *, about: str = "") -> None:
    """Writes down what anybody may cause: twenty times in a quarter of an hour from one address (IPv6: /64) at most."""
    if not said_often(request, what):
        audit(request, what, about=about)


def audit_once_a_day(request: HttpRequest, what: str, *, about: str) -> None:
    """Writes down what a program repeats by itself, from one address (IPv6: /64)."""
    if not _said_lately(request, timedelta(days=1)).filter(what=what, about=about).exists():
        audit(request, what, about=about)


def said_often(request: HttpRequest, what: str) -> bool:
    """Whether that was written down twenty times in the last quarter of an hour, from the request's address."""
    return _said_lately(request).filter(what=what).count() >= AT_MOST


def _said_lately(request: HttpRequest, within: timedelta = WITHIN) -> "QuerySet[AuditEntry]":
    address = remote_ip(request)
    here = Q(address__range=network_of(address)) if address else Q(address=None)
    return AuditEntry.objects.filter(here, at__gt=timezone.now() - within)


def _locked_out(request: HttpRequest, username: str, **_: Any) -> None:
    """Said once: further tries while it lasts add nothing, nor do ever new names from one address."""
    lately = _said_lately(request).filter(what__startswith=LOCKED_OUT)
    if lately.filter(about=username).exists() or lately.count() >= AT_MOST:
        return
    guess = remembered(request, None)
    until = waits_until(guess) or timezone.now()
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60))
    said = f"{LOCKED_OUT} {minutes} minute{'s' if minutes > 1 else ''} after too many wrong passwords."
    audit(request, said, about=username)


def _password_reset(request: HttpRequest, user: Person, **_: Any) -> None:
    """Whoever was logged in with the old password is not any more; a one-time password is none any more."""
    Person.objects.filter(pk=user.pk).update(must_change_password=False, one_time_password_until=None)
    end_sessions(user)
    remember_device(request, user)  # who can read their mail is let in, however many others guess meanwhile
    tell(user, "Your password was changed with a link that was mailed to you.")
    audit(request, "Chose a new password with a link that was mailed.", who=user)


def _factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        audit(request, "Set up a second factor.", who=user)
        tell(user, "A second factor was set up for your login.")


def _factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        audit(request, "Removed their second factor.", who=user)
        tell(user, "The second factor of your login was removed.")


def _codes_renewed(request: HttpRequest, user: Person, **_: Any) -> None:
    audit(request, "Created new recovery codes.", who=user)
    tell(user, "New recovery codes were created for your login. The old ones no longer work.")


def _code_wrong(request: HttpRequest, user: Person, **_: Any) -> None:
    audit(request, "Entered a wrong code of their second factor.", who=user)
