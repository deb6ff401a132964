"""What fills a merchant's custom fields from a store's order: one expression a field."""

from django.db import models
from django.db.models import Q

from counterfoil.sales.models import FieldDefinition
from counterfoil.stores.models.integrations import WebIntegration


class FieldMapping(models.Model):
    """The expression (CEL) that gives a custom field its value when an order is imported.

    Where a `required` one fails or gives nothing, the order is not imported; another leaves its field empty.
    """

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="field_mappings")
    field = models.ForeignKey(FieldDefinition, on_delete=models.CASCADE, related_name="+")
    expression = models.TextField()
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["field__scope", "field__position", "field_id"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "field"], name="one_expression_per_field"),
            models.CheckConstraint(condition=~Q(expression=""), name="field_mapping_has_an_expression"),
        ]

    def __str__(self) -> str:
        return f"{self.field} ← {self.expression}"
