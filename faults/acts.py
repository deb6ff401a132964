"""What the product does while it is hit: turns of a worker, and what people press."""

from collections.abc import Callable

import psycopg
from django.db import DatabaseError, InterfaceError
from psycopg import errors

from counterfoil.platform.turn import take_turn
from counterfoil.sales.models import OrderLine, Parcel, SalesOrder
from counterfoil.sales.order_statuses import change_status, find_status
from counterfoil.sales.shipping import ParcelDraft, Tracking, correct_parcel, process_shipment, void_parcel
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.visit import FenceDown, StoreBusy

TURN_SECONDS = 20.0
LOST_DATABASE = 4

ERRORS: dict[str, type[psycopg.Error]] = {
    "cut": psycopg.OperationalError,
    "deadlock": errors.DeadlockDetected,
    "serialization": errors.SerializationFailure,
    "disk full": errors.DiskFull,
    "read only": errors.ReadOnlySqlTransaction,
}


def turn() -> int:
    """One turn at the store, as a worker takes it: what ends it is no news, the next turn goes on."""
    integration = WebIntegration.objects.select_related("state").get()
    try:
        take_turn(integration, seconds=TURN_SECONDS, quota_wait=5)
    except (FenceDown, StoreBusy, DatabaseError, InterfaceError):
        return LOST_DATABASE
    return 0


def ship(order_id: int, quantity: int = 0, tracking_number: str = "") -> int:
    """A clerk processes a shipment of the first line (so many, or all that is open), and a worker takes its turn."""
    line = OrderLine.objects.filter(order__web_order__bigcommerce_order_id=order_id).order_by("position")[0]
    draft = ParcelDraft(Tracking(tracking_number=tracking_number), {line.pk: quantity or line.open})
    process_shipment(line.order_id, [draft], by="clerk")
    return turn()


def correct(order_id: int, tracking_number: str) -> int:
    """A clerk corrects the tracking number of the order's parcel, and a worker takes its turn."""
    correct_parcel(_parcel(order_id), Tracking(tracking_number=tracking_number), by="clerk")
    return turn()


def void(order_id: int) -> int:
    """A clerk takes the order's parcel back, and a worker takes its turn."""
    void_parcel(_parcel(order_id), by="clerk", reason="Packed twice")
    return turn()


def _parcel(order_id: int) -> int:
    parcels = Parcel.objects.filter(shipment__order__web_order__bigcommerce_order_id=order_id)
    return parcels.latest("pk").pk


def set_status(order_id: int, status: str) -> int:
    """A clerk changes the order status, and a worker takes its turn."""
    order = SalesOrder.objects.get(web_order__bigcommerce_order_id=order_id)
    change_status(order.pk, find_status(status), by="clerk")
    return turn()


ACTS: dict[str, Callable[..., int]] = {each.__name__: each for each in (turn, ship, correct, void, set_status)}
