"""What is sold."""

from django.db import models
from django.db.models import Q


class Product(models.Model):
    """An article the merchant sells, known by its part number (the store's SKU)."""

    part_number = models.TextField(unique=True)
    description = models.TextField(blank=True, default="")
    bin = models.TextField(blank=True, default="", help_text="Where it lies in the warehouse.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["part_number"]
        constraints = [models.CheckConstraint(condition=~Q(part_number=""), name="product_has_a_part_number")]

    def __str__(self) -> str:
        return self.part_number
