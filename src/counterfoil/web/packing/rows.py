"""The rows of *Pack and ship*: a row for each order, and for each address where it goes to several."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db.models import Prefetch

from counterfoil.sales.db.bounded_list import in_order
from counterfoil.sales.models import OrderAddress, OrderLine, ProductAlias, SalesOrder, StatusRole
from counterfoil.sales.orders.kits import lines_under_kits
from counterfoil.sales.shipping.carrier_choice import ProposedCarrier
from counterfoil.sales.shipping.scanning import ItemCodes
from counterfoil.sales.weights import weight_of_open
from counterfoil.stores.shipping.proposed_carriers import CarrierProposals
from counterfoil.web.shipments.submit import open_to_ship, version_to_ship

MOST_ROWS = 500
"""Orders that one page takes."""
RELATED = ("status", "client")


@dataclass(frozen=True, slots=True)
class PackRow:
    """What is open of an order for one address. `key` makes sure that it is shipped once, however often it is sent."""

    order: SalesOrder
    address: OrderAddress
    lines: list[OrderLine]
    proposed: ProposedCarrier
    codes: str
    to_scan: bool = False
    of_several: bool = False
    key: UUID = field(default_factory=uuid4)

    @property
    def id(self) -> str:
        """Tells the row on its page."""
        return f"{self.order.number}-{self.address.pk}"

    @property
    def seen(self) -> str:
        """The version of what is open and where it goes."""
        return version_to_ship({line.pk: line for line in self.lines})

    @property
    def contents(self) -> str:
        """ "3 × MUG-01, 1 × SET (2 × CUP, 1 × PLATE)"."""
        return contents_of(self.lines)

    @property
    def weight(self) -> str:
        """What it weighs without the packaging, as `open_weight`."""
        return open_weight(self.order, self.lines)

    @property
    def needed(self) -> str:
        """How many of each line lie in the parcel, as JSON, for the page's counting."""
        return needed_of(self.lines)

    @property
    def names(self) -> str:
        """What a scanner may read off the slip: our number, the import ID, the store's number."""
        order = self.order
        return " ".join(dict.fromkeys(filter(None, (str(order.number), order.import_id, order.web_order_number))))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An order that has no row, and why."""

    order: SalesOrder
    why: str


def contents_of(lines: Sequence[OrderLine]) -> str:
    """What lies in the parcel, the parts of a kit in brackets behind it; equal items of several lines together."""
    shown: list[tuple[str, int, list[str]]] = []
    for each in lines_under_kits(lines):
        if each.depth and shown:
            shown[-1][2].append(f"{each.line.open} × {each.line.name}")
        else:
            shown.append((each.line.name, each.line.open, []))
    counts: dict[tuple[str, str, int], int] = {}
    for at, (name, count, parts) in enumerate(shown):
        key = (name, f" ({', '.join(parts)})", at) if parts else (name, "", -1)  # each kit by itself
        counts[key] = counts.get(key, 0) + count
    return ", ".join(f"{count} × {name}{inside}" for (name, inside, _), count in counts.items())


def needed_of(lines: Sequence[OrderLine]) -> str:
    """How many of each line lie in the parcel, as JSON: order line id → what is open of it."""
    return json.dumps({line.pk: line.open for line in lines})


def open_weight(order: SalesOrder, lines: Sequence[OrderLine]) -> str:
    """What is open of these lines of the order: "2.4 lb" (`Weight.words`), "" where nothing of that is known."""
    found = weight_of_open(lines, order.weight_unit)
    return found.words if found else ""


def pack_rows(
    order_ids: Sequence[int], proposals: CarrierProposals, to_scan: Iterable[str]
) -> tuple[list[PackRow], list[LeftOut]]:
    """The rows of these orders, in their order, and the orders that have none. Four statements, three for proposals."""
    lines = Prefetch("lines", OrderLine.objects.select_related("ship_to", "product"))
    orders = in_order(SalesOrder.objects.select_related(*RELATED).prefetch_related(lines), order_ids)
    proposals.sources = {order.source for order in orders}
    aliases, scanned = _aliases(orders), set(to_scan)
    rows: list[PackRow] = []
    left_out: list[LeftOut] = []
    for order in orders:
        why = why_not(order)
        if why:
            left_out.append(LeftOut(order, why))
            continue
        places = _by_address(order)
        for address, theirs in places:
            book = ItemCodes(theirs, aliases.get(order.source, {})).document
            proposed, must = proposals.of(order, address), bool(order.source) and order.source in scanned
            rows.append(PackRow(order, address, theirs, proposed, book, must, len(places) > 1))
    return rows, left_out


def why_not(order: SalesOrder) -> str:
    """Why nothing of an order goes out now; "" where something does. Its lines and status are loaded along."""
    if order.is_held:
        return f"On hold. {order.hold_reason}"
    if order.status.role == StatusRole.CANCELLED:
        return "Cancelled."
    lines = list(order.lines.all())
    if open_to_ship(lines):
        return ""
    return next((line.why_no_parcel for line in lines if line.open and line.why_no_parcel), "Nothing is left to ship.")


def _by_address(order: SalesOrder) -> list[tuple[OrderAddress, list[OrderLine]]]:
    places: dict[int, tuple[OrderAddress, list[OrderLine]]] = {}
    for line in open_to_ship(list(order.lines.all())).values():
        if line.ship_to is not None:
            places.setdefault(line.ship_to.pk, (line.ship_to, []))[1].append(line)
    return list(places.values())


def _aliases(orders: Iterable[SalesOrder]) -> dict[str, Mapping[int, Sequence[str]]]:
    """What else the stores call the products of these orders: by source, by product id. One statement."""
    products = {line.product_id for order in orders for line in order.lines.all() if line.product_id}
    found: dict[str, dict[int, list[str]]] = {}
    rows = ProductAlias.objects.filter(product__in=products).exclude(sku="")
    for source, product_id, sku in rows.values_list("source", "product_id", "sku"):
        found.setdefault(source, {}).setdefault(product_id, []).append(sku)
    return dict(found)
