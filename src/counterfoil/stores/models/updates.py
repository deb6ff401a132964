"""Store updates: what waits to be sent to a store, is being sent, or was sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.sales.models import Parcel
from counterfoil.stores.models.integrations import STATUS_CHOICES
from counterfoil.stores.models.web_orders import WebOrder


class UpdateKind(models.TextChoices):
    """What is changed in the store."""

    STATUS = "status", "Set the status"
    CREATE = "create_shipment", "Create a shipment"
    CORRECT = "correct_shipment", "Correct a shipment"
    VOID = "void_shipment", "Delete a shipment"
    STAFF_NOTES = "staff_notes", "Write the staff notes"


class UpdateCause(models.TextChoices):
    """Why a status is set in the store."""

    DOWNLOADED = "downloaded", "The order was imported"
    IMPORT_ERROR = "import_error", "The order could not be imported"
    REIMPORTED = "reimported", "The order was imported again"
    MAPPED = "mapped", "The order's status here"


class UpdateState(models.TextChoices):
    """Where an update stands. `sending` is committed before the request leaves."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    NOT_NEEDED = "not_needed", "Not needed"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


IN_HAND = (UpdateState.WAITING, UpdateState.SENDING)
"""An update in one of these goes to the store by itself."""

UNDONE = (*IN_HAND, UpdateState.FAILED)
"""An update in one of these holds back the later ones of its order."""

ACKNOWLEDGEMENTS = (UpdateCause.DOWNLOADED, UpdateCause.IMPORT_ERROR, UpdateCause.REIMPORTED)
"""What answers an import."""


class StoreUpdate(models.Model):
    """One change to one order of a store: set its status, or create, correct or void a shipment.

    Updates of an order are sent in the order they arose. A newer status takes the place of a waiting older one.
    `acknowledges`: it answers an import, so it waits while a newer version of the order is to be imported first.
    `onto`: the status last seen when it arose; another one in the store is someone else's decision.
    `asked_at` stands while it may have been carried out: then the store is asked before it is sent again.
    """

    web_order = models.ForeignKey(WebOrder, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=20, choices=UpdateKind.choices, default=UpdateKind.STATUS)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, null=True, blank=True, related_name="store_updates")
    status_id = models.SmallIntegerField(choices=STATUS_CHOICES, null=True, blank=True)
    onto = models.SmallIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=20, choices=UpdateCause.choices, blank=True, default="")
    acknowledges = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=UpdateState.choices, default=UpdateState.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When a request left of which no refusal is known."
    )
    asked = models.JSONField(null=True, blank=True, help_text="What the last request for a shipment said.")
    known_shipments = ArrayField(
        models.BigIntegerField(),
        null=True,
        blank=True,
        help_text="The store's shipments of the order that were known when the last request left.",
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    failed_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when it needs a person, however often it was retried."
    )
    reason_code = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    next_step = models.TextField(blank=True, default="")
    trace = models.TextField(blank=True, default="", help_text="Of a defect in the program.")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="update_due", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["id"], name="update_failed", condition=Q(state="failed")),
            models.Index(fields=["ended_at"], name="shipment_sent", condition=Q(kind="create_shipment", state="sent")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["web_order"], condition=Q(state="waiting", kind="status"), name="one_waiting_status_per_order"
            ),
            models.UniqueConstraint(
                fields=["web_order"], condition=Q(state="sending", kind="status"), name="one_status_sent_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["web_order"],
                condition=Q(state="sending", kind__in=["create_shipment", "correct_shipment", "void_shipment"]),
                name="one_shipment_sent_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["web_order"],
                condition=Q(state="waiting", kind="staff_notes"),
                name="staff_notes_wait_once_per_order",
            ),
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(kind="create_shipment"), name="one_shipment_per_parcel"
            ),
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(kind="void_shipment"), name="voided_once_per_parcel"
            ),
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(kind="correct_shipment", state="waiting"),
                name="one_waiting_correction_per_parcel",
            ),
            models.CheckConstraint(
                condition=Q(kind="status", parcel=None, status_id__isnull=False)
                | Q(kind="staff_notes", parcel=None, status_id=None)
                | Q(
                    kind__in=["create_shipment", "correct_shipment", "void_shipment"],
                    parcel__isnull=False,
                    status_id=None,
                ),
                name="update_changes_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "skipped"]) | ~Q(reason=""), name="update_says_why_it_failed"
            ),
        ]

    def __str__(self) -> str:
        what = f"{self.get_kind_display()} {self.status_id or ''}".strip()
        return f"{what} ({self.get_state_display()})"
