"""The color of a state: calm for what goes its way, warm for what waits, red for what needs someone."""

from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus, StatusRole
from counterfoil.stores.integrations.status import StoreCondition
from counterfoil.stores.models import LogKind, UpdateState

CALM, GOOD, WAIT, BAD, QUIET = "calm", "good", "wait", "bad", "quiet"

_ROLES = {StatusRole.INITIAL: CALM, StatusRole.PARTIALLY_SHIPPED: WAIT, StatusRole.SHIPPED: GOOD}
_ROLES[StatusRole.HOLD] = BAD
_STORE: dict[int, str] = {
    StatusId.AWAITING_FULFILLMENT: CALM,
    StatusId.AWAITING_SHIPMENT: CALM,
    StatusId.AWAITING_PICKUP: CALM,
    StatusId.AWAITING_PAYMENT: WAIT,
    StatusId.PARTIALLY_SHIPPED: WAIT,
    StatusId.SHIPPED: GOOD,
    StatusId.COMPLETED: GOOD,
    StatusId.MANUAL_VERIFICATION_REQUIRED: BAD,
    StatusId.DISPUTED: BAD,
    StatusId.DECLINED: BAD,
}
_LOG = {
    LogKind.IMPORTED: GOOD,
    LogKind.UPDATED: CALM,
    LogKind.NOT_IMPORTED: BAD,
    LogKind.SENT: GOOD,
    LogKind.NOT_SENT: BAD,
    LogKind.WAITING: WAIT,
    LogKind.CONNECTED: GOOD,
    LogKind.SETTINGS: CALM,
    LogKind.DEFECT: BAD,
    LogKind.SHIPSTATION: BAD,
}
_UPDATES = {
    UpdateState.WAITING: WAIT,
    UpdateState.SENDING: WAIT,
    UpdateState.SENT: GOOD,
    UpdateState.FAILED: BAD,
}
_CONDITIONS = {
    StoreCondition.WAITING: BAD,
    StoreCondition.PAUSED: QUIET,
    StoreCondition.NEW: WAIT,
    StoreCondition.STALE: BAD,
    StoreCondition.CONNECTED: GOOD,
}


def order_status_tone(status: OrderStatus) -> str:
    """Of one of our order statuses, by its role."""
    return _ROLES.get(StatusRole(status.role), QUIET)


def store_status_tone(status_id: int | None) -> str:
    """Of a BigCommerce status, by its number."""
    return QUIET if status_id is None else _STORE.get(status_id, QUIET)


def condition_tone(condition: StoreCondition) -> str:
    """Of a store."""
    return _CONDITIONS[condition]


def log_tone(kind: str) -> str:
    """Of a line of the web integration log."""
    return _LOG.get(LogKind(kind), QUIET)


def update_tone(state: str) -> str:
    """Of a store update."""
    return _UPDATES.get(UpdateState(state), QUIET)
