"""Carrier names and the store's values for them."""

import pytest

from counterfoil.stores.integrations.carriers import CarrierValues, store_values
from counterfoil.stores.models import Carrier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["UPS", "ups", " Ups "])
def test_a_carrier_is_found_whatever_the_case_of_its_name(name: str) -> None:
    """The list that a merchant starts with knows the common ones."""
    assert store_values(name) == CarrierValues("ups", "ups")


def test_a_carrier_that_is_not_listed_has_no_values() -> None:
    """It is told apart from one that the store does not know by itself, and from no carrier at all."""
    Carrier.objects.create(name="Bike courier")
    assert not store_values("Foo").is_listed
    assert store_values("bike courier").is_listed
    assert not store_values("bike courier").is_named
    assert store_values("DHL").is_named
    assert store_values(" ") == CarrierValues()
