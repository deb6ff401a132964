"""The audit log, for administrators: who did what about logins, people, settings, secrets and exports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import AuditEntry, Role
from counterfoil.sales.csv.text import written_csv
from counterfoil.web.accounts.audit_table import AuditFilter, AuditTable, records
from counterfoil.web.ui.csv_pages import csv_file
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.security import role_required
from counterfoil.web.ui.tables import paginated

MOST_IN_A_FILE = 100_000


@role_required(Role.ADMINISTRATOR)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The lines, the newest first, narrowed to what was asked for."""
    chosen = AuditFilter(request.GET, queryset=AuditEntry.objects.all())
    context = {
        "table": paginated(request, AuditTable(chosen.qs), lazy=True),
        "filter": chosen,
        "narrowed": narrowed(chosen),
        "query": request.GET.urlencode(),
    }
    return render(request, "web/accounts/audit.html", context)


@role_required(Role.ADMINISTRATOR)
@require_GET
def as_file(request: HttpRequest) -> HttpResponse:
    """The same lines as a CSV file, the newest hundred thousand at most."""
    chosen = AuditFilter(request.GET, queryset=AuditEntry.objects.all())
    content = written_csv(records(chosen.qs[:MOST_IN_A_FILE]))
    audit(request, "Exported the audit log.")
    return csv_file("audit-log", content)
