"""What the store has of an order besides the order itself: its shipments, ours and others', and its refunds."""

from django.db import models
from django.db.models.functions import Now

from counterfoil.sales.db.money_field import MoneyField
from counterfoil.sales.models import Parcel
from counterfoil.stores.models.web_orders import WebOrder


class WebShipment(models.Model):
    """A shipment in a store. Without a parcel it was made by someone else, and was not taken over."""

    web_order = models.ForeignKey(WebOrder, on_delete=models.PROTECT, related_name="web_shipments")
    bigcommerce_shipment_id = models.BigIntegerField()
    parcel = models.OneToOneField(Parcel, on_delete=models.PROTECT, null=True, blank=True, related_name="web_shipment")
    order_address_id = models.BigIntegerField(null=True, blank=True)
    carrier = models.TextField(blank=True, default="")
    service = models.TextField(blank=True, default="")
    tracking_number = models.TextField(blank=True, default="")
    tracking_link = models.TextField(blank=True, default="")
    comments = models.TextField(blank=True, default="")
    items = models.JSONField(default=list, help_text="Each: order_product_id, quantity.")
    made_at = models.DateTimeField(null=True, blank=True, help_text="By the store's clock.")
    seen_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When it was deleted, or found to be.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["web_order", "bigcommerce_shipment_id"], name="web_shipment_once_per_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.web_order} shipment {self.bigcommerce_shipment_id}"


class WebRefund(models.Model):
    """A refund that was made in a store."""

    web_order = models.ForeignKey(WebOrder, on_delete=models.PROTECT, related_name="refunds")
    bigcommerce_refund_id = models.BigIntegerField()
    made_at = models.DateTimeField(null=True, blank=True)
    amount = MoneyField()
    reason = models.TextField(blank=True, default="")
    items = models.JSONField(default=list, help_text="Each: item_type, item_id, quantity, amount as text.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["web_order", "bigcommerce_refund_id"], name="refund_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"{self.web_order} refund {self.bigcommerce_refund_id}"
