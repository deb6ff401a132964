"""Writes the web integration log."""

from datetime import timedelta

from django.utils import timezone

from counterfoil.sales.db.raw_rows import insert
from counterfoil.stores.models import LogEntry, LogKind, WebIntegration


def log(integration: WebIntegration, kind: LogKind, text: str, *, import_id: str = "") -> None:
    """Adds a line to the web integration log."""
    insert(LogEntry, [{"integration_id": integration.pk, "kind": kind, "text": text, "import_id": import_id}])


def log_once(integration: WebIntegration, kind: LogKind, text: str) -> None:
    """As `log`, of what is found with every pass: once a day."""
    since = timezone.now() - timedelta(days=1)
    if not LogEntry.objects.filter(integration=integration, kind=kind, at__gt=since, text=text).exists():
        log(integration, kind, text)
