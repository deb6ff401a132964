"""What the rows of a file mean for one sales order: which parcels, of which lines, and which of them exist already."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import Prefetch

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AppliedRow, OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.line_names import lines_called, words_for
from counterfoil.sales.orders.status import lock_order, refuse_when_cancelled, refuse_when_held
from counterfoil.sales.shipping.address_changes import refuse_changed_address
from counterfoil.sales.shipping.carrier_names import carrier_key
from counterfoil.sales.shipping.csv_columns import ShipmentRow
from counterfoil.sales.shipping.ship_to import address_named
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, parcel_drafts
from counterfoil.sales.shipping.tracking_numbers import bare, comparable, several_numbers
from counterfoil.sales.shipping.used_numbers import has_number

ALL = ""  # in place of a SKU: all that is open of the order
Items = dict[str, int | None]  # SKU without case → quantity; None: all that is open of it
_KEYS = {"carrier": carrier_key}  # by what two rows say the same, where that is more than their letters


class Advice(NamedTuple):
    """What to do about a refusal: in a file there are rows to correct, on the command line there are none."""

    leave_out: str
    split: str


IN_A_FILE = Advice("Leave out the row.", "Give each address a row with its SKUs and its own tracking number.")
ON_ITS_OWN = Advice(
    "Check what is shipped and what is open on the order.",
    "Give each address a parcel with its SKUs and its own tracking number.",
)


@dataclass(frozen=True, slots=True)
class SkuParcel:
    """A parcel by its SKUs; without items it is a further box of the parcel before it."""

    tracking: Tracking
    items: Items


@dataclass(slots=True)
class WantedParcel:
    """Rows of a file that are one parcel: of one order, with one tracking number.

    Rows without a number are one parcel where carrier, service and address are the same. `twins`: rows that mean all
    that is open of something of which another row means it too.
    """

    rows: list[ShipmentRow] = field(default_factory=list)
    twins: dict[int, int] = field(default_factory=dict)

    @property
    def is_tracked(self) -> bool:
        """Whether a tracking number or an own link tells it."""
        return bool(self.rows[0].numbers or self.rows[0].tracking_link)

    @property
    def ship_to(self) -> str:
        """The address that its rows name; raises Refused where they name two."""
        named = {row.ship_to.casefold(): row.ship_to for row in self.rows if row.ship_to}
        if len(named) > 1:
            raise Refused(f"{self.row_names} are one parcel but have two addresses.", "Give each address its parcel.")
        return next(iter(named.values()), "")

    @property
    def tracking(self) -> Tracking:
        """Who carries it; raises Refused where its rows disagree, or for what no store and no carrier takes."""
        said = {
            name: {
                _KEYS.get(name, str.casefold)(value): value for row in reversed(self.rows) if (value := row.said(name))
            }
            for name in Tracking.__slots__
            if name != "tracking_number"
        }
        for name, values in said.items():
            if len(values) > 1:
                what = name.replace("_", " ")
                which = f": {' and '.join(reversed(values.values()))}" if name == "carrier" else ""
                raise Refused(f"{self.row_names} are one parcel but have two {what}s{which}.", f"Use one {what}.")
        number = self.rows[0].tracking_number
        told = {name: next(iter(values.values()), "") for name, values in said.items()}
        return Tracking(tracking_number=number, **told).checked()

    @property
    def further_numbers(self) -> list[str]:
        """The numbers of its further boxes, from cells with several."""
        numbers: dict[str, str] = {}
        for row in self.rows:
            for number in row.numbers:
                numbers.setdefault(comparable(number), number)
        return list(numbers.values())[1:]

    def items(self, rows: Iterable[ShipmentRow]) -> Items:
        """What of these rows goes into it; equal rows add up. Raises Refused where rows contradict each other."""
        items: Items = {}
        said: dict[str, int | None] = {}
        for row in rows:
            sku = row.sku.casefold()
            if row.number in self.twins:
                continue
            if said.setdefault(sku, row.quantity) != row.quantity:
                raise Refused(f"{self.row_names} are one parcel but list {row.sku} twice.", "Combine it into one row.")
            items[sku] = None if row.quantity is None else row.quantity + (items.get(sku) or 0)
        if ALL in items and len(items) > 1:
            raise Refused(
                f"{self.row_names} are one parcel, but one of them has no SKU, which means everything open.",
                "Enter a SKU in each row, or use one row for everything.",
            )
        return items

    @property
    def row_names(self) -> str:
        """ "Row 2" or "Rows 2, 3"."""
        numbers = ", ".join(str(row.number) for row in self.rows)
        return f"Row{'s' if len(self.rows) > 1 else ''} {numbers}"

    def add(self, row: ShipmentRow) -> None:
        """Adds a row; one that means all that is open, as one before it, adds nothing."""
        if row.quantity is None and not row.trouble:
            for other in self.rows:
                if other.quantity is None and other.sku.casefold() == row.sku.casefold():
                    self.twins[row.number] = other.number
                    break
        self.rows.append(row)


def wanted_parcels(rows: Iterable[ShipmentRow]) -> list[WantedParcel]:
    """The parcels that the rows of one order mean, in the order in which they come."""
    parcels: list[WantedParcel] = []
    known: dict[tuple[str, ...], WantedParcel] = {}
    for row in rows:
        keys = _keys(row)
        wanted = next((known[key] for key in keys if key in known), None)
        if wanted is None:
            wanted = WantedParcel()
            parcels.append(wanted)
        wanted.add(row)
        known |= dict.fromkeys((key for key in keys if key not in known), wanted)
    return parcels


def _keys(row: ShipmentRow) -> list[tuple[str, ...]]:
    """What tells the parcel of a row: each of its numbers, else its link, else carrier, service and address."""
    if row.numbers:
        return [("number", comparable(number)) for number in row.numbers]
    if row.tracking_link:
        return [("link", row.tracking_link)]
    return [("", carrier_key(row.carrier), row.service.casefold(), row.ship_to.casefold())]


@dataclass(slots=True)
class PackList:
    """One sales order while rows are laid against it: what is left, which parcels there are, voided ones too.

    `fingerprints`: of the rows that became a parcel of which no number tells, with the parcel's id.
    """

    order: SalesOrder
    lines: list[OrderLine]
    all_parcels: list[Parcel]
    fingerprints: dict[str, int]
    left: Counter[int] = field(default_factory=Counter)
    holder: bool = False
    advice: Advice = IN_A_FILE
    alike: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.left = Counter({line.pk: line.open for line in self.lines if line.is_shipped_by_parcel})

    @property
    def parcels(self) -> list[Parcel]:
        """Those that stand."""
        return [parcel for parcel in self.all_parcels if parcel.voided_at is None]

    def prints(self, rows: Iterable[ShipmentRow]) -> dict[int, str]:
        """The fingerprint of each row (by its number). Equal rows of the file are counted, so each has its own."""
        found: dict[int, str] = {}
        for row in rows:
            told = (row.ship_to.casefold(), row.shipped_before)
            alike = (row.sku.casefold(), str(row.quantity), *told)
            self.alike[alike] += 1
            count = self.alike[alike] if row.quantity is not None else 1
            found[row.number] = fingerprint(self.order.pk, alike[0], row.quantity, *told, count=count)
        return found

    def applied_rows(self, rows: Iterable[ShipmentRow], prints: dict[int, str]) -> dict[int, int]:
        """Which of the rows without a number or a link have become a parcel already: row number → parcel id."""
        standing = {each.pk for each in self.parcels}
        found: dict[int, int] = {}
        for row in rows:
            parcel_id = self.fingerprints.get(prints[row.number])
            open_again = row.quantity is None and self._is_something_left(row.sku)
            if parcel_id in standing and not open_again:
                found[row.number] = parcel_id
        return found

    def applied_parcel(self, tracking: Tracking, items: Items) -> Parcel | None:
        """The parcel that these items have become: it has the tracking number, or had it, else the link."""
        return next((each for each in self.parcels if self._is_same(each, tracking, items)), None)

    def _is_same(self, parcel: Parcel, tracking: Tracking, items: Items) -> bool:
        if tracking.tracking_number:
            return has_number(parcel, tracking.tracking_number) and self._matches(parcel, items)
        return parcel.tracking_link == tracking.tracking_link and self._matches(parcel, items)

    def _matches(self, parcel: Parcel, items: Items) -> bool:
        return self._are_same([(item.line, item.quantity) for item in parcel.items.all()], items)

    def shipped_elsewhere(self, parcels: Iterable[Mapping[int, int]], items: Items, *, ship_to: str) -> str:
        """What the first of others' parcels holds that has these items, where they are not open any more; else "".

        `parcels`: quantities by the lines' ids where they came from. `ship_to` as in `drafts`.
        """
        lines = self._lines_to(ship_to)
        for parcel in parcels:
            held = [(line, parcel[line.source_id]) for line in lines if line.source_id and line.source_id in parcel]
            if held and self._are_same(held, items) and (ALL in items or not self._are_open(held)):
                return ", ".join(f"{quantity} × {line.name}" for line, quantity in held)
        return ""

    def _are_open(self, held: Iterable[tuple[OrderLine, int]]) -> bool:
        return all(self.left[line.pk] >= quantity for line, quantity in held)

    def _are_same(self, items_held: Iterable[tuple[OrderLine, int]], items: Items) -> bool:
        if ALL in items:
            return True
        held: Counter[str] = Counter()
        for line, count in items_held:
            held[line.our_part_number.casefold()] += count
        named: dict[str, int | None] = {}
        for text, wanted in items.items():
            sku = self.sku(text)
            before = named.get(sku, 0)
            named[sku] = None if wanted is None or before is None else before + wanted
        return held.keys() == named.keys() and all(named[sku] in (None, held[sku]) for sku in held)

    def _is_something_left(self, sku: str) -> bool:
        return any(self.left[line.pk] for line in (self.lines if sku == ALL else self._called(self.lines, sku)))

    def sku(self, text: str) -> str:
        """Our part number for what stands in a cell, without case; the text itself for what is not on the order."""
        named = self._called(self.lines, text)
        return named[0].our_part_number.casefold() if named else text

    def _called(self, lines: Sequence[OrderLine], text: str) -> list[OrderLine]:
        """The lines that a cell means, by our part number or by the store's SKU: 1001.0 is 1001 where that is one.

        So is one with signs around it, or in it, that cannot be seen.
        """
        without = text.removesuffix(".0").removesuffix(".00")
        return lines_called(lines, text) or lines_called(lines, without) or self._called_barely(lines, bare(without))

    @staticmethod
    def _called_barely(lines: Sequence[OrderLine], text: str) -> list[OrderLine]:
        wanted = text.casefold()
        return [line for line in lines if wanted and bare(line.our_part_number).casefold() == wanted]

    def drafts(
        self, tracking: Tracking, items: Items, *, ship_to: str = "", boxes: Sequence[str] = ()
    ) -> list[ParcelDraft]:
        """The parcels to process, one for each address; what they hold is left no more. Raises Refused.

        `ship_to` names the address that they go to; `boxes`: the numbers of further boxes.
        """
        refuse_when_held(self.order)
        refuse_when_cancelled(self.order)
        lines = self._lines_to(ship_to)
        is_tracked = bool(tracking.tracking_number or tracking.tracking_link)
        if ALL in items and self.holder and not ship_to and is_tracked and not +self.left:
            if boxes:
                raise several_numbers([tracking.tracking_number, *boxes])
            return [ParcelDraft(tracking)]
        chosen = self._all_left(lines) if ALL in items else self._of_one_address(lines, items)
        refuse_changed_address(line for line in self.lines if line.pk in chosen)
        by_address: dict[int | None, dict[int, int]] = {}
        for line in self.lines:
            if line.pk in chosen:
                by_address.setdefault(line.ship_to_id, {})[line.pk] = chosen[line.pk]
        if tracking.tracking_number and len(by_address) > 1:
            raise Refused(
                f"The items go to {len(by_address)} addresses; a parcel can only go to one.",
                self.advice.split,
            )
        self.left.subtract(chosen)
        self.holder = ALL in items and len(by_address) == 1
        further = [ParcelDraft(replace(tracking, tracking_number=number, tracking_link="")) for number in boxes]
        return [*(ParcelDraft(tracking, held) for held in by_address.values()), *further]

    def _lines_to(self, ship_to: str) -> list[OrderLine]:
        """The lines that go to an address of the order, all without one."""
        if not ship_to:
            return self.lines
        address = address_named(ship_to, self.order, self.lines)
        return [line for line in self.lines if line.ship_to_id == address.pk]

    def _all_left(self, lines: Sequence[OrderLine]) -> dict[int, int]:
        chosen = {line.pk: self.left[line.pk] for line in lines if self.left[line.pk] > 0}
        if not chosen:
            reasons = {line.why_no_parcel for line in lines if line.open} - {""}
            sentence = " ".join(sorted(reasons)) or f"Nothing on {self.order.name} is left to ship."
            raise Refused(sentence, self.advice.leave_out)
        return chosen

    def _of_one_address(self, lines: Sequence[OrderLine], items: Items) -> dict[int, int]:
        """The items from the lines of one address, where one has them all; else from all of them."""
        for ship_to_id in dict.fromkeys(line.ship_to_id for line in lines):
            try:
                return self._chosen([line for line in lines if line.ship_to_id == ship_to_id], items)
            except Refused:
                continue
        return self._chosen(lines, items)

    def _chosen(self, lines: Sequence[OrderLine], items: Items) -> dict[int, int]:
        """How many of which lines; raises Refused for what is not on the order, or not open."""
        chosen: dict[int, int] = {}
        left = self.left.copy()
        # What means fewer lines takes from them first: one SKU of a store, before our part number that several have.
        for text, quantity in sorted(items.items(), key=lambda item: len(self._called(lines, item[0]))):
            matching = self._called(lines, text)
            if not matching:
                has = ", ".join(dict.fromkeys(words_for(line) for line in self.lines if line.our_part_number))
                raise Refused(f"{self.order.name} has no item {text.upper()}.", f"It has: {has or 'no SKUs'}.")
            there = sum(left[line.pk] for line in matching)
            name = matching[0].our_part_number
            why = next((line.why_no_parcel for line in matching), "")
            if not there:
                raise Refused(why or f"No {name} is left to ship.", self.advice.leave_out)
            if quantity is not None and quantity < 1:
                raise Refused("A quantity to ship is at least 1.", "Leave out items that aren’t shipped.")
            if quantity is not None and quantity > there:
                raise Refused(f"{quantity} × {name} is too many: {there} still open.", "Lower the quantity.")
            rest = there if quantity is None else quantity
            for line in matching:
                taken = min(rest, left[line.pk])
                rest -= taken
                left[line.pk] -= taken
                if taken:
                    chosen[line.pk] = chosen.get(line.pk, 0) + taken
        return chosen

    def words(self, drafts: Sequence[ParcelDraft]) -> str:
        """What lies in the parcels: "2 × MUG, 1 × PEN"."""
        names = {line.pk: line.name for line in self.lines}
        total: Counter[str] = Counter()
        for draft in drafts:
            for pk, quantity in draft.items.items():
                total[names[pk]] += quantity
        return ", ".join(f"{quantity} × {name}" for name, quantity in total.items())


def fingerprint(
    order_id: int, sku: str, quantity: int | None, ship_to: str = "", shipped_before: str = "", *, count: int = 1
) -> str:
    """Tells a row without a tracking number by what it says: the same in any file, whatever is next to it.

    `count`: the first, second … of the file's rows that say it.
    """
    said: list[object] = [order_id, sku, quantity]
    if ship_to or shipped_before or count > 1:
        said += [ship_to, shipped_before, count]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def pack_lists(order_ids: Sequence[int]) -> Iterator[PackList]:
    """The orders as they are now, six statements for all of them."""
    lines = Prefetch("lines", OrderLine.objects.select_related("ship_to"))
    orders = SalesOrder.objects.filter(pk__in=order_ids).select_related("status").prefetch_related(lines)
    parcels: dict[int, list[Parcel]] = {pk: [] for pk in order_ids}
    found = Parcel.objects.filter(shipment__order__in=order_ids).select_related("shipment")
    for parcel in found.prefetch_related("items__line"):
        parcels[parcel.shipment.order_id].append(parcel)
    applied = AppliedRow.objects.filter(parcel__shipment__order__in=order_ids, parcel__voided_at=None)
    prints = dict(applied.values_list("fingerprint", "parcel"))
    for order in orders:
        yield PackList(order, list(order.lines.all()), parcels[order.pk], prints)


def drafts_by_sku(order_id: int, parcels: Sequence[SkuParcel]) -> list[ParcelDraft]:
    """What `process_shipment` takes, for parcels that are named by SKUs; raises Refused for what is not open.

    A parcel with several numbers in one text is followed by its further boxes.
    """
    (pack_list,) = pack_lists([order_id])
    pack_list.advice = ON_ITS_OWN
    drafts: list[ParcelDraft] = []
    for parcel in parcels:
        made = pack_list.drafts(parcel.tracking, parcel.items) if parcel.items else [ParcelDraft(parcel.tracking)]
        drafts += [each for draft in made for each in parcel_drafts(draft.tracking, draft.items)]
    return drafts


def locked_pack_list(order_id: int) -> PackList:
    """One order, locked for the present transaction; three statements, one more for each kind of thing there is."""
    order = lock_order(order_id)
    lines = list(order.lines.select_related("ship_to"))
    parcels = list(Parcel.objects.filter(shipment__order=order).prefetch_related("items__line"))
    standing = [parcel for parcel in parcels if parcel.voided_at is None]
    applied = AppliedRow.objects.filter(parcel__in=standing) if standing else AppliedRow.objects.none()
    return PackList(order, lines, parcels, dict(applied.values_list("fingerprint", "parcel")))
