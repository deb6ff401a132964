"""Store updates: what waits to be sent to a store, is being sent, or was sent."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.stores.models.integrations import STATUS_CHOICES
from counterfoil.stores.models.web_orders import WebOrder


class UpdateCause(models.TextChoices):
    """Why a status is set in the store."""

    DOWNLOADED = "downloaded", "The order was imported"
    IMPORT_ERROR = "import_error", "The order could not be imported"
    MAPPED = "mapped", "The order's status in the books"


class UpdateState(models.TextChoices):
    """Where an update stands. `sending` is committed before the request leaves."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    NOT_NEEDED = "not_needed", "Not needed"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


UNDONE = (UpdateState.WAITING, UpdateState.SENDING, UpdateState.FAILED)
"""An update in one of these holds back the later ones of its order."""

ACKNOWLEDGEMENTS = (UpdateCause.DOWNLOADED, UpdateCause.IMPORT_ERROR)
"""What answers an import. Only these wait for a newer version of the order to be imported."""


class StoreUpdate(models.Model):
    """One change to one order of a store: set its status.

    Updates of an order are sent in the order they arose. A newer status takes the place of a waiting older one.
    """

    web_order = models.ForeignKey(WebOrder, on_delete=models.PROTECT, related_name="updates")
    status_id = models.SmallIntegerField(choices=STATUS_CHOICES)
    cause = models.CharField(max_length=20, choices=UpdateCause.choices)
    state = models.CharField(max_length=20, choices=UpdateState.choices, default=UpdateState.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    next_step = models.TextField(blank=True, default="")
    trace = models.TextField(blank=True, default="", help_text="Of a defect in the program.")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="update_due", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["id"], name="update_failed", condition=Q(state="failed")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["web_order"], condition=Q(state="waiting"), name="one_waiting_status_per_order"
            ),
            models.UniqueConstraint(
                fields=["web_order"], condition=Q(state="sending"), name="one_status_being_sent_per_order"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "skipped"]) | ~Q(reason=""), name="update_says_why_it_failed"
            ),
        ]

    @property
    def acknowledges(self) -> bool:
        """Whether it answers an import."""
        return self.cause in ACKNOWLEDGEMENTS

    def __str__(self) -> str:
        return f"set status {self.status_id} ({self.get_state_display()})"
