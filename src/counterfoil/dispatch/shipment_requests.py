"""Makes a store's shipment of a parcel."""

from counterfoil.bigcommerce import NeedsPerson, NewShipment, ShipmentDetails, ShipmentItem
from counterfoil.sales.models import Parcel
from counterfoil.stores.shipping.carrier_lookup import CarrierValues, store_values

NO_ADDRESS = NeedsPerson(
    "no_address",
    "The parcel's address isn’t known to BigCommerce.",
    "Void the parcel and process it again with items for one address, or enter the shipment in BigCommerce and skip "
    "this.",
)


def load_parcel(parcel_id: int) -> Parcel:
    """A parcel as it is now, with all that a shipment says."""
    return (
        Parcel.objects.select_related("shipment__order", "ship_to")
        .prefetch_related("items__line", "boxes")
        .get(pk=parcel_id)
    )


def new_shipment(parcel: Parcel) -> NewShipment:
    """The shipment to make; raises NeedsPerson where the address or an item is none of the store's."""
    if parcel.ship_to is None or parcel.ship_to.source_id is None:
        raise NO_ADDRESS
    details = _details(parcel, store_values(parcel.carrier))
    return NewShipment(order_address_id=parcel.ship_to.source_id, items=_items(parcel), **details)


def _items(parcel: Parcel) -> tuple[ShipmentItem, ...]:
    made = []
    for item in parcel.items.all():
        if item.line.source_id is None:
            raise NeedsPerson(
                "no_item",
                f"{item.line.name} isn’t an item BigCommerce knows.",
                "Void the parcel and process it again without this item, or skip it.",
            )
        made.append(ShipmentItem(item.line.source_id, item.quantity))
    return tuple(made)


def shipment_details(parcel: Parcel) -> ShipmentDetails:
    """What can be corrected of a shipment, as the parcel has it now."""
    return ShipmentDetails(**_details(parcel, store_values(parcel.carrier)))


def _details(parcel: Parcel, carrier: CarrierValues) -> dict[str, str]:
    return {
        "tracking_number": parcel.tracking_number,
        "tracking_link": parcel.tracking_link,
        "tracking_carrier": carrier.tracking_carrier,
        "shipping_provider": carrier.shipping_provider,
        "shipping_method": _method(parcel, carrier),
        "comments": _comments(parcel),
    }


def _method(parcel: Parcel, carrier: CarrierValues) -> str:
    """The service, also one written behind the carrier's name, or the ship-via.

    A carrier that the store does not show by itself is named here.
    """
    if parcel.carrier and not carrier.is_named:
        return f"{parcel.carrier} {parcel.service}".strip()
    return parcel.service or carrier.service or _ship_via(parcel)


def _ship_via(parcel: Parcel) -> str:
    """The shipping method of the parcel's own address; the order's where a person has entered another one here.

    What an order to several addresses came with lists the methods of all of them.
    """
    order, address = parcel.shipment.order, parcel.ship_to
    if address is None or order.ship_via == address.shipping_method:
        return order.ship_via
    methods = [each.shipping_method for each in order.addresses.all() if each.shipping_method]
    came_with = ", ".join(dict.fromkeys(methods))
    return address.shipping_method if order.ship_via == came_with else order.ship_via


def _comments(parcel: Parcel) -> str:
    """The further boxes, which BigCommerce has no other place for."""
    return "\n".join(_box(box) for box in _boxes(parcel))


def _boxes(parcel: Parcel) -> list[Parcel]:
    return [box for box in parcel.boxes.all() if box.voided_at is None]


def _box(box: Parcel) -> str:
    said = " ".join(part for part in (box.carrier, box.tracking_number, box.tracking_link) if part)
    return f"Further box: {said or 'without a tracking number'}"


def remark(parcel: Parcel) -> str:
    """What the log adds where a carrier is not known, or further boxes went along; "" otherwise."""
    said = []
    if not store_values(parcel.carrier).is_listed:
        link = "with only the tracking URL you entered" if parcel.tracking_link else "without a link"
        said.append(f"“{parcel.carrier}” isn’t in the carrier list: sent {link}.")
    boxes = len(_boxes(parcel))
    if boxes:
        what = "1 further box is" if boxes == 1 else f"{boxes} further boxes are"
        said.append(f"{what} in the shipment's comments.")
    return " ".join(said)
