"""The addresses of a web order: bill-to first, then where each consignment goes."""

from dataclasses import dataclass
from decimal import Decimal

from counterfoil.bigcommerce import Address, LineItem, Order, PickupConsignment, ShippingConsignment
from counterfoil.sales.drafts import AddressDraft
from counterfoil.sales.models import AddressKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class DraftAddresses:
    """The addresses, and which of them a line goes to."""

    drafts: tuple[AddressDraft, ...]
    by_address_id: dict[int, int]
    by_line_id: dict[int, int]

    def of_line(self, item: LineItem) -> int | None:
        """The index of the address a line goes to; None for what needs none."""
        if item.id in self.by_line_id:
            return self.by_line_id[item.id]
        return self.by_address_id.get(item.order_address_id or 0)


def draft_addresses(order: Order) -> DraftAddresses:
    """The bill-to address, one ship-to address a shipping consignment, and each place of pickup."""
    drafts = [_address(AddressKind.BILL_TO, order.billing_address)]
    by_address_id: dict[int, int] = {}
    by_line_id: dict[int, int] = {}
    consignments = order.consignments
    if consignments is not None:
        for shipping in consignments.shipping:
            by_address_id[shipping.id] = len(drafts)
            by_line_id.update((item.id, len(drafts)) for item in shipping.line_items)
            drafts.append(_ship_to(shipping))
        for pickup in consignments.pickups:
            by_line_id.update((item.id, len(drafts)) for item in pickup.line_items)
            drafts.append(_pickup(pickup))
    return DraftAddresses(tuple(drafts), by_address_id, by_line_id)
