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

from counterfoil.accounts.models import Person, Role
from counterfoil.platform.monitoring.metrics import metrics_text
from counterfoil.web.ui.security import to_do_first


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics for Prometheus."""
    if not _has_token(request):
        if not (isinstance(request.user, Person) and request.user.may(Role.ADMINISTRATOR)):
            raise PermissionDenied
        if first := to_do_first(request.user)[0]:
            return redirect(first)
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _has_token(request: HttpRequest) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    return bool(token) and kind.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())
