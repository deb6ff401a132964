"""What is entered on *process shipment*: parcels for each address, their tracking and their items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.db import transaction
from django.http import QueryDict

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, SalesOrder, Shipment
from counterfoil.sales.models.shipments import LONGEST_TRACKING_NUMBER
from counterfoil.sales.orders.kits import PlacedLine, lines_under_kits
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.shipping.carrier_detection import detect_carrier, says_none
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, open_items, parcel_drafts, process_shipment
from counterfoil.sales.shipping.tracking_numbers import comparable, read_tracking_numbers
from counterfoil.storable import LARGEST_QUANTITY, number_of, without_nulls
from counterfoil.web.shipments.address_changes import AddressChoice, address_choices
from counterfoil.web.ui.request_data import key_in

MOST_PARCELS = 100
TRACKING = ("carrier", "service", "tracking_number", "tracking_link")


@dataclass(slots=True)
class ParcelEntry:
    """One parcel as it stands in the form. `quantities`: order line id → what was typed; a further box has none."""

    address: int
    is_box: bool = False
    tracking: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TRACKING, ""))
    quantities: dict[int, str] = field(default_factory=dict)
    is_new: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered at all but for what the form suggested."""
        return not any(self.tracking[name] for name in ("tracking_number", "tracking_link"))


@dataclass(frozen=True, slots=True)
class DestinationGroup:
    """An address with what is open there, and the parcels that go there (index in the form, entry, lines)."""

    address: OrderAddress
    lines: list[PlacedLine]
    parcels: list[tuple[int, ParcelEntry, list[tuple[PlacedLine, str]]]]


class ShipForm:
    """The parcels of one order as they were suggested or entered."""

    def __init__(self, order: SalesOrder, entries: Sequence[ParcelEntry] | None = None, seen: str = "") -> None:
        self.order = order
        self.lines = list(order.lines.select_related("ship_to"))
        self.open = {line.pk: line for line in self.lines if line.open and line.is_shipped_by_parcel}
        self.entries = list(entries) if entries is not None else [self._suggested(pk) for pk in self.addresses]
        self.seen = seen or self.version
        self.asks = False
        self.allow_used = False
        self.suggested: set[str] = set()  # the numbers whose carrier was suggested: a person may have taken it out
        self.suggestions: list[str] = []

    @classmethod
    def entered(cls, order: SalesOrder, sent: QueryDict) -> "ShipForm":
        """As a person filled it in; nonsense in the structure is passed over."""
        indexes = range(min(key_in(sent, "parcels") or 0, MOST_PARCELS))
        form = cls(order, [], sent.get("seen", "")[:64])
        form.entries = [entry for entry in (form._entry(sent, index) for index in indexes) if entry is not None]
        form.allow_used = bool(sent.get("allow_used"))
        form.suggested = set(sent.get("suggested", "")[: MOST_PARCELS * LONGEST_TRACKING_NUMBER].split())
        return form

    @property
    def addresses(self) -> list[int]:
        """The addresses to which something is open, in the order's own order."""
        return list(dict.fromkeys(line.ship_to_id for line in self.open.values() if line.ship_to_id))

    @property
    def address_choices(self) -> list[AddressChoice]:
        """The addresses that were changed in the store, of which a person is to say first which one is right."""
        return address_choices(self.open.values())

    @property
    def has_new(self) -> bool:
        """Whether a parcel was added just now: it is where the person goes on typing."""
        return any(entry.is_new for entry in self.entries)

    @property
    def version(self) -> str:
        """Tells what is open: it is another one when someone has shipped or cancelled meanwhile."""
        return _version({line.pk: line.open for line in self.open.values()})

    @property
    def left_out(self) -> list[str]:
        """Why lines that are open go into no parcel."""
        return [line.why_no_parcel for line in self.lines if line.open and line.why_no_parcel]

    def _suggested(self, address: int) -> ParcelEntry:
        quantities = {pk: str(line.open) for pk, line in self.open.items() if line.ship_to_id == address}
        return ParcelEntry(address, quantities=quantities)

    def _entry(self, sent: Mapping[str, str], index: int) -> ParcelEntry | None:
        address = key_in(sent, f"p{index}-address")
        if address is None or address not in self.addresses:
            return None
        tracking = {name: without_nulls(sent.get(f"p{index}-{name}", "")) for name in TRACKING}
        if sent.get(f"p{index}-box"):
            return ParcelEntry(address, is_box=True, tracking=tracking)
        typed = {
            pk: sent.get(f"p{index}-q{pk}", "").strip() for pk, line in self.open.items() if line.ship_to_id == address
        }
        return ParcelEntry(address, tracking=tracking, quantities=typed)

    def change(self, sent: Mapping[str, str]) -> bool:
        """Adds a parcel (or one with the rest, or a further box) or removes one, as the pressed button says.

        False for another button.
        """
        for name, act in (
            ("add", self._add),
            ("rest", self._add_rest),
            ("box", self._add_box),
            ("remove", self._remove),
        ):
            number = key_in(sent, name)
            if number is not None:
                act(number)
                return True
        return False

    def suggest_carriers(self) -> bool:
        """Fills in the carrier that a number tells where none is named; False where there is nothing new to suggest.

        Raises Refused for what is no tracking number.
        """
        for entry in self.entries:
            number, *_ = [*read_tracking_numbers(entry.tracking["tracking_number"]), ""]
            key = comparable(number)
            found = (
                None if not key or entry.tracking["carrier"].strip() or key in self.suggested else detect_carrier(key)
            )
            if found is None or len(found.carriers) > 1:
                continue
            (carrier,) = found.carriers
            entry.tracking["carrier"] = carrier
            self.suggested.add(key)
            self.suggestions.append(f"{number} {'is' if found.certain else 'may be'} a {carrier} number.")
        return bool(self.suggestions)

    def _add(self, address: int) -> None:
        """Another parcel to this address, with what the others leave, by the same carrier."""
        if address not in self.addresses or len(self.entries) >= MOST_PARCELS:
            return
        there = [at for at, entry in enumerate(self.entries) if entry.address == address]
        new = ParcelEntry(address, quantities=self._left(address), is_new=True)
        if there:
            new.tracking |= {name: self.entries[there[-1]].tracking[name] for name in ("carrier", "service")}
        self.entries.insert(there[-1] + 1 if there else len(self.entries), new)

    def _add_rest(self, address: int) -> None:
        """As another parcel, where something is in none yet."""
        if any(quantity != "0" for quantity in self._left(address).values()):
            self._add(address)

    def _left(self, address: int) -> dict[int, str]:
        left: dict[int, str] = {}
        for pk, line in self.open.items():
            if line.ship_to_id == address:
                taken = sum(number_of(entry.quantities.get(pk, ""), LARGEST_QUANTITY) or 0 for entry in self.entries)
                left[pk] = str(max(0, line.open - taken))
        return left

    def _add_box(self, index: int) -> None:
        if index < len(self.entries) < MOST_PARCELS:
            holder = self.entries[index]
            new = ParcelEntry(holder.address, is_box=True, is_new=True)
            new.tracking["carrier"] = holder.tracking["carrier"]
            self.entries.insert(index + 1, new)

    def _remove(self, index: int) -> None:
        """A parcel goes with the further boxes that belong to it."""
        if index >= len(self.entries):
            return
        removed = self.entries.pop(index)
        while not removed.is_box and index < len(self.entries) and self.entries[index].is_box:
            self.entries.pop(index)

    @property
    def places(self) -> Iterator[DestinationGroup]:
        """The addresses with their parcels, as the page shows them."""
        for address in self.addresses:
            lines = [line for line in self.open.values() if line.ship_to_id == address]
            placed = lines_under_kits(lines)
            parcels = [
                (at, entry, [(each, entry.quantities.get(each.line.pk, "")) for each in placed])
                for at, entry in enumerate(self.entries)
                if entry.address == address
            ]
            ship_to = lines[0].ship_to
            assert ship_to is not None
            yield DestinationGroup(ship_to, placed, parcels)

    def drafts(self) -> list[ParcelDraft]:
        """The parcels to process; raises Refused for what is no quantity, and for a parcel with nothing in it."""
        drafts: list[ParcelDraft] = []
        last_kept = False
        for number, entry in enumerate(self.entries, 1):
            tracking = Tracking(**entry.tracking)
            if says_none(tracking.carrier):
                tracking = replace(tracking, carrier="")
            if entry.is_box:
                if not last_kept:
                    raise Refused(f"The parcel before box {number} is empty.", "Put items into it, or remove the box.")
                drafts.append(_box(number, tracking))
                continue
            items = self._items(number, entry)
            last_kept = bool(items)
            if items:
                drafts += parcel_drafts(tracking, items)
            elif not entry.is_empty:
                raise Refused(f"Parcel {number} has no items.", "Put items into it, or make it a further box.")
        if not drafts:
            raise Refused("No parcel has any items.", "Enter how many of each item it contains.")
        return drafts

    def _items(self, number: int, entry: ParcelEntry) -> dict[int, int]:
        items = {}
        for pk, typed in entry.quantities.items():
            quantity = number_of(typed or "0", LARGEST_QUANTITY)
            if quantity is None:
                line = self.open[pk]
                name = line.name
                raise Refused(f"Parcel {number}: “{typed}” isn’t a quantity of {name}.", "Enter a whole number.")
            if quantity:
                items[pk] = quantity
        return items

    def process(self, *, by: str) -> Shipment:
        """Processes the shipment; raises Refused, also when something else was shipped since the page was loaded."""
        drafts = self.drafts()
        with transaction.atomic():
            if _version(open_items(lock_order(self.order.pk))) != self.seen:
                self.seen = self.version
                raise Refused(
                    "Something on this order was shipped or changed since you opened this page.",
                    "Check the open quantities, then process the shipment again.",
                )
            return process_shipment(self.order.pk, drafts, by=by, ask_about_numbers=not self.allow_used)


def _box(number: int, tracking: Tracking) -> ParcelDraft:
    if not tracking.tracking_number.strip():
        raise Refused(f"Further box {number} has no tracking number.", "Enter one: it identifies a box without items.")
    return ParcelDraft(tracking)


def _version(items: Mapping[int, int]) -> str:
    return sha256(repr(sorted(items.items())).encode()).hexdigest()[:16]
