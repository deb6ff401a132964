"""API tokens, for administrators: made (shown once), ended, what each did; and the API's reference, for everyone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.api_tokens import TokenDraft, end_token, make_token, tokens
from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import ApiToken, Role, Scope
from counterfoil.sales.errors import Refused
from counterfoil.storable import LARGEST_ID, without_nulls
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.networks import typed_networks
from counterfoil.web.ui.reauthentication import fresh_login_required
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required

ACTS_PER_PAGE = 50
SAYS = {
    Scope.READ: "Read sales orders, clients, products, stores, the log.",
    Scope.SHIP: "Process, correct and void shipments; set the order status.",
    Scope.MANAGE: "Holds, clients, products, needs attention, exports, reconciliations.",
}


@role_required(Role.ADMINISTRATOR)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All tokens, and a form for a new one."""
    return _index(request)


def _index(request: HttpRequest, **more: object) -> HttpResponse:
    refused = more.get("refused")
    sent = request.POST if refused else None
    context = {
        "tokens": tokens(),
        "now": timezone.now(),
        "scopes": [(scope.value, scope.label, SAYS[scope]) for scope in Scope],
        "stores": WebIntegration.objects.all(),
        "chosen": sent.getlist("scope") if sent else [Scope.READ.value],
        "chosen_stores": sent.getlist("store") if sent else [],
        "values": {name: text_in(sent, name) for name in ("name", "networks", "until")} if sent else {},
        **more,
    }
    response = render(request, "web/api_tokens/index.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def add(request: HttpRequest) -> HttpResponse:
    """Makes a token; its secret is in this answer and nowhere else."""
    try:
        token, secret = make_token(_draft(request), by=str(current_user(request)))
    except Refused as refused:
        return _index(request, refused=refused)
    audit(request, f"Created an API token: {token.scope_labels}.", about=token.name)
    return _index(request, made=token, secret=secret)


def _draft(request: HttpRequest) -> TokenDraft:
    """What was entered; raises Refused for a day that is none."""
    sent = request.POST
    until = text_in(sent, "until", 30)
    try:
        last = date.fromisoformat(until) if until else None
    except ValueError:
        raise Refused(f"“{until}” isn’t a date.", "Enter it like 2026-12-31, or leave it empty.") from None
    expires = None
    if last is not None and last < date(9999, 1, 1):
        expires = datetime.combine(last, time.min, tzinfo=UTC) + timedelta(days=1)
    networks = typed_networks(sent.get("networks", ""))
    stores = [without_nulls(code) for code in sent.getlist("store")]
    return TokenDraft(text_in(sent, "name"), sent.getlist("scope"), stores, networks, expires)


@role_required(Role.ADMINISTRATOR)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One token: what it may do, when it was used, and what it did."""
    token = _token(pk)
    acts = Paginator(token.acts.all(), ACTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"token": token, "acts": acts, "now": timezone.now()}
    return render(request, "web/api_tokens/show.html", context)


def _token(pk: int) -> ApiToken:
    return get_object_or_404(ApiToken, pk=min(pk, LARGEST_ID))


@role_required(Role.ADMINISTRATOR)
@require_POST
@fresh_login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on the token opens nothing."""
    token = _token(pk)
    if end_token(token, by=str(current_user(request))):
        audit(request, "Revoked an API token.", about=token.name)
    return redirect_back(request, reverse("tokens"), f"{token.name} no longer works.")


@role_required(Role.VIEWER)
@require_GET
def reference(request: HttpRequest, sections: Callable[[], list[dict[str, Any]]]) -> HttpResponse:
    """The API's reference; `sections`: what the API says of itself (the pages know nothing of it)."""
    return render(request, "web/api_tokens/reference.html", {"sections": sections()})
