"""The columns of the list of sales orders: which there are, what each needs of the database, which a person chose."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, JSONField, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf
from django.db.models.lookups import GreaterThan

from counterfoil.accounts.models import Person
from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Printout, SalesOrder
from counterfoil.sales.models.orders import OPEN_QUANTITY
from counterfoil.sales.orders.querysets import lines_to_ship
from counterfoil.sales.weights import GRAMS, Weight, only_weighed

LIST = "orders"
"""The name under which a person's `list_settings` keep what is chosen here."""

ALWAYS = ("choice", "number")
COLUMNS = {
    "import_id": "Import ID",
    "order_date": "Date",
    "age": "Age",
    "client": "Client",
    "items": "Items",
    "weight": "Weight",
    "ship_via": "Ship via",
    "country": "Country",
    "status": "Status",
    "in_store": "In the store",
    "message": "Customer message",
    "printed": "Printed",
    "po_number": "PO",
    "total": "Total",
}
"""What can be chosen, in the order in which the list shows it: the name of the column and what it is called."""

CALLED_WHEN_CHOSEN = {"in_store": "BigCommerce status", "weight": "Weight to ship"}
"""What says more where it stands alone than in the head of the list."""

STANDARD = ("import_id", "order_date", "client", "items", "status", "in_store", "po_number", "total")
MOST_LINES = 6  # of an order, in its row


def chosen_columns(person: Person) -> tuple[str, ...]:
    """The columns that this person sees, in the order of the list; the standard ones where nothing was chosen."""
    kept = person.list_settings.get(LIST, {}).get("columns")
    return _known(kept) if isinstance(kept, list) else STANDARD


def has_chosen(person: Person) -> bool:
    """Whether this person has chosen columns, so that a reset changes something."""
    return "columns" in person.list_settings.get(LIST, {})


def choose_columns(person: Person, names: Iterable[str] | None) -> None:
    """Keeps what a person wants to see; None goes back to the standard. Names that no column has are passed over."""
    settings = dict(person.list_settings.get(LIST, {}))
    settings.pop("columns", None)
    if names is not None:
        settings["columns"] = list(_known(names))
    person.list_settings = person.list_settings | {LIST: settings}
    person.save(update_fields=["list_settings"])


def hidden_columns(shown: Sequence[str]) -> tuple[str, ...]:
    """Those that are not shown."""
    return tuple(name for name in COLUMNS if name not in shown)


def _known(names: Iterable[str]) -> tuple[str, ...]:
    chosen = set(names)
    return tuple(name for name in COLUMNS if name in chosen)


def with_columns(orders: QuerySet[SalesOrder], columns: Sequence[str]) -> QuerySet[SalesOrder]:
    """The orders with what these columns show beyond the order itself, in the same statement.

    `shown_lines`: quantity and name of the first lines, parts of kits left out. `shown_countries`: where it ships.
    `printed_kinds`: what was printed. `weight_to_ship`: of what is left to ship, as `weight_in_words` takes it.
    """
    more: dict[str, dict[str, Any]] = {
        "items": {"shown_lines": _lines()},
        "weight": {"weight_to_ship": _weight()},
        "country": {"shown_countries": _countries()},
        "printed": {"printed_kinds": _printed()},
    }
    return orders.annotate(**{name: value for column in columns for name, value in more.get(column, {}).items()})


def _lines() -> ArraySubquery:
    left = F("quantity") - F("cancelled")
    lines = OrderLine.objects.filter(GreaterThan(left, 0), order=OuterRef("pk"), parent_position=None)
    name = Coalesce(_or_none("product_number"), _or_none("part_number"), "description")
    rows = lines.order_by("position").values(row=JSONObject(quantity=left, name=name))
    return ArraySubquery(rows[: MOST_LINES + 1])


def _or_none(column: str) -> NullIf:
    return NullIf(column, Value("", output_field=TextField()))


def _weight() -> Subquery:
    """What a packer has to know is the parcel, so of what is open and goes into one."""
    lines = only_weighed(lines_to_ship()).filter(order=OuterRef("pk")).order_by()
    known = Sum(F("weight") * OPEN_QUANTITY)
    unknown = Count("pk", filter=Q(weight__isnull=True))
    rows = lines.values("order__weight_unit").annotate(
        row=JSONObject(known=Cast(known, TextField()), unknown=unknown, unit=F("order__weight_unit"))
    )
    return Subquery(rows.values("row"), output_field=JSONField())


def _countries() -> ArraySubquery:
    addresses = OrderAddress.objects.filter(order=OuterRef("pk")).exclude(kind=AddressKind.BILL_TO)
    country = Coalesce(_or_none("country"), "country_code")
    return ArraySubquery(addresses.order_by("position").values_list(country, flat=True))


def _printed() -> ArraySubquery:
    return ArraySubquery(Printout.objects.filter(order=OuterRef("pk")).order_by("kind").values("kind").distinct())


def weight_in_words(found: dict[str, Any]) -> str:
    """ "2.4 lb" (`Weight.words`); "" where nothing of it is known, the unit neither."""
    if found["known"] is None or found["unit"] not in GRAMS:
        return ""
    return Weight(Decimal(found["known"]), found["unit"], is_all=not found["unknown"]).words


def items_in_words(lines: Sequence[dict[str, object]]) -> str:
    """ "3 × MUG-01, 1 × BOOK"; lines of the same thing are added up, and … stands for those that are not read."""
    quantities: dict[str, int] = {}
    for line in lines[:MOST_LINES]:
        name = str(line["name"])
        quantities[name] = quantities.get(name, 0) + int(str(line["quantity"]))
    words = ", ".join(f"{quantity} × {name}" for name, quantity in quantities.items())
    return f"{words}, …" if len(lines) > MOST_LINES else words
