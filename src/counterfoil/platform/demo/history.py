"""Ninety days of work: who shipped what when, what was closed, and what is being picked today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from random import Random

from counterfoil.platform.demo.dates import Moments
from counterfoil.platform.demo.people import CLERKS
from counterfoil.platform.demo.tracking import tracking
from counterfoil.sales.models import AddressKind, OrderLine, OrderStatus, Printout, PrintoutKind, SalesOrder
from counterfoil.sales.orders.edit import edit_order
from counterfoil.sales.orders.status import change_status, close_without_shipping
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, cancel_open, process_shipment, void_parcel

MARIA, BEN = (f"{first} {last}" for _, first, last in CLERKS)
OPENS, CLOSES = time(8), time(17, 30)
SUNDAY = 6
SHIPPED_TODAY = 5
NOTES = (
    "Called: leave it with a neighbor.",
    "Regular customer. Use the small box.",
    "Asked for delivery before the weekend.",
    "Second attempt: the first parcel came back.",
)


@dataclass
class PastWork:
    """What the work needs: dice, the present time, the store's time zone, and the notes of when everything happened."""

    rng: Random
    now: datetime
    zone: tzinfo
    moments: Moments
    statuses: dict[str, OrderStatus]
    printouts: list[Printout] = field(default_factory=list)

    def clerk(self) -> str:
        """Two thirds of the work is Maria's."""
        return self.rng.choices((MARIA, BEN), (2, 1))[0]

    def working_time(self, after: datetime) -> datetime:
        """The first moment after this one at which somebody is in the past."""
        local = after.astimezone(self.zone)
        if local.time() >= CLOSES:
            local = datetime.combine(local.date() + timedelta(days=1), OPENS, self.zone)
        elif local.time() < OPENS:
            local = datetime.combine(local.date(), OPENS, self.zone)
        while local.weekday() == SUNDAY:
            local = datetime.combine(local.date() + timedelta(days=1), OPENS, self.zone)
        return local + timedelta(minutes=self.rng.randrange(1, 100))

    def today(self) -> datetime:
        """Some moment of today that has passed."""
        midnight = datetime.combine(self.now.astimezone(self.zone).date(), time.min, self.zone)
        return self.now - (self.now - midnight) * self.rng.uniform(0.02, 0.5)


def work_off(past: PastWork, orders: Sequence[SalesOrder]) -> list[SalesOrder]:
    """Ships what was placed some time ago, the first first; the orders that are left to ship."""
    left: list[SalesOrder] = []
    for place, order in enumerate(orders):
        picked = past.working_time(order.order_date + timedelta(hours=past.rng.uniform(1, 20)))
        packed = picked + timedelta(minutes=past.rng.randrange(10, 200))
        if packed >= past.now - timedelta(minutes=5) or past.rng.random() < _left_open(len(orders) - place):
            left.append(order)
        elif not _lines(order):
            _hand_over(past, order, packed)
        else:
            _ship(past, order, picked, packed)
    shippable = [order for order in left if _lines(order)]
    for order in shippable[2 : 2 + SHIPPED_TODAY]:
        moment = past.today()
        _ship(past, order, moment, moment, whole=True)
        left.remove(order)
    for order in [each for each in shippable if each in left and sum(line.open for line in _lines(each)) > 1][:2]:
        _ship_one_item(past, order)
        left.remove(order)
    Printout.objects.bulk_create(sorted(past.printouts, key=lambda each: each.at))
    return left


def _left_open(from_last: int) -> float:
    """How likely the order is still to be shipped that is so many from the last; some are late."""
    shares = ((20, 1.0), (34, 0.4), (60, 0.04))
    return next((share for last, share in shares if from_last <= last), 0.0)


def start_picking(past: PastWork, orders: Sequence[SalesOrder]) -> None:
    """Some of what is left is released, and some of that is being picked, with its pick list printed."""
    for place, order in enumerate(orders):
        if place % 3 == 2:
            continue
        clerk, released = past.clerk(), max(past.today(), order.order_date + timedelta(minutes=3))
        with past.moments.step(min(released, past.now)):
            change_status(order.pk, past.statuses["Released"], by=clerk)
        if place % 3 == 1:
            continue
        with past.moments.step(min(released + timedelta(minutes=2), past.now)):
            Printout.objects.create(order=order, kind=PrintoutKind.PICK_LIST, by=clerk, at=min(released, past.now))
            change_status(order.pk, past.statuses["Picking"], by=clerk, why="The pick list was already printed")


def _lines(order: SalesOrder) -> list[OrderLine]:
    """What goes into parcels; addresses and lines are loaded along with the order."""
    return [line for line in order.lines.all() if line.is_shipped_by_parcel]


def _hand_over(past: PastWork, order: SalesOrder, moment: datetime) -> None:
    with past.moments.step(moment):
        close_without_shipping(order.pk, by=past.clerk(), why="Handed over to the carrier")


def _ship(past: PastWork, order: SalesOrder, picked: datetime, packed: datetime, *, whole: bool = False) -> None:
    """In one parcel for each address; a few come in two, some are left half shipped, one in thirty is cancelled."""
    clerk, dice = past.clerk(), 1.0 if whole else past.rng.random()
    if dice < 0.03:
        _cancel(past, order, clerk, picked)
        return
    past.printouts.append(Printout(order=order, kind=PrintoutKind.PACKING_SLIP, by=clerk, at=picked))
    if past.rng.random() < 0.06:
        with past.moments.step(picked):
            edit_order(order.pk, notes=past.rng.choice(NOTES), by=clerk)
    drafts = _drafts(past, order)
    in_two = len(drafts) == 1 and len(drafts[0].items) > 1 and dice < 0.12
    with past.moments.step(packed):
        if in_two:
            items = drafts[0].items
            first = next(iter(items))
            process_shipment(order.pk, [ParcelDraft(drafts[0].tracking, {first: items[first]})], by=clerk)
            drafts = [ParcelDraft(_tracking(past, order), {pk: items[pk] for pk in items if pk != first})]
        else:
            shipment = process_shipment(order.pk, drafts, by=clerk)
            if dice > 0.98 and not whole and len(drafts) == 1:
                parcel = shipment.parcels.get()
                void_parcel(parcel.pk, by=clerk, reason="The label was for the wrong service")
                process_shipment(order.pk, [ParcelDraft(_tracking(past, order), drafts[0].items)], by=clerk)
    age = past.now - order.order_date
    if in_two and age > timedelta(days=6):
        with past.moments.step(packed + timedelta(days=1)):
            process_shipment(order.pk, drafts, by=past.clerk())
    if age > timedelta(days=50):
        with past.moments.step(packed + timedelta(days=14)):
            change_status(order.pk, past.statuses["Closed"], by=clerk)


def _ship_one_item(past: PastWork, order: SalesOrder) -> None:
    """The rest comes with the next delivery."""
    line, *_ = _lines(order)
    with past.moments.step(max(past.today(), order.order_date)):
        process_shipment(order.pk, [ParcelDraft(_tracking(past, order), {line.pk: 1})], by=past.clerk())


def _cancel(past: PastWork, order: SalesOrder, clerk: str, moment: datetime) -> None:
    with past.moments.step(moment):
        cancel_open(order.pk, {line.pk: line.open for line in order.lines.all()}, by=clerk, reason="Out of stock")


def _drafts(past: PastWork, order: SalesOrder) -> list[ParcelDraft]:
    places: dict[int, dict[int, int]] = {}
    for line in _lines(order):
        places.setdefault(line.ship_to_id or 0, {})[line.pk] = line.open
    return [ParcelDraft(_tracking(past, order), items) for items in places.values()]


def _tracking(past: PastWork, order: SalesOrder) -> Tracking:
    countries = [each.country_code for each in order.addresses.all() if each.kind == AddressKind.SHIP_TO]
    return tracking(past.rng, countries[0] if countries else "")
