"""A hundred shipments and a hundred statuses through broken connections and kill -9: none twice, none lost.

Half of the shipments are the worst case: a part of a line, without a tracking number, beside a parcel with the same
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

from counterfoil.platform.turn import take_turn
from counterfoil.sales.models import Parcel
from counterfoil.stores.models import UNDONE, StoreUpdate, UpdateKind, UpdateState, WebIntegration, WebShipment
from tests.dispatch.house import assign, let_pass, put, ship
from tests.house import connect, fresh, turn
from tests.store import SandboxStore

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("behaviour", ["moves", "stays"]),
]
ORDERS = 100
MINUTE = timedelta(minutes=1)
COMPLETED = 10


def shipped(store: SandboxStore, behaviour: str) -> WebIntegration:
    """A hundred orders, each with a parcel and a status that wait to be told."""
    store.set(plan="enterprise", status_after_shipment=behaviour)
    ids = store.place(ORDERS, kind="guest")
    for order_id in ids[::2]:
        store.edit(order_id, lines=[{"id": store.order(order_id)["lines"][0]["id"], "quantity": 9}])
    integration = connect(store, push_status=True)
    assign(integration, Shipped=COMPLETED, Closed=COMPLETED)
    turn(integration)
    for order_id in ids[::2]:
        ship(order_id, 2)
    turn(integration)
    for number, order_id in enumerate(ids):
        if number % 2:
            ship(order_id, tracking_number=f"1Z{order_id}")
        else:
            ship(order_id, 2)
            put(order_id, "Closed")
    assert StoreUpdate.objects.filter(kind=UpdateKind.CREATE, state__in=UNDONE).count() == ORDERS
    assert StoreUpdate.objects.filter(kind=UpdateKind.STATUS, state__in=UNDONE).count() == ORDERS
    WebIntegration.objects.update(paused=True)
    return fresh(integration)


def check(store: SandboxStore) -> None:
    """Each parcel is one shipment in the store, with its items and its number; each status is right."""
    assert set(StoreUpdate.objects.values_list("state", flat=True)) == {UpdateState.SENT}
    assert Parcel.objects.count() == WebShipment.objects.filter(parcel__isnull=False).count() == ORDERS * 3 // 2
    there: Counter[tuple[object, ...]] = Counter()
    for each in store.orders():
        order = store.order(each["id"])
        assert order["header"]["status_id"] == COMPLETED
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


def all_is_said() -> bool:
    """Whether nothing waits to be sent."""
    return not StoreUpdate.objects.filter(state__in=UNDONE).exists()


def test_connections_cut_at_every_request_double_and_lose_nothing(store: SandboxStore, behaviour: str) -> None:
    """Three of four are cut after the store did the work, the fourth before; then the answers come again."""
    integration = shipped(store, behaviour)
    for _ in range(25):
        for method, path in (("POST", "shipments$"), ("PUT", r"orders/\d+$")):
            store.fault(method=method, path=path, cut="after", times=3)
            store.fault(method=method, path=path, cut="before", times=1)
    for _ in range(200):
        take_turn(fresh(integration), seconds=60)
        if all_is_said():
            break
        let_pass(MINUTE)
    check(store)


def test_a_process_killed_between_request_and_answer_doubles_and_loses_nothing(
    store: SandboxStore, behaviour: str
) -> None:
    """Killed five times while it makes shipments, twice while it sets statuses; started again with no hand."""
    shipped(store, behaviour)
    for skip in (0, 1, 20, 21):
        kill_while_asking(store, method="POST", path="shipments$", skip=skip, delay_answer=20)
    kill_while_asking(store, method="POST", path="shipments$", skip=2, delay=0.5)
    for skip in (0, 9):
        let_pass(MINUTE)
        kill_while_asking(store, method="PUT", path=r"orders/\d+$", skip=skip, delay_answer=20)
    for _ in range(3):
        let_pass(MINUTE)
        assert syncing(store).wait(60) in (0, 3)
        if all_is_said():
            break
    check(store)


def syncing(store: SandboxStore) -> "subprocess.Popen[bytes]":
    """A process that sends what is due, on the tests' database."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": database.geturl(), "COUNTERFOIL_API_ORIGINS": store.origin}
    command = [sys.executable, "-m", "counterfoil.platform.cli", "sync"]
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
