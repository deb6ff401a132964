"""BigCommerce's order statuses: a fixed set, of which a merchant may rename the labels only."""

import enum


class StatusId(enum.IntEnum):
    """An order status by its number (bigcommerce.md, section 4)."""

    INCOMPLETE = 0
    PENDING = 1
    SHIPPED = 2
    PARTIALLY_SHIPPED = 3
    REFUNDED = 4
    CANCELLED = 5
    DECLINED = 6
    AWAITING_PAYMENT = 7
    AWAITING_PICKUP = 8
    AWAITING_SHIPMENT = 9
    COMPLETED = 10
    AWAITING_FULFILLMENT = 11
    MANUAL_VERIFICATION_REQUIRED = 12
    DISPUTED = 13
    PARTIALLY_REFUNDED = 14

    @property
    def label(self) -> str:
        """The vendor's English name."""
        return self.name.replace("_", " ").title()


NEVER_OVERWRITTEN = frozenset(
    {
        StatusId.REFUNDED,
        StatusId.CANCELLED,
        StatusId.DECLINED,
        StatusId.DISPUTED,
        StatusId.PARTIALLY_REFUNDED,
    }
)
"""Someone decided about money or about the whole order: no update of ours takes that back."""
