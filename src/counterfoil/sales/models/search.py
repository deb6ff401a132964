"""What a sales order is searched by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from counterfoil.sales.models.orders import SalesOrder


class OrderSearchIndex(models.Model):
    """The words of one sales order: numbers, names, e-mails, phones, part numbers, tracking numbers.

    The database itself keeps them up to date with triggers, whoever changes what they are taken from
    (docs/decisions/searching.md); nothing here writes them.
    """

    order = models.OneToOneField(
        SalesOrder, on_delete=models.CASCADE, primary_key=True, related_name="words", db_constraint=False
    )
    order_date = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        db_table = "sales_orderwords"
        indexes = [
            GinIndex(fields=["words"], name="order_by_words", gin_pending_list_limit=256),
            models.Index(fields=["-order_date", "-order"], name="words_by_date"),
        ]

    def __str__(self) -> str:
        return f"The words of {self.order_id}"
