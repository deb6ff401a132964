"""Files of sales orders that were given out, and which orders stood in them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.sales.models.orders import SalesOrder


class Export(models.Model):
    """A file of sales orders: who had it when, and which orders in words.

    Until it is finished its orders do not count as exported. While its file is being written, `alive_at` moves on.
    """

    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    which = models.TextField(blank=True, default="", help_text="What the list was narrowed to. Empty: all orders.")
    new_only = models.BooleanField(default=False, help_text="Only orders that no finished export had.")
    order_count = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    alive_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["new_only"],
                condition=Q(new_only=True, finished_at=None),
                name="one_export_of_new_orders_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.size} for {self.by}"

    @property
    def size(self) -> str:
        """How many orders it has, in words."""
        return f"{self.order_count} sales order{'' if self.order_count == 1 else 's'}"

    @property
    def contents(self) -> str:
        """What stands in it, for the audit log: "Export 3: Store: WEB-, only orders not exported before"."""
        which = self.which or "all sales orders"
        return f"Export {self.pk}: {which}{', only orders not exported before' if self.new_only else ''}"


class ExportedOrder(models.Model):
    """A sales order that stands in an export; the export's file has them by ascending id."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="exported", db_index=False)
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="exported", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["export", "id"], name="exported_order_by_export")]
        constraints = [models.UniqueConstraint(fields=["order", "export"], name="order_once_per_export")]

    def __str__(self) -> str:
        return f"{self.order_id} in {self.export_id}"
