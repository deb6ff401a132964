"""What was shipped: shipments, their parcels, and what lies in each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Collate, Left, Now, Reverse

from counterfoil.sales.models.orders import OrderAddress, OrderLine, SalesOrder

LONGEST_TRACKING_NUMBER = 50
LONGEST_TRACKING_LINK = 500
LONGEST_CARRIER = 100


class Shipment(models.Model):
    """Parcels of one sales order that were processed together.

    `source` is the order's import source code, kept here so that the newest shipments of a store stand together in an
    index. `submission` is the key that the page gave along: what is sent again under it ships nothing again.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="shipments")
    source = models.TextField(blank=True, default="", db_default="")
    processed_at = models.DateTimeField(db_default=Now())
    processed_by = models.TextField()
    submission = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["-processed_at", "-id"], name="shipment_by_date"),
            models.Index(fields=["source", "-processed_at", "-id"], name="shipment_by_source"),
        ]

    def __str__(self) -> str:
        return f"Shipment {self.pk} of {self.order_id}"


def parcel_code() -> Collate:
    """What parcels are searched by, from its beginning: the tracking number without case, accents and punctuation."""
    return Collate(_parcel_code(), "C")


def end_of_parcel_code() -> Collate:
    """The same backwards, so that its end is found from the beginning."""
    return Collate(Reverse(_parcel_code()), "C")


def _parcel_code() -> Func:
    return Func(F("tracking_number"), function="sales_parcel_code", output_field=models.TextField())


def comparable_number() -> Func:
    """The parcel's tracking number without case, blanks and dashes: what `comparable` makes of it, for an index."""
    return Func(F("tracking_number"), function="sales_comparable_number", output_field=models.TextField())


def parcel_carrier() -> Left:
    """What parcels are told apart by: the carrier, of a length that an index takes."""
    return Left("carrier", LONGEST_CARRIER)


class Parcel(models.Model):
    """One box to one address.

    A further box without items `belongs_to` the parcel that holds the items it is a part of. `taken_over` is one that
    someone else made where the order came from: it is never sent back. A voided parcel ships nothing any more.
    `former_numbers`: the tracking numbers that it had before it was corrected, the oldest first.
    """

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="parcels")
    ship_to = models.ForeignKey(OrderAddress, on_delete=models.PROTECT, null=True, blank=True, related_name="parcels")
    belongs_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="boxes")
    carrier = models.TextField(blank=True, default="")
    service = models.TextField(blank=True, default="")
    tracking_number = models.TextField(blank=True, default="")
    tracking_link = models.TextField(blank=True, default="")
    former_numbers = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        db_default=Value([], output_field=ArrayField(models.TextField())),
    )
    taken_over = models.BooleanField(default=False)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.TextField(blank=True, default="")
    void_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["tracking_number"], name="parcel_by_tracking_number"),
            models.Index(parcel_carrier(), name="parcel_by_carrier"),
            models.Index(comparable_number(), name="parcel_by_comparable_number", condition=~Q(tracking_number="")),
            models.Index(fields=["id"], name="parcel_voided", condition=Q(voided_at__isnull=False)),
            models.Index(fields=["id"], name="parcel_taken_over", condition=Q(taken_over=True)),
            models.Index(parcel_code(), name="parcel_by_code", condition=~Q(tracking_number="")),
            models.Index(end_of_parcel_code(), name="parcel_by_end_of_code", condition=~Q(tracking_number="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(voided_at=None) | ~Q(void_reason=""), name="a_voided_parcel_says_why"),
            models.CheckConstraint(
                condition=Q(belongs_to=None) | ~Q(belongs_to=F("id")), name="a_parcel_does_not_belong_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.carrier, self.tracking_number) if part) or f"Parcel {self.pk}"


class ParcelItem(models.Model):
    """How many of a line lie in a parcel; `scanned`: how many of them were scanned into it."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="items")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="parcel_items")
    quantity = models.PositiveIntegerField()
    scanned = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="line_once_per_parcel"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_item_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line.name}"


class AppliedRow(models.Model):
    """Rows of a file that became a parcel without a tracking number: what is known by its number needs no such note.

    `fingerprint` tells the parcel by what the rows say, whatever file they stand in.
    """

    fingerprint = models.TextField(unique=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="applied_rows")

    def __str__(self) -> str:
        return f"{self.fingerprint[:12]} became {self.parcel_id}"


class PrintoutKind(models.TextChoices):
    """What was printed for an order."""

    PICK_LIST = "pick_list", "Pick list"
    PACKING_SLIP = "packing_slip", "Packing slip"


class Printout(models.Model):
    """A page that was printed for a sales order: which, when, by whom."""

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="printouts")
    kind = models.CharField(max_length=20, choices=PrintoutKind.choices)
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.order_id}"
