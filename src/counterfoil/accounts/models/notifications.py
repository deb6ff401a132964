"""What each person wants to be told by mail, and what they were told."""

import calendar
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.accounts.models.mail import Mail
from counterfoil.stores.models import WebIntegration


class DigestDays(models.TextChoices):
    """On which days a person gets the digest."""

    NEVER = "never", "Never"
    WORKDAYS = "workdays", "Monday to Friday"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Once a week"


WEEKDAYS = list(enumerate(calendar.day_name))
LAST_HOUR = MaxValueValidator(23)


class Notifications(models.Model):
    """What a person wants to be told by mail. Hours and days are the person's own, by `time_zone`.

    `digest_since`: slots of the digest before this moment are not made up for; `digest_for`: the day of the last one.
    Without `stores` it is about all of them.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    time_zone = models.TextField(default="UTC")
    digest = models.CharField(max_length=10, choices=DigestDays.choices, default=DigestDays.NEVER)
    digest_hour = models.PositiveSmallIntegerField(default=8, validators=[LAST_HOUR])
    digest_weekday = models.PositiveSmallIntegerField(default=0, choices=WEEKDAYS)
    digest_since = models.DateTimeField(db_default=Now(), editable=False)
    digest_for = models.DateField(null=True, blank=True, editable=False)
    store_trouble = models.BooleanField(default=False)
    attention = models.BooleanField(default=False)
    attention_minutes = models.PositiveIntegerField(default=60)
    failed_updates = models.BooleanField(default=False)
    defects = models.BooleanField(default=False)
    differences = models.BooleanField(db_default=False, default=False)
    stores = models.ManyToManyField(WebIntegration, blank=True, related_name="+")
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True, validators=[LAST_HOUR])
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, validators=[LAST_HOUR])

    class Meta:
        app_label = "web"
        verbose_name_plural = "notifications"
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23, digest_weekday__lte=6), name="digest_comes_at_an_hour_of_a_day"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__lte=23, quiet_until__lte=23),
                name="quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"notifications of {self.person_id}"

    @property
    def zone(self) -> tzinfo:
        """The person's time zone; UTC where this machine no longer knows it."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @property
    def wants_mail_at_once(self) -> bool:
        """Whether anything is mailed at once."""
        return self.store_trouble or self.attention or self.failed_updates or self.defects or self.differences


class Notice(models.Model):
    """One thing that one person is told of once: `told_at` says when, `mail` by which mail while that is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.TextField(help_text="Names the thing, and the time since which it is so.")
    found_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices")

    class Meta:
        app_label = "web"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once_per_person")]
        indexes = [models.Index(fields=["person", "told_at"], name="notice_by_person")]

    def __str__(self) -> str:
        return self.key
