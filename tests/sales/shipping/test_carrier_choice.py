"""Who carries a parcel: what was typed, what the number says, what was proposed."""

import pytest

from counterfoil.sales.shipping.carrier_choice import ProposedCarrier, choose_carrier, is_same_carrier
from counterfoil.sales.shipping.shipments import Tracking

UPS, MISREAD, PLAIN = "1Z5R89390357567127", "1Z5R89390357567128", "986578788855"
BY_METHOD = ProposedCarrier("FedEx", "Ground", "the shipping method")


@pytest.mark.parametrize(
    ("carrier", "number", "proposed", "taken"),
    [
        ("FedEx", UPS, BY_METHOD, "UPS"),  # the number wins over what was proposed
        ("", UPS, BY_METHOD, "UPS"),
        ("", MISREAD, ProposedCarrier(), "UPS"),
        ("DHL", UPS, BY_METHOD, "DHL"),  # what was typed stands
        ("none", UPS, BY_METHOD, ""),
        ("FedEx", PLAIN, BY_METHOD, "FedEx"),
        ("FedEx", "", BY_METHOD, "FedEx"),
        ("City Van", PLAIN, ProposedCarrier("City Van"), "City Van"),  # a number that only may be FedEx's
        ("UPS Freight", UPS, ProposedCarrier("UPS Freight"), "UPS Freight"),
        ("FedEx", f"{UPS}, {UPS[:-2]}99", BY_METHOD, "UPS"),
        ("FedEx", "#N/A", BY_METHOD, "FedEx"),  # refused elsewhere, in its own words
    ],
)
def test_typed_then_the_number_then_what_was_proposed(
    carrier: str, number: str, proposed: ProposedCarrier, taken: str
) -> None:
    tracking, _ = choose_carrier(Tracking(carrier, proposed.service, number), proposed)
    assert tracking.carrier == taken


def test_the_sentence_says_which_one_won_and_the_other_carrier_s_service_goes() -> None:
    """A service that was typed stays."""
    tracking, said = choose_carrier(Tracking("FedEx", "Ground", UPS), BY_METHOD)
    assert (tracking.carrier, tracking.service) == ("UPS", "")
    assert said == f"{UPS} is a UPS number, not FedEx (from the shipping method)."
    tracking, said = choose_carrier(Tracking("FedEx", "Next Day Air", UPS), BY_METHOD)
    assert tracking.service == "Next Day Air"
    assert choose_carrier(Tracking("UPS", "", UPS), ProposedCarrier("UPS"))[1] == ""


def test_names_of_one_carrier_begin_alike() -> None:
    """ "UPS Ground" is no disagreement with UPS; "" is none with anyone."""
    assert is_same_carrier("ups", "UPS Ground")
    assert not is_same_carrier("UPS", "USPS")
    assert not is_same_carrier("", "UPS")


@pytest.mark.parametrize(
    ("scanned", "number", "carrier"),
    [
        ("420221539101026837331000039521", "9101026837331000039521", "USPS"),
        ("4201002334249200190132607600833457", "9200190132607600833457", "USPS"),  # with ZIP+4
        ("9611020987654312345672", "987654312345672", "FedEx"),
        ("9622001560001234567100794808390594", "794808390594", "FedEx"),
        ("1027590111820004833500785458233610", "785458233610", "FedEx"),
        ("1071804952390002087800925989385163", "925989385163", "FedEx"),
        ("9622001560001234567100794808390595", "9622001560001234567100794808390595", ""),  # misread
        ("9101026837331000039521", "9101026837331000039521", "USPS"),
        (f"{UPS}, {MISREAD}", f"{UPS}, {MISREAD}", "UPS"),
    ],
)
def test_of_a_label_s_barcode_the_number_is_noted_that_people_read_on_it(
    scanned: str, number: str, carrier: str
) -> None:
    """The store's mail has it as a link: with the routing in it, the carrier knows no such parcel."""
    tracking, _ = choose_carrier(Tracking(tracking_number=scanned), ProposedCarrier())
    assert (tracking.tracking_number, tracking.carrier) == (number, carrier)
