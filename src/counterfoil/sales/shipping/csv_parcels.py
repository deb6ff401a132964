"""What the rows of a file mean for one sales order: which parcels, of which lines, and which of them exist already."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Prefetch

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AppliedRow, OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.line_names import lines_called, words_for
from counterfoil.sales.orders.status import lock_order, refuse_when_held
from counterfoil.sales.shipping.csv_columns import Row
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking

ALL = ""  # in place of a SKU: all that is open of the order
Items = dict[str, int | None]  # SKU without case → quantity; None: all that is open of it


class Advice(NamedTuple):
    """What to do about a refusal: in a file there are rows to correct, on the command line there are none."""

    leave_out: str
    split: str


IN_A_FILE = Advice("Leave the row out.", "Give each address a row with its SKUs and its own tracking number.")
ON_ITS_OWN = Advice(
    "Look at what is shipped and what is open of the order.",
    "Give each address a parcel with its SKUs and its own tracking number.",
)


@dataclass(frozen=True, slots=True)
class SkuParcel:
    """A parcel by its SKUs; without items it is a further box of the parcel before it."""

    tracking: Tracking
    items: Items


@dataclass(slots=True)
class WantedParcel:
    """Rows of a file with the same order, carrier and tracking. `twins`: rows that say what another row says."""

    rows: list[Row] = field(default_factory=list)
    twins: dict[int, int] = field(default_factory=dict)

    @property
    def tracking(self) -> Tracking:
        """Who carries it; raises Refused where its rows disagree, or for what no store and no carrier takes."""
        said = {
            name: {value.casefold(): value for row in reversed(self.rows) if (value := getattr(row, name))}
            for name in Tracking.__slots__
        }
        for name, values in said.items():
            if len(values) > 1:
                what = name.replace("_", " ")
                raise Refused(f"{self.row_names} are one parcel and name two {what}s.", f"Give them one {what}.")
        return Tracking(**{name: next(iter(values.values()), "") for name, values in said.items()}).checked()

    @property
    def items(self) -> Items:
        """What goes into it; raises Refused where its rows contradict each other."""
        items: Items = {}
        for row in self.rows:
            if row.number in self.twins:
                continue
            if row.sku.casefold() in items:
                raise Refused(f"{self.row_names} are one parcel and name {row.sku} twice.", "Put it into one row.")
            items[row.sku.casefold()] = row.quantity
        if ALL in items and len(items) > 1:
            raise Refused(
                f"{self.row_names} are one parcel, and one of them names no SKU: it means all that is open.",
                "Name a SKU in each row, or leave one row for all.",
            )
        return items

    @property
    def row_names(self) -> str:
        """ "Row 2" or "Rows 2, 3"."""
        numbers = ", ".join(str(row.number) for row in self.rows)
        return f"Row{'s' if len(self.rows) > 1 else ''} {numbers}"

    def add(self, row: Row) -> None:
        """Adds a row, or notes it as the twin of one before it."""
        for other in self.rows:
            if (other.sku.casefold(), other.quantity) == (row.sku.casefold(), row.quantity) and not row.trouble:
                self.twins[row.number] = other.number
                break
        self.rows.append(row)


def wanted_parcels(rows: Iterable[Row]) -> list[WantedParcel]:
    """The parcels that the rows of one order mean, in the order in which they come."""
    parcels: dict[tuple[str, ...], WantedParcel] = {}
    for row in rows:
        known_by = row.tracking_number or row.tracking_link or row.service.casefold()
        key = (row.carrier.casefold(), row.tracking_number, known_by)
        parcels.setdefault(key, WantedParcel()).add(row)
    return list(parcels.values())


@dataclass(slots=True)
class OrderBook:
    """One sales order while rows are laid against it: what is left, which parcels there are."""

    order: SalesOrder
    lines: list[OrderLine]
    parcels: list[Parcel]
    fingerprints: dict[str, int]
    left: Counter[int] = field(default_factory=Counter)
    holder: bool = False
    advice: Advice = IN_A_FILE

    def __post_init__(self) -> None:
        self.left = Counter({line.pk: line.open for line in self.lines if line.is_shipped_by_parcel})

    def applied(self, tracking: Tracking, items: Items) -> dict[str, int]:
        """Which of the items' rows have become a parcel already: SKU → parcel id.

        A tracking number or an own link tells a parcel; without either each row is known by what it says.
        """
        if tracking.tracking_number or tracking.tracking_link:
            same = next((each.pk for each in self.parcels if self._is_same(each, tracking, items)), None)
            return {} if same is None else dict.fromkeys(items, same)
        standing = {each.pk for each in self.parcels}
        found: dict[str, int] = {}
        for sku, quantity in items.items():
            parcel_id = self.fingerprints.get(fingerprint(self.order.pk, sku, quantity))
            if parcel_id in standing and not (quantity is None and self._is_something_left(sku)):
                found[sku] = parcel_id
        return found

    def _is_same(self, parcel: Parcel, tracking: Tracking, items: Items) -> bool:
        if tracking.tracking_number:
            return parcel.tracking_number == tracking.tracking_number and self._matches(parcel, items)
        return parcel.tracking_link == tracking.tracking_link and self._matches(parcel, items)

    def _matches(self, parcel: Parcel, items: Items) -> bool:
        if ALL in items:
            return True
        held: Counter[str] = Counter()
        for item in parcel.items.all():
            held[item.line.our_part_number.casefold()] += item.quantity
        named: dict[str, int | None] = {}
        for text, quantity in items.items():
            sku = self.sku(text)
            before = named.get(sku, 0)
            named[sku] = None if quantity is None or before is None else before + quantity
        return held.keys() == named.keys() and all(named[sku] in (None, held[sku]) for sku in held)

    def _is_something_left(self, sku: str) -> bool:
        return any(self.left[line.pk] for line in (self.lines if sku == ALL else self._called(self.lines, sku)))

    def sku(self, text: str) -> str:
        """Our part number for what stands in a cell, without case; the text itself for what is not on the order."""
        named = self._called(self.lines, text)
        return named[0].our_part_number.casefold() if named else text

    def _called(self, lines: Sequence[OrderLine], text: str) -> list[OrderLine]:
        """The lines that a cell means, by our part number or by the store's SKU: 1001.0 is 1001 where that is one."""
        without = text.removesuffix(".0").removesuffix(".00")
        return lines_called(lines, text) or lines_called(lines, without)

    def drafts(self, tracking: Tracking, items: Items) -> list[ParcelDraft]:
        """The parcels to process, one for each address; what they hold is left no more. Raises Refused."""
        refuse_when_held(self.order)
        if ALL in items and self.holder and (tracking.tracking_number or tracking.tracking_link) and not +self.left:
            return [ParcelDraft(tracking)]
        chosen = self._all_left() if ALL in items else self._of_one_address(items) or self._chosen(self.lines, items)
        by_address: dict[int | None, dict[int, int]] = {}
        for line in self.lines:
            if line.pk in chosen:
                by_address.setdefault(line.ship_to_id, {})[line.pk] = chosen[line.pk]
        if tracking.tracking_number and len(by_address) > 1:
            raise Refused(
                f"The items go to {len(by_address)} addresses, and one parcel goes to one.",
                self.advice.split,
            )
        self.left.subtract(chosen)
        self.holder = ALL in items and len(by_address) == 1
        return [ParcelDraft(tracking, held) for held in by_address.values()]

    def _all_left(self) -> dict[int, int]:
        chosen = dict(+self.left)
        if not chosen:
            reasons = {line.why_no_parcel for line in self.lines if line.open} - {""}
            sentence = " ".join(sorted(reasons)) or f"Nothing of {self.order.name} is left to ship."
            raise Refused(sentence, self.advice.leave_out)
        return chosen

    def _of_one_address(self, items: Items) -> dict[int, int] | None:
        """The items from the lines of one address, where one has them all."""
        for ship_to_id in dict.fromkeys(line.ship_to_id for line in self.lines):
            try:
                return self._chosen([line for line in self.lines if line.ship_to_id == ship_to_id], items)
            except Refused:
                continue
        return None

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
                raise Refused(why or f"Nothing of {name} is left to ship.", self.advice.leave_out)
            if quantity is not None and quantity < 1:
                raise Refused("A quantity to ship is at least 1.", "Leave out what is not shipped.")
            if quantity is not None and quantity > there:
                raise Refused(f"{quantity} of {name} are more than the {there} that are open.", "Lower the quantity.")
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


def fingerprint(order_id: int, sku: str, quantity: int | None) -> str:
    """Tells a row without a tracking number by what it says: the same in whatever file it stands, beside whatever."""
    return hashlib.sha256(json.dumps([order_id, sku, quantity]).encode()).hexdigest()


def order_books(order_ids: Sequence[int]) -> Iterator[OrderBook]:
    """The orders as they are now, six statements for all of them."""
    lines = Prefetch("lines", OrderLine.objects.select_related("ship_to"))
    orders = SalesOrder.objects.filter(pk__in=order_ids).select_related("status").prefetch_related(lines)
    parcels: dict[int, list[Parcel]] = {pk: [] for pk in order_ids}
    standing = Parcel.objects.filter(shipment__order__in=order_ids, voided_at=None).select_related("shipment")
    for parcel in standing.prefetch_related("items__line"):
        parcels[parcel.shipment.order_id].append(parcel)
    applied = AppliedRow.objects.filter(parcel__shipment__order__in=order_ids, parcel__voided_at=None)
    prints = dict(applied.values_list("fingerprint", "parcel"))
    for order in orders:
        yield OrderBook(order, list(order.lines.all()), parcels[order.pk], prints)


def drafts_by_sku(order_id: int, parcels: Sequence[SkuParcel]) -> list[ParcelDraft]:
    """What `process_shipment` takes, for parcels that are named by SKUs; raises Refused for what is not open."""
    (book,) = order_books([order_id])
    book.advice = ON_ITS_OWN
    drafts: list[ParcelDraft] = []
    for parcel in parcels:
        drafts += book.drafts(parcel.tracking, parcel.items) if parcel.items else [ParcelDraft(parcel.tracking)]
    return drafts


def locked_book(order_id: int) -> OrderBook:
    """One order, locked for the present transaction; three statements, one more for each kind of thing there is."""
    order = lock_order(order_id)
    lines = list(order.lines.select_related("ship_to"))
    standing = Parcel.objects.filter(shipment__order=order, voided_at=None).prefetch_related("items__line")
    parcels = list(standing)
    applied = AppliedRow.objects.filter(parcel__in=parcels) if parcels else AppliedRow.objects.none()
    return OrderBook(order, lines, parcels, dict(applied.values_list("fingerprint", "parcel")))
