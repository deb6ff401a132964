"""The web integration log: what happened, in a clerk's words."""

from django.db import models
from django.db.models.functions import Now

from counterfoil.stores.models.integrations import WebIntegration


class LogKind(models.TextChoices):
    """What a line of the log tells."""

    IMPORTED = "imported", "Imported"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    NOT_IMPORTED = "not_imported", "Not imported"
    IGNORED = "ignored", "Ignored"
    SENT = "sent", "Sent"
    NOT_SENT = "not_sent", "Not sent"
    WAITING = "waiting", "Store waiting"
    CONNECTED = "connected", "Store connected"
    SETTINGS = "settings", "Settings"
    FIELD = "field", "Field left empty"
    DEFECT = "defect", "Defect"
    SHIPSTATION = "shipstation", "ShipStation"


class LogEntry(models.Model):
    """One line of the web integration log."""

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(db_default=Now())
    import_id = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, choices=LogKind.choices)
    text = models.TextField()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "log entries"
        indexes = [
            models.Index(fields=["import_id", "-id"], name="log_by_import_id"),
            models.Index(fields=["integration", "-id"], name="log_by_integration"),
            models.Index(fields=["integration", "kind", "at"], name="log_by_kind_and_time"),
        ]

    def __str__(self) -> str:
        return self.text
