"""Web integrations: the list, one store and how it is doing, pausing and resuming it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.stores.integrations.installation import work_here
from counterfoil.stores.integrations.pause import pause_stores, resume_stores
from counterfoil.stores.integrations.status import progress_since, store_statuses
from counterfoil.stores.integrations.webhooks import hooks_shown
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.resend_statuses import present_statuses, send_present_statuses
from counterfoil.web.integrations.settings_card import setting_groups
from counterfoil.web.ui.polling import is_poll, live_part, poll_answer
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.security import current_user, role_required

PROGRESS_SHOWN_FOR = timedelta(minutes=10)
MOST_SHOWN = 500


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All stores with their condition."""
    stores = store_statuses(list(WebIntegration.objects.select_related("state")))
    return render(request, "web/integrations/index.html", {"stores": stores})


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One store: how it is doing, what waits there, what was done since someone asked (`since`)."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    asked = _asked(request)
    context = {
        "integration": integration,
        "store": store_statuses([integration])[0],
        "progress": progress_since(integration, asked) if asked else None,
    }
    live = live_part(request, "web/integrations/status.html", context)
    if is_poll(request, "condition"):
        return poll_answer(request, live, "web/integrations/live.html")
    mapping = integration.status_mapping.select_related("order_status")
    context |= {
        "live": live,
        "settings": setting_groups(integration),
        "mapping": [(row.order_status, integration.status_text(row.status_id)) for row in mapping],
        "log": integration.log.all()[:8],
        "hooks": hooks_shown(integration),
    }
    return render(request, "web/integrations/show.html", context)


def _asked(request: HttpRequest) -> datetime | None:
    """When someone asked for the store, if that is not long ago."""
    try:
        asked = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        return None
    if asked is None or asked.tzinfo is None:
        return None
    return asked if timezone.now() - asked < PROGRESS_SHOWN_FOR else None


@role_required(Role.MANAGER)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops reading the store."""
    return _set_paused(request, pk, paused=True)


@role_required(Role.MANAGER)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads the store again."""
    return _set_paused(request, pk, paused=False)


def _set_paused(request: HttpRequest, pk: int, *, paused: bool) -> HttpResponse:
    integration = get_object_or_404(WebIntegration, pk=pk)
    (pause_stores if paused else resume_stores)([integration], by=str(current_user(request)))
    audit(request, "Paused the store." if paused else "Resumed the store.", about=integration.code)
    said = f"{integration.code} is paused." if paused else f"{integration.code} is being checked again."
    return redirect_back(request, reverse("integration", args=[pk]), said)


@role_required(Role.MANAGER)
@require_POST
def work_on_it_here(request: HttpRequest, pk: int) -> HttpResponse:
    """Another installation is known to work on the store no longer."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    path = reverse("integration", args=[pk])
    if not work_here([integration], by=str(current_user(request))):
        return redirect_back(request, path, f"This installation already works on {integration.code}.")
    audit(request, "Had this installation take over the store.", about=integration.code)
    return redirect_back(request, path, f"This installation works on {integration.code} from now on.")


@role_required(Role.CLERK)
@require_POST
def sync(_request: HttpRequest, pk: int) -> HttpResponse:
    """Has the store synced now, and shows what is done there."""
    integration = get_object_or_404(WebIntegration, pk=pk)
    since = since_now()
    wake([integration.pk])
    return redirect(reverse("integration", args=[pk]) + since)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def present(request: HttpRequest, pk: int) -> HttpResponse:
    """Send present statuses: first the list of what would change, then, with a press, the sending."""
    integration = get_object_or_404(WebIntegration.objects.select_related("state"), pk=pk)
    if request.method == "POST":
        path = reverse("integration", args=[pk])
        try:
            sent = send_present_statuses(integration, by=str(current_user(request)))
        except Refused as refused:
            return redirect_back(request, path, str(refused), well=False)
        return redirect_back(request, path + since_now(), f"{sent} status update{'' if sent == 1 else 's'} on the way.")
    found = present_statuses(integration)
    changes = [
        (each, integration.status_text(each.from_status), integration.status_text(each.to_status))
        for each in found[:MOST_SHOWN]
    ]
    context = {"integration": integration, "changes": changes, "count": len(found), "most": MOST_SHOWN}
    return render(request, "web/integrations/send_statuses.html", context)


def since_now() -> str:
    """The query with which the store's page shows what is done there from now on."""
    return "?" + urlencode({"since": datetime.now(UTC).isoformat(timespec="milliseconds")})
