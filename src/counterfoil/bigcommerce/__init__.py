"""The store's API and nothing else: typed documents, statuses, errors, and the client."""

from counterfoil.bigcommerce.completeness import check_lines, coupons_on_lines
from counterfoil.bigcommerce.documents import (
    Address,
    AppliedDiscount,
    Consignments,
    Coupon,
    Fee,
    LineItem,
    Order,
    OrderHeader,
    OrderStatusLabel,
    OrderSummary,
    PickupConsignment,
    ShippingConsignment,
    StoreInformation,
)
from counterfoil.bigcommerce.errors import NeedsPerson, OverShipped, QuotaSpent, StoreTrouble, TryAgain
from counterfoil.bigcommerce.parsing import (
    order_id_of,
    read_coupons,
    read_header,
    read_headers,
    read_line_items,
    read_order,
    read_staff_notes,
    split_orders,
    status_id_of,
)
from counterfoil.bigcommerce.refunds import Refund, RefundItem
from counterfoil.bigcommerce.shipments import NewShipment, ShipmentDetails, ShipmentItem, StoreShipment
from counterfoil.bigcommerce.statuses import NEVER_OVERWRITTEN, StatusId

__all__ = [
    "NEVER_OVERWRITTEN",
    "Address",
    "AppliedDiscount",
    "Consignments",
    "Coupon",
    "Fee",
    "LineItem",
    "NeedsPerson",
    "NewShipment",
    "Order",
    "OrderHeader",
    "OrderStatusLabel",
    "OrderSummary",
    "OverShipped",
    "PickupConsignment",
    "QuotaSpent",
    "Refund",
    "RefundItem",
    "ShipmentDetails",
    "ShipmentItem",
    "ShippingConsignment",
    "StatusId",
    "StoreInformation",
    "StoreShipment",
    "StoreTrouble",
    "TryAgain",
    "check_lines",
    "coupons_on_lines",
    "order_id_of",
    "read_coupons",
    "read_header",
    "read_headers",
    "read_line_items",
    "read_order",
    "read_staff_notes",
    "split_orders",
    "status_id_of",
]
