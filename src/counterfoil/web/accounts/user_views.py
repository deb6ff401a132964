"""Who may log in, for administrators."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts import users
from counterfoil.accounts.audit import audit
from counterfoil.accounts.login import full_address
from counterfoil.accounts.mail.account_notices import mail_invitation, tell
from counterfoil.accounts.mail.outbox import can_mail
from counterfoil.accounts.models import AuditEntry, Person, Role
from counterfoil.accounts.user_agents import device
from counterfoil.sales.errors import Refused
from counterfoil.web.ui.reauthentication import fresh_login_required
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

LATEST_ENTRIES = 20


@role_required(Role.ADMINISTRATOR)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everyone, who is invited, who is locked out, and which roles need a second factor."""
    return _index(request)


def _index(request: HttpRequest, **more: object) -> HttpResponse:
    refused = more.get("refused")
    context = {
        "people": _everyone(),
        "invitations": users.open_invitations().select_related("invited_by"),
        "now": timezone.now(),
        "lockouts": users.lockouts(),
        "roles": Role.choices,
        "strict_roles": users.roles_with_second_factor(),
        "can_mail": can_mail(),
        "email": text_in(request.POST, "email", 254) if refused else "",
        **more,
    }
    return render(request, "web/accounts/users/index.html", context, status=422 if refused else 200)


def _everyone() -> list[Person]:
    second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    found = Person.objects.annotate(second_factor=Exists(second))
    return list(found.order_by("-is_active", "username"))


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def invite_someone(request: HttpRequest) -> HttpResponse:
    """Makes the invitation; its link is mailed, and shown where no mail can be sent. It is never shown again."""
    try:
        role = _role(request)
        invitation, token = users.invite(text_in(request.POST, "email", 254), role, by=current_user(request))
    except Refused as refused:
        return _index(request, refused=refused)
    audit(request, f"Invited someone as {role.label.lower()}.", about=invitation.email)
    url = full_address(request, reverse("invitation", args=[token]))
    if not can_mail():
        return _index(request, invited=invitation, link=url)
    mail_invitation(invitation.email, url, by=current_user(request))
    return redirect_back(request, "people", f"The invitation to {invitation.email} is on its way.")


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The link of an invitation leads nowhere any more."""
    invitation = get_object_or_404(users.open_invitations(), pk=pk)
    invitation.delete()
    audit(request, "Withdrew an invitation.", about=invitation.email)
    return redirect_back(request, "people", f"The invitation to {invitation.email} has been withdrawn.")


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def rules(request: HttpRequest) -> HttpResponse:
    """Which roles log in with a second factor."""
    wanted = [role for role in Role.values if role in request.POST.getlist("role")]
    if set(wanted) != users.roles_with_second_factor():
        users.require_second_factor(wanted)
        named = ", ".join(Role(role).label.lower() for role in wanted) or "no role"
        audit(request, f"Required a second factor for: {named}.")
    return redirect_back(request, "people", "Saved. Anyone without one sets it up before anything else.")


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def let_in(request: HttpRequest) -> HttpResponse:
    """Someone who mistyped their password too often need not wait."""
    name, address = text_in(request.POST, "name", 255), text_in(request.POST, "address", 45)
    if users.lift_lockout(name, address):
        audit(request, "Lifted a lockout.", about=name or address)
    return redirect_back(request, "people", f"{name or 'They'} can try again now.")


@role_required(Role.ADMINISTRATOR)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: role, login, sessions, and what they did lately."""
    return _show(request, _person(pk))


def _person(pk: int) -> Person:
    second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return get_object_or_404(Person.objects.annotate(second_factor=Exists(second)), pk=pk)


def _show(request: HttpRequest, who: Person, **more: object) -> HttpResponse:
    context = {
        "who": who,
        "oneself": who.pk == current_user(request).pk,
        "roles": Role.choices,
        "sessions": [(each, device(each.user_agent)) for each in users.sessions_of(who)[:LATEST_ENTRIES]],
        "entries": AuditEntry.objects.filter(person=who)[:LATEST_ENTRIES],
        **more,
    }
    return render(request, "web/accounts/users/show.html", context, status=422 if "refused" in more else 200)


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Does one thing (`act`) to a person."""
    who = _person(pk)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        if act is None:
            raise Refused("Nothing selected.", "Use one of the buttons.")
        return act(request, who)
    except Refused as refused:
        return _show(request, who, refused=refused)


def _role(request: HttpRequest) -> Role:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Refused("No role selected.", "Choose one.")
    return Role(role)


def _said(request: HttpRequest, who: Person, what: str, sentence: str) -> HttpResponse:
    audit(request, what, about=who.username)
    return redirect_back(request, reverse("person", args=[who.pk]), sentence)


def _change_role(request: HttpRequest, who: Person) -> HttpResponse:
    role = _role(request)
    before = who.get_role_display()
    users.change_role(who, role, by=current_user(request))
    tell(who, f"Your role was changed: {before} → {role.label}.")
    return _said(request, who, f"Changed a role: {before} → {role.label}.", f"{who} is {role.label.lower()} now.")


def _deactivate(request: HttpRequest, who: Person) -> HttpResponse:
    users.deactivate(who, by=current_user(request))
    return _said(request, who, "Deactivated someone.", f"{who} can’t log in anymore and has been logged out.")


def _reactivate(request: HttpRequest, who: Person) -> HttpResponse:
    users.reactivate(who)
    return _said(request, who, "Reactivated someone.", f"{who} can log in again.")


def _new_password(request: HttpRequest, who: Person) -> HttpResponse:
    """The one-time password is shown in this answer and nowhere else."""
    if who.pk == current_user(request).pk:
        raise Refused("This is you.", "Change your own password on your account page.")
    password = users.one_time_password(who)
    audit(request, "Created a one-time password for someone.", about=who.username)
    tell(who, f"{current_user(request)} created a one-time password for you. Your old password no longer works.")
    return _show(request, who, password=password)


def _end_sessions(request: HttpRequest, who: Person) -> HttpResponse:
    here = request.session.session_key or ""
    ended = users.end_sessions(who, but=here, only=key_in(request.POST, "session"))
    return _said(request, who, f"Ended {ended} of someone’s sessions.", f"{who} has been logged out there.")


def _remove_second_factor(request: HttpRequest, who: Person) -> HttpResponse:
    if who.pk == current_user(request).pk:
        raise Refused("This is you.", "Remove your own second factor on your account page.")
    if not users.remove_second_factor(who):
        raise Refused(f"{who} has no second factor.")
    tell(who, f"{current_user(request)} removed your second factor.")
    said = f"{who} can log in with just the password until a new one is set up."
    return _said(request, who, "Removed someone’s second factor.", said)


ACTS: dict[str, Callable[[HttpRequest, Person], HttpResponse]] = {
    "role": _change_role,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "password": _new_password,
    "sessions": _end_sessions,
    "second-factor": _remove_second_factor,
}
