"""The store's API and nothing else: typed documents, statuses, errors, and the client."""

from counterfoil.bigcommerce.documents import (
    Address,
    Consignments,
    Coupon,
    Fee,
    LineItem,
    Order,
    OrderGlance,
    OrderStatusLabel,
    PickupConsignment,
    ShippingConsignment,
    StoreInformation,
)
from counterfoil.bigcommerce.errors import NeedsPerson, QuotaSpent, StoreTrouble, TryAgain
from counterfoil.bigcommerce.reading import (
    order_id_of,
    read_coupons,
    read_glances,
    read_line_items,
    read_order,
    split_orders,
)
from counterfoil.bigcommerce.statuses import NEVER_OVERWRITTEN, StatusId

__all__ = [
    "NEVER_OVERWRITTEN",
    "Address",
    "Consignments",
    "Coupon",
    "Fee",
    "LineItem",
    "NeedsPerson",
    "Order",
    "OrderGlance",
    "OrderStatusLabel",
    "PickupConsignment",
    "QuotaSpent",
    "ShippingConsignment",
    "StatusId",
    "StoreInformation",
    "StoreTrouble",
    "TryAgain",
    "order_id_of",
    "read_coupons",
    "read_glances",
    "read_line_items",
    "read_order",
    "split_orders",
]
