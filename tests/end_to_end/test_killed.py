"""A real worker, killed for real in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection

from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import StoreUpdate, UpdateState, WebOrder
from tests.factories import DOWNLOADED, connect
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 200


@contextmanager
def worker(store: SandboxStore) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the tests' database; killed at the end, if it still runs."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {"DATABASE_URL": database.geturl(), "COUNTERFOIL_API_ORIGINS": store.origin}
    process = subprocess.Popen(
        [sys.executable, "-m", "counterfoil.platform.cli.main", "worker"], env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(reached: Callable[[], bool], *, seconds: float) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


@pytest.mark.parametrize("progress", [80])
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(store: SandboxStore, progress: int) -> None:
    """Started again, it ends with each order once and all acknowledged, with no hand."""
    ids = store.place(ORDERS, kind="registered")
    store.set(plan="enterprise")
    connect(store)
    with worker(store) as first:
        until(lambda: SalesOrder.objects.count() >= progress, seconds=60)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert WebOrder.objects.exclude(state="imported").exists() or SalesOrder.objects.count() < ORDERS
    with worker(store):
        until(lambda: StoreUpdate.objects.filter(state=UpdateState.SENT).count() >= ORDERS, seconds=60)
    assert sorted(WebOrder.objects.values_list("bigcommerce_order_id", flat=True)) == sorted(ids)
    assert SalesOrder.objects.count() == SalesOrder.objects.values("import_id").distinct().count() == ORDERS
    assert {order["status_id"] for order in store.orders()} == {DOWNLOADED}


def test_a_worker_killed_while_it_tells_the_store_tells_it_once(store: SandboxStore) -> None:
    """What was being sent is asked after; every order is written to once, or read before it is written again."""
    ids = store.place(60, kind="registered")
    store.set(plan="enterprise")
    connect(store)
    with worker(store) as first:
        until(lambda: StoreUpdate.objects.filter(state=UpdateState.SENT).count() >= 20, seconds=60)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with worker(store):
        until(lambda: StoreUpdate.objects.filter(state=UpdateState.SENT).count() >= len(ids), seconds=60)
    writes = [call for call in store.calls() if call["method"] == "PUT"]
    assert len(writes) <= len(ids) + 1
    assert {order["status_id"] for order in store.orders()} == {DOWNLOADED}
