"""Tracking numbers as people and spreadsheets write them: read, refused, compared."""

from contextlib import suppress

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.errors import Refused
from counterfoil.sales.shipping.tracking_numbers import comparable, read_tracking_number, read_tracking_numbers

ONE = "1Z999AA10123456784"


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f" {ONE}\n",
        f"'{ONE}",
        f"’{ONE}",
        f"‘{ONE}’",
        f"`{ONE}",
        f"´{ONE}",
        f'"{ONE}"',
        f"“{ONE}”",
        f'="{ONE}"',
        f"\u200b{ONE}\u200e",
        f"\u202a{ONE}\u202c",
        f"\ufeff{ONE[:5]}\u00ad{ONE[5:]}\u2060",
        f"\u00a0{ONE}\u202f",
        f"'\u200b’{ONE}\x07",
        "１Ｚ999AA10123456784",
        f"{ONE},",
        f"{ONE};\n",
    ],
)
def test_what_stands_around_a_number_is_removed(text: str) -> None:
    """Blanks, apostrophes of any kind, quotation marks, signs that cannot be seen."""
    assert read_tracking_number(text) == ONE


@pytest.mark.parametrize("text", ["", " ", "\u200b", "'", "’", '""', '=""', "\n\t", "\ufeff"])
def test_an_empty_cell_is_no_number_and_no_refusal_either(text: str) -> None:
    assert read_tracking_number(text) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("770000000001.00", "770000000001"),
        ("770000000001,00", "770000000001"),
        ("770000000001.", "770000000001"),
        ("770000000001.000000", "770000000001"),
        ("770,000,000,001", "770000000001"),
        ("770.000.000.001,00", "770000000001"),
        ("770'000'000'001", "770000000001"),
        ("9,405,511,899,223,197,428,490", "9405511899223197428490"),
        ("7,70,00,00,00,001", "770000000001"),
        ("94,05,511.00", "9405511"),
        ("9400 1000 0000 0000 0000 00", "9400 1000 0000 0000 0000 00"),
        ("9405511899223197428490", "9405511899223197428490"),
        ("1Z 999 AA1 01 2345 6784", "1Z 999 AA1 01 2345 6784"),
        ("1Z  999", "1Z 999"),
        ("7946 4479 3000", "7946 4479 3000"),
        ("123 456 789 012", "123 456 789 012"),
        ("420 22153 9101026837331000039521", "420 22153 9101026837331000039521"),
        ("RB 123 456 785 GB", "RB 123 456 785 GB"),
        ("1LS7119013618127-1", "1LS7119013618127-1"),
        ("1E10", "1E10"),
        ("94E20", "94E20"),
        ("000123450000000027", "000123450000000027"),
        ("568283610012000", "568283610012000"),
        ("TBA000000000000", "TBA000000000000"),
        ("AB/12", "AB/12"),
        ("Handover", "Handover"),
        ("]C01Z999AA10123456784", "1Z999AA10123456784"),
        ("]C1 1Z999AA10123456784", "1Z999AA10123456784"),
        ("*1Z999AA10123456784*", "1Z999AA10123456784"),
    ],
)
def test_a_number_is_one_number(text: str, number: str) -> None:
    """Decimals and thousands separators are taken off where nothing is lost; blanks and dashes stay as typed."""
    assert read_tracking_numbers(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "9.40551E+21",
        "9,40551E+21",
        "1.23457E+11",
        "9.4E21",
        "9.4e+21",
        "9E+21",
        "9.405511899223197e+21",
        "9.4 E+21",
        "9.4×10^21",
        "'9.4E+21",
        "9405511899223190000000",
        "9405511899223197400000",
        "9405511899223190000000.00",
        "9405511899223190000000,0",
        "9,405,511,899,223,190,000,000",
        "9.405.511.899.223.190.000.000,00",
        "9 405 511 899 223 190 000 000",
        "9\u202f405\u202f511\u202f899\u202f223\u202f190\u202f000\u202f000",
        "9'405'511'899'223'190'000'000",
        "9,40,55,11,89,92,23,19,00,00,00,000",
        "123456789012345000",
    ],
)
def test_what_a_spreadsheet_has_rounded_is_refused(text: str) -> None:
    """The reason is said, and what to do: it would be another parcel's number."""
    with pytest.raises(Refused) as refused:
        read_tracking_number(text)
    assert refused.value.sentence.startswith("A spreadsheet rounded the tracking number: ")
    assert "as text" in refused.value.next_step


@pytest.mark.parametrize(
    "text",
    [
        *("#N/A", "#n/a", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#NV", "#¡REF!"),
        *("########", "#", "Err:502", "nan", "NaN", "NULL", "null", "None", "N/A", "n.a.", "N.A", "NA", "-", "--", "—"),
        *("?", "...", "0", "0.00", "000000", "TBD", "tba", "pending", "unknown", "undefined", "No tracking", "'#N/A"),
        *("30.11.26", "1/2/26"),
        *("2026-11-30", "11/30/2026", "30.11.2026", "https://ups.example/1Z", "1Z1, #N/A", "n/a; n/a", "<NA>"),
        *("=A1", '=HYPERLINK("https://x","1ZA")', "not yet shipped", "see e-mail"),
    ],
)
def test_what_is_no_tracking_number_is_refused_in_words(text: str) -> None:
    """It is never sent to the store as one."""
    with pytest.raises(Refused) as refused:
        read_tracking_number(text)
    assert " isn’t a valid tracking number: " in refused.value.sentence
    assert refused.value.next_step


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1ZA, 1ZB", ["1ZA", "1ZB"]),
        ("1ZA,1ZB", ["1ZA", "1ZB"]),
        ("1ZA; 1ZB;1ZC", ["1ZA", "1ZB", "1ZC"]),
        ("1ZA\n1ZB", ["1ZA", "1ZB"]),
        ("1ZA\r\n1ZB", ["1ZA", "1ZB"]),
        ("1ZA\t1ZB", ["1ZA", "1ZB"]),
        ("1ZA / 1ZB", ["1ZA", "1ZB"]),
        ("1ZA | 1ZB", ["1ZA", "1ZB"]),
        ("1ZA // 1ZB", ["1ZA", "1ZB"]),
        ("1ZA • 1ZB", ["1ZA", "1ZB"]),
        ("1ZA · 1ZB", ["1ZA", "1ZB"]),
        ("1ZA、1ZB", ["1ZA", "1ZB"]),
        ("1ZA<br>1ZB", ["1ZA", "1ZB"]),
        ("1ZA & 1ZB", ["1ZA", "1ZB"]),
        ("1ZA + 1ZB", ["1ZA", "1ZB"]),
        ("1ZA and 1ZB", ["1ZA", "1ZB"]),
        ("'1ZA', '1ZB'", ["1ZA", "1ZB"]),
        ("1ZA, 1za, 1Z-A", ["1ZA"]),
        ("770000000001.00, 770000000002.00", ["770000000001", "770000000002"]),
        ("770000000001,770000000002", ["770000000001", "770000000002"]),
        ("1Z999AA10123456784 1Z5R89390357567127", ["1Z999AA10123456784", "1Z5R89390357567127"]),
        ("1Z999AA10123456784/1Z5R89390357567127", ["1Z999AA10123456784", "1Z5R89390357567127"]),
        ("9400 1000 0000 0000 0000 00, 1ZB", ["9400 1000 0000 0000 0000 00", "1ZB"]),
    ],
)
def test_several_numbers_in_one_cell_are_told_apart(text: str, numbers: list[str]) -> None:
    """And where one is meant they are refused with the advice, never sent as one."""
    assert read_tracking_numbers(text) == numbers
    if len(numbers) > 1:
        with pytest.raises(Refused) as refused:
            read_tracking_number(text)
        assert (
            refused.value.sentence == f"There are {len(numbers)} tracking numbers in one field: {', '.join(numbers)}."
        )
        assert refused.value.next_step


SPELLINGS = [
    "1Z999AA10123456784",
    "1Z 999 AA1 01 2345 6784",
    "1z999aa10123456784",
    "1Z-999-AA1-01-2345-6784",
    "1Z–999—AA1‑01−2345 6784",
    "1Z\u00a0999\u200bAA1\u202f01\ufeff2345\u00ad6784",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_number_is_the_same_however_it_is_spelled(text: str) -> None:
    """Case, blanks, dashes of any kind and signs that cannot be seen do not count."""
    assert comparable(text) == ONE


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*SPELLINGS, "", "äöü-1", "1-1", "x_1.2/3"])
def test_the_database_compares_as_the_program_does(text: str) -> None:
    """Else the index would not find what is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sales_comparable_number(%s)", [text])
        assert cursor.fetchone()[0].casefold() == comparable(text).casefold()


@given(st.text())
def test_whatever_is_given_is_a_number_or_none_or_a_refusal(text: str) -> None:
    """Nothing else comes of it."""
    numbers: list[str] = []
    with suppress(Refused):
        numbers = read_tracking_numbers(text)
    assert len({comparable(number) for number in numbers}) == len(numbers)
    for number in numbers:
        assert number == " ".join(number.split())
