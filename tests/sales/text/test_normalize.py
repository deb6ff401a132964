"""One spelling for what people spell in many ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sales.text.normalize import fold, fold_email, fold_phone


@pytest.mark.parametrize(
    ("one", "other"),
    [("O’Brien-Müller ", "obrien muller"), ("STRASSE", "Straße"), ("ＡＤＡ", "ada"), ("Ёлкин", "елкин"), ("℡", "tel"),
     ("José", "Jose\u0301"), ("שָׁלוֹם", "שלום")],
)  # fmt: skip
def test_two_spellings_of_a_name_are_one(one: str, other: str) -> None:
    """Case, accents, points, width, punctuation and spaces do not matter."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("कि", "का"), ("李", "王"), ("Ann", "Anne"), ("กา", "กี")])
def test_two_names_stay_two(one: str, other: str) -> None:
    """Signs that make another letter are kept."""
    assert fold(one) != fold(other)


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    """A key read back finds itself."""
    assert fold(fold(text)) == fold(text)
    assert fold_email(fold_email(text)) == fold_email(text)


@given(st.text(max_size=3000))
def test_a_folded_name_fits_into_an_index(text: str) -> None:
    """Three of them stay below what an index of the database takes."""
    assert len(fold(text).encode()) <= 480
    assert len(fold_email(f"{text}@example.com").encode()) <= 1016


@pytest.mark.parametrize(
    ("email", "key"),
    [(" Ada@Example.COM ", "ada@example.com"), ("ada@example.com\u200b", "ada@example.com"),
     ("", ""), ("none", ""), ("@b.c", ""), ("a@b", ""), ("a b@c.d", ""),
     ("a\0@b.c", ""), ("x" * 300 + "@b.c", "")],
)  # fmt: skip
def test_an_email_is_a_key_when_it_is_one(email: str, key: str) -> None:
    """What is no e-mail recognises nobody."""
    assert fold_email(email) == key


@pytest.mark.parametrize(
    ("phone", "country", "key"),
    [("(512) 478-1234", "us", "+15124781234"), ("+44 20 7946 0958", "US", "+442079460958"),
     ("020 7946 0958", "GB", "+442079460958"), ("020 7946 0958", "", ""),
     ("0000000000", "US", ""), ("call me", "US", ""), ("1" * 5000, "US", ""), ("512 478 1234", "Nowhere", "")],
)  # fmt: skip
def test_a_phone_is_read_with_its_country(phone: str, country: str, key: str) -> None:
    """E.164, or nothing."""
    assert fold_phone(phone, country) == key


@given(st.text(max_size=40), st.text(max_size=3))
def test_no_phone_is_too_odd_to_be_read(phone: str, country: str) -> None:
    """Whatever stands there, the answer is a number in E.164 or nothing."""
    key = fold_phone(phone, country)
    assert key == "" or (key[0] == "+" and key[1:].isdigit())
