"""Whether two addresses are one place: what a parcel does not mind is no difference."""

import pytest

from counterfoil.sales.orders.addresses import is_same_place

OAKLAND = {
    "first_name": "Ada",
    "last_name": "Byron",
    "company": "",
    "street_1": "1 Elm Street",
    "street_2": "",
    "city": "Oakland",
    "state": "California",
    "postcode": "94607",
    "country": "United States",
    "country_code": "US",
    "phone": "510-555-0100",
}


@pytest.mark.parametrize(
    "spelled",
    [
        {"state": "CA"},
        {"state": "ca"},
        {"country": "United States of America"},
        {"country_code": ""},
        {"country_code": "us"},
        {"city": "OAKLAND,"},
        {"phone": "(510) 555 0100"},
        {"street_1": "1 Elm", "street_2": "Street"},
    ],
)
def test_another_spelling_is_the_same_place(spelled: dict[str, str]) -> None:
    """Asking a person would show the same address twice: envelopes have the state's code."""
    assert is_same_place(OAKLAND, OAKLAND | spelled)
    assert is_same_place(OAKLAND | spelled, OAKLAND)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "CO"},
        {"state": ""},
        {"country": "Canada", "country_code": "CA"},
        {"postcode": "94608"},
        {"last_name": "Lovelace"},
        {"street_1": "11 Elm Street"},
        {"company": "Engines Ltd"},
        {"phone": "510-555-0101"},
    ],
)
def test_another_place_is_a_difference(changed: dict[str, str]) -> None:
    assert not is_same_place(OAKLAND, OAKLAND | changed)
