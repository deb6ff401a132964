"""Logging in: by username or e-mail and password, with a second factor where one is set up.

The steps are django-allauth's; django-axes counts the tries. What is ours stands here.
"""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as second_factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app_codes
from django import forms
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from counterfoil.accounts.audit import audit
from counterfoil.accounts.client_ip import remote_ip
from counterfoil.accounts.lockout import (
    forgive,
    people_called,
    remembered,
    take_back,
    typed_name,
    waits_until,
)
from counterfoil.accounts.mail.account_notices import mail_reset_link
from counterfoil.accounts.mail.outbox import link
from counterfoil.accounts.models import Mail, Person, RequiredSecondFactor
from counterfoil.accounts.password_checks import place
from counterfoil.accounts.totp_codes import use_code
from counterfoil.accounts.users import use_one_time_password
from counterfoil.stores.db.encryption import SecretUnreadable, decrypt, encrypt

FRESH = timedelta(minutes=15)
PASSWORD_ENTERED = "password_entered"  # noqa: S105 (in the session, between password and code)
SAID = {
    "account/messages/password_changed.txt": "Your new password is set. Log in with it.",
    "mfa/messages/totp_activated.txt": "From now on you’ll log in with your password and a code.",
    "mfa/messages/totp_deactivated.txt": "From now on you’ll log in with just your password.",
}
"""What is said after an act, by allauth's own name for it; anything else that it would say goes without saying."""

OVER = (
    "This one-time password has expired: it works once, within 24 hours. Ask an administrator for another, or "
    "create one on the server: counterfoil password {name}."
)
NOWHERE = "nobody@counterfoil.invalid"


OTHER_KEY = (
    "Counterfoil is running with a different secret key than when you set up your second factor, so codes "
    "can’t be checked."
)
REMOVE_IT = (
    "An administrator can remove it under People, or on the server: counterfoil people remove-second-factor {name}. "
    "Then log in with your password and set it up again."
)


class PersonBackend(AuthenticationBackend):
    """Finds the person of a session in one statement, with what their login has to have and what it has.

    Looking at a password costs the same whoever was typed, as a name or as an e-mail address: one hash.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        """The person with this name and password. A one-time password is used up by it; raises ValidationError
        where it is over, and where too many passwords are looked at already."""
        person = self._looked_at(request, **credentials)
        if not isinstance(person, Person) or not person.must_change_password:
            return person
        if use_one_time_password(person):
            return person
        if request is not None:
            audit(request, "Tried to log in with an expired one-time password.", who=person)
        raise forms.ValidationError(OVER.format(name=person.username), code="one_time_password_over")

    def _looked_at(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        is_known = request is not None and bool(remembered(request, credentials).device)
        try:
            with place(is_known=is_known):
                person: Person | None = super().authenticate(request, **credentials)
        except forms.ValidationError:
            if request is not None:
                take_back(request)
            raise
        return person

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        """allauth looks for an e-mail address twice, and each time at the password."""
        for person in people_called(typed_name(request, credentials)):  # type: ignore[arg-type]  # may be None there, too
            if self._check_password(person, credentials["password"]):
                return person
        return None

    def get_user(self, user_id: int) -> Person | None:
        second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        required = RequiredSecondFactor.objects.filter(role=OuterRef("role"))
        found = Person.objects.annotate(has_second_factor=Exists(second), must_have_one=Exists(required))
        person = found.filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):
    """allauth's questions about accounts, answered."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Wrong username or password.",
        "email_password_mismatch": "Wrong e-mail address or password.",
        "incorrect_password": "This isn’t your password.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return remote_ip(request) or "0.0.0.0"  # noqa: S104 (unknown, in a column that wants an address)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Passwords are counted by axes, whose page says when to try again."""

    def pre_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponse | None:
        """The password was right: the login that goes on with a code is bound to it."""
        request.session[PASSWORD_ENTERED] = user.get_session_auth_hash()
        response: HttpResponse | None = super().pre_login(request, user, **given)
        return response

    def login(self, request: HttpRequest, user: Person) -> None:
        """Ends the login where the person got another password since theirs was entered, or was deactivated."""
        entered = request.session.pop(PASSWORD_ENTERED, "")
        if not (user.is_active and constant_time_compare(entered, user.get_session_auth_hash())):
            audit(request, "Tried to go on with a login whose password is no longer valid.", who=user)
            clear_login(request)
            messages.error(request, "Your password or access changed while you logged in. Log in again.")
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Logging in, and the password asked again: both come here, and both are counted."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None:
            forgive(request)
        return person

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        return not logged_in_lately(self.request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        owner, _, token = key.partition("-")
        return full_address(self.request, reverse("account_reset_password_from_key", args=[owner, token]))

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """The password, whatever else the login asked for."""
        return [{"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")}]

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        mail_reset_link(user, context["password_reset_url"])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)


class MFAAdapter(DefaultMFAAdapter):
    """allauth's questions about second factors, answered."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Your role needs a second factor.",
        "incorrect_code": "This code isn’t right. Codes change every 30 seconds: enter the one shown now.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text.encode())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the second factor that the role needs."""
        return not RequiredSecondFactor.objects.filter(role=authenticator.user.role).exists()


class LoginForm(account_forms.LoginForm):
    """Username, or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
        self.fields["login"] = forms.CharField(
            label="Username", max_length=254, widget=widget, help_text="Or your e-mail address."
        )
        _plain(self)
        self.order_fields(["login", "password"])


class CodeForm(second_factors.AuthenticateForm):
    """The code of the second factor, or a recovery code."""

    def clean_code(self) -> str:
        """The code, checked; raises ValidationError also where no code can be checked any more."""
        try:
            code = str(super().clean_code())
            if self.authenticator.type == Authenticator.Type.TOTP and not use_code(self.authenticator, code):
                self._emit_authentication_failed(self.authenticator)
                raise MFAAdapter().validation_error("incorrect_code")
            return code
        except SecretUnreadable:
            name = self.user.get_username()
            raise forms.ValidationError(f"{OTHER_KEY} {REMOVE_IT.format(name=name)}", code="other_key") from None


class SetUpForm(app_codes.ActivateTOTPForm):
    """The first code of an authenticator app."""

    def clean_code(self) -> str:
        """The code, checked; a wrong one is written down."""
        try:
            return str(super().clean_code())
        except forms.ValidationError:
            audit(allauth_context.request, "Entered a wrong code while setting up a second factor.", who=self.user)
            raise


class OldPasswordForm(PasswordChangeForm[Person] if TYPE_CHECKING else PasswordChangeForm):  # type: ignore[misc]
    """One's own password, changed: the old one is counted as at the login."""

    def clean_old_password(self) -> str:
        """The old password; raises ValidationError."""
        old: str = self.cleaned_data["old_password"]
        if not AccountAdapter(allauth_context.request).reauthenticate(self.user, old):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old


class LostPasswordForm(account_forms.ResetPasswordForm):
    """The e-mail address of who lost their password."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Does the same for an address that nobody has, and takes it back, so that the time of an answer tells nothing.

        The mail itself is sent by the worker.
        """
        self.users: list[Person] = self.users or [Person(pk=0, username="nobody", email=NOWHERE)]
        with transaction.atomic():
            email = str(super().save(request, **kwargs))
            Mail.objects.filter(to=NOWHERE)._raw_delete("default")  # one statement, whether or not there is one
        return email


class PasswordAgainForm(account_forms.ReauthenticateForm):
    """The password of whoever is logged in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)


class NewPasswordForm(account_forms.ResetPasswordKeyForm):
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["password1"].label = "New password"
        self.fields["password2"].label = "New password confirmation"


def _plain(form: forms.Form) -> None:
    """Labels say what is asked; no placeholder says it again."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name == "password":
            field.help_text = ""


def logged_in_lately(request: HttpRequest) -> bool:
    """Whether the person has entered password or code within the last 15 minutes."""
    since = time.time() - FRESH.total_seconds()
    return any(record["at"] > since for record in get_authentication_records(request, request.user))


def full_address(request: HttpRequest, path: str) -> str:
    """The address of a page as someone elsewhere types it."""
    return link(path) or request.build_absolute_uri(path)


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The answer to one try too many: when to come back. The same whether or not there is such a person."""
    until = waits_until(remembered(request, credentials)) or timezone.now()
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60))
    return render(request, "web/accounts/locked.html", {"until": until, "minutes": minutes}, status=429)
