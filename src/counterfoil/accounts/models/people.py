"""Who may log in, and what they may do."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class Role(models.TextChoices):
    """What a person may do; each role may also do what the ones before it may."""

    VIEWER = "viewer", "Viewer"
    CLERK = "clerk", "Clerk"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"


class PaperSize(models.TextChoices):
    """What pick lists and packing slips are printed on."""

    A4 = "a4", "A4"
    LETTER = "letter", "Letter"
    LABEL = "4x6", "4 × 6 in"


RANKS = {role: rank for rank, role in enumerate(Role)}


class Person(AbstractUser):
    """Someone who logs in."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    must_change_password = models.BooleanField(default=False, help_text="Logs in with a one-time password.")
    one_time_password_until = models.DateTimeField(
        null=True, editable=False, help_text="Until when the one-time password logs in."
    )
    list_settings = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        editable=False,
        help_text="For each list by its name: the columns, and the views of this person (name, query).",
    )

    paper = models.CharField(
        max_length=10,
        choices=PaperSize.choices,
        blank=True,
        default="",
        db_default="",
        help_text="What is printed on; empty: as the store's country does.",
    )
    keys_on = models.BooleanField(
        default=True, db_default=True, help_text="Whether single keys do something on the pages (WCAG 2.1.4)."
    )

    class Meta:
        app_label = "web"
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_person_for_each_username"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_person_for_each_email"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def may(self, role: str) -> bool:
        """Whether the person has this role or a higher one."""
        return RANKS[Role(self.role)] >= RANKS[Role(role)]


class RequiredSecondFactor(models.Model):
    """A role whose people log in with a second factor; those who have none set one up before anything else."""

    role = models.CharField(max_length=20, choices=Role.choices, primary_key=True)

    def __str__(self) -> str:
        return self.get_role_display()

    class Meta:
        app_label = "web"


class Invitation(models.Model):
    """Someone is asked to join: who has the link chooses a name and a password, once, within seven days.

    The link holds a token; here stands only its digest (SHA-256, hexadecimal).
    """

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="invitations")
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_by = models.OneToOneField(Person, on_delete=models.SET_NULL, null=True, related_name="invitation")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "web"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.email} as {self.get_role_display().lower()}"


class AuditEntry(models.Model):
    """Something that a person did which others may have to answer for: who, when, what, about whom or what.

    What happens to orders stands in their own history; here stand logins, people, settings, secrets and exports.
    `by` stays when the person is removed.
    """

    at = models.DateTimeField(db_default=Now())
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="audit_entries")
    by = models.TextField()
    what = models.TextField(help_text="A sentence without a secret in it.")
    about = models.TextField(blank=True, default="", help_text="A person, a store, an order: what it concerns.")
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        app_label = "web"
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["person", "-id"], name="audit_of"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(by="") & ~Q(what=""), name="audit_says_who_and_what")]

    def __str__(self) -> str:
        return f"{self.by}: {self.what}"
