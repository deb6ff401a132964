"""Sales orders made by hand: a client, addresses and lines that someone enters. They are never sent to a store."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, Client, Contact, LineKind, OrderChange, Product, SalesOrder
from counterfoil.sales.money import smallest_unit
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.drafts import AddressDraft, LineDraft, OrderDraft, TotalsDraft
from counterfoil.sales.text.names import real_names
from counterfoil.sales.text.normalize import fold, fold_email, without_unseen

NOTHING = Decimal(0)
LARGEST_QUANTITY = 1_000_000
LARGEST_AMOUNT = Decimal(10) ** 9
MOST_PLACES = 4
MOST_LINES = 200
LONGEST_TEXT = 300
LONGEST_NOTES = 20_000


@dataclass(frozen=True, slots=True)
class HandLine:
    """A line as it is entered; whether the unit price includes tax, the order says."""

    part_number: str
    description: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        """What the line costs."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class ManualOrder:
    """A sales order as it is entered. `client_id`: a known client; None: a new one of this name and e-mail.

    Without a `ship_to` it is shipped to the bill-to address. `tax`: what of the prices is tax, or comes on top of them
    where they are without (`tax_included`).
    """

    lines: Sequence[HandLine]
    bill_to: AddressDraft
    ship_to: AddressDraft | None = None
    client_id: int | None = None
    client_name: str = ""
    email: str = ""
    currency: str = "USD"
    shipping: Decimal = NOTHING
    tax_included: bool = True
    tax: Decimal = NOTHING
    ship_via: str = ""
    po_number: str = ""
    notes: str = field(default="")

    @property
    def subtotal(self) -> Decimal:
        """What all lines cost."""
        return sum((line.total for line in self.lines), NOTHING)

    @property
    def total(self) -> Decimal:
        """What the order costs, with its tax."""
        return self.subtotal + self.shipping + (NOTHING if self.tax_included else self.tax)


def order_of_submission(submission: UUID | None) -> SalesOrder | None:
    """The sales order that was made under this key; None for none."""
    return SalesOrder.objects.filter(submission=submission).first() if submission is not None else None


def place_by_hand(entered: ManualOrder, *, by: str, submission: UUID | None = None) -> SalesOrder:
    """The new sales order, in the initial order status; raises Refused for what no order can be made of.

    Under one `submission` one order is made, however often and from wherever it is sent.
    """
    _check(entered)
    try:
        return order_of_submission(submission) or _place(entered, by, submission)
    except IntegrityError:
        made_meanwhile = order_of_submission(submission)
        if made_meanwhile is None:
            raise
        return made_meanwhile


def _place(entered: ManualOrder, by: str, submission: UUID | None) -> SalesOrder:
    with transaction.atomic():
        client, contact = _client(entered)
        products = _products(entered)
        draft = _draft(entered, products)
        order = create_order(draft, client_id=client.pk, contact=contact, matched_by=None, products=products)
        order.notes, order.submission = entered.notes.strip(), submission
        order.save(update_fields=["notes", "submission"])
        OrderChange.objects.create(order=order, by=by, field="sales order", before="", after="made by hand")
    return order


def _check(entered: ManualOrder) -> None:
    if not entered.lines:
        raise Refused("The order has no lines.", "Enter at least one part number or description.")
    if len(entered.lines) > MOST_LINES:
        raise Refused(
            f"The order has {len(entered.lines)} lines; {MOST_LINES} are allowed.", "Split it into two orders."
        )
    if not re.fullmatch("[A-Z]{3}", entered.currency):
        raise Refused(f"“{entered.currency}” isn’t a currency.", "Enter its three-letter code, such as USD or EUR.")
    for number, line in enumerate(entered.lines, 1):
        _check_line(number, line)
    _check_amount("shipping", entered.shipping)
    _check_amount("tax", entered.tax)
    if entered.tax > entered.total:
        raise Refused("The tax is more than the order's total.", "Correct the tax, or the prices.")
    _check_texts(entered)
    if entered.client_id is None and not entered.client_name.strip():
        raise Refused("The order has no client.", "Choose a client, or enter the name of a new one.")
    if entered.email and not fold_email(entered.email):
        raise Refused(f"“{entered.email}” isn’t an e-mail address.", "Correct it, or leave it empty.")
    if not (entered.ship_to or entered.bill_to).street_1:
        raise Refused("The order has no address to ship to.", "Enter the street.")


def _check_line(number: int, line: HandLine) -> None:
    if not (line.part_number or line.description):
        raise Refused(f"Line {number} doesn’t say what is sold.", "Enter a part number or a description.")
    if not 1 <= line.quantity <= LARGEST_QUANTITY:
        raise Refused(f"The quantity of line {number} isn’t a whole number of 1 or more.", "Correct the quantity.")
    _check_amount(f"unit price of line {number}", line.unit_price)


def _check_amount(what: str, amount: Decimal) -> None:
    if not amount.is_finite() or not 0 <= amount < LARGEST_AMOUNT:
        raise Refused(f"The {what} isn’t an amount of 0 or more.", "Correct the amount.")
    if -int(amount.normalize().as_tuple().exponent) > MOST_PLACES:
        raise Refused(f"The {what} has more than {MOST_PLACES} decimal places.", "Round the amount.")


def _check_texts(entered: ManualOrder) -> None:
    texts = {name: getattr(entered, name) for name in ("client_name", "ship_via", "po_number")}
    for address in (entered.bill_to, entered.ship_to):
        texts |= {name: getattr(address, name) for name in ("street_1", "city", "company")} if address else {}
    for line in entered.lines:
        texts |= {"part number": line.part_number, "description": line.description}
        for name, text in texts.items():
            if len(text) > LONGEST_TEXT:
                what = name.replace("_", " ")
                raise Refused(f"The {what} is too long: {LONGEST_TEXT} characters are allowed.", "Shorten it.")
    if len(entered.notes) > LONGEST_NOTES:
        raise Refused(f"The notes have more than {LONGEST_NOTES} characters.", "Shorten them.")


def _client(entered: ManualOrder) -> tuple[Client, Contact | None]:
    """The client that was chosen or is new, and who there ordered, where a name or an e-mail is given."""
    if entered.client_id is None:
        client = Client.objects.create(name=entered.client_name.strip())
    else:
        chosen = Client.objects.filter(pk=entered.client_id, merged_into=None).first()
        if chosen is None:
            raise Refused("This client no longer exists.", "Choose another one.")
        client = chosen
    return client, _contact(client, entered)


def _contact(client: Client, entered: ManualOrder) -> Contact | None:
    first, last = real_names(entered.bill_to.first_name, entered.bill_to.last_name)
    email = without_unseen(entered.email).strip()
    if not (first or last or email):
        return None
    keys = {"email_key": fold_email(email)}
    if not email:
        keys["name_key"] = fold(first + last)
    contact, _ = Contact.objects.get_or_create(
        client=client,
        **keys,
        defaults={
            "first_name": first,
            "last_name": last,
            "email": email,
            "phone": entered.bill_to.phone,
            "name_key": fold(first + last),
        },
    )
    return contact


def _products(entered: ManualOrder) -> dict[str, Product]:
    numbers = {line.part_number for line in entered.lines if line.part_number}
    return {product.part_number: product for product in Product.objects.filter(part_number__in=numbers)}


def _draft(entered: ManualOrder, products: Mapping[str, Product]) -> OrderDraft:
    bill_to = replace(entered.bill_to, kind=AddressKind.BILL_TO, email=entered.email)
    ship_to = replace(
        entered.ship_to or entered.bill_to,
        kind=AddressKind.SHIP_TO,
        shipping_method=entered.ship_via,
        shipping_cost=entered.shipping,
    )
    return OrderDraft(
        web_order_number="",
        po_number=entered.po_number,
        order_date=timezone.now(),
        currency=entered.currency,
        totals=TotalsDraft(
            subtotal=entered.subtotal,
            discount=NOTHING,
            shipping=entered.shipping,
            handling=NOTHING,
            wrapping=NOTHING,
            fees=NOTHING,
            total=entered.total,
            tax=entered.tax,
            tax_included=entered.tax_included,
        ),
        addresses=(bill_to, ship_to),
        lines=tuple(
            _line(line, products.get(line.part_number), tax)
            for line, tax in zip(entered.lines, _taxes(entered), strict=True)
        ),
        tenders=(),
        coupons=(),
        fee_names=(),
        ship_via=entered.ship_via,
        payment_method="",
        payment_status="",
        customer_message="",
    )


def _taxes(entered: ManualOrder) -> list[Decimal]:
    """The tax of each line: its share of the order's by what it costs, in amounts that can be paid."""
    unit = smallest_unit(entered.currency)
    taxes, open_tax, open_total = [], entered.tax, entered.subtotal
    for line in entered.lines:
        share = (open_tax * line.total / open_total).quantize(unit) if open_total > line.total else open_tax
        taxes.append(share)
        open_tax, open_total = open_tax - share, open_total - line.total
    return taxes


def _line(line: HandLine, product: Product | None, tax: Decimal) -> LineDraft:
    return LineDraft(
        source_id=None,
        source_product_id=None,
        source_variant_id=None,
        parent=None,
        ship_to=1,
        part_number=line.part_number,
        description=line.description or (product.description if product else ""),
        options="",
        kind=LineKind.PHYSICAL,
        quantity=line.quantity,
        shipped=0,
        refunded=0,
        unit_price=line.unit_price,
        extended=line.total,
        discount=NOTHING,
        tax=tax,
    )
