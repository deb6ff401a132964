"""Places orders in the store: of given kinds, or a random mix; the same seed makes the same orders."""

from random import Random

from bigcommerce_sandbox import shipments, statuses
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.making.build import build
from bigcommerce_sandbox.making.kinds import KINDS, fill, random_kinds
from bigcommerce_sandbox.making.sketch import plain
from bigcommerce_sandbox.orders import Order
from bigcommerce_sandbox.store import Store

_APART = 600  # seconds between two orders of the beginning
_LONGEST_AGO = 60 * 86_400
_OTHER_STATUSES = (
    statuses.INCOMPLETE, statuses.PENDING, statuses.SHIPPED, statuses.PARTIALLY_SHIPPED, statuses.CANCELLED,
    statuses.AWAITING_PAYMENT, statuses.AWAITING_SHIPMENT, statuses.COMPLETED, statuses.MANUAL_VERIFICATION,
)  # fmt: skip


def fill_store(store: Store, count: int, seed: int) -> None:
    """The orders that a store begins with, of the last weeks; most wait, some are further on."""
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    now, apart = store.clock.second(), min(_APART, _LONGEST_AGO // max(count, 1))
    for place in range(count):
        created = now - (count - place) * apart
        order = _make(store, rng, random_kinds(rng), created)
        if rng.random() < 0.12:
            _move_on(store, order, rng.choice(_OTHER_STATUSES))
        order.modified = created


def place(store: Store, count: int, kind: str | None, seed: int | None) -> list[Order]:
    """New orders, placed now. ``kind`` of None: a random mix. Raises KeyError for an unknown kind."""
    rng = Random(seed if seed is not None else store.number("seed") * 7919)  # noqa: S311 - reproducible, not secret
    if kind is not None and kind not in KINDS:
        raise KeyError(kind)
    made = [_make(store, rng, [kind] if kind else random_kinds(rng), store.clock.second()) for _ in range(count)]
    for order in made:
        if order.status_id != statuses.INCOMPLETE:  # a shopper's order begins there
            store.tell_status(order, statuses.INCOMPLETE)
    return made


def _make(store: Store, rng: Random, kinds: list[str], created: int) -> Order:
    guest = "guest" in kinds or ("registered" not in kinds and rng.random() < 0.4)
    sketch = plain(rng, guest=guest)
    for name in kinds:
        KINDS[name](sketch)
    fill(sketch)
    order = build(store, sketch, created)
    order.kinds = kinds
    order.history.append({"at": created, "from": None, "to": order.status_id, "by": "shopper"})
    return store.add(order)


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
