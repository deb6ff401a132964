"""What the database can keep of what people and programs send."""

import pytest
from django.db import connection

from counterfoil.storable import LARGEST_ID, is_digits, number_of, storable_text, without_nulls


@pytest.mark.parametrize("text", ["", " 1", "-1", "+1", "1_000", "1.0", "٣", "²", "１", "1\x00", "9" * 5_000])
def test_what_is_not_a_whole_number_in_ascii_digits_is_none(text: str) -> None:
    """Though Python takes several of them for one, or refuses to count so many digits."""
    assert number_of(text) is None


def test_a_number_is_taken_up_to_what_its_column_holds() -> None:
    """And up to what is allowed."""
    assert number_of(str(LARGEST_ID)) == LARGEST_ID
    assert number_of(str(LARGEST_ID + 1)) is None
    assert (number_of("007"), number_of("7", 7), number_of("8", 7), number_of("0")) == (7, 7, None, 0)


def test_digits_are_ascii_digits_alone() -> None:
    """Of any number, at least one."""
    assert is_digits("0" * 5_000)
    assert not any(map(is_digits, ("", "1 2", "²", "٣")))


@pytest.mark.django_db
def test_the_database_takes_a_text_that_was_made_storable() -> None:
    """What cannot be kept is replaced where a program sent it, left out where a person typed it."""
    sent = "a\x00b\ud800c"
    assert storable_text(sent) == "a\ufffdb\ufffdc"
    assert without_nulls("a\x00b") == "ab"
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text, %s::text", [storable_text(sent), without_nulls("a\x00b")])
        assert cursor.fetchone() == ("a\ufffdb\ufffdc", "ab")


def test_a_text_that_can_be_kept_is_the_same_object() -> None:
    """Nothing is copied of the thousands of texts of an order."""
    text = "A text " * 10
    assert storable_text(text) is text
