"""The merchant's own list of order statuses."""

from django.db import models
from django.db.models import Q


class StatusRole(models.TextChoices):
    """What a status means to the program; at most one status carries each role."""

    NONE = "", "No role"
    INITIAL = "initial", "Initial"
    HOLD = "hold", "On hold"
    PARTIALLY_SHIPPED = "partially_shipped", "Partially shipped"
    SHIPPED = "shipped", "Shipped"
    CANCELLED = "cancelled", "Cancelled"


class OrderStatus(models.Model):
    """Where a sales order stands, in the merchant's own words."""

    name = models.TextField(unique=True)
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=StatusRole.choices, blank=True, default=StatusRole.NONE)
    retired = models.BooleanField(default=False, help_text="Orders that stand in it stay; none is put into it.")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "order statuses"
        constraints = [
            models.UniqueConstraint(fields=["role"], condition=~Q(role=""), name="one_order_status_per_role"),
            models.CheckConstraint(condition=~Q(name=""), name="order_status_has_a_name"),
            models.CheckConstraint(condition=Q(retired=False) | Q(role=""), name="a_retired_status_has_no_role"),
        ]

    def __str__(self) -> str:
        return self.name
