"""Who buys: clients, the keys they are recognised by, their contacts, and what people changed about them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Left, Now

from counterfoil.sales.text.names import person_name


def client_sorting() -> Func:
    """What clients are sorted by: the beginning of their name, without case and accents."""
    return Func(Left("name", 100), function="sales_fold", output_field=models.TextField())


def client_words() -> Func:
    """The words that a client is searched by, besides those of its contacts: its name and its number."""
    return Func(F("name"), F("id"), function="sales_client_words", output_field=SearchVectorField())


def contact_words() -> Func:
    """The words that a contact is searched by: name, e-mail, phone."""
    columns = map(F, ("first_name", "last_name", "email", "phone"))
    return Func(*columns, function="sales_contact_words", output_field=SearchVectorField())


def key_words() -> Func:
    """The words that a client is searched by of what it is recognised by: customer ID, e-mail, phone."""
    return Func(F("value"), function="sales_key_words", output_field=SearchVectorField())


class Client(models.Model):
    """A company, or a person who buys for themselves.

    One that was merged into another stays as a row that says so: nothing belongs to it any more, and no order finds it.
    """

    name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_clients"
    )
    fields = models.JSONField(default=dict, blank=True, help_text="Further fields: name and value.")

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(client_sorting(), F("id"), name="client_by_name", condition=Q(merged_into=None)),
            GinIndex(client_words(), name="client_by_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="client_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="client_is_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatchRule(models.TextChoices):
    """How a client was found. The first four are keys that a client holds, in the order in which they are asked."""

    CUSTOMER = "customer", "Customer ID"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone and last name"
    ADDRESS = "address", "Bill-to address and last name"
    ACROSS = "across", "E-mail in another store"
    GUEST = "guest", "The client for guests"
    NEW = "new", "New client"
    PERSON = "person", "Chosen by a person"


KEY_RULES = (MatchRule.CUSTOMER, MatchRule.EMAIL, MatchRule.PHONE, MatchRule.ADDRESS)


class ClientKey(models.Model):
    """Something a client is recognised by; it belongs to one client.

    `source` is the import source code that the key was seen under. `value` is normalised: the customer ID, the
    folded e-mail, or the E.164 phone (the address line and postcode) followed by the folded last name.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="keys")
    source = models.TextField()
    rule = models.CharField(max_length=10, choices=[(rule.value, rule.label) for rule in KEY_RULES])
    value = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                F("source"),
                Func(F("value"), Value(" "), Value(1), function="split_part", output_field=models.TextField()),
                name="key_by_phone_number",
                condition=Q(rule="phone"),
            ),
            models.Index(fields=["value"], name="key_by_email", condition=Q(rule="email")),
            GinIndex(key_words(), name="key_by_words", condition=~Q(rule="address")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "rule", "value"], name="key_belongs_to_one_client"),
            models.CheckConstraint(condition=~Q(value=""), name="key_has_a_value"),
            models.CheckConstraint(condition=~Q(rule="customer", value="0"), name="a_guest_is_no_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_rule_display()} {self.value}"


class Contact(models.Model):
    """A person at a client. Within a client the folded e-mail is unique, and so is the name of those without one."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts")
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    email_key = models.TextField(blank=True, default="")
    name_key = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["client", "name_key"], name="contact_by_name"),
            GinIndex(contact_words(), name="contact_by_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "email_key"], condition=~Q(email_key=""), name="contact_email_once_per_client"
            ),
            models.UniqueConstraint(
                fields=["client", "name_key"], condition=Q(email_key=""), name="contact_name_once_per_client"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """First and last name, or the e-mail where there is no name."""
        return person_name(self.first_name, self.last_name) or self.email


class ClientChange(models.Model):
    """Something about a client, or about one of its contacts, that a person changed: who, when, what, from, to, why."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="changes")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes")
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    what = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    why = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(by="") & ~Q(what=""), name="client_change_says_who_and_what")
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"
