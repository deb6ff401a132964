"""Mails that wait, are being sent, or were sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.stores.db.encryption import SecretField, no_secret


class MailState(models.TextChoices):
    """Where a mail stands. `sending` is committed before anything leaves, so that no mail leaves twice."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    UNKNOWN = "unknown", "May have been sent"
    FAILED = "failed", "Not sent"


UNDELIVERED = (MailState.WAITING, MailState.UNKNOWN, MailState.FAILED)


class Mail(models.Model):
    """A mail to one address.

    Its text may hold a link that logs someone in: it is encrypted, and emptied once it was sent.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    to = models.TextField()
    subject = models.TextField()
    text = SecretField(default=no_secret)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When it was last given to the mail server.")
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="", help_text="Why it was not sent, when last tried.")
    next_step = models.TextField(blank=True, default="")

    class Meta:
        app_label = "web"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="mail_due", condition=Q(state="waiting")),
            models.Index(fields=["asked_at"], name="mail_being_sent", condition=Q(state="sending")),
            models.Index(fields=["person", "-id"], name="mail_by_person"),
            models.Index(
                fields=["-id"], name="mail_in_trouble", condition=Q(state__in=["waiting", "unknown", "failed"])
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(to="") & ~Q(subject=""), name="mail_has_an_address_and_a_subject"),
            models.CheckConstraint(
                condition=~Q(state__in=["unknown", "failed"]) | ~Q(trouble=""), name="mail_says_why_it_was_not_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"
