"""ShipStation, for managers: connections are made and changed, and labels that were refused are dealt with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus
from counterfoil.storable import LARGEST_ID, without_nulls
from counterfoil.stores.integrations.public_address import public_address
from counterfoil.stores.models import ShipStationConnection, ShipStationNotice, ShipStationStatus, WebIntegration
from counterfoil.stores.networks import typed_networks
from counterfoil.stores.shipstation.connections import (
    ConnectionDraft,
    change_connection,
    make_connection,
    new_password,
    status_there,
)
from counterfoil.stores.shipstation.notices import UNSCANNED, dismiss_notice, open_notices, process_notice
from counterfoil.web.ui.reauthentication import ask_for_password, fresh_login_required
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required

NOTICES_PER_PAGE = 50
MOST_OPEN = 100
MOST_LEFT_OUT = 20
LONGEST_NETWORKS = 2500
FORM = (
    ("Unpaid Status", ShipStationStatus.UNPAID),
    ("Paid Status", ShipStationStatus.PAID),
    ("Shipped Status", ShipStationStatus.SHIPPED),
    ("Cancelled Status", ShipStationStatus.CANCELLED),
    ("On-Hold Status", ShipStationStatus.ON_HOLD),
)
"""The fields of ShipStation's form, with what is entered there."""


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """An order status, and what it is sent as."""

    status: OrderStatus
    chosen: str


@role_required(Role.MANAGER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The connections, the labels that wait for a person, and a form for a new connection."""
    return _index(request)


def _index(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "connections": ShipStationConnection.objects.all(),
        "notices": open_notices().select_related("connection", "order")[:MOST_OPEN],
        "stores": WebIntegration.objects.all(),
        "values": _typed(request.POST) if refused else {"active": True},
        "refused": refused,
    }
    return render(request, "web/shipstation/index.html", context, status=422 if refused else 200)


@role_required(Role.MANAGER)
@require_POST
@fresh_login_required
def add(request: HttpRequest) -> HttpResponse:
    """Makes a connection; its password is in this answer and nowhere else."""
    try:
        connection, secret = make_connection(_draft(request.POST, {}), by=str(current_user(request)))
    except Refused as refused:
        return _index(request, refused)
    audit(request, "Added a ShipStation connection.", about=connection.name)
    return _show(request, connection, secret=secret)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One connection: what is entered in ShipStation, what is sent there, and what came from there."""
    connection = _connection(pk)
    if request.method == "POST":
        before = connection.networks
        draft = _draft(request.POST, _statuses(request.POST))
        if (list(draft.networks), draft.active) != (list(connection.networks), connection.active):  # who may use it
            ask_for_password(request)
        try:
            change_connection(connection, draft)
        except Refused as refused:
            return _show(request, _connection(pk), refused=refused)
        audit(request, _changed(before, connection.networks), about=connection.name)
        return redirect_back(request, reverse("shipstation-connection", args=[pk]), "Saved.")
    return _show(request, connection)


def _changed(before: Sequence[str], after: Sequence[str]) -> str:
    """What the audit log says; from which networks it may be used is said, too."""
    if list(before) == list(after):
        return "Changed a ShipStation connection."
    return f"Changed a ShipStation connection: allowed networks {', '.join(after) or 'any'}."


def _show(
    request: HttpRequest, connection: ShipStationConnection, *, secret: str = "", refused: Refused | None = None
) -> HttpResponse:
    path = reverse("api-shipstation", args=[connection.pk])
    left_out = connection.orders.exclude(left_out="").select_related("order").order_by("-at")
    saved = {name: getattr(connection, name) for name in ("name", "username", "stores", "active")}
    saved["networks"] = " ".join(connection.networks)
    statuses = OrderStatus.objects.filter(retired=False)
    context = {
        "connection": connection,
        "address": (public_address() or request.build_absolute_uri("/").rstrip("/")) + path,
        "form_fields": [(label, status.value) for label, status in FORM],
        "secret": secret,
        "refused": refused,
        "values": _typed(request.POST) if refused else saved,
        "stores": WebIntegration.objects.all(),
        "statuses": [StatusChoice(status, status_there(connection, status)) for status in statuses],
        "words": ShipStationStatus.choices,
        "notices": Paginator(connection.notices.select_related("order"), NOTICES_PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "left_out": left_out[:MOST_LEFT_OUT],
    }
    response = render(request, "web/shipstation/show.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


@role_required(Role.MANAGER)
@require_POST
@fresh_login_required
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password, shown in this answer; the one before opens nothing any more."""
    connection = _connection(pk)
    secret = new_password(connection)
    audit(request, "Created a new password for a ShipStation connection.", about=connection.name)
    return _show(request, connection, secret=secret)


@role_required(Role.MANAGER)
@require_POST
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Tries a notice again, or dismisses it, as the button says."""
    found = get_object_or_404(ShipStationNotice, pk=min(pk, LARGEST_ID))
    by = str(current_user(request))
    if request.POST.get("act") == "dismiss":
        if dismiss_notice(found.pk, by=by):
            audit(request, "Dismissed a notice from ShipStation.", about=str(found))
        return redirect_back(request, "shipstation", "The label was dismissed.")
    try:
        process_notice(found.pk, by=by, unscanned=UNSCANNED)
    except Refused as refused:
        return redirect_back(request, "shipstation", str(refused), well=False)
    return redirect_back(request, "shipstation", "The shipment was processed.")


def _connection(pk: int) -> ShipStationConnection:
    return get_object_or_404(ShipStationConnection, pk=min(pk, LARGEST_ID))


def _typed(sent: QueryDict) -> dict[str, object]:
    """What was entered, to show it again."""
    typed: dict[str, object] = {name: text_in(sent, name, 200) for name in ("name", "username")}
    typed["networks"] = text_in(sent, "networks", LONGEST_NETWORKS)
    return typed | {"stores": sent.getlist("store"), "active": "active" in sent}


def _draft(sent: QueryDict, statuses: Mapping[int, str]) -> ConnectionDraft:
    stores = [without_nulls(code) for code in sent.getlist("store")]
    networks = typed_networks(sent.get("networks", ""))
    return ConnectionDraft(
        text_in(sent, "name"), text_in(sent, "username"), stores, statuses, "active" in sent, networks
    )


def _statuses(sent: QueryDict) -> dict[int, str]:
    """What each order status is sent as."""
    named = {status.pk: f"status-{status.pk}" for status in OrderStatus.objects.all()}
    return {pk: text_in(sent, name, 20) for pk, name in named.items() if name in sent}
