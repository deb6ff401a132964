"""How far the loading of a store's catalog into the product list has come."""

from django.db import models
from django.db.models.functions import Now

from counterfoil.stores.models.integrations import WebIntegration


class CatalogLoad(models.Model):
    """The loading that was asked for last; the worker goes on with it sync by sync until it has ended.

    `next_id`: the store's product id from which on it is still to be read.
    """

    integration = models.OneToOneField(WebIntegration, on_delete=models.CASCADE, related_name="catalog_load")
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.TextField()
    next_id = models.BigIntegerField(default=1)
    products = models.PositiveIntegerField(default=0, help_text="Read so far.")
    of = models.PositiveIntegerField(default=0, help_text="As many products the catalog has, by the store's word.")
    variants = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="", help_text="Why it ended before all was read.")
    next_step = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.products} of {self.of} products"

    @property
    def is_under_way(self) -> bool:
        """Whether there is something left to load."""
        return self.ended_at is None
