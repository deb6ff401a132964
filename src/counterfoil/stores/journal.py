"""Writes the web integration log."""

from counterfoil.stores.models import LogEntry, LogKind, WebIntegration


def log(integration: WebIntegration, kind: LogKind, text: str, *, import_id: str = "") -> None:
    """Adds a line to the web integration log."""
    LogEntry.objects.create(integration=integration, kind=kind, text=text, import_id=import_id)
