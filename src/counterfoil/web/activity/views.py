"""The web integration log."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterfoil.accounts.models import Role
from counterfoil.stores.models import LogEntry
from counterfoil.web.activity.filters import LogFilter
from counterfoil.web.activity.tables import LogTable
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.security import role_required
from counterfoil.web.ui.tables import paginated


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All lines, the newest first."""
    chosen = LogFilter(request.GET, queryset=LogEntry.objects.select_related("integration"))
    table = paginated(request, LogTable(chosen.qs), lazy=True)
    return render(request, "web/activity/log.html", {"table": table, "filter": chosen, "narrowed": narrowed(chosen)})
