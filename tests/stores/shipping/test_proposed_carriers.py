"""What stands in carrier and service before anyone types."""

import pytest

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.shipping.carrier_choice import ProposedCarrier
from counterfoil.sales.shipping.shipments import Tracking, process_shipment
from counterfoil.stores.integrations.method_names import map_carrier, map_name
from counterfoil.stores.models import NameKind
from counterfoil.stores.shipping.carrier_lookup import CarrierBook
from counterfoil.stores.shipping.proposed_carriers import BY_LAST, BY_METHOD, CarrierProposals
from tests.sales.factories import whole_order
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def proposed(order: SalesOrder, by: str = "Ada") -> ProposedCarrier:
    """To this person, for the order's only ship-to address."""
    return CarrierProposals(by, [order.source]).of(order, order.addresses.get(kind="ship_to"))


@pytest.mark.parametrize(
    ("method", "carrier", "service"),
    [
        ("UPS® (UPS Next Day Air®)", "UPS", "UPS Next Day Air"),  # as the store writes it
        ("UPS Ground", "UPS", "Ground"),
        ("USPS (Priority Mail)", "USPS", "Priority Mail"),
        ("FedEx", "FedEx", ""),
        ("fedexground", "FedEx", "ground"),
        ("Flat Rate", "", ""),
        ("Free Shipping", "", ""),
        ("", "", ""),
    ],
)
def test_a_shipping_method_names_its_carrier_and_service(method: str, carrier: str, service: str) -> None:
    """As far as it does."""
    assert CarrierBook().carrier_and_service(method) == (carrier, service)


def test_a_method_is_mapped_once_by_the_store_s_name_and_found_by_the_merchant_s_too() -> None:
    """The mapping goes before what the name tells, also for orders that were imported before."""
    store = a_store()
    order = an_order(store)
    address = order.addresses.get(kind="ship_to")
    address.shipping_method = "Free Shipping"
    address.save()
    assert proposed(order) == ProposedCarrier()
    assert map_carrier(store, "free shipping", "UPS", "Ground", by="Ada")
    assert not map_carrier(store, "Free Shipping", "UPS", "Ground", by="Ada")
    assert proposed(order) == ProposedCarrier("UPS", "Ground", BY_METHOD)
    map_name(store, NameKind.SHIPPING, "free shipping", "Gratis", by="Ada")
    address.shipping_method = "Gratis"
    address.save()
    assert proposed(order).carrier == "UPS"
    with pytest.raises(Refused, match="no carrier"):
        map_carrier(store, "Free Shipping", "", "Ground", by="Ada")


def test_without_a_word_in_the_method_the_person_s_last_parcel_tells() -> None:
    """Theirs, nobody else's."""
    store = a_store()
    shipped, order = an_order(store, 1), an_order(store, 2)
    order.addresses.filter(kind="ship_to").update(shipping_method="Flat Rate")
    process_shipment(shipped.pk, whole_order(shipped, Tracking("City Van", "Evening", "7")), by="Ada")
    assert proposed(order) == ProposedCarrier("City Van", "Evening", BY_LAST)
    assert proposed(order, by="Grace") == ProposedCarrier()
