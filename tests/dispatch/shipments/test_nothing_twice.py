"""A hundred shipments and a hundred statuses through kill -9 and broken connections: none twice, none lost.

`make test` takes a third of them.

Half of the shipments are the worst case: a part of a line, without a tracking number, next to a parcel with the same
items. BigCommerce would take each of these twice, and would e-mail the shopper each time.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection

from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import Parcel
from counterfoil.stores.models import UNDONE, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebShipment
from tests.dispatch.factories import assign, let_pass, put, ship
from tests.factories import connect, fresh, run_sync
from tests.sandbox_store import SandboxStore
from tests.scale import at_full_size

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize(("behaviour", "orders"), [("moves", at_full_size(50, 16)), ("stays", 16)]),
]
MINUTE = timedelta(minutes=1)
PARTLY, WHOLLY = 8, 10  # the mapped statuses, which the store never sets by itself


def imported(store: SandboxStore, behaviour: str, orders: int) -> list[int]:
    """Orders that stand in the sales data and in the store: of their first item nine, or two."""
    store.set(plan="enterprise", status_after_shipment=behaviour)
    ids = store.place(orders, kind="guest")
    for number, order_id in enumerate(ids):
        line = store.order(order_id)["lines"][0]["id"]
        store.edit(order_id, lines=[{"id": line, "quantity": 2 if number % 2 else 9}])
    integration = connect(store, push_status=True)
    assign(integration, Partially_Shipped=PARTLY, Shipped=WHOLLY, Closed=WHOLLY)
    run_sync(integration)
    WebIntegration.objects.update(paused=True)
    return ids


def ship_some(ids: list[int]) -> None:
    """A first parcel of each order, which puts it into Partially Shipped."""
    for number, order_id in enumerate(ids):
        ship(order_id, 2) if number % 2 == 0 else ship(order_id, 1, tracking_number=f"1Z{order_id}")


def ship_more(ids: list[int]) -> None:
    """A second parcel of each order: equal to the first without a tracking number, or all that is left of it."""
    for number, order_id in enumerate(ids):
        ship(order_id, 2) if number % 2 == 0 else ship(order_id, tracking_number=f"2Z{order_id}")
        put(order_id, "Closed") if number % 2 == 0 else None


def check(store: SandboxStore, status: int, shipments: int) -> None:
    """Each parcel is one shipment in the store, with its items and its number; each status is right."""
    assert set(StoreUpdate.objects.values_list("state", flat=True)) == {UpdateState.SENT}
    assert Parcel.objects.count() == WebShipment.objects.filter(parcel__isnull=False).count() == shipments
    there: Counter[tuple[object, ...]] = Counter()
    for each in store.orders():
        order = store.order(each["id"])
        assert order["header"]["status_id"] == status
        for made in order["shipments"]:
            items = frozenset((item["order_product_id"], item["quantity"]) for item in made["items"])
            there[each["id"], made["tracking_number"], items] += 1
    assert there == _parcels()


def _parcels() -> Counter[tuple[object, ...]]:
    parcels: Counter[tuple[object, ...]] = Counter()
    for parcel in Parcel.objects.select_related("shipment__order__web_order").prefetch_related("items__line"):
        items = frozenset((item.line.source_id, item.quantity) for item in parcel.items.all())
        parcels[parcel.shipment.order.web_order.bigcommerce_order_id, parcel.tracking_number, items] += 1
    return parcels


def test_neither_killed_processes_nor_cut_connections_double_or_lose_anything(
    store: SandboxStore, behaviour: str, orders: int
) -> None:
    """Each of the two halves: killed in the middle of requests, then most requests cut; it ends with no hand."""
    ids = imported(store, behaviour, orders)
    for half, (act, status) in enumerate([(ship_some, PARTLY), (ship_more, WHOLLY)], 1):
        act(ids)
        kill_in_the_middle(store)
        cut_many(store)
        until_all_is_said()
        store.clear_faults()
        check(store, status, half * orders)
    assert StoreUpdate.objects.filter(kind=UpdateKind.STATUS).exclude(cause="downloaded").count() == 2 * orders


def kill_in_the_middle(store: SandboxStore) -> None:
    """Kills processes after the store did the work, and one before the store has done it."""
    kill_while_asking(store, method="POST", path="shipments$", skip=1, delay_answer=3)
    kill_while_asking(store, method="POST", path="shipments$", skip=10, delay_answer=3)
    kill_while_asking(store, method="POST", path="shipments$", skip=2, delay=0.5)
    let_pass(MINUTE)
    kill_while_asking(store, method="PUT", path=r"orders/\d+$", skip=9, delay_answer=3)


def cut_many(store: SandboxStore) -> None:
    """Cuts connections: twice after the store did the work, then once before, then one answer comes through."""
    for method, path in (("POST", "shipments$"), ("PUT", r"orders/\d+$")):
        for _ in range(12):
            store.fault(method=method, path=path, cut="after", times=2)
            store.fault(method=method, path=path, cut="before", times=1)
            store.fault(method=method, path=path, times=1)


def until_all_is_said() -> None:
    """Syncs, a minute apart, until nothing waits to be sent."""
    integration = WebIntegration.objects.get()
    for _ in range(100):
        let_pass(MINUTE)
        sync_store(fresh(integration), seconds=60)
        if not StoreUpdate.objects.filter(state__in=UNDONE).exists():
            return
    pytest.fail("it never ends")


def syncing(store: SandboxStore) -> "subprocess.Popen[bytes]":
    """A process that sends what is due, on the tests' database."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": database.geturl(), "COUNTERFOIL_API_ORIGINS": store.origin}
    command = [sys.executable, "-m", "counterfoil.platform.cli.main", "sync"]
    return subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)


def kill_while_asking(store: SandboxStore, **fault: object) -> None:
    """Starts a process and kills it when a request of it has reached the store and is not answered yet."""
    number = store.fault(times=1, **fault)
    process = syncing(store)
    try:
        deadline = time.monotonic() + 30
        while not any(each["id"] == number and each["struck"] for each in store.faults()):
            assert process.poll() is None, "it ended before it asked"
            assert time.monotonic() < deadline, "it took too long"
            time.sleep(0.01)
        time.sleep(0.02)  # the store does its work before it waits
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    time.sleep(float(str(fault.get("delay", 0))))
