"""Accepting an invitation: the link leads here, once, to the choice of a name and a password.

The token leaves the address at once: it waits in the session, encrypted, as Django does it with links to new passwords.
So it is in no history, no Referer, and no log of the pages that follow.
"""

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Person
from counterfoil.accounts.usernames import check_full_name, check_username
from counterfoil.accounts.users import accept as accept_invitation
from counterfoil.accounts.users import invitation_for
from counterfoil.sales.errors import Refused
from counterfoil.web.accounts.links import counted_link
from counterfoil.web.ui.security import without_referrer

TOKEN = "invitation_token"  # noqa: S105 (its place in the session)

if TYPE_CHECKING:
    _OfPerson = BaseUserCreationForm[Person]
else:
    _OfPerson = BaseUserCreationForm


class NewPersonForm(_OfPerson):
    """The name to log in with, the name that others see, a password."""

    class Meta:
        model = Person
        fields = ("username", "first_name", "last_name")
        help_texts = {"username": "Log in with this or with your e-mail address. Letters, digits and @ . + - _"}

    def clean_username(self) -> str:
        """One person for a name, however it is capitalised, and none that passes for another's."""
        name: str = self.cleaned_data["username"]
        try:
            check_username(name, email=self.instance.email)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return name

    def clean(self) -> None:
        """A full name that doesn't pass for another's."""
        super().clean()
        given = self.cleaned_data
        try:
            check_full_name(given.get("first_name", ""), given.get("last_name", ""), self.instance)
        except Refused as refused:
            self.add_error("last_name", str(refused))


@login_not_required
@require_http_methods(["GET", "POST"])
@counted_link
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Leads to the choice, at an address without the token."""
    if request.user.is_authenticated:
        return without_referrer(redirect("home"))
    if invitation_for(token) is None:
        return _over(request)
    request.session[TOKEN] = token
    return without_referrer(redirect("invitation-accept"))


@sensitive_post_parameters()
@login_not_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Makes the person and logs them in."""
    if request.user.is_authenticated:
        return redirect("home")
    invitation = invitation_for(request.session.get(TOKEN, ""))
    if invitation is None:
        return _over(request)
    form = NewPersonForm(
        request.POST or None,
        initial={"username": invitation.email.partition("@")[0]},
        instance=Person(email=invitation.email),
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        who = form.save(commit=False)
        try:
            accept_invitation(invitation, who)
        except Refused as no:
            refused = no
        else:
            request.session.pop(TOKEN, None)
            audit(request, f"Accepted an invitation as {who.get_role_display().lower()}.", who=who)
            answer: HttpResponse = perform_password_login(request, {"username": who.username}, Login(user=who))
            return answer
    context = {"form": form, "invitation": invitation, "refused": refused}
    return render(request, "web/accounts/invitation.html", context, status=422 if request.method == "POST" else 200)


def _over(request: HttpRequest) -> HttpResponse:
    return without_referrer(render(request, "web/accounts/invitation_expired.html", status=410))
