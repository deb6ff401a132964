"""What the product does while it is hit: syncs of a worker, and what people press."""

import os
import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import urllib3
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.test import Client
from django.utils import timezone

from counterfoil.events import sender
from counterfoil.events.deliver import deliver_to, due_endpoints
from counterfoil.events.publish import publish
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing import sync as intake_sync
from counterfoil.platform.database.migrations import bring_up_to_date
from counterfoil.platform.worker.sync import POLL_SECONDS, sync_store
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder
from counterfoil.sales.orders.status import change_status, find_status
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, correct_parcel, process_shipment, void_parcel
from counterfoil.stores.models import StoreState, StoreUpdate, UpdateState, WebIntegration, WebOrder
from counterfoil.stores.sync.session import LockLost, StoreBusy
from counterfoil.stores.weborders import changes as store_changes
from counterfoil.stores.weborders.requests import import_this_one
from faults.points import REPORT

LONG = 50.0
LOST_DATABASE = 4
BUSY = 5
CREATED = 201


def run_sync() -> int:
    """One sync at the store, as a worker takes it: what ends it is not worth telling, the next sync goes on."""
    integration = WebIntegration.objects.select_related("state").get()
    try:
        sync_store(integration, seconds=LONG, quota_wait=5)
    except StoreBusy:
        return BUSY
    except (LockLost, DatabaseError, InterfaceError):
        return LOST_DATABASE
    return 0


def backfill(orders: int, speed: float) -> int:
    """A worker's syncs, one after the other, until the store was told of so many orders and nothing waits.

    Its times are those of the store's clock, which is so many times as fast: syncs, polls, how long a poll counts.
    """
    store_changes.FRESH /= speed
    store_changes.JUST_SEEN /= speed
    integration = WebIntegration.objects.select_related("state").get()
    integration.poll_seconds = round(integration.poll_seconds / speed)
    waiting = StoreUpdate.objects.filter(state__in=[UpdateState.WAITING, UpdateState.SENDING])
    while True:
        integration.state.refresh_from_db()
        if integration.state.due_at <= timezone.now():
            sync_store(integration, seconds=POLL_SECONDS / speed)
        told = WebOrder.objects.filter(integration=integration).exclude(status_sent=None)
        if told.count() >= orders and not waiting.exists():
            return 0
        time.sleep(0.02)


def work(seconds: float) -> int:
    """Syncs, one after the other, for so many seconds."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        StoreState.objects.update(due_at=timezone.now())
        if run_sync() == LOST_DATABASE:
            close_old_connections()
        time.sleep(0.05)
    return 0


def timed_sync() -> int:
    """A sync that says how long its slowest order took, in seconds."""
    import_order, slowest = intake_sync.import_order, 0.0

    def timed(*given: Any) -> Any:
        nonlocal slowest
        began = time.monotonic()
        try:
            return import_order(*given)
        finally:
            slowest = max(slowest, time.monotonic() - began)

    intake_sync.import_order = timed
    code = run_sync()
    os.write(REPORT, f"said slowest {slowest:.3f}\n".encode())
    return code


def small_pages(changes: list[tuple[int, str, str, dict[str, object]]]) -> int:
    """A sync that reads three orders a page, while the store changes: after which request, and the sandbox's call."""
    from counterfoil.bigcommerce.deadlines import BoundedPools

    fetching.PAGE = 3
    request, made = BoundedPools.request, 0

    def watched(pools: Any, *given: Any, **named: Any) -> Any:
        nonlocal made
        answer = request(pools, *given, **named)
        made += 1
        for after, method, path, body in changes:
            if after == made:
                urllib3.request(method, f"{settings.API_ORIGINS[-1]}/sandbox{path}", json=body)
        return answer

    BoundedPools.request = watched  # type: ignore[method-assign]
    return run_sync()


def click(order_id: int) -> int:
    """A person's *import this one*, and the sync that follows from it."""
    import_this_one(WebIntegration.objects.get(), order_id, by="clerk")
    return run_sync()


def event(order_id: int) -> int:
    """What a webhook says, that an order may have changed; and the sync that follows from it."""
    WebOrder.objects.filter(bigcommerce_order_id=order_id).update(read_again="The store said that it changed.")
    return run_sync()


def ship(order_id: int, quantity: int = 0, tracking_number: str = "") -> int:
    """A clerk processes a shipment of the first line (so many, or all that is open), and a worker syncs."""
    line = OrderLine.objects.filter(order__web_order__bigcommerce_order_id=order_id).order_by("position")[0]
    draft = ParcelDraft(Tracking(tracking_number=tracking_number), {line.pk: quantity or line.open})
    process_shipment(line.order_id, [draft], by="clerk")
    return run_sync()


def api_post(secret: str, path: str, sent: object, key: str) -> int:
    """Another system's request, in this process; 0 when it was answered as done."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    answer = client.post(path, sent, content_type="application/json", headers=headers)
    return 0 if answer.status_code == CREATED else 1


def deliver_webhooks() -> int:
    """A worker publishes what happened and sends what is due to all webhook endpoints on this machine."""
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    sender.SECONDS = 1.0
    publish()
    for pk in due_endpoints():
        deliver_to(pk, seconds=LONG)
    return 0


def correct(order_id: int, tracking_number: str) -> int:
    """A clerk corrects the tracking number of the order's parcel, and a worker syncs."""
    correct_parcel(_parcel(order_id), Tracking(tracking_number=tracking_number), by="clerk")
    return run_sync()


def void(order_id: int) -> int:
    """A clerk takes the order's parcel back, and a worker syncs."""
    void_parcel(_parcel(order_id), by="clerk", reason="Packed twice")
    return run_sync()


def _parcel(order_id: int) -> int:
    parcels = Parcel.objects.filter(shipment__order__web_order__bigcommerce_order_id=order_id)
    return parcels.latest("pk").pk


def set_status(order_id: int, status: str) -> int:
    """A clerk changes the order status, and a worker syncs."""
    order = SalesOrder.objects.get(web_order__bigcommerce_order_id=order_id)
    change_status(order.pk, find_status(status), by="clerk")
    return run_sync()


def upgrade() -> int:
    """The migrations that have not run yet."""
    bring_up_to_date()
    return 0


_ALL = (run_sync, backfill, work, timed_sync, small_pages, click, event, ship, correct, void, set_status)
ACTS: dict[str, Callable[..., int]] = {each.__name__: each for each in (*_ALL, upgrade, api_post, deliver_webhooks)}
