"""Whether a shipment that was just made shows another address than the order had when it was read last.

Then the order was edited in the store after that, and the shipment was quicker: it moved the order on, so that no look
shows any more that it was set back. The answer to a shipment has its address (vendor: Create an order shipment).
"""

from collections.abc import Mapping

from django.db.models.functions import Now

from counterfoil.bigcommerce import Address, NeedsPerson, StoreShipment, read_order
from counterfoil.sales.models import OrderAddress, Parcel
from counterfoil.sales.text.postal_addresses import PostalAddress, address_lines
from counterfoil.stores.log import log
from counterfoil.stores.models import ADDRESS_CHANGED, LogKind, WebOrder
from counterfoil.stores.shipping.letterheads import home_of

NEXT_STEP = (
    "Make sure the parcel goes to the right address, and correct the address here. If more was changed "
    "there, set the order back to a new order status in BigCommerce. Then skip this."
)
_Place = tuple[str, ...]


def note_other_address(web_order: WebOrder, parcel: Parcel, made: StoreShipment) -> None:
    """Needs a person, and a line of the log, where BigCommerce has another address. Mostly no statement."""
    there, ours = made.ship_to, parcel.ship_to
    if there is None or ours is None or not there.street_1 or _place(there) == _place_here(ours):
        return
    if any(known and _place_of(known) == _place(there) for known in (ours.source_address, ours.agreed_address)):
        return  # a person has decided on it, or is asked already
    read = _as_read(web_order, ours)
    if read is None or _place(read) == _place(there):
        return  # someone has entered another address here
    where = ", ".join(address_lines(_postal(there), home=home_of(web_order.integration)))
    sentence = f"BigCommerce has a different address for a parcel that was shipped: {where}."
    is_noted = WebOrder.objects.filter(pk=web_order.pk, reason_code="").update(
        reason_code=ADDRESS_CHANGED, reason=sentence, next_step=NEXT_STEP, reason_since=Now()
    )
    if is_noted:
        text = "BigCommerce has a different address for a parcel that was shipped: the order was edited there before."
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)


def _postal(there: Address) -> PostalAddress:
    return PostalAddress(
        street_1=there.street_1,
        street_2=there.street_2,
        city=there.city,
        state=there.state,
        postcode=there.zip,
        country=there.country,
        country_code=there.country_iso2,
    )


def _as_read(web_order: WebOrder, ours: OrderAddress) -> Address | None:
    """The address as the order had it when it was read last; None where that does not tell."""
    if web_order.payload is None:
        return None
    try:
        consignments = read_order(bytes(web_order.payload.order)).consignments
    except NeedsPerson:
        return None
    shipping = () if consignments is None else consignments.shipping
    return next((each for each in shipping if each.id == ours.source_id), None)


def _place(address: Address) -> _Place:
    return _plain(address.street_1, address.street_2, address.city, address.zip, address.country_iso2)


def _place_of(known: Mapping[str, str]) -> _Place:
    return _plain(*(known.get(name, "") for name in ("street_1", "street_2", "city", "postcode", "country_code")))


def _place_here(address: OrderAddress) -> _Place:
    return _plain(address.street_1, address.street_2, address.city, address.postcode, address.country_code)


def _plain(*parts: str) -> _Place:
    return tuple("".join(letter for letter in part.casefold() if letter.isalnum()) for part in parts)
