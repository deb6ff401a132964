"""Sales orders with their addresses, lines, tenders and history."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Now
from django.db.models.lookups import GreaterThan

from counterfoil.sales.db.money_field import MoneyField
from counterfoil.sales.models.clients import Client, Contact, MatchRule
from counterfoil.sales.models.products import Product, made_up_part_number
from counterfoil.sales.models.statuses import OrderStatus
from counterfoil.sales.money import PRICES_INCLUDE_TAX, PRICES_WITHOUT_TAX
from counterfoil.sales.text.names import person_name
from counterfoil.sales.text.postal_addresses import PostalAddress, address_lines, country_code_of

NOTHING = Decimal(0)

_PARTS = F("subtotal") - F("discount") + F("shipping") + F("handling") + F("wrapping") + F("fees") + F("rounding")
ADDS_UP = Q(tax_included=True, total=_PARTS) | Q(tax_included=False, total=_PARTS + F("tax"))


HELD_BY_STATUS = "Its order status puts it on hold."
"""Why an order is held that stands in the status with the role *hold*."""


class OrderNumber(models.Func):
    """The next sales order number, from a sequence of the database."""

    template = "nextval('sales_order_number')"
    output_field = models.BigIntegerField()


class TransactionId(models.Func):
    """The present transaction, as a number that PostgreSQL gives no other one of this cluster."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class ClockTime(models.Func):
    """The time of day, not that of the transaction's beginning."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class SalesOrder(models.Model):
    """An order of the merchant.

    Where its prices include tax (`tax_included`), every amount of it and of its lines does, and `tax` tells how much of
    the total it is; else the tax is a part of the total like the others. A web order carries an import ID, and the
    store's figures as they came (`tax_override`: never computed again); an order made by hand the key of the page that
    it was entered on (`submission`), under which none is made again.
    """

    number = models.BigIntegerField(unique=True, db_default=OrderNumber())
    import_id = models.TextField(unique=True, null=True, blank=True)
    source = models.TextField(blank=True, default="", help_text="Import source code of the web integration.")
    web_order_number = models.TextField(blank=True, default="", help_text="The store's own number of the order.")
    channel = models.PositiveIntegerField(
        null=True, blank=True, help_text="The storefront channel of the store that it was placed in."
    )
    submission = models.UUIDField(null=True, blank=True, editable=False)
    po_number = models.TextField(blank=True, default="")
    order_date = models.DateTimeField()
    status = models.ForeignKey(OrderStatus, on_delete=models.PROTECT, related_name="orders", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="orders", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    matched_by = models.CharField(max_length=10, choices=MatchRule.choices, blank=True, default="")
    match_value = models.TextField(blank=True, default="", help_text="The key that decided.")
    match_others = models.JSONField(
        default=list, blank=True, help_text="Clients passed over: rule, value, client_id, name, why."
    )
    match_keys = models.JSONField(default=list, blank=True, help_text="The buyer's keys: rule and value of each.")
    ship_via = models.TextField(blank=True, default="")
    payment_method = models.TextField(blank=True, default="")
    payment_status = models.TextField(blank=True, default="")
    currency = models.CharField(max_length=3)
    subtotal = MoneyField()
    discount = MoneyField(default=NOTHING)
    shipping = MoneyField(default=NOTHING)
    handling = MoneyField(default=NOTHING)
    wrapping = MoneyField(default=NOTHING)
    fees = MoneyField(default=NOTHING)
    rounding = MoneyField(default=NOTHING)
    total = MoneyField()
    tax = MoneyField(default=NOTHING)
    tax_included = models.BooleanField(
        default=True, db_default=True, help_text="Whether the prices of the order include tax."
    )
    tax_override = models.BooleanField(default=False)
    coupons = models.JSONField(default=list, help_text="Order-level coupons: code, name, amount as text.")
    fee_names = ArrayField(models.TextField(), default=list, help_text="What the fees are for.")
    customer_message = models.TextField(blank=True, default="")
    staff_notes = models.TextField(blank=True, default="", help_text="The store's own notes, as they came.")
    notes = models.TextField(blank=True, default="", help_text="Written here; never sent to a store.")
    hold_reason = models.TextField(blank=True, default="", help_text="Why nothing may be shipped.")
    hold_overridden_by = models.TextField(blank=True, default="", help_text="Who lets it be shipped all the same.")
    weight_unit = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="What its lines' weights are in (lb, oz, kg, g, t): the store's unit when they were first read.",
    )
    fields = models.JSONField(default=dict, blank=True, help_text="Further fields: name and value.")
    created_at = models.DateTimeField(db_default=Now())
    changed_in = models.BigIntegerField(
        db_default=TransactionId(), editable=False, help_text="The transaction that changed it last; of a trigger."
    )
    updated_at = models.DateTimeField(
        db_default=ClockTime(), editable=False, help_text="When it or a part of it changed last; of a trigger."
    )

    class Meta:
        ordering = ["-order_date", "-id"]
        indexes = [
            models.Index(fields=["updated_at", "id"], name="order_by_update"),
            models.Index(fields=["-order_date", "-id"], name="order_by_date"),
            models.Index(fields=["web_order_number"], name="order_by_web_number"),
            models.Index(fields=["status", "-order_date", "-id"], name="order_by_status"),
            models.Index(fields=["source", "-order_date", "-id"], name="order_by_source"),
            models.Index(fields=["client", "-order_date", "-id"], name="order_by_client"),
            models.Index(fields=["channel", "-order_date", "-id"], name="order_by_channel", condition=Q(channel__gt=1)),
            models.Index(
                fields=["-order_date", "-id"],
                name="order_held",
                condition=~Q(hold_reason="") & Q(hold_overridden_by=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=ADDS_UP, name="order_parts_add_up_to_the_total"),
            models.UniqueConstraint(
                fields=["submission"], condition=Q(submission__isnull=False), name="order_once_per_submission"
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, shipping__gte=0, handling__gte=0, wrapping__gte=0),
                name="order_parts_are_not_negative",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="order_currency_is_iso_4217"),
            models.CheckConstraint(condition=~Q(import_id=""), name="import_id_is_never_empty"),
            models.CheckConstraint(
                condition=Q(hold_overridden_by="") | ~Q(hold_reason=""), name="only_a_hold_is_overridden"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_held(self) -> bool:
        """Whether nothing may be shipped: it is on hold, and no manager has overridden that."""
        return bool(self.hold_reason) and not self.hold_overridden_by

    @property
    def basis(self) -> str:
        """What its prices are, in words."""
        return PRICES_INCLUDE_TAX if self.tax_included else PRICES_WITHOUT_TAX

    @property
    def is_held_by_status(self) -> bool:
        """Whether nothing but its order status holds it."""
        return self.is_held and self.hold_reason == HELD_BY_STATUS

    @property
    def name(self) -> str:
        """What people call it: the import ID, or the number of an order made by hand."""
        return self.import_id or str(self.number)


class AddressKind(models.TextChoices):
    """What an address of a sales order is for."""

    BILL_TO = "bill_to", "Bill to"
    SHIP_TO = "ship_to", "Ship to"
    PICKUP = "pickup", "Pickup"


WHO_AND_WHERE = (
    "first_name",
    "last_name",
    "company",
    "street_1",
    "street_2",
    "city",
    "state",
    "postcode",
    "country",
    "country_code",
    "phone",
    "email",
)
"""The columns of an address that say who is reached there, and how."""


class OrderAddress(models.Model):
    """An address of one sales order, as it was when the order was placed.

    A ship-to address carries its own shipping method and what shipping to it costs, on the order's basis.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=AddressKind.choices)
    position = models.PositiveSmallIntegerField()
    source_id = models.BigIntegerField(null=True, blank=True, help_text="The address's id where the order came from.")
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="")
    company = models.TextField(blank=True, default="")
    street_1 = models.TextField(blank=True, default="")
    street_2 = models.TextField(blank=True, default="")
    city = models.TextField(blank=True, default="")
    state = models.TextField(blank=True, default="")
    postcode = models.TextField(blank=True, default="")
    country = models.TextField(blank=True, default="")
    country_code = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    shipping_method = models.TextField(blank=True, default="")
    shipping_cost = MoneyField(default=NOTHING)
    handling_cost = MoneyField(default=NOTHING)
    form_fields = models.JSONField(default=list, help_text="The store's own further fields: name, value.")
    source_address = models.JSONField(
        null=True,
        blank=True,
        help_text="Who and where, where the order came from: changed there since, and nobody has chosen yet.",
    )
    source_changed_at = models.DateTimeField(null=True, blank=True, help_text="When that was first seen.")
    agreed_address = models.JSONField(
        null=True, blank=True, help_text="What it was there when both were the same last, or a person chose."
    )

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["order"], name="address_changed_there", condition=Q(source_changed_at__isnull=False)),
            models.Index(fields=["id"], name="address_of_pickup", condition=Q(kind="pickup")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="address_position_once_per_order"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="bill_to"), name="one_bill_to_address_per_order"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.street_1, self.city) if part)

    @property
    def name(self) -> str:
        """First and last name."""
        return person_name(self.first_name, self.last_name)

    @property
    def lines(self) -> list[str]:
        """The address as it is written on an envelope, its country named."""
        return self.lines_from("")

    def lines_from(self, home: str) -> list[str]:
        """The same for mail from the country with this code: no line names the country where it is that one."""
        address = PostalAddress(
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            street_1=self.street_1,
            street_2=self.street_2,
            city=self.city,
            state=self.state,
            postcode=self.postcode,
            country=self.country,
            country_code=self.country_code,
        )
        return address_lines(address, home=home)

    @property
    def town(self) -> str:
        """Where it is, without name and street: "Oakland, CA 94607, United States"."""
        code = country_code_of(self.country_code, self.country)
        there = PostalAddress(city=self.city, state=self.state, postcode=self.postcode, country_code=code)
        rows = (*address_lines(there, home=code), self.country or self.country_code)
        return ", ".join(row for row in rows if row)


class LineKind(models.TextChoices):
    """What an order line delivers."""

    PHYSICAL = "physical", "Physical"
    DIGITAL = "digital", "Digital"
    GIFT_CERTIFICATE = "giftcertificate", "Gift certificate"


OPEN_QUANTITY = F("quantity") - F("shipped") - F("cancelled")
"""As `OrderLine.open` says of one."""

# Open, and it goes somewhere: whether that is a place where it is picked up, its address says.
LINE_TO_SHIP = Q(GreaterThan(OPEN_QUANTITY, 0), kind="physical", ship_to__isnull=False)

LINE_NUMBER_INDEXED = 100  # so many characters of a line's part number lead to it


class OrderLine(models.Model):
    """What was ordered, and how much of it is still open. Money is on the order's basis (`SalesOrder.tax_included`).

    `part_number` is what it was ordered as: in a web order the store's SKU. What people see is `our_part_number`.

    `extended` is the line before discounts, `total` after them. The lines of a kit hang under their `parent` and are
    what is picked.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    source_id = models.BigIntegerField(null=True, blank=True, help_text="The line's id where the order came from.")
    source_product_id = models.BigIntegerField(null=True, blank=True)
    source_variant_id = models.BigIntegerField(null=True, blank=True)
    parent_position = models.PositiveIntegerField(null=True, blank=True)
    ship_to = models.ForeignKey(
        OrderAddress, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines")
    part_number = models.TextField(blank=True, default="", help_text="As it was ordered: a store's own SKU.")
    product_number = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="The product's part number where it is another one; kept by the database.",
    )
    description = models.TextField(blank=True, default="")
    options = models.TextField(blank=True, default="", help_text="The chosen options, one on each line.")
    kind = models.CharField(max_length=20, choices=LineKind.choices)
    quantity = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    backordered = models.PositiveIntegerField(default=0)
    unit_price = MoneyField()
    extended = MoneyField()
    discount = MoneyField(default=NOTHING)
    total = MoneyField()
    tax = MoneyField(default=NOTHING)
    discounts = models.JSONField(default=list, help_text="Each discount: code, name, amount as text.")
    wrapping = models.TextField(blank=True, default="")
    wrapping_message = models.TextField(blank=True, default="")
    wrapping_cost = MoneyField(default=NOTHING)
    bin = models.TextField(
        blank=True, default="", db_default="", help_text="Where it lies, as the store said with the order."
    )
    weight = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Of one, in the order's unit; empty: not known.",
    )
    fields = models.JSONField(default=dict, blank=True, help_text="Further fields: name and value.")

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["order"], name="line_to_ship", condition=LINE_TO_SHIP),
            models.Index(Left("part_number", LINE_NUMBER_INDEXED), name="line_by_part_number"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once_per_order"),
            models.UniqueConstraint(fields=["order", "source_id"], name="line_source_once_per_order"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped") + F("cancelled") + F("backordered")),
                name="line_never_more_shipped_than_ordered",
            ),
            models.CheckConstraint(condition=Q(refunded__lte=F("quantity")), name="line_refunded_within_ordered"),
            models.CheckConstraint(condition=Q(total=F("extended") - F("discount")), name="line_adds_up"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, extended__gte=0, discount__gte=0, wrapping_cost__gte=0),
                name="line_money_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(parent_position=None) | ~Q(parent_position=F("position")),
                name="line_is_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def our_part_number(self) -> str:
        """What it is picked and shipped by, and called everywhere: its product's part number, else what it came as."""
        return self.product_number or self.part_number

    def set_product(self, part_number: str, product: Product | None) -> None:
        """Makes it this product, ordered as this part number; not saved. The database keeps the same."""
        self.product = product
        self.product_number = product.part_number if product and product.part_number != part_number else ""

    @property
    def sold_as(self) -> str:
        """The store's SKU, where it is not our part number; "" where it is, and for an item that came without one."""
        unnamed = self.part_number == made_up_part_number(self.source_product_id or 0, self.source_variant_id)
        return self.part_number if self.product_number and not unnamed else ""

    @property
    def name(self) -> str:
        """What people call it: our part number, or what it is where it has none."""
        return self.our_part_number or self.description

    @property
    def open(self) -> int:
        """What is neither shipped nor cancelled."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def is_shipped_by_parcel(self) -> bool:
        """Whether it goes into a parcel: a physical thing with an address that it is sent to."""
        return self.why_no_parcel == ""

    @property
    def why_no_parcel(self) -> str:
        """Why the line goes into no parcel; "" when it does. Needs the address loaded along."""
        if self.kind != LineKind.PHYSICAL:
            return f"{self.name} is not shipped: it is a {self.get_kind_display().lower()} product."
        if self.ship_to is None:
            return f"{self.name} has no address to ship to."
        if self.ship_to.kind == AddressKind.PICKUP:
            return f"{self.name} is picked up, not shipped."
        return ""


class TenderKind(models.TextChoices):
    """How (a part of) an order was paid."""

    PAYMENT = "payment", "Payment"
    GIFT_CERTIFICATE = "gift_certificate", "Gift certificate"
    STORE_CREDIT = "store_credit", "Store credit"


class Tender(models.Model):
    """A way in which (a part of) an order was paid. Tenders are no part of the total."""

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="tenders")
    kind = models.CharField(max_length=20, choices=TenderKind.choices)
    description = models.TextField(blank=True, default="")
    amount = MoneyField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="tender_is_not_negative")]

    def __str__(self) -> str:
        return f"{self.description} {self.amount}"


class OrderChange(models.Model):
    """One field of a sales order that changed: who, when, what, from, to, why.

    Fields that changed together have the same moment. `digest`: of the version of the order that brought the change,
    where it came from a store.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    field = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    why = models.TextField(blank=True, default="")
    digest = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"
