"""Run with pytest, where Counterfoil is installed."""

import json
from pathlib import Path

import example_order_script
import pytest

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.testing import convert_order, further_field

ORDER = json.loads(Path(__file__).with_name("order.json").read_text())
FIELDS = [
    further_field("gift", "yes_no"),
    further_field("engraving", scope="line"),
    further_field("vat_id", scope="client"),
]


def test_the_engraving_goes_to_its_line():
    result = convert_order(ORDER, example_order_script, fields=FIELDS)
    assert [fields.get("engraving") for fields in result.fields.lines.values()] == ["Ada", None]
    assert result.draft.lines[0].part_number == "PEN-BRASS"


def test_a_wrapped_item_makes_the_order_a_gift():
    assert convert_order(ORDER, example_order_script, fields=FIELDS).fields.order == {"gift": True}


def test_the_client_s_vat_id_is_kept_without_spaces():
    assert convert_order(ORDER, example_order_script, fields=FIELDS).fields.client == {"vat_id": "DE123456789"}


def test_an_order_to_antarctica_is_refused():
    south = json.loads(json.dumps(ORDER).replace('"DE"', '"AQ"'))
    with pytest.raises(NeedsPerson, match="We do not deliver to Antarctica"):
        convert_order(south, example_order_script, fields=FIELDS)


def test_an_engraving_that_is_too_long_is_refused():
    long = json.loads(json.dumps(ORDER).replace('"Ada"', '"Ada Augusta King, Countess of Lovelace"'))
    with pytest.raises(NeedsPerson, match="more than 20 letters"):
        convert_order(long, example_order_script, fields=FIELDS)
