"""What changed in the sales data, told inside the transaction in which it happened.

Whoever listens writes its own rows in the same transaction. A receiver that fails takes everything back.
"""

from django.dispatch import Signal

status_changed = Signal()
"""An order's status changed: `order`, `before`, `by`."""

parcel_processed = Signal()
"""A parcel was shipped: `parcel`."""

parcel_corrected = Signal()
"""A parcel's carrier or tracking changed: `parcel`."""

parcel_voided = Signal()
"""A parcel ships nothing any more: `parcel`."""

hold_ended = Signal()
"""An order that was on hold may be shipped again: `order`."""

scanning_asked = Signal()
"""A shipment of an `order` is about to be made: a receiver answers True where its items have to be scanned."""

products_added = Signal()
"""Part numbers are known that may not have been before: `part_numbers`."""
