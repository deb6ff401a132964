"""Choosing one's own password. Login and logout are Django's."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from counterfoil.web.models import Person
from counterfoil.web.security import person


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(View):
    """Everyone changes their own; after a one-time password the old one is not asked again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        who = person(request)
        return self._show(request, _form_for(who)(who))

    def post(self, request: HttpRequest) -> HttpResponse:
        who = person(request)
        form = _form_for(who)(who, request.POST)
        if not form.is_valid():
            return self._show(request, form)
        who.must_change_password = False
        form.save()
        update_session_auth_hash(request, who)
        messages.success(request, "Your new password is set.")
        return redirect("home")

    def _show(self, request: HttpRequest, form: "SetPasswordForm[Person]") -> HttpResponse:
        return render(request, "web/people/password.html", {"form": form})


def _form_for(who: Person) -> "type[SetPasswordForm[Person]]":
    return SetPasswordForm if who.must_change_password else PasswordChangeForm
