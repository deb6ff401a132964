"""Places orders in the store: of given kinds, or a random mix; the same seed makes the same orders."""

from random import Random

from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.generator.build import build
from bigcommerce_sandbox.generator.odd_forms import make_odd
from bigcommerce_sandbox.generator.order_kinds import KINDS, fill, random_kinds
from bigcommerce_sandbox.generator.spec import Sketch, plain
from bigcommerce_sandbox.orders import shipments, statuses
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.store import Store

_APART = 600  # seconds between two orders of the beginning
_LONGEST_AGO = 60 * 86_400
_OTHER_STATUSES = (
    statuses.INCOMPLETE, statuses.PENDING, statuses.SHIPPED, statuses.PARTIALLY_SHIPPED, statuses.CANCELLED,
    statuses.AWAITING_PAYMENT, statuses.AWAITING_SHIPMENT, statuses.COMPLETED, statuses.MANUAL_VERIFICATION,
)  # fmt: skip


class Maker:
    """Makes orders as the settings say; ``more`` goes before them. The same seed makes the same orders.

    What the settings decide has dice of its own: whatever they say, a seed draws the same kinds, people and goods
    (but for the mix, which says which kinds there are).
    """

    def __init__(self, store: Store, seed: int, more: Document | None = None) -> None:
        self.store, self.settings = store, store.settings | (more or {})
        self.rng = Random(seed)  # noqa: S311 - reproducible, not secret
        self.beside = Random(f"beside {seed}")  # noqa: S311

    def kinds(self) -> list[str]:
        return random_kinds(self.rng, self.settings["order_mix"])

    def make(self, kinds: list[str], created: int, *, asked: bool = False) -> Order:
        """``asked``: the kind was asked for by name, so that it may decide the basis too."""
        guest = "guest" in kinds or ("registered" not in kinds and self.rng.random() < 0.4)
        sketch = plain(self.rng, guest=guest)
        for name in kinds:
            KINDS[name](sketch)
        fill(sketch)
        self._as_set(sketch, asked=asked)
        order = build(self.store, sketch, created)
        order.kinds = kinds
        order.history.append({"at": created, "from": None, "to": order.status_id, "by": "shopper"})
        return self.store.add(order)

    def _as_set(self, sketch: Sketch, *, asked: bool) -> None:
        inclusive, net, odd = (self.beside.random() for _ in range(3))
        if sketch.tax_inclusive is None or not asked:
            sketch.tax_inclusive = _decided(self.settings["pricing"], "inclusive", inclusive)
        sketch.net = _decided(self.settings["tenders"], "after", net)
        if odd < self.settings["odd_forms"]:
            make_odd(sketch, self.beside)


def _decided(setting: str, yes: str, dice: float) -> bool:
    return dice < 0.5 if setting == "mixed" else setting == yes


def fill_store(store: Store, count: int, seed: int) -> None:
    """The orders that a store begins with, of the last weeks; most wait, some are further on."""
    maker = Maker(store, seed)
    now, apart = store.clock.second(), min(_APART, _LONGEST_AGO // max(count, 1))
    for place in range(count):
        created = now - (count - place) * apart
        order = maker.make(maker.kinds(), created)
        if maker.rng.random() < 0.12:
            _move_on(store, order, maker.rng.choice(_OTHER_STATUSES))
        elif order.odd and maker.beside.random() < 0.1:  # Shipped or Completed, with nothing shipped
            order.set_status(maker.beside.choice((statuses.SHIPPED, statuses.COMPLETED)), "person", created)
            order.shipped = created
        order.modified = created
    store.settle()


def place(store: Store, count: int, kind: str | None, seed: int | None, more: Document | None = None) -> list[Order]:
    """New orders, placed now. ``kind`` of None: a random mix; ``more``: settings for these alone.

    Raises KeyError for an unknown kind.
    """
    maker = Maker(store, seed if seed is not None else store.number("seed") * 7919, more)
    if kind is not None and kind not in KINDS:
        raise KeyError(kind)
    now = store.clock.second()
    made = [maker.make([kind] if kind else maker.kinds(), now, asked=kind is not None) for _ in range(count)]
    for order in made:
        if order.status_id != statuses.INCOMPLETE:  # a shopper's order begins there
            store.tell_status(order, statuses.INCOMPLETE)
    return made


def _move_on(store: Store, order: Order, status_id: int) -> None:
    if status_id in (statuses.SHIPPED, statuses.PARTIALLY_SHIPPED, statuses.COMPLETED):
        bodies = shipments.open_items(order)
        for body in bodies[:1] if status_id == statuses.PARTIALLY_SHIPPED else bodies:
            shipments.create(store, order, tracking(store) | body, "person")
        if status_id == statuses.PARTIALLY_SHIPPED and not shipments.open_items(order):
            status_id = statuses.SHIPPED
    order.set_status(status_id, "person", order.created)
    if status_id in (statuses.INCOMPLETE, statuses.PENDING):
        order.header["payment_status"], order.transactions = "", []


def tracking(store: Store) -> Document:
    """A tracking number as UPS writes them."""
    return {"shipping_provider": "ups", "tracking_number": f"1Z999AA1{store.number('tracking', 10_000_001):010d}"}
