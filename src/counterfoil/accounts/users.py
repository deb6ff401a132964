"""Who may log in: inviting, roles, deactivating, one-time passwords, second factors, sessions, lockouts.

Nobody changes their own role or deactivates themselves, and one administrator always remains.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.accounts.lockout import Lockout as Lockout
from counterfoil.accounts.lockout import lift_lockout as lift_lockout
from counterfoil.accounts.lockout import lockouts as lockouts
from counterfoil.accounts.models import Invitation, Person, RequiredSecondFactor, Role
from counterfoil.accounts.usernames import names_someone_else
from counterfoil.sales.errors import Refused

INVITED_FOR = timedelta(days=7)
ONE_TIME_PASSWORD_FOR = timedelta(hours=24)
LAST_ADMINISTRATOR = "This is the last administrator who can log in."
MAKE_ANOTHER = "Make someone else an administrator first."
NOT_ONESELF = "You can’t do this to yourself."
ASK_ANOTHER = "Ask another administrator."


def invite(email: str, role: Role, *, by: Person | None) -> tuple[Invitation, str]:
    """Invites someone; the invitation, and the token for its link, which nobody can read later. Raises Refused.

    An earlier invitation to the same address ends.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise Refused("This isn’t an e-mail address.", "Enter one like ada@example.com.") from wrong
    known = Person.objects.filter(email__iexact=email).first()
    if known is not None:
        raise Refused(f"{known} already has this e-mail address.", "Change that person’s role instead.")
    if names_someone_else(email):
        raise Refused("Somebody uses this e-mail address as their username.", "Invite another address.")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        open_invitations().filter(email=email).delete()
        made = Invitation.objects.create(
            email=email,
            role=role,
            token_digest=_digest(token),
            invited_by=by,
            expires_at=timezone.now() + INVITED_FOR,
        )
    return made, token


def open_invitations() -> QuerySet[Invitation]:
    """Those that nobody has accepted, expired ones among them."""
    return Invitation.objects.filter(accepted_at=None)


def invitation_for(token: str) -> Invitation | None:
    """The invitation that the link leads to, if it can still be accepted."""
    return open_invitations().filter(token_digest=_digest(token), expires_at__gt=timezone.now()).first()


@transaction.atomic
def accept(invitation: Invitation, person: Person) -> None:
    """Saves the new person, with the invitation's address and role; raises Refused when it was accepted meanwhile."""
    still_open = open_invitations().select_for_update().filter(pk=invitation.pk).first()
    if still_open is None:
        raise Refused(
            "This invitation was already accepted.", "Log in with the username and password that were chosen."
        )
    if Person.objects.filter(email__iexact=still_open.email).exists():
        raise Refused("Someone with this e-mail address can already log in.", "Log in, or ask an administrator.")
    person.email, person.role = still_open.email, still_open.role
    person.save()
    still_open.accepted_by, still_open.accepted_at = person, timezone.now()
    still_open.save()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def change_role(person: Person, role: Role, *, by: Person | None) -> None:
    """Gives another role; raises Refused."""
    _not_oneself(person, by)
    if role != Role.ADMINISTRATOR:
        _keep_one_administrator(person)
    person.role = role
    person.save(update_fields=["role"])


@transaction.atomic
def deactivate(person: Person, *, by: Person | None) -> None:
    """The person is logged out and cannot log in any more; what they did keeps their name. Raises Refused.

    Their open invitations end: whoever leaves may have the link of one.
    """
    _not_oneself(person, by)
    _keep_one_administrator(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_sessions(person)
    open_invitations().filter(invited_by=person).delete()


def reactivate(person: Person) -> None:
    """The person can log in again."""
    person.is_active = True
    person.save(update_fields=["is_active"])


@transaction.atomic
def one_time_password(person: Person) -> str:
    """A new password for one login within 24 hours; the person then chooses their own.

    They are logged out everywhere until then.
    """
    password = "-".join(secrets.token_hex(4) for _ in range(4))  # 128 bits, as OWASP ASVS 5.0.0, 11.5.1, asks
    person.set_password(password)
    person.must_change_password = True
    person.one_time_password_until = timezone.now() + ONE_TIME_PASSWORD_FOR
    person.save(update_fields=["password", "must_change_password", "one_time_password_until"] if person.pk else None)
    if person.pk:
        end_sessions(person)
    return password


def use_one_time_password(person: Person) -> bool:
    """Whether the one-time password that was just typed still logs in; from now on it does not.

    Of two who type it at the same moment one logs in.
    """
    until = person.one_time_password_until
    if until is None or until <= timezone.now():
        return False
    used = make_password(None)
    unused = Person.objects.filter(pk=person.pk, password=person.password, must_change_password=True)
    person.password = used
    return unused.update(password=used) == 1


def end_one_time_passwords() -> None:
    """After a restore: one that was used since the backup would log in once more."""
    now = timezone.now()
    Person.objects.filter(one_time_password_until__gt=now).update(one_time_password_until=now)


@transaction.atomic
def remove_second_factor(person: Person) -> bool:
    """For someone who lost it: the next login asks for the password alone; False when there is none.

    Whoever may have found it is logged out.
    """
    removed = bool(Authenticator.objects.filter(user=person).delete()[0])
    if removed:
        end_sessions(person)
    return removed


@transaction.atomic
def require_second_factor(roles: Iterable[str]) -> None:
    """From now on exactly these roles log in with a second factor."""
    RequiredSecondFactor.objects.exclude(role__in=roles).delete()
    RequiredSecondFactor.objects.bulk_create([RequiredSecondFactor(role=role) for role in roles], ignore_conflicts=True)


def roles_with_second_factor() -> set[str]:
    """The roles whose people have to log in with a second factor."""
    return set(RequiredSecondFactor.objects.values_list("role", flat=True))


def sessions_of(person: Person) -> QuerySet[UserSession]:
    """Where the person is logged in, the latest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=alive)
    return found.order_by("-created_at")


@transaction.atomic
def end_sessions(person: Person, *, but: str = "", only: int | None = None) -> int:
    """Logs the person out everywhere; how many sessions that were.

    `but`: the key of a session that goes on; `only`: the id of the one to end.
    """
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but)
    if only is not None:
        sessions = sessions.filter(pk=only)
    keys = list(sessions.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    sessions.delete()
    return ended


def _not_oneself(person: Person, by: Person | None) -> None:
    if by is not None and by.pk == person.pk:
        raise Refused(NOT_ONESELF, ASK_ANOTHER)


def _keep_one_administrator(person: Person) -> None:
    """Raises Refused where nobody could administrate afterwards. Two who demote each other wait for one another."""
    remaining = Person.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    administrators = {each.pk for each in remaining}
    if administrators == {person.pk}:
        raise Refused(LAST_ADMINISTRATOR, MAKE_ANOTHER)
