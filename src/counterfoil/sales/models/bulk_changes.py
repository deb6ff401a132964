"""Changes of many sales orders that are made in the background, and what became of each order."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.sales.models.orders import SalesOrder
from counterfoil.sales.models.statuses import OrderStatus


class BulkChange(models.Model):
    """Many sales orders that someone puts into an order status, one by one, while the person goes on.

    `alive_at` moves on with each order: where it stands still, nobody works on it.
    """

    status = models.ForeignKey(OrderStatus, on_delete=models.CASCADE, related_name="bulk_changes")
    why = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.TextField()
    alive_at = models.DateTimeField(null=True, blank=True)
    interrupted_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker found it begun by another one that is gone."
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], name="bulk_change_under_way", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"Into {self.status}"


class BulkOutcome(models.TextChoices):
    """What became of one order."""

    WAITING = "waiting", "Waiting"
    CHANGED = "changed", "Changed"
    STAYED = "stayed", "Unchanged"


class BulkChangeOrder(models.Model):
    """One order of a bulk change: in which status a person saw it, and what became of it, with the reason."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="orders", db_index=False)
    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="bulk_changes")
    seen_status = models.BigIntegerField(null=True, help_text="The id of its status then; null: whichever it is in.")
    outcome = models.CharField(max_length=10, choices=BulkOutcome.choices, default=BulkOutcome.WAITING)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["change", "order"], name="order_once_per_bulk_change")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.outcome}"
