"""The addresses of a web order: bill-to first, then where each consignment goes."""

from dataclasses import dataclass
from typing import Any

import msgspec

from counterfoil.bigcommerce import Address, LineItem, Order, PickupConsignment, ShippingConsignment
from counterfoil.sales.models import AddressKind
from counterfoil.sales.orders.drafts import AddressDraft


@dataclass(frozen=True, slots=True)
class DraftAddresses:
    """The addresses, and which of them a line goes to."""

    drafts: tuple[AddressDraft, ...]
    by_address_id: dict[int, int]
    by_line_id: dict[int, int]
    by_pickup_id: dict[int, int]

    def of_line(self, item: LineItem) -> int | None:
        """The index of the address a line goes to; None for what needs none."""
        if item.id in self.by_line_id:
            return self.by_line_id[item.id]
        if item.order_pickup_method_id and item.order_pickup_method_id in self.by_pickup_id:
            return self.by_pickup_id[item.order_pickup_method_id]
        return self.by_address_id.get(item.order_address_id or 0)


def draft_addresses(order: Order, *, tax_included: bool = True) -> DraftAddresses:
    """The bill-to address, one ship-to address a shipping consignment, and each place of pickup.

    `tax_included`: whether what shipping costs is wanted with its tax.
    """
    drafts = [_address(AddressKind.BILL_TO, order.billing_address)]
    by_address_id: dict[int, int] = {}
    by_line_id: dict[int, int] = {}
    by_pickup_id: dict[int, int] = {}
    consignments = order.consignments
    if consignments is not None:
        for shipping in consignments.shipping:
            by_address_id[shipping.id] = len(drafts)
            by_line_id.update((item.id, len(drafts)) for item in shipping.line_items)
            drafts.append(_ship_to(shipping, tax_included=tax_included))
        for pickup in consignments.pickups:
            by_pickup_id[pickup.id] = len(drafts)
            by_line_id.update((item.id, len(drafts)) for item in pickup.line_items)
            drafts.append(_pickup(pickup))
    return DraftAddresses(tuple(drafts), by_address_id, by_line_id, by_pickup_id)


def _address(kind: AddressKind, address: Address) -> AddressDraft:
    return AddressDraft(kind=kind, **_who_and_where(address))


def _ship_to(consignment: ShippingConsignment, *, tax_included: bool) -> AddressDraft:
    cost, handling = consignment.cost_inc_tax, consignment.handling_cost_inc_tax
    if not tax_included:
        cost = cost if consignment.cost_ex_tax is None else consignment.cost_ex_tax
        handling = handling if consignment.handling_cost_ex_tax is None else consignment.handling_cost_ex_tax
    return AddressDraft(
        kind=AddressKind.SHIP_TO,
        source_id=consignment.id,
        shipping_method=consignment.shipping_method,
        shipping_cost=cost,
        handling_cost=handling,
        **_who_and_where(consignment),
    )


def _who_and_where(address: Address) -> dict[str, Any]:
    return {
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "street_1": address.street_1,
        "street_2": address.street_2,
        "city": address.city,
        "state": address.state,
        "postcode": address.zip,
        "country": address.country,
        "country_code": address.country_iso2,
        "phone": address.phone,
        "email": address.email,
        "form_fields": tuple((field.name, _text(field.value)) for field in address.form_fields),
    }


def _text(value: Any) -> str:
    """A form field's value, which may be a list of choices or a date's parts, as text; an empty one is ""."""
    if value is None or value == [] or value == {}:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _pickup(consignment: PickupConsignment) -> AddressDraft:
    method = consignment.pickup_method_display_name or "Pickup"
    location = consignment.location
    if location is None:
        return AddressDraft(kind=AddressKind.PICKUP, source_id=consignment.id, shipping_method=method)
    return AddressDraft(
        kind=AddressKind.PICKUP,
        source_id=consignment.id,
        company=location.name,
        street_1=location.address_line_1,
        street_2=location.address_line_2,
        city=location.city,
        state=location.state,
        postcode=location.postal_code,
        country=location.country_alpha2,
        country_code=location.country_alpha2,
        phone=location.phone,
        email=location.email,
        shipping_method=method,
    )
