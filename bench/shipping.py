"""The way back: how soon a shipment is in the store, how fast a file of parcels goes, how many calls it takes."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone
from tests.sandbox_store import SandboxStore

from bench.environment import connect, console, empty_database, filled_store, official_client, print_table
from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.csv.text import read_csv, written_csv
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.shipping.csv_import import (
    ShipmentRow,
    ShipmentRowOutcome,
    apply,
    open_orders_csv,
    plan,
    read_rows,
)
from counterfoil.sales.shipping.csv_parcels import ALL, SkuParcel, drafts_by_sku
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateKind, UpdateState, WebIntegration
from counterfoil.stores.sync.wakeups import woken_in_bulk

CHECK_AGAIN = 0.005  # seconds
KIND = "registered"  # physical goods to one address
LONGEST = 60.0  # seconds that one shipment may take


def measure_delay(shipments: int) -> None:
    """Prints the seconds from *process shipment* to the shipment in the store, with an idle worker."""
    with filled_store(shipments, KIND) as store:
        _import(connect(store))
        orders = list(SalesOrder.objects.select_related("web_order"))
        with worker(store), console.status(f"Shipping {shipments} orders, one after the other …"):
            _until_idle()
            taken = sorted(_ship_and_wait(store, order) for order in orders)
        empty_database()
    print_table(
        f"From process shipment to the shipment in the store, {len(taken)} times, an idle worker",
        ("", "seconds"),
        [
            ("median", f"{statistics.median(taken):.3f}"),
            ("nine of ten within", f"{taken[int(len(taken) * 0.9) - 1]:.3f}"),
            ("slowest", f"{taken[-1]:.3f}"),
        ],
    )


@contextmanager
def worker(store: SandboxStore) -> Iterator[None]:
    """A worker process of its own on the benchmark's database."""
    environment = os.environ | {"DATABASE_URL": settings.DATABASE_URL, "COUNTERFOIL_API_ORIGINS": store.origin}
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil.platform.cli.main", "worker"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until_idle() -> None:
    """The worker has made a sync since it was started, and nothing waits any more."""
    StoreState.objects.update(visited_at=None, due_at=timezone.now())
    deadline = time.monotonic() + LONGEST
    while StoreState.objects.filter(visited_at=None).exists() or _undone().exists():
        if time.monotonic() > deadline:
            raise SystemExit("The worker does not work.")
        time.sleep(0.1)
    time.sleep(1)


def _undone() -> Any:
    return StoreUpdate.objects.filter(state__in=[UpdateState.WAITING, UpdateState.SENDING])


def _ship_and_wait(store: SandboxStore, order: SalesOrder) -> float:
    number = order.web_order.bigcommerce_order_id
    started = time.perf_counter()
    everything = SkuParcel(Tracking("UPS", "Ground", f"1Z{number}"), {ALL: None})
    process_shipment(order.pk, drafts_by_sku(order.pk, [everything]), by="bench")
    while not store.order(number)["shipments"]:
        if time.perf_counter() - started > LONGEST:
            raise SystemExit(f"Order {number} is not shipped in the store.")
        time.sleep(CHECK_AGAIN)
    taken = time.perf_counter() - started
    while _undone().exists():  # the statuses that follow
        time.sleep(CHECK_AGAIN)
    return taken


def measure_file(parcels: int, naive: int) -> None:
    """Prints how long a file of parcels takes to apply and to send, and the calls next to the official client's."""
    with filled_store(parcels + naive, KIND) as store:
        left_out = {order["id"] for order in store.orders()[:naive]}
        integration = connect(store)
        _import(integration)
        rows = read_rows(_filled_in(left_out))
        with console.status(f"Applying {parcels} parcels …"):
            tried = _timed(lambda: plan(rows))
            applied = _timed(lambda: _apply(rows))
        store.clear_calls()
        with console.status(f"Sending {parcels} shipments …"):
            sent = _timed(lambda: _send(integration))
        ours = len(store.calls())
        store.clear_calls()
        theirs_seconds = _timed(lambda: _naively(store, sorted(left_out)))
        theirs = len(store.calls())
        empty_database()
    print_table(
        f"A file of {parcels} parcels",
        ("", "seconds", "parcels/s"),
        [
            ("test run", f"{tried:.2f}", f"{parcels / tried:.0f}"),
            ("applied, one transaction an order", f"{applied:.2f}", f"{parcels / applied:.0f}"),
            ("sent, quota without end", f"{sent:.2f}", f"{parcels / sent:.0f}"),
        ],
    )
    print_table(
        "Calls for a shipment and its status",
        ("", "shipments", "calls", "calls each", "seconds each"),
        [
            ("Counterfoil", parcels, ours, f"{ours / parcels:.2f}", f"{sent / parcels:.4f}"),
            (
                "official client, order by order",
                naive,
                theirs,
                f"{theirs / naive:.2f}",
                f"{theirs_seconds / naive:.4f}",
            ),
        ],
    )


def _apply(rows: list[ShipmentRow]) -> None:
    with woken_in_bulk():
        answers = apply(rows, by="bench")
    refused = [answer for answer in answers if answer.outcome != ShipmentRowOutcome.OK]
    if refused:
        raise SystemExit(f"{len(refused)} rows were not applied: {refused[0].sentence}")


def _timed(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _import(integration: WebIntegration) -> None:
    with console.status("Importing …"):
        sync_store(integration, seconds=3600)
    if _undone().exists():
        raise SystemExit("Not everything was acknowledged.")


def _filled_in(left_out: set[int]) -> str:
    """What is open, as a person fills it in: a tracking number for each order."""
    header, *rows = read_csv(open_orders_csv())
    filled = [header]
    for order, _, service, _, *rest in rows:
        if int(order.removeprefix("WEB-")) not in left_out:
            filled.append([order, "UPS", service, f"1Z{order}", *rest])
    return written_csv(filled)


def _send(integration: WebIntegration) -> None:
    sync_store(WebIntegration.objects.select_related("state").get(pk=integration.pk), seconds=3600)
    waiting = StoreUpdate.objects.filter(kind=UpdateKind.CREATE).exclude(state=UpdateState.SENT)
    if waiting.exists():
        raise SystemExit(f"{waiting.count()} shipments were not sent.")


def _naively(store: SandboxStore, orders: list[int]) -> None:
    """Order by order: read the lines for their ids, post a shipment for each address, set the status."""
    with official_client(store) as api:
        for order_id in orders:
            by_address: dict[int, list[dict[str, int]]] = {}
            for line in api.OrderProducts.all(parentid=order_id):
                if line.type == "physical":
                    item = {"order_product_id": line.id, "quantity": line.quantity}
                    by_address.setdefault(line.order_address_id, []).append(item)
            for address_id, items in by_address.items():
                api.OrderShipments.create(parentid=order_id, order_address_id=address_id, items=items)
            api.connection.update("orders", order_id, {"status_id": 2})
