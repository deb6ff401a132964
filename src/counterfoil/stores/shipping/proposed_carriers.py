"""The carrier and the service that stand in the fields of a parcel before anyone types.

They come from the shipping method of the order, else from the last parcel of the person who ships. A method says its
carrier where a manager has mapped it, and by its name: "UPS Ground", "UPS® (UPS Next Day Air®)", "Royal Mail Tracked".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from counterfoil.sales.models import OrderAddress, Parcel, SalesOrder, Shipment
from counterfoil.sales.shipping.carrier_choice import ProposedCarrier
from counterfoil.stores.models import NameKind, NameMapping
from counterfoil.stores.shipping.carrier_lookup import CarrierBook

BY_METHOD, BY_LAST = "the shipping method", "your last parcel"
_NEWEST = 200  # shipments among which a person's last one is looked for: the newest of all, by the index


@dataclass(slots=True)
class CarrierProposals:
    """What is proposed to one person (`by`, as their shipments name them). Three statements, for any number of orders.

    `sources`: the import source codes of the orders.
    """

    by: str
    sources: Iterable[str]
    book: CarrierBook = field(default_factory=CarrierBook)
    _mapped: dict[tuple[str, str], ProposedCarrier] | None = None
    _last: ProposedCarrier | None = None

    def of(self, order: SalesOrder, address: OrderAddress | None) -> ProposedCarrier:
        """For a parcel to one address of an order."""
        method = (address.shipping_method if address else "") or order.ship_via
        return self._by_method(order.source, method) or self._by_last()

    def _by_method(self, source: str, method: str) -> ProposedCarrier | None:
        if not method.strip():
            return None
        if self._mapped is None:
            self._mapped = _mapped_methods(set(self.sources))
        mapped = self._mapped.get((source, method.strip().casefold()))
        if mapped is not None:
            return mapped
        carrier, service = self.book.carrier_and_service(method)
        return ProposedCarrier(carrier, service, BY_METHOD) if carrier else None

    def _by_last(self) -> ProposedCarrier:
        if self._last is None:
            self._last = _last_used(self.by)
        return self._last


def _mapped_methods(sources: set[str]) -> dict[tuple[str, str], ProposedCarrier]:
    """By source and method, as the store writes it and as the merchant calls it; the store's own name goes first."""
    rows = NameMapping.objects.filter(integration__code__in=sources - {""}, kind=NameKind.SHIPPING).exclude(carrier="")
    found: dict[tuple[str, str], ProposedCarrier] = {}
    columns = ("integration__code", "store_name", "name", "carrier", "service")
    for source, store_name, name, carrier, service in rows.values_list(*columns):
        proposed = ProposedCarrier(carrier, service, BY_METHOD)
        found[source, store_name.strip().casefold()] = proposed
        if name:
            found.setdefault((source, name.strip().casefold()), proposed)
    return found


def _last_used(by: str) -> ProposedCarrier:
    newest = Shipment.objects.order_by("-processed_at", "-pk").values("pk")[:_NEWEST]
    theirs = Parcel.objects.filter(shipment__in=newest, shipment__processed_by=by).exclude(carrier="")
    last = theirs.order_by("-pk").values_list("carrier", "service").first()
    return ProposedCarrier(*last, BY_LAST) if last else ProposedCarrier()
