"""What other systems log in with, what they did, and which of their requests were answered already."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Scope(models.TextChoices):
    """What a token may do; it may have several."""

    READ = "read", "Read"
    SHIP = "ship", "Ship"
    MANAGE = "manage", "Manage"


class ApiToken(models.Model):
    """A secret that another system sends along with each request. The secret itself is shown once and not kept.

    `digest`: SHA-256 of the secret, hexadecimal; `ending`: its last characters, by which people tell tokens apart.
    Without `stores` it is for all of them, without `networks` it is used from anywhere.
    """

    name = models.TextField()
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(max_length=4, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    stores = ArrayField(models.TextField(), default=list, blank=True, help_text="Import source codes.")
    networks = ArrayField(models.TextField(), default=list, blank=True, help_text="Addresses and networks (CIDR).")
    made_by = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.TextField(blank=True, default="")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="Written once a minute at most.")
    last_used_from = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        app_label = "web"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_token_has_a_name"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_token_may_do_something"),
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="one_api_token_of_each_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def by(self) -> str:
        """What the history of an order calls it."""
        return f"{self.name} (API)"

    @property
    def scope_labels(self) -> str:
        """What it may do, in words."""
        return ", ".join(Scope(scope).label for scope in Scope.values if scope in self.scopes)


class ApiAct(models.Model):
    """Something that was done with a token: written in the same transaction."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="acts", db_index=False)
    at = models.DateTimeField(db_default=Now())
    what = models.TextField(help_text="A sentence without a secret in it.")
    about = models.TextField(blank=True, default="", help_text="The order, client, product … that it concerns.")
    request_id = models.TextField(blank=True, default="")
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        app_label = "web"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["token", "-id"], name="api_act_of"),
            models.Index(fields=["at"], name="api_act_at"),
        ]

    def __str__(self) -> str:
        return self.what


class IdempotencyKey(models.Model):
    """A request that was carried out, and how it was answered: who sends it again gets that answer.

    The row, the act and the answer are one transaction. `request_digest`: SHA-256 of method, address and body.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.TextField()
    request_digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True, default="")

    class Meta:
        app_label = "web"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once_per_token")]
        indexes = [models.Index(fields=["at"], name="idempotency_key_at")]

    def __str__(self) -> str:
        return self.key
