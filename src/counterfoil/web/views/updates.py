"""Updates to BigCommerce: everything that the stores were told, are being told, or could not be told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterfoil.stores.models import StoreUpdate
from counterfoil.stores.update_text import with_what
from counterfoil.web.filters import UpdateFilter, narrowed
from counterfoil.web.live import is_poll, live_part, poll_answer
from counterfoil.web.models import Role
from counterfoil.web.security import role_required
from counterfoil.web.tables import UpdateTable, configured


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest first; the table alone for the page's own polling."""
    updates = with_what(StoreUpdate.objects.select_related("web_order__sales_order")).order_by("-pk")
    chosen = UpdateFilter(request.GET, queryset=updates)
    table = configured(request, UpdateTable(chosen.qs), lazy=True)
    context = {"table": table, "filter": chosen, "narrowed": narrowed(chosen)}
    live = live_part(request, "web/updates/list.html", context)
    if is_poll(request, "updates"):
        return poll_answer(request, live, "web/updates/live.html")
    return render(request, "web/updates/index.html", context | {"live": live})
