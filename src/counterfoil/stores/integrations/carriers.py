"""What the store calls a carrier."""

from dataclasses import dataclass

from counterfoil.stores.models import Carrier


@dataclass(frozen=True, slots=True)
class CarrierValues:
    """A carrier in the store's words: `shipping_provider` and `tracking_carrier` (AfterShip slug), "" where none.

    `is_listed`: the carrier list has it.
    """

    shipping_provider: str = ""
    tracking_carrier: str = ""
    is_listed: bool = True

    @property
    def is_named(self) -> bool:
        """Whether the store shows by itself which carrier this is."""
        return bool(self.shipping_provider or self.tracking_carrier)


def store_values(name: str) -> CarrierValues:
    """The store's values for a carrier, whatever the case of its name; no name needs no values. One statement."""
    if not name.strip():
        return CarrierValues()
    carrier = Carrier.objects.filter(name__iexact=name.strip()).first()
    if carrier is None:
        return CarrierValues(is_listed=False)
    return CarrierValues(carrier.shipping_provider, carrier.tracking_carrier)
