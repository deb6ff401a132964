"""Fetching waiting orders whole, next to the official `bigcommerce` client doing it the naive way."""

import time

from tests.sandbox_store import SandboxStore

from bench.environment import connect, empty_database, filled_store, official_client, print_table
from counterfoil.intake.fetching import orders as fetching
from counterfoil.stores.sync.session import open_session


def measure(orders: int) -> None:
    """Prints calls and seconds of both."""
    with filled_store(orders) as store:
        store.clear_calls()
        ours = _collect(store)
        our_calls = len(store.calls())
        store.clear_calls()
        theirs = _naively(store, orders)
        their_calls = len(store.calls())
        empty_database()
    print_table(
        f"Fetching {orders} orders with lines, addresses and coupons",
        ("", "calls", "seconds"),
        [
            ("Counterfoil, stored byte for byte", our_calls, f"{ours:.2f}"),
            ("official client, order by order", their_calls, f"{theirs:.2f}"),
            ("times as much", f"{their_calls / our_calls:.0f}", f"{theirs / ours:.0f}"),
        ],
    )


def _collect(store: SandboxStore) -> float:
    with open_session(connect(store), seconds=3600) as there:
        started = time.perf_counter()
        for page in fetching.list_new_orders(there.integration, there.api):
            for each in page:
                fetching.complete(there.api, each)
        return time.perf_counter() - started


def _naively(store: SandboxStore, orders: int) -> float:
    with official_client(store) as api:
        started = time.perf_counter()
        for page in range(1, orders // 250 + 2):
            for order in api.Orders.all(status_id=11, limit=250, page=page) or []:
                api.OrderProducts.all(parentid=order.id)
                api.OrderShippingAddresses.all(parentid=order.id)
                api.OrderCoupons.all(parentid=order.id)
        return time.perf_counter() - started
