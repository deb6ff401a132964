"""What is entered on *process shipment*: parcels for each address, their tracking and their items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.http import QueryDict

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, SalesOrder, Shipment
from counterfoil.sales.models.shipments import LONGEST_TRACKING_NUMBER
from counterfoil.sales.orders.kits import PlacedLine, lines_under_kits
from counterfoil.sales.shipping.carrier_choice import ProposedCarrier, choose_carrier, likely_carrier
from counterfoil.sales.shipping.carrier_detection import number_on_label
from counterfoil.sales.shipping.scanning import MOST_SCANS, ItemCodes, aliases_of
from counterfoil.sales.shipping.shipments import LONGEST_NAME, ParcelDraft, Tracking, parcel_drafts
from counterfoil.sales.shipping.tracking_numbers import comparable, read_tracking_numbers
from counterfoil.storable import LARGEST_QUANTITY, number_of, without_nulls
from counterfoil.stores.shipping.proposed_carriers import CarrierProposals
from counterfoil.web.shipments.address_changes import AddressChoice, address_choices
from counterfoil.web.shipments.submit import (
    ChangedMeanwhile,
    Submission,
    open_to_ship,
    ship_as_seen,
    shipped_before,
    version_to_ship,
)
from counterfoil.web.ui.request_data import LONGEST_WHY, key_in, text_in, uuid_in

MOST_PARCELS = 100
TRACKING = ("carrier", "service", "tracking_number", "tracking_link")


@dataclass(slots=True)
class ParcelEntry:
    """One parcel as it stands in the form. `quantities`: order line id → what was typed; a further box has none.

    `proposed`: what stood in carrier and service before anyone typed. `scans`: the codes that were scanned into it.
    """

    address: int
    is_box: bool = False
    tracking: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TRACKING, ""))
    quantities: dict[int, str] = field(default_factory=dict)
    is_new: bool = False
    proposed: ProposedCarrier = field(default_factory=ProposedCarrier)
    scans: list[str] = field(default_factory=list)

    @property
    def scanned(self) -> str:
        """The codes as the form sends them."""
        return "\n".join(self.scans)

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
    codes: str


class ShipForm:
    """The parcels of one order as they were suggested or entered."""

    def __init__(
        self,
        order: SalesOrder,
        entries: Sequence[ParcelEntry] | None = None,
        seen: str = "",
        *,
        proposals: CarrierProposals | None = None,
    ) -> None:
        self.order = order
        self.lines = list(order.lines.select_related("ship_to", "product"))
        self.open = open_to_ship(self.lines)
        self.aliases = aliases_of(order.source, self.open.values())
        self._proposals = proposals
        self.entries = list(entries) if entries is not None else [self._suggested(pk) for pk in self.addresses]
        self.seen = seen or self.version
        self.asks = False
        self.allow_used = False
        self.suggested: set[str] = set()  # the numbers whose carrier was suggested: a person may have taken it out
        self.suggestions: list[str] = []
        self.notes: list[str] = []
        self.unscanned = ""
        self.key: UUID = uuid4()
        self.numbers: list[str] = []  # of all that was sent: nothing may be open any more where it goes

    @classmethod
    def entered(cls, order: SalesOrder, sent: QueryDict, proposals: CarrierProposals | None = None) -> "ShipForm":
        """As a person filled it in; nonsense in the structure is passed over."""
        indexes = range(min(key_in(sent, "parcels") or 0, MOST_PARCELS))
        form = cls(order, [], sent.get("seen", "")[:64], proposals=proposals)
        form.unscanned = text_in(sent, "unscanned", LONGEST_WHY)
        form.key = uuid_in(sent, "key") or form.key
        form.entries = [entry for entry in (form._entry(sent, index) for index in indexes) if entry is not None]
        form.numbers = [
            number for index in indexes for number in _numbers_in(sent.get(f"p{index}-tracking_number", ""))
        ]
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
        """Tells what is open and where it goes: another one when someone has shipped or changed something meanwhile."""
        return version_to_ship(self.open)

    @property
    def left_out(self) -> list[str]:
        """Why lines that are open go into no parcel."""
        return [line.why_no_parcel for line in self.lines if line.open and line.why_no_parcel]

    def _suggested(self, address: int) -> ParcelEntry:
        quantities = {pk: str(line.open) for pk, line in self.open.items() if line.ship_to_id == address}
        entry = ParcelEntry(address, quantities=quantities, proposed=self._proposed(address))
        entry.tracking |= {"carrier": entry.proposed.carrier, "service": entry.proposed.service}
        return entry

    def _proposed(self, address: int) -> ProposedCarrier:
        if self._proposals is None:
            return ProposedCarrier()
        ship_to = next((line.ship_to for line in self.open.values() if line.ship_to_id == address), None)
        return self._proposals.of(self.order, ship_to)

    def _entry(self, sent: Mapping[str, str], index: int) -> ParcelEntry | None:
        address = key_in(sent, f"p{index}-address")
        if address is None or address not in self.addresses:
            return None
        tracking = {name: without_nulls(sent.get(f"p{index}-{name}", "")) for name in TRACKING}
        proposed = proposed_in(sent, f"p{index}-")
        if sent.get(f"p{index}-box"):
            return ParcelEntry(address, is_box=True, tracking=tracking, proposed=proposed)
        typed = {
            pk: sent.get(f"p{index}-q{pk}", "").strip() for pk, line in self.open.items() if line.ship_to_id == address
        }
        scans = scans_in(sent, f"p{index}-scans")
        return ParcelEntry(address, tracking=tracking, quantities=typed, proposed=proposed, scans=scans)

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
        """Fills in the carrier that a number may be of where none is named; False where nothing new is suggested.

        One whose number it is beyond doubt needs no asking. Raises Refused for what is no tracking number.
        """
        for entry in self.entries:
            number, *_ = [*read_tracking_numbers(entry.tracking["tracking_number"]), ""]
            key = comparable(number)
            carrier = "" if key in self.suggested else likely_carrier(Tracking(**entry.tracking))
            if carrier:
                entry.tracking["carrier"] = carrier
                self.suggested.add(key)
                self.suggestions.append(f"{number} may be a {carrier} number.")
        return bool(self.suggestions)

    def _add(self, address: int) -> None:
        """Another parcel to this address, with what the others leave, by the same carrier."""
        if address not in self.addresses or len(self.entries) >= MOST_PARCELS:
            return
        there = [at for at, entry in enumerate(self.entries) if entry.address == address]
        new = ParcelEntry(address, quantities=self._left(address), is_new=True)
        if there:
            last = self.entries[there[-1]]
            new.proposed = last.proposed
            new.tracking |= {name: last.tracking[name] for name in ("carrier", "service")}
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
            new.tracking["carrier"], new.proposed = holder.tracking["carrier"], holder.proposed
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
            codes = ItemCodes(lines, self.aliases).document
            yield DestinationGroup(ship_to, placed, parcels, codes)

    def drafts(self) -> list[ParcelDraft]:
        """The parcels to process; raises Refused for what is no quantity, and for a parcel with nothing in it."""
        drafts: list[ParcelDraft] = []
        self.notes = []
        last_kept = False
        for number, entry in enumerate(self.entries, 1):
            tracking, note = choose_carrier(Tracking(**entry.tracking), entry.proposed)
            self.notes += [note] if note else []
            if entry.is_box:
                if not last_kept:
                    raise Refused(f"The parcel before box {number} is empty.", "Put items into it, or remove the box.")
                drafts.append(_box(number, tracking))
                continue
            items = self._items(number, entry)
            last_kept = bool(items)
            if items:
                scanned = self._scanned(entry, items)
                drafts += parcel_drafts(tracking, items, scanned)
            elif not entry.is_empty:
                raise Refused(f"Parcel {number} has no items.", "Put items into it, or make it a further box.")
        if not drafts:
            raise Refused("No parcel has any items.", "Enter how many of each item it contains.")
        return drafts

    def _scanned(self, entry: ParcelEntry, items: Mapping[int, int]) -> Mapping[int, int]:
        """What was scanned into a parcel, by the codes of what lies in it; raises Refused for any other item."""
        if not entry.scans:
            return {}
        lines = [self.open[pk] for pk in items]
        return ItemCodes(lines, self.aliases).count(entry.scans, items)

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
        """Processes the shipment; raises Refused, also when something else was shipped since the page was loaded.

        Sent once more with nothing left, as by a label that was scanned twice, it is answered as before.
        """
        before = Shipment.objects.filter(order=self.order, submission=self.key).first()
        if before is not None and not self.open:
            return shipped_before(before, self.numbers)
        self.key = self.key if before is None else uuid4()  # one comes back to the form and ships the rest
        sent = Submission(seen=self.seen, key=self.key, allow_used=self.allow_used, unscanned=self.unscanned)
        try:
            return ship_as_seen(self.order.pk, self.drafts(), sent, by=by)
        except ChangedMeanwhile:
            self.seen = self.version
            raise


def proposed_in(sent: Mapping[str, str], prefix: str) -> ProposedCarrier:
    """What the fields of a parcel proposed, as the form sends it along."""
    names = ("proposed_carrier", "proposed_service", "proposed_by")
    return ProposedCarrier(*(text_in(sent, f"{prefix}{name}", LONGEST_NAME) for name in names))


def _numbers_in(text: str) -> list[str]:
    """The tracking numbers of a field as they are noted; none where it holds no number, which is refused elsewhere."""
    try:
        return [number_on_label(number) for number in read_tracking_numbers(without_nulls(text))]
    except Refused:
        return []


def scans_in(sent: Mapping[str, str], name: str) -> list[str]:
    """The codes that were scanned, one on a line."""
    lines = without_nulls(sent.get(name, "")).splitlines()
    return [line for line in lines[:MOST_SCANS] if line.strip()]


def _box(number: int, tracking: Tracking) -> ParcelDraft:
    if not tracking.tracking_number.strip():
        raise Refused(f"Further box {number} has no tracking number.", "Enter one: it identifies a box without items.")
    return ParcelDraft(tracking)
