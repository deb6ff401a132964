"""Events, who wants to be told of them, and what became of each telling."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from counterfoil.stores.db.encryption import SecretField, no_secret


class EventType(models.TextChoices):
    """What can happen, as other systems know it."""

    ORDER_IMPORTED = "order.imported", "Order imported"
    ORDER_UPDATED = "order.updated", "Order updated"
    ORDER_NOT_IMPORTED = "order.not_imported", "Order not imported"
    ORDER_STATUS_CHANGED = "order.status_changed", "Order status changed"
    ORDER_HELD = "order.held", "Order put on hold"
    ORDER_RELEASED = "order.released", "Order released"
    SHIPMENT_PROCESSED = "shipment.processed", "Shipment processed"
    SHIPMENT_CORRECTED = "shipment.corrected", "Shipment corrected"
    SHIPMENT_VOIDED = "shipment.voided", "Shipment voided"
    SHIPMENT_SENT_TO_STORE = "shipment.sent_to_store", "Shipment sent to the store"
    ATTENTION_OPENED = "attention.opened", "Needs attention"
    ATTENTION_CLOSED = "attention.closed", "No longer needs attention"


TEST = "test"
"""The type of what a test button sends: to one endpoint, and in no list of events."""


class RandomUuid(Func):
    """A random UUID, made by the database."""

    template = "gen_random_uuid()"
    output_field = models.UUIDField()


class EventTime(Func):
    """The time of day, not that of the transaction's beginning."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class OutgoingEvent(models.Model):
    """Something that happened; triggers of the database write it (migration 0002), nobody changes it.

    `position`: its place in the one order in which all are told; given after the transaction has ended
    (counterfoil/events/publish.py). `subject`: what it is about; events of one subject are delivered in their order.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUuid(), editable=False)
    position = models.BigIntegerField(unique=True, null=True, editable=False)
    at = models.DateTimeField(db_default=EventTime())
    type = models.TextField()
    store = models.TextField(help_text="Import source code; empty: an order that was made by hand.")
    subject = models.TextField()
    data = models.JSONField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="event_unpublished", condition=Q(position=None)),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def public_id(self) -> str:
        """What others know it by: the same in each delivery and in each list."""
        return f"evt_{self.uuid.hex}"


class Publication(models.Model):
    """One row: the last position that was given, and the last one of those that are kept no longer.

    Whoever gives positions locks it, so there is one at a time.
    """

    last = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"up to {self.last}"


class WebhookEndpoint(models.Model):
    """An address of another system that wants to be told. Without `types` of everything, without `stores` of all.

    `former_secret` signs too until `former_until`. `failures`: deliveries in a row that failed; after some of them
    none begins before `rests_until`.
    """

    name = models.TextField()
    url = models.TextField()
    types = ArrayField(models.TextField(), default=list, blank=True)
    stores = ArrayField(models.TextField(), default=list, blank=True, help_text="Import source codes.")
    secret = SecretField()
    former_secret = SecretField(default=no_secret)
    former_until = models.DateTimeField(null=True, blank=True)
    made_by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    off_at = models.DateTimeField(null=True, blank=True)
    off_reason = models.TextField(blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="one_webhook_endpoint_of_each_name"),
            models.CheckConstraint(condition=~Q(name=""), name="webhook_endpoint_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def type_labels(self) -> str:
        """Of what it is told, in words."""
        return ", ".join(EventType(each).label for each in EventType.values if each in self.types) or "All events"


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    SKIPPED = "skipped", "Skipped"


class WebhookDelivery(models.Model):
    """One event for one endpoint. `due_at` lies ahead while it is being sent: whoever takes it moves it there.

    `status`, `answer` (the first KB) and `trouble` are those of the last attempt.
    """

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(OutgoingEvent, on_delete=models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()
    subject = models.TextField()
    state = models.CharField(
        max_length=10,
        choices=DeliveryState.choices,
        default=DeliveryState.WAITING,
        db_default=DeliveryState.WAITING.value,
    )
    made_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    tried_since = models.DateTimeField(null=True, blank=True, help_text="When the first attempt began.")
    tried_at = models.DateTimeField(null=True, blank=True, help_text="When the last attempt began.")
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True, default="", db_default="")
    trouble = models.TextField(blank=True, default="", db_default="")
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint")]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
            models.Index(fields=["endpoint", "position"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["endpoint", "subject", "position"], name="delivery_in_order", condition=Q(state="waiting")
            ),
            models.Index(fields=["ended_at"], name="delivery_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.state}"
