"""The API with all its addresses."""

from counterfoil.api.resources import (
    attention,
    clients,
    events,
    exports,
    orders,
    products,
    reconciliations,
    shipments,
    stores,
)
from counterfoil.api.service import api

RESOURCES = (stores, orders, shipments, clients, products, attention, events, exports, reconciliations)
for _resource in RESOURCES:
    api.add_router("", _resource.router)

__all__ = ["RESOURCES", "api"]
