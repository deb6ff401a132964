"""One's own account: password, second factor, where one is logged in."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import View

from counterfoil.accounts.audit import audit
from counterfoil.accounts.login import OldPasswordForm, logged_in_lately
from counterfoil.accounts.mail.account_notices import tell
from counterfoil.accounts.models import Person
from counterfoil.accounts.session_keys import go_on_here_only
from counterfoil.accounts.totp_codes import use_code
from counterfoil.accounts.user_agents import device
from counterfoil.accounts.users import end_sessions, roles_with_second_factor, sessions_of
from counterfoil.sales.text.plural import count_of
from counterfoil.web.ui.reauthentication import ask_for_password, fresh_login_required
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in
from counterfoil.web.ui.security import current_user

both = require_http_methods(["GET", "POST"])
MOST_SESSIONS = 50


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What belongs to one's own login."""
    who = current_user(request)
    sessions = [
        {"session": each, "device": device(each.user_agent), "here": each.session_key == request.session.session_key}
        for each in sessions_of(who)[:MOST_SESSIONS]
    ]
    context = {
        "sessions": sessions,
        "others": sum(not each["here"] for each in sessions),
        "factor": Authenticator.objects.filter(user=who, type=Authenticator.Type.TOTP).first(),
        "must_have_one": who.role in roles_with_second_factor(),
        "session_limit": _in_words(settings.SESSION_SECONDS),
        "idle_limit": _in_words(settings.SESSION_IDLE_SECONDS),
    }
    return render(request, "web/accounts/account.html", context)


def _in_words(seconds: int) -> str:
    """ "12 hours", "90 minutes": settings are whole hours or minutes."""
    return count_of(seconds // 3600, "hour") if seconds % 3600 == 0 else count_of(seconds // 60, "minute")


@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Switches the keys on or off, for this person wherever they log in."""
    who = current_user(request)
    who.keys_on = bool(request.POST.get("on"))
    who.save(update_fields=["keys_on"])
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    return redirect_back(request, "account", f"Keyboard shortcuts are {'on' if who.keys_on else 'off'}.")


@require_POST
@fresh_login_required
def end_session(request: HttpRequest) -> HttpResponse:
    """Logs oneself out elsewhere: in one place (`session`), or in all others."""
    here = request.session.session_key or ""
    ended = end_sessions(current_user(request), but=here, only=key_in(request.POST, "session"))
    if ended:
        audit(request, f"Ended {ended} of their own sessions.")
    return redirect_back(
        request, "account", "You’ve been logged out there." if ended else "That session had already ended."
    )


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Password(View):
    """Everyone changes their own; after a one-time password the old one is not asked again.

    Others have logged in lately, with their second factor where they have one.
    """

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        who = current_user(request)
        if not who.must_change_password:
            ask_for_password(request)
        return self._show(request, _form_for(who)(who))

    def post(self, request: HttpRequest) -> HttpResponse:
        who = current_user(request)
        if not (who.must_change_password or logged_in_lately(request)):
            return redirect("password")  # no password waits in the session
        form = _form_for(who)(who, request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        first, before = who.must_change_password, who.password
        form.save(commit=False)
        # Meanwhile an administrator may have deactivated the person, or given them a one-time password.
        changed = {"password": who.password, "must_change_password": False, "one_time_password_until": None}
        if not Person.objects.filter(pk=who.pk, is_active=True, password=before).update(**changed):
            logout(request)
            return redirect("account_login")
        who.refresh_from_db()
        go_on_here_only(request, who)
        audit(request, "Chose their own password." if first else "Changed their password.")
        tell(who, "Your password was changed.")
        messages.success(request, "Your new password is set.")
        return redirect("home" if first else "account")

    def _show(self, request: HttpRequest, form: "SetPasswordForm[Person]", *, status: int = 200) -> HttpResponse:
        return render(request, "web/accounts/password.html", {"form": form}, status=status)


def _form_for(who: Person) -> "type[SetPasswordForm[Person]]":
    return SetPasswordForm if who.must_change_password else OldPasswordForm


class _SetUp(totp.ActivateTOTPView):
    template_name = "web/accounts/second_factor.html"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """The code that set it up logs nobody in."""
        answer = _other_factors(super().form_valid, form, self.request)
        factor = Authenticator.objects.filter(user=current_user(self.request), type=Authenticator.Type.TOTP).first()
        if factor is not None:
            use_code(factor, form.cleaned_data["code"])
        return answer

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account")


class _Remove(totp.DeactivateTOTPView):
    template_name = "web/accounts/second_factor_remove.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        return _other_factors(super().form_valid, form, self.request)


def _other_factors(change: Callable[[Any], HttpResponse], form: Any, request: HttpRequest) -> HttpResponse:
    """Whoever is logged in elsewhere was asked for what is asked no more, or not yet for what is asked now."""
    answer = change(form)
    go_on_here_only(request, current_user(request))
    return answer


set_up_second_factor = both(_SetUp.as_view())
remove_second_factor = both(_Remove.as_view())
recovery_codes = require_GET(codes.ViewRecoveryCodesView.as_view(template_name="web/accounts/recovery_codes.html"))
new_recovery_codes = both(codes.GenerateRecoveryCodesView.as_view(template_name="web/accounts/new_recovery_codes.html"))
