"""What stands on pick lists and packing slips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from counterfoil.sales.models import (
    AddressKind,
    LineKind,
    OrderAddress,
    OrderLine,
    Printout,
    PrintoutKind,
    SalesOrder,
)
from counterfoil.sales.orders.kits import PlacedLine, lines_under_kits

MOST_ORDERS = 1_000


@dataclass(frozen=True, slots=True)
class PickRow:
    """A line on the pick list of one order; a kit is a heading, its parts are picked."""

    line: OrderLine
    depth: int
    bin: str
    is_kit: bool


@dataclass(frozen=True, slots=True)
class PrintedOrder:
    """An order with what is to be picked of it. `kits`: the positions of lines whose parts are picked instead."""

    order: SalesOrder
    lines: list[OrderLine]
    kits: frozenset[int]
    last: Printout | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.order.name

    @property
    def to_pick(self) -> list[PlacedLine]:
        """Lines with an open quantity that are taken from a shelf, under their kits; a kit is a heading only."""
        return [each for each in lines_under_kits(self.lines) if self._is_shown(each.line)]

    @property
    def rows(self) -> "list[PickRow]":
        """What to pick, line by line, with where it lies."""
        return [
            PickRow(each.line, each.depth, bin_of(each.line), is_kit=self.is_kit(each.line)) for each in self.to_pick
        ]

    def _is_shown(self, line: OrderLine) -> bool:
        return line.kind == LineKind.PHYSICAL and line.ship_to_id is not None and line.open > 0

    def is_kit(self, line: OrderLine) -> bool:
        """Whether the line's parts are picked, not the line itself."""
        return line.position in self.kits


def printed_orders(numbers: Iterable[int], kind: PrintoutKind) -> list[PrintedOrder]:
    """The orders of these numbers, in the order of their dates. Five statements, whatever the number of orders."""
    lines = Prefetch("lines", OrderLine.objects.select_related("ship_to", "product"))
    printouts = Prefetch("printouts", Printout.objects.filter(kind=kind))
    orders = SalesOrder.objects.filter(number__in=list(numbers)).select_related("status", "client")
    found = orders.prefetch_related(lines, printouts, "addresses").order_by("order_date", "id")
    return [_printed(order) for order in found]


def _printed(order: SalesOrder) -> PrintedOrder:
    lines = list(order.lines.all())
    kits = frozenset(line.parent_position for line in lines if line.parent_position is not None)
    return PrintedOrder(order, lines, kits, max(order.printouts.all(), key=lambda each: each.pk, default=None))


@dataclass(slots=True)
class Pick:
    """One article to take from one place, and for which orders. `sold_as`: what stores call it."""

    bin: str
    part_number: str
    description: str
    options: str
    quantity: int = 0
    orders: list[str] = field(default_factory=list)
    sold_as: list[str] = field(default_factory=list)


def picks_by_bin(orders: Sequence[PrintedOrder]) -> list[Pick]:
    """Everything that is open of all these orders, by bin and part number; what has no bin comes last."""
    picks: dict[tuple[str, str, str, str], Pick] = {}
    for printed in orders:
        for each in printed.to_pick:
            line = each.line
            if printed.is_kit(line):
                continue
            place = bin_of(line)
            pick = picks.setdefault(
                (place, line.our_part_number, line.description if not line.our_part_number else "", line.options),
                Pick(place, line.our_part_number, line.description, line.options),
            )
            if line.sold_as and line.sold_as not in pick.sold_as:
                pick.sold_as.append(line.sold_as)
            pick.quantity += line.open
            pick.orders.append(f"{printed.name} ({line.open})")
    return sorted(picks.values(), key=lambda pick: (not pick.bin, pick.bin, pick.part_number, pick.options))


def bin_of(line: OrderLine) -> str:
    """Where the line's product lies; "" when nobody has said."""
    return line.product.bin if line.product else ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes into the parcel to one address."""

    printed: PrintedOrder
    address: OrderAddress
    lines: list[PlacedLine]

    @property
    def messages(self) -> list[str]:
        """The gift messages of its lines, each once."""
        return list(dict.fromkeys(each.line.wrapping_message for each in self.lines if each.line.wrapping_message))


def slips(orders: Sequence[PrintedOrder]) -> list[Slip]:
    """One packing slip for each order and address to which physical things go."""
    found = []
    for printed in orders:
        for address in printed.order.addresses.all():
            if address.kind == AddressKind.BILL_TO:
                continue
            lines = [line for line in printed.lines if line.ship_to_id == address.pk and line.kind == LineKind.PHYSICAL]
            if lines:
                found.append(Slip(printed, address, lines_under_kits(lines)))
    return found
