"""What tests of lists that lag, and of clocks that were set back, have in common."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from counterfoil.stores.models import StoreState, WebOrder
from tests.dispatch.factories import ship
from tests.sandbox_store import SandboxStore

CANCELLED = "The order was cancelled in the store."


def late(store: SandboxStore, order_id: int, **changes: Any) -> None:
    """Someone changes an order, and lists do not show it until `catch_up`."""
    store.set(list_lag_seconds=600.0)
    store.edit(order_id, **changes)


def catch_up(store: SandboxStore) -> None:
    """Lists show everything as it is."""
    store.set(list_lag_seconds=0.0)


def some_time_passes(**passed: float) -> None:
    """What was seen and written was so long ago."""
    ago = timedelta(**passed)
    seen_at = {name: F(name) - ago for name in ("written_at", "status_seen_at", "header_seen_at")}
    WebOrder.objects.update(**seen_at)
    StoreState.objects.update(glanced_at=F("glanced_at") - ago)


def ship_unseen(order_id: int) -> None:
    """A clerk ships it."""
    ship(order_id, tracking_number="1Z")
