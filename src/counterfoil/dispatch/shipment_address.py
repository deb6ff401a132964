"""Whether a shipment that was just made shows another address than the order had when it was read last.

Then the order was edited in the store after that, and the shipment was quicker: it moved the order on, so that no look
shows any more that it was set back. The answer to a shipment has its address (vendor: Create an order shipment).
"""

from collections.abc import Mapping

from counterfoil.bigcommerce import Address, StoreShipment
from counterfoil.sales.models import OrderAddress, Parcel
from counterfoil.sales.orders.addresses import who_and_where
from counterfoil.sales.text.postal_addresses import PostalAddress, address_lines
from counterfoil.stores.log import log
from counterfoil.stores.models import ADDRESS_CHANGED, LogKind, WebOrder
from counterfoil.stores.shipping.letterheads import home_of
from counterfoil.stores.weborders.hidden_edits import last_read
from counterfoil.stores.weborders.reasons import give_reason

NEXT_STEP = (
    "Make sure the parcel goes to the right address, and correct the address here. If more was changed "
    "there, set the order back to a new order status in BigCommerce. Then skip this."
)
WHO = ("first_name", "last_name", "company")
WHERE = ("street_1", "street_2", "city", "postcode", "country_code")
_THERE = {"postcode": "zip", "country_code": "country_iso2"}


def note_other_address(web_order: WebOrder, parcel: Parcel, made: StoreShipment) -> None:
    """Needs a person, and a line of the log, where BigCommerce has another address. Mostly no statement."""
    there, ours = made.ship_to, parcel.ship_to
    if there is None or ours is None or not there.street_1 or _is_the_same(there, who_and_where(ours)):
        return
    if any(known and _is_the_same(there, known) for known in (ours.source_address, ours.agreed_address)):
        return  # a person has decided on it, or is asked already
    read = _as_read(web_order, ours)
    if read is None or _is_the_same(there, {name: _there(read, name) for name in (*WHO, *WHERE)}):
        return  # someone has entered another address here
    lines = address_lines(_postal(there), home=home_of(web_order.integration))
    where = ", ".join(part for part in (f"{there.first_name} {there.last_name}".strip(), there.company, *lines) if part)
    sentence = f"BigCommerce has a different address for a parcel that was shipped: {where}."
    if give_reason(web_order, ADDRESS_CHANGED, sentence, NEXT_STEP):
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
    read = last_read(web_order)
    shipping = () if read is None or read.consignments is None else read.consignments.shipping
    return next((each for each in shipping if each.id == ours.source_id), None)


def _is_the_same(there: Address, known: Mapping[str, str]) -> bool:
    """Whether it is the same place and recipient; an answer without names tells of the place alone."""
    names = WHO if _plain(*(getattr(there, name) for name in WHO)) != ("",) * len(WHO) else ()
    ours = [known.get(name, "") for name in (*names, *WHERE)]
    return _plain(*ours) == _plain(*(_there(there, name) for name in (*names, *WHERE)))


def _there(address: Address, name: str) -> str:
    return str(getattr(address, _THERE.get(name, name)))


def _plain(*parts: str) -> tuple[str, ...]:
    return tuple("".join(letter for letter in part.casefold() if letter.isalnum()) for part in parts)
