"""What ShipStation calls a carrier, in the words of the carrier list here."""

from counterfoil.sales.shipping.carrier_names import carrier_key
from counterfoil.stores.models import Carrier
from counterfoil.stores.shipping.carrier_lookup import CarrierBook

# Codes of ShipStation (its API's "List carriers") that no spelling of a carrier's name leads to: accounts that buy
# another carrier's labels, and short forms.
_CODES = {
    "endicia": "USPS",
    "express1": "USPS",
    "upswalleted": "UPS",
    "upsmi": "UPS Mail Innovations",
    "fedexwalleted": "FedEx",
    "fedexuk": "FedEx",
    "dhlexpressworldwide": "DHL Express",
    "dhlexpressuk": "DHL Express",
    "dhlglobalmail": "DHL eCommerce",
    "purolatorca": "Purolator",
    "apcpostal": "APC Postal Logistics",
    "asendiaus": "Asendia USA",
    "australiapostmypostbusiness": "Australia Post",
}


def carrier_here(name: str) -> str:
    """The carrier by the name that it has in the merchant's list; as it came where the list has none like it."""
    name = " ".join(name.split())
    if not name:
        return ""
    own = list(Carrier.objects.all())
    by_key = {carrier_key(carrier.name): carrier.name for carrier in own}
    if carrier_key(name) in by_key:
        return by_key[carrier_key(name)]
    name = _CODES.get(carrier_key(name), name)
    if carrier_key(name) in by_key:
        return by_key[carrier_key(name)]
    values = CarrierBook(own).values(name)
    if not values.is_named or values.service:
        return name
    same = (values.shipping_provider, values.tracking_carrier)
    return next((each.name for each in own if (each.shipping_provider, each.tracking_carrier) == same), name)
