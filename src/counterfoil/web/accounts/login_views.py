"""Logging in, the code of the second factor, the password asked again, a lost password."""

from typing import Any, cast

from allauth.account import views as accounts
from allauth.mfa.base import views as second_factors
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.mail.outbox import can_mail
from counterfoil.accounts.signals import audit_a_few_times
from counterfoil.web.accounts.links import counted_link
from counterfoil.web.ui.security import without_referrer

RESET_KEY = "_password_reset_key"  # where allauth keeps the token of a mailed link
LOG_OUT_CLEARS = '"cache", "storage"'

both = require_http_methods(["GET", "POST"])


class _PasswordLost(accounts.PasswordResetView):
    """Asks for the e-mail address, or says whom to ask where no mail can be sent."""

    template_name = "web/accounts/password_reset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"can_mail": can_mail()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post if can_mail() else self.get
        return cast("HttpResponse", answer(request, *args, **kwargs))

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Written down whether or not somebody has the address."""
        audit_a_few_times(self.request, "Asked for a link to choose a new password.", about=form.cleaned_data["email"])
        return cast("HttpResponse", super().form_valid(form))


@method_decorator(login_not_required, name="dispatch")
class _ChoosePassword(accounts.PasswordResetFromKeyView):
    """The mailed link: its token waits in the session, and the form stands at an address without it."""

    template_name = "web/accounts/password_reset_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = cast("HttpResponse", super().dispatch(request, *args, **kwargs))
        return answer if kwargs["key"] == self.reset_url_key else without_referrer(answer)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = cast("HttpResponse", super().form_valid(form))
        self.request.session.pop(RESET_KEY, None)
        return answer


log_in = both(accounts.LoginView.as_view(template_name="web/accounts/login.html"))
enter_code = both(second_factors.AuthenticateView.as_view(template_name="web/accounts/login_code.html"))


class _LogOut(accounts.LogoutView):
    """Also has the browser forget what it keeps of the pages; drafts.js does where it does not know the header."""

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        answer["Clear-Site-Data"] = LOG_OUT_CLEARS
        return answer


log_out = require_POST(_LogOut.as_view())
"""Also gives up a login that waits for its code."""

log_in_again = both(accounts.ReauthenticateView.as_view(template_name="web/accounts/reauthenticate.html"))
deactivated = require_GET(accounts.AccountInactiveView.as_view(template_name="web/accounts/deactivated.html"))
password_lost = both(_PasswordLost.as_view())
password_mail_sent = require_GET(
    accounts.PasswordResetDoneView.as_view(template_name="web/accounts/password_reset_sent.html")
)
choose_password = login_not_required(both(counted_link(_ChoosePassword.as_view())))
password_chosen = require_GET(
    accounts.PasswordResetFromKeyDoneView.as_view(template_name="web/accounts/password_reset_done.html")
)
