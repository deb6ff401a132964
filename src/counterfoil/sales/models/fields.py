"""Custom fields: what a merchant keeps of an order, a line or a client besides what every order has."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class FieldScope(models.TextChoices):
    """What a custom field belongs to."""

    ORDER = "order", "Sales order"
    LINE = "line", "Order line"
    CLIENT = "client", "Client"


class FieldType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    CHOICE = "choice", "Choice"
    YES_NO = "yes_no", "Yes or no"


class FieldDefinition(models.Model):
    """One custom field. `name` is what expressions, scripts and files call it, `label` what people read.

    The values stand in the column `fields` of the order, line or client: name → text (a number with its digits, a
    date as in 2026-01-31), or true and false. A field without a value is not there. A retired field takes no new
    values; the old ones stay.
    """

    scope = models.CharField(max_length=10, choices=FieldScope.choices)
    name = models.TextField()
    label = models.TextField()
    type = models.CharField(max_length=10, choices=FieldType.choices)
    choices = ArrayField(models.TextField(), default=list, blank=True, help_text="What a choice is chosen from.")
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["scope", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "name"], name="field_name_once_per_scope"),
            models.UniqueConstraint(fields=["scope", "label"], name="field_label_once_per_scope"),
            models.CheckConstraint(condition=Q(name__regex="^[a-z][a-z0-9_]{0,59}$"), name="field_name_is_a_name"),
            models.CheckConstraint(condition=~Q(label=""), name="field_has_a_label"),
            models.CheckConstraint(condition=Q(scope__in=FieldScope.values), name="field_has_a_scope"),
            models.CheckConstraint(condition=Q(type__in=FieldType.values), name="field_has_a_type"),
            models.CheckConstraint(
                condition=Q(type="choice", choices__len__gte=1) | (~Q(type="choice") & Q(choices=[])),
                name="a_choice_has_choices",
            ),
        ]

    def __str__(self) -> str:
        return self.label
