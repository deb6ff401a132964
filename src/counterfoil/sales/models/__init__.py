"""The tables of the sales data."""

from counterfoil.sales.models.bulk_changes import BulkChange, BulkChangeOrder, BulkOutcome
from counterfoil.sales.models.clients import KEY_RULES, Client, ClientChange, ClientKey, Contact, MatchRule
from counterfoil.sales.models.exports import Export, ExportedOrder
from counterfoil.sales.models.fields import FieldDefinition, FieldScope, FieldType
from counterfoil.sales.models.orders import (
    AddressKind,
    LineKind,
    OrderAddress,
    OrderChange,
    OrderLine,
    SalesOrder,
    Tender,
    TenderKind,
)
from counterfoil.sales.models.products import (
    Product,
    ProductAlias,
    ProductChange,
    ProductOrigin,
    ProductSource,
    ProductType,
)
from counterfoil.sales.models.search import OrderSearchIndex
from counterfoil.sales.models.shipments import AppliedRow, Parcel, ParcelItem, Printout, PrintoutKind, Shipment
from counterfoil.sales.models.statistics import DayTotal, KeptDays
from counterfoil.sales.models.statuses import OrderStatus, StatusRole

__all__ = [
    "KEY_RULES",
    "AddressKind",
    "AppliedRow",
    "BulkChange",
    "BulkChangeOrder",
    "BulkOutcome",
    "Client",
    "ClientChange",
    "ClientKey",
    "Contact",
    "DayTotal",
    "Export",
    "ExportedOrder",
    "FieldDefinition",
    "FieldScope",
    "FieldType",
    "KeptDays",
    "LineKind",
    "MatchRule",
    "OrderAddress",
    "OrderChange",
    "OrderLine",
    "OrderSearchIndex",
    "OrderStatus",
    "Parcel",
    "ParcelItem",
    "Printout",
    "PrintoutKind",
    "Product",
    "ProductAlias",
    "ProductChange",
    "ProductOrigin",
    "ProductSource",
    "ProductType",
    "SalesOrder",
    "Shipment",
    "StatusRole",
    "Tender",
    "TenderKind",
]
