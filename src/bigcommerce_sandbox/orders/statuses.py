"""The fifteen order statuses of every store; only their labels can be changed."""

from typing import NamedTuple


class Status(NamedTuple):
    id: int
    label: str
    description: str


INCOMPLETE, PENDING, SHIPPED, PARTIALLY_SHIPPED, REFUNDED, CANCELLED = range(6)
DECLINED, AWAITING_PAYMENT, AWAITING_PICKUP, AWAITING_SHIPMENT, COMPLETED, AWAITING_FULFILLMENT = range(6, 12)
MANUAL_VERIFICATION, DISPUTED, PARTIALLY_REFUNDED = range(12, 15)

_IN_MENU_ORDER = (
    Status(INCOMPLETE, "Incomplete", "The shopper reached the payment page and went no further."),
    Status(PENDING, "Pending", "The checkout was begun and not completed."),
    Status(AWAITING_PAYMENT, "Awaiting Payment", "The checkout is complete, the payment not yet confirmed."),
    Status(AWAITING_FULFILLMENT, "Awaiting Fulfillment", "The checkout is complete and the payment confirmed."),
    Status(AWAITING_SHIPMENT, "Awaiting Shipment", "The order is packed and waits for the carrier."),
    Status(AWAITING_PICKUP, "Awaiting Pickup", "The order is packed and waits for the shopper to fetch it."),
    Status(PARTIALLY_SHIPPED, "Partially Shipped", "Some of the items were shipped."),
    Status(COMPLETED, "Completed", "The order is paid and delivered, or its files can be downloaded."),
    Status(SHIPPED, "Shipped", "The order was shipped; its receipt is not confirmed."),
    Status(CANCELLED, "Cancelled", "The seller has cancelled the order."),
    Status(DECLINED, "Declined", "The seller has declined the order."),
    Status(REFUNDED, "Refunded", "The order was refunded."),
    Status(DISPUTED, "Disputed", "The shopper disputes the payment."),
    Status(MANUAL_VERIFICATION, "Manual Verification Required", "Something has to be confirmed by a person."),
    Status(PARTIALLY_REFUNDED, "Partially Refunded", "A part of the order was refunded."),
)
STATUSES = {status.id: status for status in _IN_MENU_ORDER}
MENU_PLACE = {status.id: place for place, status in enumerate(_IN_MENU_ORDER)}
