"""What stands on pick lists and packing slips."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from counterfoil.stores.shipping.letterheads import NO_LETTERHEAD, Letterhead, letterheads
from counterfoil.web.paper.messages import CUT_FOR_CUSTOMERS, capped
from counterfoil.web.shipments.address_changes import AddressChoice

MOST_ORDERS = 1_000
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class PickRow:
    """A product on the pick list of one order; a kit is a heading, its parts are picked.

    `quantity`: of all equal lines of the order, of which `line` is the first.
    """

    line: OrderLine
    depth: int
    bin: str
    is_kit: bool
    quantity: int


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
    def customer_message(self) -> str:
        """What the customer wrote, for whoever picks; a long one is cut."""
        return capped(self.order.customer_message)

    @property
    def notes(self) -> str:
        """What was noted here; long notes are cut."""
        return capped(self.order.notes)

    @property
    def to_pick(self) -> list[PlacedLine]:
        """Lines with an open quantity that are taken from a shelf, under their kits; a kit is a heading only."""
        return [each for each in lines_under_kits(self.lines) if self._is_shown(each.line)]

    @property
    def rows(self) -> "list[PickRow]":
        """What to pick by bin, equal lines as one; a kit with its parts stands where the first of them lies."""
        groups = [self._picked(group) for group in kit_groups(self.to_pick)]
        plain = self._summed([group[0] for group in groups if len(group) == 1 and not group[0].is_kit])
        kits = [group for group in groups if len(group) > 1 or group[0].is_kit]
        whole = sorted([*([row] for row in plain), *kits], key=lambda group: min(map(_walk, group)))
        return [row for group in whole for row in group]

    def _picked(self, group: Sequence[PlacedLine]) -> "list[PickRow]":
        """A kit and its parts, or a line that belongs to none."""
        rows = [
            PickRow(each.line, each.depth, bin_of(each.line), self.is_kit(each.line), each.line.open) for each in group
        ]
        if any(row.depth > 1 for row in rows):
            return rows  # a kit within a kit: its parts stay below it
        return [rows[0], *sorted(rows[1:], key=_walk)]

    def _summed(self, rows: "Sequence[PickRow]") -> "list[PickRow]":
        summed: dict[tuple[str, ...], PickRow] = {}
        for row in rows:
            line = row.line
            key = (*_article(line), line.wrapping, line.wrapping_message)
            before = summed.get(key)
            summed[key] = row if before is None else replace(before, quantity=before.quantity + row.quantity)
        return list(summed.values())

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
    by_order: dict[str, int] = field(default_factory=dict)
    sold_as: list[str] = field(default_factory=list)

    @property
    def orders(self) -> list[str]:
        """How many for which order, each order once: "WEB-1 (2)"."""
        return [f"{name} ({quantity})" for name, quantity in self.by_order.items()]


def picks_by_bin(orders: Sequence[PrintedOrder]) -> list[Pick]:
    """What is open of all these orders, by bin and part number, A2 before A10; what has no bin comes last."""
    picks: dict[tuple[str, ...], Pick] = {}
    for printed in orders:
        for each in printed.to_pick:
            line = each.line
            if printed.is_kit(line):
                continue
            pick = picks.setdefault(
                _article(line), Pick(bin_of(line), line.our_part_number, line.description, line.options)
            )
            if line.sold_as and line.sold_as not in pick.sold_as:
                pick.sold_as.append(line.sold_as)
            pick.quantity += line.open
            pick.by_order[printed.name] = pick.by_order.get(printed.name, 0) + line.open
    return sorted(
        picks.values(), key=lambda pick: (not pick.bin, natural(pick.bin), natural(pick.part_number), pick.options)
    )


def bin_of(line: OrderLine) -> str:
    """Where the line's product lies: by the catalog, else by what the store said with the order; "" when unknown."""
    return (line.product.bin if line.product else "") or line.bin


def natural(text: str) -> list[tuple[int, str]]:
    """By what people sort: A2 before A10, without case."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in _NUMBERS.split(text) if part]


def kit_groups(lines: Sequence[PlacedLine]) -> list[list[PlacedLine]]:
    """Each line with what hangs under it."""
    groups: list[list[PlacedLine]] = []
    for each in lines:
        if each.depth == 0 or not groups:
            groups.append([])
        groups[-1].append(each)
    return groups


def _article(line: OrderLine) -> tuple[str, ...]:
    """What is the same thing from the same place to whoever picks it."""
    return (bin_of(line), line.our_part_number, "" if line.our_part_number else line.description, line.options)


def _walk(row: PickRow) -> tuple[bool, list[tuple[int, str]]]:
    """Where on the way through the warehouse it is picked; a kit's heading nowhere."""
    return (row.is_kit or not row.bin, natural(row.bin))


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes into the parcel to one address."""

    printed: PrintedOrder
    address: OrderAddress
    lines: list[PlacedLine]
    letterhead: Letterhead = NO_LETTERHEAD

    @property
    def choice(self) -> AddressChoice | None:
        """The choice that the address is waiting for, where it was changed in the store after import."""
        is_open = any(each.line.open for each in self.lines)
        return AddressChoice.of(self.address, is_open=is_open) if self.address.source_address else None

    @property
    def is_shipped(self) -> bool:
        """Whether all of it has left: the slip of a parcel that was processed first tells what was shipped."""
        return any(each.line.shipped for each in self.lines) and not any(each.line.open for each in self.lines)

    @property
    def messages(self) -> list[str]:
        """The gift messages of its lines, each once."""
        return list(dict.fromkeys(each.line.wrapping_message for each in self.lines if each.line.wrapping_message))

    @property
    def groups(self) -> list[list[PlacedLine]]:
        """Each kit with its parts, and each line that belongs to none."""
        return kit_groups(self.lines)

    @property
    def other_number(self) -> str:
        """The store's order number, where the name of the order does not show it."""
        number = self.printed.order.web_order_number
        return "" if number in self.printed.name else number

    @property
    def customer_message(self) -> str:
        """What the customer wrote, as the customer reads it; a long one is cut."""
        return capped(self.printed.order.customer_message, CUT_FOR_CUSTOMERS)

    @property
    def address_lines(self) -> list[str]:
        """The address as on an envelope of the store's."""
        return self.address.lines_from(self.letterhead.home)


def slips(orders: Sequence[PrintedOrder], heads: Mapping[str, Letterhead] | None = None) -> list[Slip]:
    """One packing slip for each order and address to which physical things go.

    `heads`: the letterheads by import source code, where they are loaded already.
    """
    found = []
    if heads is None:
        heads = letterheads(each.order.source for each in orders)
    for printed in orders:
        for address in printed.order.addresses.all():
            if address.kind == AddressKind.BILL_TO:
                continue
            lines = [line for line in printed.lines if line.ship_to_id == address.pk and line.kind == LineKind.PHYSICAL]
            if lines:
                head = heads.get(printed.order.source, NO_LETTERHEAD)
                found.append(Slip(printed, address, lines_under_kits(lines), head))
    return found
