"""*New sales order*: an order made by hand, as it is entered on its page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterfoil.accounts.models import Role
from counterfoil.sales.clients.addresses import LastAddresses, last_addresses
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, Client, OrderAddress, SalesOrder
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.manual import (
    MOST_LINES,
    NOTHING,
    HandLine,
    ManualOrder,
    order_of_submission,
    place_by_hand,
)
from counterfoil.storable import number_of, without_nulls
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, uuid_in
from counterfoil.web.ui.security import current_user, role_required

ADDRESS = (
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("company", "Company"),
    ("street_1", "Street"),
    ("street_2", "Street, line 2"),
    ("postcode", "ZIP / postal code"),
    ("city", "City"),
    ("state", "State / province"),
    ("country", "Country"),
    ("phone", "Phone"),
)
PLAIN = ("client_name", "email", "currency", "shipping", "prices", "tax", "ship_via", "po_number", "notes", "client_q")
ADDRESS_NAMES = tuple(f"{prefix}-{name}" for prefix in ("bill", "ship") for name, _ in ADDRESS)
FIRST_LINES, MORE_LINES = 3, 3
MOST_FOUND = 10
LONGEST = 20_000
WITHOUT_TAX = "without_tax"
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
LOOKS = ("add", "fill", "search", "sums")  # buttons that show the page again and save nothing


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """New sales order: client, addresses, lines. It is never sent to a store. `?client=`: whom it is for."""
    if request.method == "POST":
        form = NewOrderForm(request.POST)
    else:
        chosen = Client.objects.filter(pk=key_in(request.GET, "client") or 0, merged_into=None).first()
        form = NewOrderForm(client_id=chosen.pk if chosen else None)
    if request.method != "POST" or any(name in request.POST for name in LOOKS):
        return _form_page(request, form)
    before = order_of_submission(form.key)
    if before is not None:
        said = f"Sales order {before.number} was already created from this form. Check that it has your latest changes."
        return redirect_back(request, reverse("order", args=[before.number]), said)
    try:
        order = place_by_hand(form.entered(), by=str(current_user(request)), submission=form.key)
    except Refused as refused:
        return _form_page(request, form, refused)
    number = type(order).objects.values_list("number", flat=True).get(pk=order.pk)
    return redirect_back(request, reverse("order", args=[number]), f"Sales order {number} was created.")


def _form_page(request: HttpRequest, form: "NewOrderForm", refused: Refused | None = None) -> HttpResponse:
    form.fill_addresses()
    context = {"form": form, "refused": refused}
    return render(request, "web/orders/create/index.html", context, status=422 if refused else 200)


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line as it was typed."""

    part_number: str = ""
    description: str = ""
    quantity: str = ""
    unit_price: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing says that something is sold."""
        return not (self.part_number or self.description or self.unit_price)

    @property
    def total(self) -> Decimal | None:
        """What it costs; None while that cannot be said."""
        quantity, price = number_of(self.quantity or "1"), _amount(self.unit_price or "0")
        return None if quantity is None or price is None else quantity * price


class NewOrderForm:
    """The values of the page, as they stand in its fields."""

    def __init__(self, sent: Mapping[str, str] | None = None, *, client_id: int | None = None) -> None:
        """`client_id`: whom an empty form is for."""
        self.sent = sent
        self.key = uuid_in(sent or {}, "key") or uuid4()
        got = {name: _text(sent, name) for name in PLAIN} if sent is not None else {}
        self.values = (_usual_values() if sent is None else {"currency": "", "prices": ""}) | got
        self.addresses = {name: _text(sent, name) for name in ADDRESS_NAMES}
        self.lines = self._lines()
        self.same = sent is None or bool(sent.get("same"))
        self.client_id = client_id if sent is None else _number(sent, "client")
        self.filled_from = _number(sent, "filled")
        self.last: LastAddresses | None = None

    def fill_addresses(self) -> None:
        """Fills in the addresses of the chosen client's last order, in place of those of a client chosen before.

        What someone has typed stays, unless they press *Fill in*.
        """
        self.last = last_addresses(self.client_id) if self.client_id else None
        if self.client_id == self.filled_from:
            return
        before = _of_last_order(last_addresses(self.filled_from) if self.filled_from else None)
        ours = self.addresses | {"email": self.values.get("email", "")}
        typed = {name for name, text in ours.items() if text and text != before.get(name, "")}
        wanted = _of_last_order(self.last)
        if typed - {"email"} and not (self.last and self.sent and self.sent.get("fill") == "all"):
            return
        if "email" not in typed:
            self.values["email"] = wanted.get("email", "")
        self.addresses = {name: wanted.get(name, "") for name in ADDRESS_NAMES}
        self.same = not any(self.addresses[name] for name in ADDRESS_NAMES if name.startswith("ship-"))
        self.filled_from = self.client_id if self.last else None

    @property
    def is_filled(self) -> bool:
        """Whether the addresses are the last order's of the chosen client, or what was made of them."""
        return self.last is not None and self.filled_from == self.client_id

    def _lines(self) -> list[LineEntry]:
        count = number_of(_text(self.sent, "lines"))
        more = MORE_LINES if self.sent is not None and "add" in self.sent else 0
        indexes = range(min((FIRST_LINES if count is None else count) + more, MOST_LINES))
        names = LineEntry.__slots__
        return [LineEntry(**{name: _text(self.sent, f"l{at}-{name}") for name in names}) for at in indexes]

    def address(self, prefix: str) -> list[tuple[str, str, str]]:
        """Each field of an address: its name in the form, its label, its value."""
        return [(f"{prefix}-{name}", label, self.addresses[f"{prefix}-{name}"]) for name, label in ADDRESS]

    @property
    def bill_to(self) -> list[tuple[str, str, str]]:
        """The fields of the bill-to address."""
        return self.address("bill")

    @property
    def ship_to(self) -> list[tuple[str, str, str]]:
        """The fields of the ship-to address."""
        return self.address("ship")

    @property
    def found(self) -> list[Client]:
        """Clients whose name, contact or e-mail has the words that are searched; the chosen one first."""
        words = self.values.get("client_q", "").strip()
        clients = Client.objects.filter(merged_into=None)
        chosen = list(clients.filter(pk=self.client_id)) if self.client_id else []
        if not words:
            return chosen
        matching = clients.filter(name__icontains=words) | clients.filter(contacts__email__icontains=words)
        others = matching.exclude(pk=self.client_id or 0).distinct().prefetch_related("contacts")
        return chosen + list(others[:MOST_FOUND])

    @property
    def subtotal(self) -> Decimal:
        """What the lines cost that can be reckoned."""
        return sum((line.total or NOTHING for line in self.lines if not line.is_empty), NOTHING)

    @property
    def shipping(self) -> Decimal:
        """The shipping cost; nothing while it cannot be read."""
        return _amount(self.values.get("shipping", "") or "0") or NOTHING

    @property
    def tax(self) -> Decimal:
        """The tax; nothing while it cannot be read."""
        return _amount(self.values.get("tax", "") or "0") or NOTHING

    @property
    def tax_included(self) -> bool:
        """Whether the prices that are entered include tax."""
        return self.values["prices"] != WITHOUT_TAX

    @property
    def total(self) -> Decimal:
        """What the order costs as it stands."""
        return self.subtotal + self.shipping + (NOTHING if self.tax_included else self.tax)

    def entered(self) -> ManualOrder:
        """What was entered; raises Refused for what is no number."""
        shipping = _amount(self.values["shipping"] or "0")
        if shipping is None:
            raise Refused(f"“{self.values['shipping'][:50]}” isn’t an amount.", "Enter shipping like 4.90.")
        tax = _amount(self.values["tax"] or "0")
        if tax is None:
            raise Refused(f"“{self.values['tax'][:50]}” isn’t an amount.", "Enter tax like 4.90.")
        given = [(at, line) for at, line in enumerate(self.lines, 1) if not line.is_empty]
        return ManualOrder(
            lines=[_line(at, line) for at, line in given],
            bill_to=self._address("bill", AddressKind.BILL_TO),
            ship_to=None if self.same else self._address("ship", AddressKind.SHIP_TO),
            client_id=self.client_id,
            client_name=self.values["client_name"].strip(),
            email=self.values["email"].strip(),
            currency=self.values["currency"].strip().upper(),
            shipping=shipping,
            tax_included=self.tax_included,
            tax=tax,
            ship_via=self.values["ship_via"].strip(),
            po_number=self.values["po_number"].strip(),
            notes=self.values["notes"],
        )

    def _address(self, prefix: str, kind: AddressKind) -> AddressDraft:
        typed: dict[str, Any] = {name: " ".join(self.addresses[f"{prefix}-{name}"].split()) for name, _ in ADDRESS}
        return AddressDraft(kind, **typed)


def _of_last_order(last: LastAddresses | None) -> dict[str, str]:
    """The fields of the form as that order fills them; those of the ship-to address only where it is another one."""
    if last is None:
        return {}
    bill_to, ship_to = _fields("bill", last.bill_to), _fields("ship", last.ship_to)
    if list(ship_to.values()) == list(bill_to.values()):
        ship_to = {}
    return bill_to | ship_to | {"email": last.bill_to.email if last.bill_to else ""}


def _fields(prefix: str, address: OrderAddress | None) -> dict[str, str]:
    return {f"{prefix}-{name}": " ".join(getattr(address, name).split()) for name, _ in ADDRESS} if address else {}


def _line(at: int, entry: LineEntry) -> HandLine:
    quantity, price = number_of(entry.quantity or "1"), _amount(entry.unit_price or "0")
    if quantity is None:
        raise Refused(f"Line {at}: “{entry.quantity[:50]}” isn’t a quantity.", "Enter a whole number, 1 or more.")
    if price is None:
        raise Refused(f"Line {at}: “{entry.unit_price[:50]}” isn’t an amount.", "Enter the unit price like 12.50.")
    return HandLine(entry.part_number, entry.description, quantity, price)


def _text(sent: Mapping[str, str] | None, name: str) -> str:
    text = "" if sent is None else without_nulls(sent.get(name, ""))[:LONGEST]
    return text if name == "notes" else text.strip()


def _number(sent: Mapping[str, str] | None, name: str) -> int | None:
    """The number of a client."""
    return number_of(_text(sent, name))


def _amount(text: str) -> Decimal | None:
    """An amount as people type it: with a point or one comma for the cents. "1,234" may be either: None."""
    if len(text) > 20 or any(letter not in "0123456789.," for letter in text) or _THOUSANDS.fullmatch(text):
        return None
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _usual_values() -> dict[str, str]:
    """The currency of the latest order, and whether its prices include tax."""
    latest = SalesOrder.objects.order_by("-pk").values_list("currency", "tax_included").first()
    currency, tax_included = latest or ("USD", False)
    return {"currency": currency, "prices": "" if tax_included else WITHOUT_TAX}
