"""The form of a person's notifications."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone

from counterfoil.accounts.mail.outbox import readdress
from counterfoil.accounts.models import WEEKDAYS, DigestDays, Notifications, Person
from counterfoil.accounts.usernames import names_someone_else
from counterfoil.stores.models import WebIntegration

if TYPE_CHECKING:
    _OfNotifications = forms.ModelForm[Notifications]
else:
    _OfNotifications = forms.ModelForm

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
QUIET_HOURS = [("", "–"), *HOURS]
MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
LONGEST_WAIT = 90 * 1440  # minutes
WISHES = ("store_trouble", "attention", "failed_updates", "defects", "differences")
DIGEST_FIELDS = ("digest", "digest_hour", "digest_weekday", "time_zone")
TAKEN = "Someone else has this e-mail address."


def zone_choices() -> list[tuple[str, str]]:
    """Every region's time zone by its name, as "Europe/Berlin"; UTC first."""
    regions = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in regions)]


class NotificationsForm(_OfNotifications):
    """Where mails go to, the digest, and what is mailed at once."""

    email = forms.EmailField(label="E-mail address", required=False, max_length=254)
    time_zone = forms.ChoiceField(label="Time zone", choices=zone_choices)
    digest = forms.ChoiceField(label="How often", choices=DigestDays.choices)
    digest_hour = forms.TypedChoiceField(label="At", choices=HOURS, coerce=int)
    digest_weekday = forms.TypedChoiceField(label="On", choices=WEEKDAYS, coerce=int)
    attention_number = forms.IntegerField(label="How long", min_value=0)
    attention_unit = forms.ChoiceField(label="Unit", choices=[(unit, unit) for unit in MINUTES])
    quiet_from = forms.TypedChoiceField(label="From", choices=QUIET_HOURS, coerce=int, empty_value=None, required=False)
    quiet_until = forms.TypedChoiceField(label="To", choices=QUIET_HOURS, coerce=int, empty_value=None, required=False)
    stores = forms.ModelMultipleChoiceField(
        label="Stores",
        queryset=WebIntegration.objects.order_by("code"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Notifications
        fields = (
            *("time_zone", "digest", "digest_hour", "digest_weekday"),
            *WISHES,
            *("stores", "quiet_from", "quiet_until"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        minutes = self.instance.attention_minutes
        unit = next(unit for unit in ("days", "hours", "minutes") if minutes % MINUTES[unit] == 0)
        self.initial["email"] = self.instance.person.email
        self.initial["attention_number"] = minutes // MINUTES[unit]
        self.initial["attention_unit"] = unit if minutes else "minutes"

    def clean_email(self) -> str:
        """An address that nobody else has."""
        email: str = self.cleaned_data["email"].strip()
        others = Person.objects.filter(email__iexact=email).exclude(pk=self.instance.person.pk)
        if email and (others.exists() or names_someone_else(email, self.instance.person)):
            raise forms.ValidationError(TAKEN)
        return email

    def clean(self) -> None:
        """What belongs together fits together."""
        given = self.cleaned_data
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", "Quiet hours need a start and an end.")
        if {"attention_number", "attention_unit"} <= given.keys():
            self.instance.attention_minutes = given["attention_number"] * MINUTES[given["attention_unit"]]
            if self.instance.attention_minutes > LONGEST_WAIT:
                self.add_error("attention_number", "90 days at most.")
        wants_mail = given.get("digest") != DigestDays.NEVER or any(given.get(wish) for wish in WISHES)
        if wants_mail and "email" in given and not given["email"]:
            self.add_error("email", "Enter the address to send e-mails to.")

    def save_all(self) -> bool:
        """Saves the wishes and the person's address; False with an error when someone has just taken the address."""
        person = self.instance.person
        if set(DIGEST_FIELDS) & set(self.changed_data):
            self.instance.digest_since = timezone.now()
        try:
            with transaction.atomic():
                person.email = self.cleaned_data["email"]
                person.save(update_fields=["email"])
                self.save()
                readdress(person)
        except IntegrityError:
            self.add_error("email", TAKEN)
            return False
        return True

    @property
    def clock(self) -> str:
        """What the clock shows in the time zone that is saved."""
        return f"{datetime.now(self.instance.zone):%H:%M}"
