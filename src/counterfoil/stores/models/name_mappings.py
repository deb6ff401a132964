"""What the merchant calls a store's shipping and payment methods."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from counterfoil.stores.models.integrations import WebIntegration


class NameKind(models.TextChoices):
    """What is named."""

    SHIPPING = "shipping", "Shipping method"
    PAYMENT = "payment", "Payment method"


class NameMapping(models.Model):
    """A name that orders of the store carried. `name` is the merchant's own; empty: not mapped.

    `carrier` and `service` of a shipping method are what its parcels go with; empty: as the method's name tells.
    """

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="name_mappings")
    kind = models.CharField(max_length=10, choices=NameKind.choices)
    store_name = models.TextField()
    name = models.TextField(blank=True, default="")
    carrier = models.TextField(blank=True, default="", db_default="")
    service = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["kind", "store_name"]
        constraints = [
            models.UniqueConstraint("integration", "kind", Lower("store_name"), name="store_name_once_per_kind"),
            models.CheckConstraint(condition=~Q(store_name=""), name="name_mapping_has_a_store_name"),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="name_mapping_has_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.store_name} → {self.name or self.store_name}"
