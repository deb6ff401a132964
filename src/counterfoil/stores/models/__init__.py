"""The tables of the web integrations."""

from counterfoil.stores.models.integrations import (
    StatusMapping,
    StoreState,
    UnknownProduct,
    WebIntegration,
)
from counterfoil.stores.models.log import LogEntry, LogKind
from counterfoil.stores.models.updates import ACKNOWLEDGEMENTS, UNDONE, StoreUpdate, UpdateCause, UpdateState
from counterfoil.stores.models.web_orders import Conflict, Payload, WebOrder, WebOrderState

__all__ = [
    "ACKNOWLEDGEMENTS",
    "UNDONE",
    "Conflict",
    "LogEntry",
    "LogKind",
    "Payload",
    "StatusMapping",
    "StoreState",
    "StoreUpdate",
    "UnknownProduct",
    "UpdateCause",
    "UpdateState",
    "WebIntegration",
    "WebOrder",
    "WebOrderState",
]
