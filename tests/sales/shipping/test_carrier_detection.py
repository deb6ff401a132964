"""Whose a tracking number is: published test numbers of the carriers, and what is nobody's."""

import random

import pytest

from counterfoil.sales.shipping.carrier_detection import carrier_by_number, detect_carrier

# Numbers that the carriers and the project jkeen/tracking_number_data publish to test by.
CERTAIN = {
    "UPS": "1Z5R89390357567127 1Z879E930346834440 1Z410E7W0392751591 1Z8V92A70367203024 1ZXX3150YW44070023 "
    "1Z999AA10123456784",
    "USPS": "9505511069605048600624 9101123456789000000013 92748931507708513018050063 9400111201080805483016 "
    "9361289878700317633795 9405803699300124287899 4201002334249200190132607600833457 420221539101026837331000039521 "
    "RB123456785US",
    "FedEx": "9611020987654312345672 9622001900000000000000776632517510 9622001560001234567100794808390594 "
    "1001921334250001000300779017972697 1001901781990001000300617767839437",
    "DHL": "JJD0099999999 JVGL0999999990",
    "DHL eCommerce": "GM2951173225174494 GM295117494011169042",
    "DHL Germany": "00340434161094042557",
    "OnTrac": "C11031500001879 C10999911320231 D10011354453707 D10011345983010",
    "LaserShip": "1LS717793482164 1LS724505321754 1LS7119013618127-1",
    "Amazon": "TBA000000000000 TBA502887274000",
    "DPD": "008182709980000020033350276C 008182709980000020045327276N",
    "Yodel": "JJD0002257639032011 JD0002242617644732",
    "Royal Mail": "RB123456785GB",
    "Canada Post": "RB123456785CA",
    "Australia Post": "RB123456785AU",
    "Landmark Global": "LTN74207623N1",
    "Yun Express": "YT2229521272164446",
}
POSSIBLE = {
    "FedEx": "986578788855 477179081230 799531274483 790535312317 974367662710 568283610012000 041441760228964 "
    "61299998820821171811 9261292700768711948021 000123450000000027",
    "USPS": "03071790000523483741 71123456789123456787 71969010756003077385",
    "DHL": "3318810025 73891051146 8487135506 1099255990",
    "Canada Post": "0073938000549297",
    "Purolator": "320595463938 331426749957",
    "LaserShip": "LX17635036",
    "Parcelforce": "CP123456785GB",
}
NOBODYS = (
    "2Z5R89390357567127 1A5R89390357567127 1Z1111111111111111 03071790000523483742 9200000000000000000000 "
    "420000000000000000000000000000 996578788855 1001901781990001000300617767839438 9261292700768711948020 "
    "568283610012732 000000000000000001 9600000000000000000001 9622001560001234567100794808390595 3318810010 "
    "XJD0099999998 RB123456786US RB123456785XX C10000000000000 C11031500001889 TBA50288727400A TBB000000000000 "
    "0073938000549292 008182709980000020033350276A 1LS734505321754 JD000225440506099 WEB-10234 10234 MUG-01 1ZDAY "
    "INV2026000123 AB1234567890 2026-11-30 SO0000012345 4006381333931 978316148410 1Z"
)


def numbers_of(table: dict[str, str]) -> list[tuple[str, str]]:
    """Each number with its carrier."""
    return [(carrier, number) for carrier, numbers in table.items() for number in numbers.split()]


@pytest.mark.parametrize(("carrier", "number"), numbers_of(CERTAIN))
def test_a_carrier_s_own_form_with_a_right_check_digit_tells_it(carrier: str, number: str) -> None:
    """However the number is spelled; the carrier is noted where none is named."""
    spelled = " ".join(number[at : at + 4] for at in range(0, len(number), 4)).lower()
    for text in (number, spelled):
        found = detect_carrier(text)
        assert found is not None
        assert (found.carriers, found.certain) == ((carrier,), True)
        assert carrier_by_number("", text) == (carrier, f"Carrier recognized by the number: {carrier}.")


@pytest.mark.parametrize(("carrier", "number"), numbers_of(POSSIBLE))
def test_plain_digits_that_fit_are_offered_and_not_taken(carrier: str, number: str) -> None:
    """A tenth of all numbers passes a single check digit."""
    found = detect_carrier(number)
    assert found is not None
    assert (found.carriers[0], found.certain) == (carrier, False)
    noted, note = carrier_by_number("", number)
    assert noted == ""
    assert note.startswith(f"The number may be from {carrier}")


@pytest.mark.parametrize("number", NOBODYS.split())
def test_what_is_nobody_s_is_not_recognized(number: str) -> None:
    """A wrong check digit, an order number, a SKU, an EAN."""
    assert detect_carrier(number) is None


@pytest.mark.parametrize(
    "number",
    [
        *("1Z0000000000000000", "1z 000 000 00 0000 0000", "RR000000005GB", "C00000000000000", "1Z9990000000000004"),
        *("96" + "0" * 20, "92" + "0" * 19 + "1", "0000000000", "000000000000", "00340434" + "0" * 12),
    ],
)
def test_a_form_with_nothing_but_zeros_for_a_number_is_nobodys(number: str) -> None:
    """Its check digit is right for most carriers."""
    assert detect_carrier(number) is None


def test_a_carrier_that_is_named_stands() -> None:
    """A number never overrules a person; "none" is an answer too."""
    assert carrier_by_number("City Van", "1Z5R89390357567127") == ("City Van", "")
    assert carrier_by_number("none", "1Z5R89390357567127") == ("", "")
    assert carrier_by_number("", "") == ("", "")


def test_hardly_any_row_of_digits_is_certain() -> None:
    """Of numbers of up to 21 digits, as order and phone numbers are, none."""
    dice = random.Random(17)
    for length in range(1, 22):
        for _ in range(300):
            number = "".join(dice.choice("0123456789") for _ in range(length))
            found = detect_carrier(number)
            assert found is None or not found.certain or number.startswith("00340434"), number
