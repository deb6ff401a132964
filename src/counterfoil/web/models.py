"""Who may log in, and what they may do."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What a person may do; each role may also do what the ones before it may."""

    VIEWER = "viewer", "Viewer"
    CLERK = "clerk", "Clerk"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"


RANKS = {role: rank for rank, role in enumerate(Role)}


class Person(AbstractUser):
    """Someone who logs in."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    must_change_password = models.BooleanField(default=False, help_text="Logs in with a one-time password.")

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def may(self, role: str) -> bool:
        """Whether the person has this role or a higher one."""
        return RANKS[Role(self.role)] >= RANKS[Role(role)]
