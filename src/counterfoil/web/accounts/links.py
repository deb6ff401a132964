"""Links with a token in them, of invitations and lost passwords: those that lead nowhere are counted."""

from functools import wraps
from typing import cast

from allauth.core.ratelimit import respond_429
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from counterfoil.accounts.audit import audit
from counterfoil.accounts.signals import said_often
from counterfoil.web.ui.security import Params, View

LED_NOWHERE = "Opened an invalid invitation or password link."


def counted_link(view: View[Params]) -> View[Params]:
    """Decorates a view: after twenty links that led nowhere in a quarter of an hour an address waits (429).

    The audit log counts them. The view answers such a link with 410, or with `token_fail` in the context of its
    template, as allauth does.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if said_often(request, LED_NOWHERE):
            return cast("HttpResponseBase", respond_429(request))
        answer = view(request, *args, **kwargs)
        if answer.status_code == 410 or (getattr(answer, "context_data", None) or {}).get("token_fail"):
            audit(request, LED_NOWHERE)
        return answer

    return cast("View[Params]", guarded)
