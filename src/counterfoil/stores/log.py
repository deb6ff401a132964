"""Writes the web integration log."""

from counterfoil.sales.db.raw_rows import insert
from counterfoil.stores.models import LogEntry, LogKind, WebIntegration


def log(integration: WebIntegration, kind: LogKind, text: str, *, import_id: str = "") -> None:
    """Adds a line to the web integration log."""
    insert(LogEntry, [{"integration_id": integration.pk, "kind": kind, "text": text, "import_id": import_id}])
