"""Orders of a store as they were read, and what became of them."""

from hashlib import sha256

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterfoil.sales.db.money_field import MoneyField
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models.integrations import WebIntegration

REFUNDS_UNREAD = "refunds"
SHIPMENTS_UNREAD = "shipments"
ADDRESS_UNREAD = "address_unread"
ANOTHER_ORDER = "another_order"
"""Reason code: the store has given the number of an imported order to another one."""
ADDRESS_CHANGED = "address_changed"
"""Reason code: a shipment of ours went to another address in the store than the sales order has."""
EDITED_IN_STORE = "edited_in_store"
"""Reason code: the order was edited in the store just before a write of ours, which hides that from every list."""
READ_SEPARATELY = (REFUNDS_UNREAD, SHIPMENTS_UNREAD, ADDRESS_UNREAD, ADDRESS_CHANGED, EDITED_IN_STORE)
"""Reason codes that do not mean that the order could not be imported: something beside it needs a person."""


class WebOrderState(models.TextChoices):
    """What became of an order of the store."""

    UNDECIDED = "undecided", "Stored"
    IMPORTED = "imported", "Imported"
    NOT_IMPORTED = "not_imported", "Not imported"
    IGNORED = "ignored", "Ignored"


class WebOrder(models.Model):
    """One order of one store: what was read of it, what became of it, and why.

    An imported order stays `imported` when a later version of it could not be taken over: then the reason says why.
    """

    integration = models.ForeignKey(WebIntegration, on_delete=models.PROTECT, related_name="web_orders")
    bigcommerce_order_id = models.BigIntegerField()
    import_id = models.TextField(unique=True)
    state = models.CharField(max_length=20, choices=WebOrderState.choices, default=WebOrderState.UNDECIDED)
    sales_order = models.OneToOneField(
        SalesOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="web_order"
    )
    payload = models.ForeignKey(
        "Payload", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Read last."
    )
    imported_payload = models.ForeignKey(
        "Payload", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="In the books."
    )
    digest = models.TextField(blank=True, default="", help_text="Of what was imported.")
    placed_at = models.DateTimeField(null=True, blank=True, help_text="When the order in the books was placed.")
    other_placed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the order was placed that has its number in the store now; empty: it is the same one.",
    )
    status_seen = models.SmallIntegerField(null=True, blank=True)
    status_seen_at = models.DateTimeField(null=True, blank=True)
    modified_seen = models.DateTimeField(null=True, blank=True, help_text="By the store's clock.")
    modified_read = models.DateTimeField(null=True, blank=True, help_text="That of the payload read last.")
    header_seen = models.TextField(
        blank=True, db_default="", default="", help_text="Digest of what an edit would change, as it was shown last."
    )
    header_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When that was asked for; empty: when the status was."
    )
    edit_pending = models.BooleanField(
        db_default=False,
        default=False,
        help_text="An edit in the store that a person is to decide on, or could not have imported.",
    )
    status_sent = models.SmallIntegerField(null=True, blank=True, help_text="The status we set last.")
    written_at = models.DateTimeField(null=True, blank=True, help_text="When our last write to it ended.")
    written_there = models.DateTimeField(null=True, blank=True, help_text="The same by the store’s clock, if known.")
    read_again = models.TextField(blank=True, default="", help_text="Why the order is to be read again.")
    wanted = models.BooleanField(default=False, help_text="Someone asked to import it, whatever its status.")
    items_shipped_seen = models.PositiveIntegerField(
        db_default=0, help_text="How many are shipped in the store, as far as is known."
    )
    shipments_to_read = models.BooleanField(
        db_default=False, help_text="The store may have other shipments than are known here."
    )
    refunds_to_read = models.BooleanField(db_default=False)
    addresses_to_read = models.BooleanField(db_default=False, help_text="It was edited in the store after import.")
    unknown_skus = ArrayField(
        models.TextField(), db_default=[], blank=True, help_text="The part numbers that keep it out of the books."
    )
    difference = MoneyField(  # type: ignore[misc]  # the stubs know no nullable column of one's own
        null=True, blank=True, help_text="By which the total exceeded its parts, when last seen."
    )
    difference_currency = models.CharField(max_length=3, blank=True, db_default="", default="")
    accepted_difference = MoneyField(  # type: ignore[misc]
        null=True, blank=True, help_text="What a manager accepted as a Rounding line."
    )
    totals_to_check = models.BooleanField(
        db_default=False,
        default=False,
        help_text="An upgrade asks whether its figures add up now; what they were before is still known.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    next_step = models.TextField(blank=True, default="")
    reason_since = models.DateTimeField(null=True, blank=True)
    trace = models.TextField(blank=True, default="", help_text="Of a defect in the program.")

    class Meta:
        ordering = ["-bigcommerce_order_id"]
        indexes = [
            models.Index(fields=["reason_since"], name="web_order_with_a_reason", condition=~Q(reason_code="")),
            models.Index(fields=["integration"], name="web_order_to_read_again", condition=~Q(read_again="")),
            models.Index(fields=["integration"], name="web_order_undecided", condition=Q(state="undecided")),
            models.Index(
                fields=["integration"],
                name="web_order_to_catch_up",
                condition=Q(shipments_to_read=True) | Q(refunds_to_read=True),
            ),
            models.Index(
                fields=["integration"], name="web_order_addresses_to_read", condition=Q(addresses_to_read=True)
            ),
            models.Index(fields=["integration"], name="web_order_totals_to_check", condition=Q(totals_to_check=True)),
            models.Index(fields=["integration", "status_seen"], name="web_order_by_status"),
            models.Index(fields=["integration", "written_at"], name="web_order_by_writing"),
            models.Index(fields=["integration"], name="web_order_with_unknown_skus", condition=~Q(unknown_skus=[])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["integration", "bigcommerce_order_id"], name="web_order_once_per_store"),
            models.CheckConstraint(
                condition=Q(state="imported", sales_order__isnull=False) | (~Q(state="imported") & Q(sales_order=None)),
                name="imported_means_in_the_books",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["not_imported", "ignored"]) | ~Q(reason=""),
                name="what_is_not_imported_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.import_id

    @property
    def is_behind(self) -> bool:
        """Whether a version of the order itself is not imported, for a reason."""
        return self.reason_code not in ("", *READ_SEPARATELY)

    @classmethod
    def locked(cls) -> models.QuerySet["WebOrder"]:
        """Web orders that nobody else changes during the present transaction; updates of them may still be written.

        Whoever changes a sales order locks that one, and then writes store updates: so no lock that these would wait
        for.
        """
        return cls.objects.select_for_update(of=("self",), no_key=True)


class Payload(models.Model):
    """One version of an order, byte for byte as the store sent it."""

    web_order = models.ForeignKey(WebOrder, on_delete=models.CASCADE, related_name="payloads")
    order = models.BinaryField()
    products = models.BinaryField(null=True, blank=True, help_text="The lines, where they did not all come along.")
    coupons = models.BinaryField(null=True, blank=True)
    read_at = models.DateTimeField(help_text="The time before the request.")

    class Meta:
        ordering = ["-id"]

    @property
    def parts(self) -> tuple[bytes, bytes | None, bytes | None]:
        """The order, its lines and its coupons, where they were read apart."""
        products = None if self.products is None else bytes(self.products)
        coupons = None if self.coupons is None else bytes(self.coupons)
        return bytes(self.order), products, coupons

    def __str__(self) -> str:
        return f"{self.web_order_id} at {self.read_at:%Y-%m-%d %H:%M:%S}"


class Conflict(models.Model):
    """A change in the store that was not taken over, because it was changed here too. A person picks."""

    web_order = models.ForeignKey(WebOrder, on_delete=models.CASCADE, related_name="conflicts")
    field = models.TextField()
    ours = models.TextField(blank=True)
    theirs = models.TextField(blank=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["web_order", "field"], name="one_conflict_per_field")]

    def __str__(self) -> str:
        return f"{self.field}: {self.ours} / {self.theirs}"

    @property
    def version(self) -> str:
        """Tells which two values a person saw."""
        return sha256(repr((self.ours, self.theirs)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
