"""Who may read the metrics: whoever has the token, and administrators.

They are no page that leads to the login, so that Prometheus with a wrong token is told so; a person has everything done
first that comes before the pages, too: a password of their own, a second factor where the role needs one.
"""

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from counterfoil.accounts.client_ip import counted_address
from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.signals import audit_a_few_times
from counterfoil.api.rate_limit import FAILURES, TRIES
from counterfoil.platform.monitoring.metrics import metrics_text
from counterfoil.web.ui.security import to_do_first

WRONG_TOKEN = "Tried a wrong metrics token."  # noqa: S105 (a sentence)


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics for Prometheus."""
    if _is_guessing(request):
        return HttpResponse("Too many wrong tokens. Wait a minute.\n", status=429, content_type="text/plain")
    if not _has_token(request):
        if not (isinstance(request.user, Person) and request.user.may(Role.ADMINISTRATOR)):
            raise PermissionDenied
        if first := to_do_first(request.user)[0]:
            return redirect(first)
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _is_guessing(request: HttpRequest) -> bool:
    """Whether this is one wrong token too many from one address, counted together with those of the API.

    A wrong one before that is written down.
    """
    if not _given(request) or _has_token(request):
        return False
    if FAILURES.take(counted_address(request) or "", TRIES).wait:
        return True
    audit_a_few_times(request, WRONG_TOKEN)
    return False


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and compare_digest(_given(request).encode(), token.encode())


def _given(request: HttpRequest) -> str:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else ""
