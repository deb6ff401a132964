"""What an item weighs, however the store writes it; nothing in its place makes an order unreadable."""

from decimal import Decimal

import pytest

from counterfoil.bigcommerce.parsing import read_line_items, read_store_information

NONE_KNOWN = (
    *("null", '""', '" "', '"0.0000"', '"0"', "0", "0.0", "-1", '"-1.0000"', '"abc"', '"1,5"', '"NaN"', '"-Infinity"'),
    *("1e400", '"1e400"', "1e-400", "0.00001", "100000000", '"1e999999999999999999999"', '"' + "9" * 5000 + '"'),
    *("true", "false", "[]", "{}", "[1]", '{"value":1}'),
)
BEYOND_ANY_NUMBER = ("1e99999999999999999999999", "9" * 5000)


@pytest.mark.parametrize("written", NONE_KNOWN)
def test_what_is_no_weight_is_not_known_and_the_rest_of_the_line_is_read(written: str) -> None:
    """With the strict decoder, and with the other one: the quantity is a text there."""
    for quantity in ("2", '"2"'):
        raw = f'[{{"id":1,"quantity":{quantity},"price_inc_tax":"1","total_inc_tax":"2","weight":{written}}}]'
        (item,) = read_line_items(raw.encode())
        assert (item.quantity, item.weight) == (2, None)


@pytest.mark.parametrize("written", BEYOND_ANY_NUMBER)
def test_a_number_that_nothing_holds_is_not_known(written: str) -> None:
    """Nobody has to read it."""
    raw = f'[{{"id":1,"quantity":2,"price_inc_tax":"1","total_inc_tax":"2","weight":{written}}}]'
    assert read_line_items(raw.encode())[0].weight is None


@pytest.mark.parametrize(
    ("written", "weight"),
    [
        ('"1.0000"', "1"),
        ('"0.0800"', "0.08"),
        ("1", "1"),
        ("1.5", "1.5"),
        ("16.7", "16.7"),
        ('" 2.5 "', "2.5"),
        ("0.30000000000000004", "0.3"),
        ("99999999.9999", "99999999.9999"),
        ("1e2", "100"),
    ],
)
def test_a_weight_is_a_text_or_a_number(written: str, weight: str) -> None:
    """To four places, as the store writes it."""
    for quantity in ("2", '"2"'):
        raw = f'[{{"id":1,"quantity":{quantity},"price_inc_tax":"1","total_inc_tax":"2","weight":{written}}}]'
        (item,) = read_line_items(raw.encode())
        assert item.weight == Decimal(weight)


def test_an_item_may_come_without_a_weight() -> None:
    """As of old."""
    (item,) = read_line_items(b'[{"id":1,"quantity":1,"price_inc_tax":"1","total_inc_tax":"2"}]')
    assert item.weight is None


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ('"LBS"', "lb"),
        ('"Ounces"', "oz"),
        ('"KGS"', "kg"),
        ('"Grams"', "g"),
        ('"Tonnes"', "t"),
        ('" ounces "', "oz"),
        ('"Stones"', ""),
        ('""', ""),
        ("null", ""),
        ("7", ""),
    ],
)
def test_a_store_names_its_unit(said: str, unit: str) -> None:
    """One of the vendor's five; another one is not known."""
    assert read_store_information(f'{{"id":"abc","weight_units":{said}}}'.encode()).weight_unit == unit
    assert read_store_information(b'{"id":"abc"}').weight_unit == ""
