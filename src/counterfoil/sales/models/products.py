"""What is sold, and by what else a store calls it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ProductType(models.TextChoices):
    """Whether a product goes into a parcel."""

    PHYSICAL = "physical", "Physical"
    DIGITAL = "digital", "Digital"


class ProductOrigin(models.TextChoices):
    """How a product came into the list; empty for those that were there before this was kept."""

    HAND = "hand", "By hand"
    FILE = "file", "From a file"
    CATALOG = "catalog", "From a store’s catalog"
    IMPORT = "import", "By an import"


class Product(models.Model):
    """An article the merchant sells, known by its part number (the store's SKU).

    `made_by`: who added it, or the import source code of the store whose order or catalog had it.
    """

    part_number = models.TextField(unique=True)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=10, choices=ProductType.choices, default=ProductType.PHYSICAL)
    bin = models.TextField(blank=True, default="", help_text="Where it lies in the warehouse.")
    upc = models.TextField(
        blank=True, default="", db_default="", help_text="The number on its barcode: UPC, EAN or GTIN."
    )
    active = models.BooleanField(default=True)
    origin = models.CharField(max_length=10, choices=ProductOrigin.choices, blank=True, default="")
    made_by = models.TextField(blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True, db_default=Now())

    class Meta:
        ordering = ["part_number"]
        constraints = [
            models.CheckConstraint(condition=~Q(part_number=""), name="product_has_a_part_number"),
            models.CheckConstraint(condition=Q(type__in=ProductType.values), name="product_is_physical_or_digital"),
        ]

    def __str__(self) -> str:
        return self.part_number


class ProductSource(models.Model):
    """Which of a store's products and variants this is: learned when the store's catalog was loaded.

    `source` is the import source code. A product without variants is also known by its product id alone.
    """

    source = models.TextField()
    source_product_id = models.BigIntegerField()
    source_variant_id = models.BigIntegerField(null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="sources")

    class Meta:
        ordering = ["source", "source_product_id", "source_variant_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_product_id", "source_variant_id"],
                nulls_distinct=False,
                name="variant_is_one_product",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="product_source_has_a_source"),
        ]

    def __str__(self) -> str:
        variant = f"-{self.source_variant_id}" if self.source_variant_id else ""
        return f"{self.source} {self.source_product_id}{variant}: {self.product_id}"


class ProductAlias(models.Model):
    """What a person said a store's SKU, or its product and variant, is: the merchant's own product.

    `source` is the import source code; the alias holds for that store alone.
    """

    source = models.TextField()
    sku = models.TextField(blank=True, default="")
    source_product_id = models.BigIntegerField(null=True, blank=True)
    source_variant_id = models.BigIntegerField(null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["source", "sku", "source_product_id", "source_variant_id"]
        verbose_name_plural = "product aliases"
        constraints = [
            models.UniqueConstraint(fields=["source", "sku"], condition=~Q(sku=""), name="sku_means_one_product"),
            models.UniqueConstraint(
                fields=["source", "source_product_id", "source_variant_id"],
                condition=Q(sku=""),
                nulls_distinct=False,
                name="variant_means_one_product",
            ),
            models.CheckConstraint(
                condition=(~Q(sku="") & Q(source_product_id=None, source_variant_id=None))
                | Q(sku="", source_product_id__isnull=False),
                name="alias_is_a_sku_or_a_variant",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="alias_has_a_source"),
        ]

    def __str__(self) -> str:
        variant = f"-{self.source_variant_id}" if self.source_variant_id else ""
        return self.sku or f"{self.source_product_id}{variant}"


class ProductChange(models.Model):
    """Something about a product that changed: who, when, what, from, to."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    what = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(by="") & ~Q(what=""), name="product_change_says_who_and_what")
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


def made_up_part_number(product_id: int, variant_id: int | None) -> str:
    """What an item without an SKU is called: after its product and variant in the store."""
    return f"PRODUCT-{product_id}-{variant_id}" if variant_id else f"PRODUCT-{product_id}"
