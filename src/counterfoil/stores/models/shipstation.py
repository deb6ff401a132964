"""ShipStation: who connects, what was sent there, and what came back from there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.sales.models import SalesOrder, Shipment


class ShipStationStatus(models.TextChoices):
    """What an order is called in the export; the same five words are entered in ShipStation's form."""

    UNPAID = "unpaid", "Awaiting payment"
    PAID = "paid", "Awaiting shipment"
    ON_HOLD = "on_hold", "On hold"
    SHIPPED = "shipped", "Shipped"
    CANCELLED = "cancelled", "Cancelled"
    NOT_SENT = "not_sent", "Not sent"


class ShipStationConnection(models.Model):
    """A custom store of a ShipStation account: its login here, and what it gets.

    `digest`: SHA-256 of the password, which has 192 random bits and is shown once. Without `stores` it gets the orders
    of all of them, and those made by hand; without `networks` it may be used from anywhere. `statuses`: order status
    id as text → ShipStationStatus, where a person has chosen one.
    """

    name = models.TextField(unique=True)
    username = models.TextField(unique=True)
    digest = models.CharField(max_length=64, editable=False)
    stores = ArrayField(models.TextField(), default=list, blank=True, help_text="Import source codes.")
    networks = ArrayField(models.TextField(), default=list, blank=True, help_text="Networks it may be used from.")
    statuses = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)
    made_by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    last_export_at = models.DateTimeField(null=True, blank=True)
    last_notice_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="shipstation_connection_has_a_name"),
            models.CheckConstraint(condition=~Q(username=""), name="shipstation_connection_has_a_username"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def by(self) -> str:
        """What the history of an order calls it."""
        return f"{self.name} (ShipStation)"


class ShipStationExport(models.Model):
    """The orders of the export that is being read page by page: chosen once, so that no change shifts the pages."""

    connection = models.OneToOneField(ShipStationConnection, on_delete=models.CASCADE, related_name="export")
    period = models.TextField(help_text="Start and end, as they were asked for.")
    order_ids = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{len(self.order_ids)} orders of {self.period}"


class ShipStationOrder(models.Model):
    """A sales order that was sent: its ids there (one for each ship-to address), or why it could not be sent."""

    connection = models.ForeignKey(
        ShipStationConnection, on_delete=models.CASCADE, related_name="orders", db_index=False
    )
    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="+")
    sent_ids = ArrayField(models.TextField(), default=list)
    left_out = models.TextField(blank=True, default="", help_text="Why it could not be sent.")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "order"], name="shipstation_order_once")]
        indexes = [models.Index(fields=["connection"], name="shipstation_left_out", condition=~Q(left_out=""))]

    def __str__(self) -> str:
        return f"{self.order_id} in {self.connection_id}"


class NoticeState(models.TextChoices):
    """What became of a notice."""

    RECEIVED = "received", "Received"
    REFUSED = "refused", "Needs a person"
    PROCESSED = "processed", "Processed"
    DISMISSED = "dismissed", "Dismissed"


class ShipStationNotice(models.Model):
    """A label that was bought there. Stored before it is judged, so that none is lost.

    `key` tells the same notice when it is posted again: SHA-256 of what it says. `items`: line, sku, quantity of each;
    none: all that is open. One that is not `readable` holds what its address said, and is for a person.
    """

    connection = models.ForeignKey(
        ShipStationConnection, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    key = models.CharField(max_length=64, editable=False)
    order = models.ForeignKey(SalesOrder, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    shipment = models.ForeignKey(
        Shipment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    order_ref = models.TextField(blank=True, default="")
    order_number = models.TextField(blank=True, default="")
    carrier = models.TextField(blank=True, default="")
    service = models.TextField(blank=True, default="")
    tracking_number = models.TextField(blank=True, default="")
    items = models.JSONField(default=list)
    label_date = models.TextField(blank=True, default="")
    ship_date = models.TextField(blank=True, default="")
    notes = models.TextField(blank=True, default="", help_text="To the customer.")
    readable = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.RECEIVED)
    sentence = models.TextField(blank=True, default="")
    next_step = models.TextField(blank=True, default="")
    posted = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="shipstation_notice_once")]
        indexes = [
            models.Index(fields=["connection", "-id"], name="shipstation_notice_of"),
            models.Index(fields=["last_at"], name="shipstation_notice_at"),
            models.Index(
                fields=["-id"], name="shipstation_notice_open", condition=Q(state__in=["received", "refused"])
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.order_number, self.carrier, self.tracking_number) if part)

    @property
    def is_ended(self) -> bool:
        """Whether nothing more becomes of it, however often it is posted."""
        return self.state in (NoticeState.PROCESSED, NoticeState.DISMISSED)

    @property
    def contents(self) -> str:
        """What lies in the parcel: "2 × MUG, 1 × PEN"; "everything open" where it says nothing."""
        said = ", ".join(f"{item['quantity']} × {item['sku'] or item['line']}" for item in self.items)
        return said or "everything open"
