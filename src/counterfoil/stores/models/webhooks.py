"""What a store says by itself: our hooks there, and which orders it said have changed."""

from django.db import models
from django.db.models.functions import Now

from counterfoil.stores.db.encryption import SecretField, no_secret
from counterfoil.stores.models.integrations import WebIntegration


class StoreHooks(models.Model):
    """Our hooks at one store: where it delivers, how they are told from forged ones, and how they are doing.

    `token` is the unguessable part of the address, `header_secret` what each delivery carries in a header of its own.
    """

    integration = models.OneToOneField(WebIntegration, on_delete=models.CASCADE, related_name="hooks")
    token = models.TextField(unique=True)
    header_secret = SecretField(default=no_secret)
    wanted = models.BooleanField(db_default=True, default=True, help_text="Off: the store is only polled.")
    made = models.JSONField(default=dict, blank=True, help_text="The store's id of the hook for each scope.")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When the store was last asked for them.")
    live_since = models.DateTimeField(null=True, blank=True, help_text="Since when all of them stand there, active.")
    trouble = models.TextField(blank=True, default="", help_text="Why there are none, or not all.")
    events = models.PositiveBigIntegerField(default=0)
    last_event_at = models.DateTimeField(null=True, blank=True)
    signed = models.BooleanField(null=True, blank=True, help_text="Whether the last event was signed.")
    signs_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when its events are signed: from then on no other is believed."
    )
    refused = models.JSONField(default=dict, blank=True, help_text="How many messages were refused, by reason.")

    def __str__(self) -> str:
        return f"Webhooks of {self.integration}"


class WebhookEvent(models.Model):
    """An order that may have changed: the store said so, once or a hundred times."""

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="order_news")
    bigcommerce_order_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now(), help_text="When it said so last.")

    class Meta:
        db_table = "stores_ordernews"
        verbose_name_plural = "order news"
        constraints = [
            models.UniqueConstraint(fields=["integration", "bigcommerce_order_id"], name="order_news_once_per_order")
        ]

    def __str__(self) -> str:
        return self.integration.import_id(self.bigcommerce_order_id)
