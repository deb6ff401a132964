"""A web integration: the settings of one store, and how the store is doing."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import Client, OrderStatus
from counterfoil.stores.db.encryption import SecretField, no_secret

STATUS_CHOICES = [(status.value, status.label) for status in StatusId]


def awaiting_fulfillment() -> list[int]:
    """The new order status of a new web integration."""
    return [StatusId.AWAITING_FULFILLMENT.value]


class IsNoneOf(models.Func):
    """Whether a value is in none of an array's places."""

    template = "(%(expressions)s))"
    arg_joiner = " <> ALL("
    output_field = models.BooleanField()


class UnknownProduct(models.TextChoices):
    """What to do with an order that has an unknown product."""

    REFUSE = "refuse", "Do not import the order"
    CREATE = "create", "Create the product"
    PLACEHOLDER = "placeholder", "Import the line without a product"


class WebIntegration(models.Model):
    """The connection to one BigCommerce store: store setup and integration options."""

    code = models.TextField(unique=True, help_text="Import source code. Import IDs begin with it.")
    description = models.TextField()
    api_path = models.TextField(help_text="As BigCommerce shows it, for example https://…/stores/abc123.")
    store_hash = models.TextField(unique=True)
    client_id = models.TextField(blank=True, default="")
    client_secret = SecretField(default=no_secret)
    client_secret_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    access_token = SecretField(default=no_secret)
    access_token_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    new_statuses = ArrayField(models.SmallIntegerField(choices=STATUS_CHOICES), default=awaiting_fulfillment)
    downloaded_status = models.SmallIntegerField(choices=STATUS_CHOICES, default=StatusId.AWAITING_SHIPMENT.value)
    error_status = models.SmallIntegerField(choices=STATUS_CHOICES, default=StatusId.MANUAL_VERIFICATION_REQUIRED.value)
    not_before = models.DateField(null=True, blank=True, help_text="In the store's time zone.")
    first_orders = models.PositiveIntegerField(
        null=True, blank=True, help_text="Only so many orders are taken in until someone lifts this. Empty: all."
    )
    push_status = models.BooleanField(default=False)
    unknown_product = models.CharField(max_length=20, choices=UnknownProduct.choices, default=UnknownProduct.REFUSE)
    accept_cents = models.PositiveSmallIntegerField(
        default=0, help_text="A difference of up to so many cents is imported as a Rounding line."
    )
    match_by_email = models.BooleanField(default=True)
    match_by_phone = models.BooleanField(default=True, help_text="The phone with the last name.")
    match_by_address = models.BooleanField(default=False, help_text="The bill-to address with the last name.")
    match_across_stores = models.BooleanField(
        default=False, help_text="An e-mail that another store knows finds its client here too."
    )
    guest_client = models.ForeignKey(
        Client,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Guests whom no rule finds are booked to this one client.",
    )
    shipping_default = models.TextField(
        blank=True, default="", help_text="The ship-via of a shipping method that is not mapped. Empty: as it came."
    )
    payment_default = models.TextField(
        blank=True, default="", help_text="The name of a payment method that is not mapped. Empty: as it came."
    )
    scan_to_ship = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether an order is shipped only when its items were scanned.",
    )
    staff_notes = models.BooleanField(
        default=False, help_text="Why an order was not imported also stands in its staff notes in the store."
    )
    take_over_shipments = models.BooleanField(
        default=False, help_text="Shipments made in the store become parcels here by themselves."
    )
    close_unshippable = models.BooleanField(
        default=False, help_text="An order with nothing to ship goes to the shipped status when it is imported."
    )
    reconcile_nightly = models.BooleanField(
        db_default=True, default=True, help_text="The last seven days are compared with the store every night."
    )
    poll_seconds = models.PositiveIntegerField(default=60)
    answer_seconds = models.PositiveSmallIntegerField(
        db_default=5, default=5, help_text="How long the store may take to answer, before it counts as too slow."
    )
    letterhead_name = models.TextField(blank=True, default="", db_default="", help_text="Who sends the parcels.")
    letterhead_address = models.TextField(
        blank=True, default="", db_default="", help_text="The return address, line by line, without the country."
    )
    letterhead_country = models.TextField(
        blank=True, default="", db_default="", help_text="Where parcels are sent from: two letters. Empty: the store's."
    )
    letterhead_foot = models.TextField(
        blank=True, default="", db_default="", help_text="What stands below each packing slip."
    )
    paused = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"[^0-9]$"), name="source_code_ends_in_a_non_digit"),
            models.CheckConstraint(
                condition=Q(IsNoneOf("downloaded_status", "new_statuses"))
                & Q(IsNoneOf("error_status", "new_statuses")),
                name="new_order_status_is_no_outcome",
            ),
            models.CheckConstraint(condition=Q(new_statuses__len__gte=1), name="at_least_one_new_order_status"),
            models.CheckConstraint(condition=Q(poll_seconds__gte=10), name="polls_every_ten_seconds_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"

    def import_id(self, bigcommerce_order_id: int) -> str:
        """The import ID of one of this store's orders."""
        return f"{self.code}{bigcommerce_order_id}"

    def status_text(self, status_id: int | None) -> str:
        """A status with the store's own label where it has one: "Awaiting Shipment (Packing)"."""
        if status_id is None:
            return ""
        try:
            name = StatusId(status_id).label
        except ValueError:
            return f"status {status_id}"
        own = self.state.status_labels.get(str(status_id), "")
        return f"{name} ({own})" if own and own != name else name


class StoreState(models.Model):
    """How the store is doing: what it told us last, and why it waits when it does."""

    integration = models.OneToOneField(WebIntegration, on_delete=models.CASCADE, related_name="state")
    store_name = models.TextField(blank=True, default="")
    country_code = models.TextField(
        blank=True, default="", db_default="", help_text="Where the store is: two letters; empty until it said so."
    )
    time_zone = models.TextField(default="UTC")
    zone_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the store last told its time zone; empty: it was never asked."
    )
    weight_unit = models.TextField(
        blank=True, default="", db_default="", help_text="What it weighs products in: lb, oz, kg, g, t. Empty: unknown."
    )
    weight_unit_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last asked for that; empty: never."
    )
    control_panel = models.TextField(blank=True, default="")
    status_labels = models.JSONField(default=dict)
    trouble_code = models.TextField(blank=True, default="")
    trouble = models.TextField(blank=True, default="")
    trouble_next_step = models.TextField(blank=True, default="")
    trouble_since = models.DateTimeField(null=True, blank=True)
    troubles = models.PositiveIntegerField(default=0, help_text="How often in a row the store could not be used.")
    due_at = models.DateTimeField(db_default=Now(), help_text="When the store is visited next.")
    visited_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="Orders in the store by status number.")
    ours = models.JSONField(
        default=dict, blank=True, help_text="Of the counts, orders that we put into their status, by status number."
    )
    ours_at = models.DateTimeField(null=True, blank=True, help_text="When these were counted.")
    progress = models.JSONField(default=dict, blank=True, help_text="Work that takes minutes, as LongWork notes it.")
    before_cut_off = models.PositiveIntegerField(default=0)
    before_cut_off_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True, help_text="When the new order status was last listed.")
    list_began_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the list of the new order status began that is to go on; empty: the next one is whole.",
    )
    list_status_id = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The status that it goes on with."
    )
    list_min_id = models.PositiveBigIntegerField(
        default=1, db_default=1, help_text="The BigCommerce order id that it goes on from."
    )
    seen_until = models.DateTimeField(null=True, blank=True, help_text="Latest modification seen, store's clock.")
    glanced_at = models.DateTimeField(null=True, blank=True, help_text="When the light list was last read.")
    left_out_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when the light list leaves out an order that changed."
    )
    overlaps_from = models.DateTimeField(
        null=True, blank=True, help_text="From when on the last changes seen fit on a page; empty: all do."
    )
    lagged_at = models.DateTimeField(
        null=True, blank=True, help_text="When its lists last showed less than its answers had."
    )
    collected_at = models.DateTimeField(null=True, blank=True, help_text="When it was last asked what waits there.")
    worked_at = models.JSONField(
        default=dict,
        blank=True,
        help_text="Which installation works on the store: its machine and directory, or database.",
    )
    restored_from = models.DateTimeField(
        null=True, blank=True, help_text="When the backup was made beyond which the store has not been read again yet."
    )
    refunds_refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When the store last did not let us read refunds."
    )
    quota = models.PositiveIntegerField(null=True, blank=True)
    quota_left = models.PositiveIntegerField(null=True, blank=True)
    api_calls = models.BigIntegerField(db_default=0, help_text="Requests that were sent in turns at the store.")

    def __str__(self) -> str:
        return self.trouble or "connected"

    @property
    def waiting(self) -> bool:
        """Whether the store could not be used when it was last tried."""
        return bool(self.trouble_code)


class StatusMapping(models.Model):
    """Which BigCommerce status one of our order statuses becomes. No row: not assigned."""

    integration = models.ForeignKey(WebIntegration, on_delete=models.CASCADE, related_name="status_mapping")
    order_status = models.ForeignKey(OrderStatus, on_delete=models.CASCADE, related_name="+")
    status_id = models.SmallIntegerField(choices=STATUS_CHOICES)

    class Meta:
        ordering = ["order_status__position"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "order_status"], name="one_mapping_per_order_status")
        ]

    def __str__(self) -> str:
        return f"{self.order_status} → {self.status_id}"


NO_SETTINGS = ("client_secret_set_at", "access_token_set_at")


def changed_fields(before: WebIntegration, after: WebIntegration) -> list[str]:
    """The names of the settings that differ."""
    names = [field.attname for field in WebIntegration._meta.concrete_fields if field.name not in NO_SETTINGS]
    return [name for name in names if _value(before, name) != _value(after, name)]


def _value(integration: WebIntegration, name: str) -> Any:
    return getattr(integration, name)
