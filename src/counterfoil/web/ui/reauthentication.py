"""Whoever changes credentials or people has entered their password lately; else it is asked for, and the form waits."""

from functools import wraps
from typing import cast

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counterfoil.accounts.login import logged_in_lately
from counterfoil.web.ui.security import Params, View


def ask_for_password(request: HttpRequest) -> None:
    """Goes on if the password was entered within the last 15 minutes.

    Otherwise leads to the page that asks for it; what was sent is kept meanwhile, and done afterwards.
    """
    if not logged_in_lately(request):
        raise ReauthenticationRequired


def fresh_login_required(view: View[Params]) -> View[Params]:
    """Decorates a view: what is sent to it needs a fresh login; to look, a login is enough."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if request.method == "POST":
            ask_for_password(request)
        return view(request, *args, **kwargs)

    return cast("View[Params]", guarded)
