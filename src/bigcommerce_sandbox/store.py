"""The store: its orders, its settings, its clock, and the numbers that it gives out."""

from collections.abc import Iterator
from typing import Any

from bigcommerce_sandbox.answers import Document, not_found
from bigcommerce_sandbox.calls import CallLog
from bigcommerce_sandbox.clock import StoreClock
from bigcommerce_sandbox.customers import CustomerBook
from bigcommerce_sandbox.faults import FaultList
from bigcommerce_sandbox.generator.products import stocked
from bigcommerce_sandbox.orders.lag import ListLag
from bigcommerce_sandbox.orders.order import Order
from bigcommerce_sandbox.orders.statuses import COMPLETED, SHIPPED, STATUSES
from bigcommerce_sandbox.quota import RateWindow
from bigcommerce_sandbox.settings import DEFAULTS, QUOTAS, merged
from bigcommerce_sandbox.webhooks.registry import Webhooks

FIRST_ORDER = 100


class Store:
    """Everything the process knows. One thread, the event loop's, reads and writes it."""

    def __init__(self, store_hash: str = "sandbox", defaults: Document | None = None) -> None:
        self.hash = store_hash
        self.origin = "http://127.0.0.1"
        self.defaults = merged(DEFAULTS, defaults or {})
        self.changes = 0  # grows with every change that the state file must take up
        self.begin()

    def begin(self) -> None:
        """Like new: no orders, settings as at the start, the right time, no faults, no calls."""
        self.settings: dict[str, Any] = dict(self.defaults)
        self.orders: dict[int, Order] = {}
        self.numbers: dict[str, int] = {}
        self.faults = FaultList()
        self.calls = CallLog()
        self.clock = StoreClock()
        self.lag = ListLag(self.clock)
        self.window = RateWindow(self.clock)
        self.customers = CustomerBook()
        self.webhooks = Webhooks(self)
        self.stock(0, 1)
        self._apply()

    def stock(self, products: int, seed: int) -> None:
        """The catalog: the fixed products and so many made ones."""
        self.catalog = stocked(products, seed, self.clock.second())
        self.changes += 1

    def change_settings(self, changes: Document) -> None:
        """Takes the changes in. Raises WrongSetting, and then nothing has changed."""
        self.settings = merged(self.settings, changes)
        self._apply()

    def _apply(self) -> None:
        settings = self.settings
        self.clock.run(speed=settings["clock_speed"], offset=settings["clock_offset_seconds"])
        quota = settings["quota"]
        self.window.quota = QUOTAS[settings["plan"]] if quota is None else quota
        self.window.seconds = settings["window_seconds"]
        self.window.noise_per_second = settings["noise_per_second"]
        for order in self.orders.values():
            order.cache.clear()
        self.lag.uneven = settings["list_lag_uneven"]
        self.lag.set(settings["list_lag_seconds"], self.orders.values())
        self.changes += 1

    def settle(self) -> None:
        """Lists show everything as it is now, however much they lag."""
        self.lag.settle(self.orders.values())

    def number(self, kind: str, start: int = 1) -> int:
        """The next number of a kind: order, line, address, shipment …"""
        self.numbers[kind] = self.numbers.get(kind, start - 1) + 1
        return self.numbers[kind]

    def reserve(self, kind: str, number: int) -> None:
        """Numbers of this kind go on above one that was given from outside."""
        self.numbers[kind] = max(self.numbers.get(kind, 0), number)

    def new_order_id(self) -> int:
        return self.number("order", FIRST_ORDER)

    def add(self, order: Order) -> Order:
        """Takes the order in; lists go by id, so one with a low id is sorted into its place."""
        ascending = not self.orders or order.id > next(reversed(self.orders))
        self.orders[order.id] = order
        self.reserve("order", order.id)
        self.customers.meet(order)
        if not ascending:
            self.orders = dict(sorted(self.orders.items()))
        self.lag.note(order)
        self.changes += 1
        self.tell(order, "created")
        return order

    def order(self, order_id: int) -> Order:
        """Raises Refused with 404."""
        if order_id not in self.orders:
            raise not_found()
        return self.orders[order_id]

    def touch(self, order: Order) -> None:
        order.touch(self.clock.second())
        self.lag.note(order)
        self.changes += 1
        self.tell(order, "updated")

    def set_status(self, order: Order, status_id: int, who: str) -> None:
        """Shipped and Completed date the shipping too, whatever was shipped (facts, section 11)."""
        before = order.status_id
        order.set_status(status_id, who, self.clock.second())
        if order.shipped is None and before != status_id and status_id in (SHIPPED, COMPLETED):
            order.shipped = self.clock.second()
        self.lag.note(order)
        self.changes += 1
        self.tell(order, "updated")
        if before != status_id:
            self.tell_status(order, before)

    def tell(self, order: Order, what: str, **more: Any) -> None:
        """An event of the order, for the webhooks."""
        self.webhooks.happened(f"store/order/{what}", {"type": "order", "id": order.id, **more})

    def tell_status(self, order: Order, before: int) -> None:
        status = {"previous_status_id": before, "new_status_id": order.status_id}
        self.tell(order, "statusUpdated", **({"status": status} if self.settings["status_in_events"] else {}))

    def forget(self, order_id: int) -> None:
        """Deleted for good. Raises Refused with 404."""
        self.order(order_id)
        del self.orders[order_id]
        self.changes += 1

    def label(self, status_id: int) -> str:
        """The merchant's own word for a status."""
        return str(self.settings["custom_labels"].get(str(status_id), STATUSES[status_id].label))

    def visible(self) -> Iterator[Order]:
        """The orders that lists and counts know of, as they know them."""
        orders = self.lag.shown(self.orders.values())
        return orders if self.settings["archived_orders"] == "listed" else (o for o in orders if not o.archived)

    def url(self, resource: str) -> str:
        return f"{self.origin}/stores/{self.hash}/v2{resource}"
