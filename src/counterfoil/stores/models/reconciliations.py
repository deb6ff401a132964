"""A store's orders of a period against the sales orders: what was looked at, and what was found."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from counterfoil.stores.models.integrations import WebIntegration
from counterfoil.stores.models.web_orders import WebOrder


class Reconciliation(models.Model):
    """One comparison of a period, its last day included; days are those of the store's time zone.

    The worker goes on with it sync by sync until it has ended. `next_id`: the order id from which on it is still to
    be compared. Without `asked_by` it was the night's.
    """

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="reconciliations")
    first_day = models.DateField()
    last_day = models.DateField()
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.TextField(blank=True, default="")
    next_id = models.BigIntegerField(default=1)
    orders = models.PositiveIntegerField(default=0, help_text="Of the store, compared so far.")
    outside = models.PositiveIntegerField(default=0, help_text="In a status outside import, and never in the books.")
    alike = models.PositiveIntegerField(default=0, help_text="In both, and nothing differs.")
    calls = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="", help_text="Why it ended before all was compared.")
    next_step = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], condition=Q(ended_at=None), name="one_reconciliation_at_a_time"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="a_period_ends_after_it_began"),
        ]
        indexes = [models.Index(fields=["integration", "-asked_at"], name="reconciliation_by_time")]

    def __str__(self) -> str:
        return f"{self.integration} {self.first_day} to {self.last_day}"

    @property
    def is_under_way(self) -> bool:
        """Whether there is something left to compare."""
        return self.ended_at is None


class DifferenceKind(models.TextChoices):
    """What is not alike."""

    MISSING = "missing", "Missing here"
    WAITING = "waiting", "Waiting to be imported"
    NOT_IMPORTED = "not_imported", "Not imported"
    IGNORED = "ignored", "Ignored"
    DOUBLED = "doubled", "Duplicate here"
    GONE = "gone", "No longer in the store"
    TOTAL = "total", "Total differs"
    STATUS = "status", "Status differs"
    SHIPMENT_THERE = "shipment_there", "Shipment missing in the store"
    SHIPMENT_HERE = "shipment_here", "Shipment missing here"


class Difference(models.Model):
    """One order of which something is not alike, as it was found. `is_off`: nothing explains it."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=20, choices=DifferenceKind.choices)
    is_off = models.BooleanField()
    bigcommerce_order_id = models.BigIntegerField()
    web_order = models.ForeignKey(WebOrder, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    ours = models.TextField(blank=True, default="", help_text="What stands here.")
    theirs = models.TextField(blank=True, default="", help_text="What stands in the store.")
    sentence = models.TextField()
    next_step = models.TextField(blank=True, default="")
    mended = models.TextField(blank=True, default="", help_text="What was done about it since, and by whom.")

    class Meta:
        ordering = ["-is_off", "kind", "bigcommerce_order_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "bigcommerce_order_id", "kind"], name="a_difference_is_listed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bigcommerce_order_id}: {self.get_kind_display()}"
