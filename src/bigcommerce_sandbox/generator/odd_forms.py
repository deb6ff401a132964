"""Which odd forms an order comes in, and in the manner of which year: chosen by dice."""

import json
from random import Random

from bigcommerce_sandbox.generator.spec import Sketch
from bigcommerce_sandbox.orders.odd_forms import FORMS
from bigcommerce_sandbox.orders.order import THIS_YEAR

_YEARS = (2013, 2016, 2018, 2020, 2022, 2023, 2024, THIS_YEAR, THIS_YEAR, THIS_YEAR)
_DISCOUNTED_TOTALS_SINCE, _FEES_SINCE = 2023, 2024
_STATES = ("", "TX", "Tyne and Wear", "Quis sed corrupti e")
_PAYMENTS = ("Cash on Delivery", "247 DNA", "PO", "cash", "Credit Card ending in 4242")
_SOURCES = ("manual", "checkout_api", "external", "iphone")
_NOTES = json.dumps([{"variant_id": 13879107, "packup_discount": "5.55"}])


def make_odd(sketch: Sketch, dice: Random) -> None:
    """Some of the forms, a year, and odd texts where a form of serving would not do."""
    sketch.year = max(dice.choice(_YEARS), _FEES_SINCE if sketch.fee else 0)
    possible = sorted(FORMS if sketch.year >= _DISCOUNTED_TOTALS_SINCE else FORMS.keys() - {"missing_discount_amounts"})
    sketch.odd = {"seed": dice.getrandbits(32), "forms": dice.sample(possible, dice.randrange(2, 7))}
    for change in dice.sample(_CHANGES, dice.randrange(0, 3)):
        change(sketch, dice)


def _state(sketch: Sketch, dice: Random) -> None:
    sketch.bill_to["state"] = sketch.ship_tos[0]["state"] = dice.choice(_STATES)


def _method(sketch: Sketch, _dice: Random) -> None:
    sketch.shipping_method = "None"


def _payment(sketch: Sketch, dice: Random) -> None:
    sketch.payment_method = dice.choice(_PAYMENTS)


def _source(sketch: Sketch, dice: Random) -> None:
    sketch.order_source = dice.choice(_SOURCES)


def _notes(sketch: Sketch, _dice: Random) -> None:
    sketch.staff_notes = _NOTES


def _nameless(sketch: Sketch, _dice: Random) -> None:
    """A guest's billing address without names and without an e-mail; the parcel's has them."""
    if sketch.customer_id == 0:
        sketch.bill_to |= dict.fromkeys(("first_name", "last_name", "company", "email"), "")


_CHANGES = (_state, _method, _payment, _source, _notes, _nameless)
