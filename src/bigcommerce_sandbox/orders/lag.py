"""A list that lags: lists show an order as it was some time ago, while the order by itself is always read as it is."""

from collections.abc import Iterable, Iterator
from copy import deepcopy

from bigcommerce_sandbox.clock import StoreClock
from bigcommerce_sandbox.orders.order import Order

_ALWAYS = float("-inf")
PARTS = 5


class ListLag:
    """What orders looked like, for as long as lists may still show it. Times are store seconds; 0: no lag.

    `uneven`: each order by itself, so many seconds or a part of them, by its number; so lists show a later change and
    not an earlier one of another order.
    """

    def __init__(self, clock: StoreClock) -> None:
        self.clock = clock
        self.seconds = 0.0
        self.uneven = False
        self._versions: dict[int, list[tuple[float, Order]]] = {}

    def set(self, seconds: float, orders: Iterable[Order]) -> None:
        """From now on so late; whoever begins to lag shows everything as it is now."""
        begins, self.seconds = bool(seconds and not self.seconds), seconds
        if begins:
            self.settle(orders)
        for _, order in (version for versions in self._versions.values() for version in versions):
            order.cache.clear()

    def settle(self, orders: Iterable[Order]) -> None:
        """Everything counts as long known."""
        if self.seconds:
            self._versions = {order.id: [(_ALWAYS, deepcopy(order))] for order in orders}

    def note(self, order: Order) -> None:
        """The order has changed just now."""
        if self.seconds:
            self._versions[order.id] = [*self._needed(order), (self.clock.ticks(), deepcopy(order))]

    def shown(self, orders: Iterable[Order]) -> Iterator[Order]:
        """The orders as lists show them; new ones not yet."""
        if not self.seconds:
            yield from orders
            return
        for order in orders:
            until = self._until(order)
            known = [version for since, version in self._versions.get(order.id, []) if since <= until]
            yield from known[-1:]

    def _until(self, order: Order) -> float:
        """Lists show the order as it was then."""
        share = order.id % PARTS / (PARTS - 1) if self.uneven else 1.0
        return self.clock.ticks() - self.seconds * share

    def _needed(self, order: Order) -> list[tuple[float, Order]]:
        """The version that lists show, if there is one, and those that they do not show yet."""
        until = self._until(order)
        versions = self._versions.get(order.id, [])
        known = sum(since <= until for since, _ in versions)
        return versions[max(0, known - 1) :]
