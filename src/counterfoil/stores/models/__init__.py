"""The tables of the web integrations."""

from counterfoil.stores.models.carriers import Carrier
from counterfoil.stores.models.catalog_loads import CatalogLoad
from counterfoil.stores.models.field_mappings import FieldMapping
from counterfoil.stores.models.installation import KeySeal, PublicAddress
from counterfoil.stores.models.integrations import (
    StatusMapping,
    StoreState,
    UnknownProduct,
    WebIntegration,
)
from counterfoil.stores.models.log import LogEntry, LogKind
from counterfoil.stores.models.logos import StoreLogo
from counterfoil.stores.models.name_mappings import NameKind, NameMapping
from counterfoil.stores.models.reconciliations import Difference, DifferenceKind, Reconciliation
from counterfoil.stores.models.shipstation import (
    NoticeState,
    ShipStationConnection,
    ShipStationExport,
    ShipStationNotice,
    ShipStationOrder,
    ShipStationStatus,
)
from counterfoil.stores.models.statistics import DayDuration
from counterfoil.stores.models.updates import (
    ACKNOWLEDGEMENTS,
    IN_HAND,
    UNDONE,
    StoreUpdate,
    UpdateCause,
    UpdateKind,
    UpdateState,
)
from counterfoil.stores.models.web_orders import (
    ADDRESS_CHANGED,
    ADDRESS_UNREAD,
    ANOTHER_ORDER,
    EDITED_IN_STORE,
    READ_SEPARATELY,
    REFUNDS_UNREAD,
    SHIPMENTS_UNREAD,
    Conflict,
    Payload,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.models.web_shipments import WebRefund, WebShipment
from counterfoil.stores.models.webhooks import StoreHooks, WebhookEvent

__all__ = [
    "ACKNOWLEDGEMENTS",
    "ADDRESS_CHANGED",
    "ADDRESS_UNREAD",
    "ANOTHER_ORDER",
    "EDITED_IN_STORE",
    "IN_HAND",
    "READ_SEPARATELY",
    "REFUNDS_UNREAD",
    "SHIPMENTS_UNREAD",
    "UNDONE",
    "Carrier",
    "CatalogLoad",
    "Conflict",
    "DayDuration",
    "Difference",
    "DifferenceKind",
    "FieldMapping",
    "KeySeal",
    "LogEntry",
    "LogKind",
    "NameKind",
    "NameMapping",
    "NoticeState",
    "Payload",
    "PublicAddress",
    "Reconciliation",
    "ShipStationConnection",
    "ShipStationExport",
    "ShipStationNotice",
    "ShipStationOrder",
    "ShipStationStatus",
    "StatusMapping",
    "StoreHooks",
    "StoreLogo",
    "StoreState",
    "StoreUpdate",
    "UnknownProduct",
    "UpdateCause",
    "UpdateKind",
    "UpdateState",
    "WebIntegration",
    "WebOrder",
    "WebOrderState",
    "WebRefund",
    "WebShipment",
    "WebhookEvent",
]
