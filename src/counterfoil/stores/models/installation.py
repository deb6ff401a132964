"""What is known of the installation itself."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.stores.db.encryption import SecretField


class PublicAddress(models.Model):
    """Where people and stores reach the pages, as a process that was told has noted it: for those that were not.

    One row at most.
    """

    address = models.TextField()
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "public addresses"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_public_address")]

    def __str__(self) -> str:
        return self.address


class KeySeal(models.Model):
    """What only the installation's secret key opens: a process with another one finds out before it touches anything.

    One row at most.
    """

    seal = SecretField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_key_seal")]

    def __str__(self) -> str:
        return f"sealed at {self.sealed_at:%Y-%m-%d %H:%M} UTC"
