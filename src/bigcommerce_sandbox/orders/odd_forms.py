"""The odd forms in which real orders come (facts, section 11), put on as they are served; what is stored stays plain.

``Order.odd`` holds a seed and the names of the forms. The same order is always served in the same way. A part is a
header, line, address, consignment, coupon, fee or refund.
"""

import json
import math
from collections.abc import Callable
from random import Random
from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.generator.templates import TEXTS_THAT_MAY_BE_MISSING, blank_header
from bigcommerce_sandbox.orders.order import Order

Form = Callable[[str, Document, Random], None]
FORMS: dict[str, Form] = {}

_NOTHING: tuple[Any, ...] = ("", None, [], {})
_LISTS_OF = {"line": ("applied_discounts", "product_options", "configurable_fields"), "address": ("form_fields",)}
_TEXTS_OF_LINES = (
    "event_name", "event_date", "option_set_id", "parent_order_product_id", "external_id", "wrapping_message",
    "bin_picking_number", "upc", "gift_certificate_id", "ebay_item_id",
)  # fmt: skip
_COSTS = (
    "base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax",
    "base_handling_cost", "handling_cost_ex_tax", "handling_cost_inc_tax", "handling_cost_tax",
)  # fmt: skip
_NUMBERS = {
    "consignment": _COSTS,
    "fee": ("base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax"),
    "coupon": ("amount", "discount"),
    "refund": ("total_amount", "total_tax"),
}
_WHOLE_NUMBERS = {
    "header": ("channel_id", "items_total", "shipping_cost_tax_class_id"),
    "line": ("quantity", "quantity_shipped", "quantity_refunded", "order_address_id", "variant_id", "return_id"),
    "address": ("items_total", "items_shipped", "cost_tax_class_id"),
    "consignment": ("items_total", "items_shipped", "cost_tax_class_id"),
}
_TAX_CLASSES = ("shipping_cost_tax_class_id", "handling_cost_tax_class_id", "wrapping_cost_tax_class_id")
_FIELDS = (
    {"name": "Other Info", "value": json.dumps({"store_id": 2410, "order_type": "pickup", "time": "10:30 AM"})},
    {"name": "Days", "value": ["Monday", "Friday"]},
    {"name": "Fundraiser Group ", "value": "Sample Soccer Association"},
)


def written(order: Order, part: str, document: Document) -> Document:
    """The document as it is served: itself, or a copy in the order's odd forms and in the manner of its year."""
    if not order.odd:
        return document
    odd = dict(document)
    for name in order.odd["forms"]:
        FORMS[name](part, odd, Random(f"{order.odd['seed']} {name} {part} {odd.get('id')}"))  # noqa: S311 - reproducible
    _as_in_its_year(order, part, odd)
    return odd


def form(change: Form) -> Form:
    FORMS[change.__name__] = change
    return change


def _as_in_its_year(order: Order, part: str, document: Document) -> None:
    """Without what the store did not write yet."""
    year = order.terms.year
    if part == "header":
        later = {"is_tax_inclusive_pricing": 2024, "ip_address_v6": 2021, "customer_locale": 2020, "cart_id": 2018}
        if not order.fees:
            later["fees"] = 2024
        if year < 2014:
            document["billing_address"] = {k: v for k, v in document["billing_address"].items() if k != "form_fields"}
    elif part == "line":
        later = {"discounted_total_inc_tax": 2023, "brand": 2019, "gift_certificate_id": 2019, "external_id": 2017}
        later |= {"name_customer": 2018, "name_merchant": 2018, "upc": 2018}
        if year < 2016 and isinstance(document["applied_discounts"], list):
            document["applied_discounts"] = [_bare(applied) for applied in document["applied_discounts"]]
    else:
        return
    for name in (name for name, since in later.items() if year < since):
        document.pop(name, None)


def _bare(applied: Document) -> Document:
    """Without name, code and target; what kind it was, the id alone tells."""
    known = applied.get("code") is not None
    return {"id": "coupon" if known else "manual-discount"} | {k: v for k, v in applied.items() if k == "amount"}


@form
def empty_texts(part: str, document: Document, dice: Random) -> None:
    """ "", null, [] and {} for texts that are empty, and no longer only ""."""
    names = {"header": TEXTS_THAT_MAY_BE_MISSING, "line": _TEXTS_OF_LINES}.get(part, ())
    for name in names:
        if name in document and document[name] in _NOTHING:
            document[name] = dice.choice(_NOTHING)


@form
def empty_lists(part: str, document: Document, dice: Random) -> None:
    """The same for lists."""
    for name in _LISTS_OF.get("address" if part == "consignment" else part, ()):
        if document.get(name) == []:
            document[name] = dice.choice(_NOTHING)
    if part == "header" and not document["billing_address"].get("form_fields"):
        document["billing_address"] = document["billing_address"] | {"form_fields": dice.choice(_NOTHING)}


@form
def floating_point(part: str, document: Document, dice: Random) -> None:
    """7.39 as 7.390000000000001: what a sum in floating point looks like."""
    for name in _NUMBERS.get(part, ()):
        if isinstance(document.get(name), int | float):
            document[name] = _nearly(document[name], dice)
    for list_name, name in (("items", "requested_amount"), ("payments", "amount")):
        if part == "refund":
            document[list_name] = [
                one | {name: _nearly(one[name], dice)} if name in one else one for one in document[list_name]
            ]


def _nearly(amount: float, dice: Random) -> float:
    """A few of the smallest steps beside it; none is none."""
    if amount == 0:
        return amount
    number, towards = float(amount), dice.choice((math.inf, -math.inf))
    for _ in range(dice.choice((1, 1, 2, 3))):
        number = math.nextafter(number, towards)
    return number


@form
def discount_amounts(part: str, document: Document, dice: Random) -> None:
    """ "10.00" or 4.66 instead of "10.0000"."""
    if part == "line" and document["applied_discounts"]:
        write = dice.choice((_two_places, money.number))
        document["applied_discounts"] = [
            applied | {"amount": write(money.read(applied["amount"]))} if "amount" in applied else applied
            for applied in document["applied_discounts"]
        ]


def _two_places(amount: int) -> str:
    return f"{amount / money.ONE:.2f}" if amount % 100 == 0 else money.written(amount)


@form
def missing_discount_amounts(part: str, document: Document, _dice: Random) -> None:
    """For orders whose lines have a discounted total, from which the amount follows."""
    if part == "line" and document["applied_discounts"]:
        found = document["applied_discounts"]
        document["applied_discounts"] = [{k: v for k, v in one.items() if k != "amount"} for one in found]


@form
def whole_numbers_as_text(part: str, document: Document, _dice: Random) -> None:
    """channel_id "1", quantity "20": numbers that another program has handed on."""
    for name in _WHOLE_NUMBERS.get(part, ()):
        if isinstance(document.get(name), int):
            document[name] = str(document[name])


@form
def money_as_numbers(part: str, document: Document, _dice: Random) -> None:
    """The description calls amounts texts, floats or integers; most are texts."""
    if part == "header":
        for name, value in document.items():
            if isinstance(value, str) and name.endswith(("_tax", "_cost", "_amount", "_discount")):
                document[name] = money.number(money.read(value))


@form
def number_as_zip(part: str, document: Document, _dice: Random) -> None:
    """zip 78704, not "78704"."""
    if part == "header":
        document["billing_address"] = _with_number(document["billing_address"])
    if part in ("address", "consignment"):
        document |= _with_number(document)


def _with_number(place: Document) -> Document:
    code = str(place.get("zip", ""))
    return place | {"zip": int(code)} if code.isdecimal() and not code.startswith("0") else place


@form
def null_ids(part: str, document: Document, dice: Random) -> None:
    """Lines that no product of the catalog stands behind; classes and zones that are none."""
    if part == "line" and document["product_id"] == 0:
        document |= {"product_id": dice.choice((0, None)), "variant_id": None}
    if part in ("address", "consignment"):
        document |= {"shipping_zone_id": 0, "shipping_zone_name": "", "cost_tax_class_id": 0}
    if part == "header":
        document |= dict.fromkeys(_TAX_CLASSES, 0)
        document["tax_provider_id"] = ""


@form
def null_status(part: str, document: Document, _dice: Random) -> None:
    """The label; the number is always there."""
    if part == "header":
        document["status"] = None


@form
def odd_form_fields(part: str, document: Document, dice: Random) -> None:
    """Values that are lists, or JSON as text; names that end in a blank."""
    if part == "header":
        fields = dice.sample(_FIELDS, dice.choice((1, 2, 3)))
        document["billing_address"] = document["billing_address"] | {"form_fields": fields}


@form
def longer_base_price(part: str, document: Document, _dice: Random) -> None:
    """base_price 5.0019 of a line at 5.0000: it keeps places that the price has not."""
    if part == "line" and money.read(document["base_price"]):
        document["base_price"] = money.written(money.read(document["base_price"]) + 19)


@form
def negative_subtotal_tax(part: str, document: Document, _dice: Random) -> None:
    """By a cent, where there is no tax."""
    if part == "header" and money.read(document["total_tax"]) == 0:
        document["subtotal_tax"] = "-0.0100"


@form
def unknown_fields(part: str, document: Document, _dice: Random) -> None:
    """New ones come without warning."""
    if part in ("header", "line"):
        document |= {"extraStr1": "more", "extraInfo": {"fields": [{"fieldName": "test", "fieldValue": None}]}}


@form
def lean_refunds(part: str, document: Document, _dice: Random) -> None:
    """Items with what was given back and how many, and no more."""
    if part == "refund":
        names = ("item_type", "item_id", "quantity")
        document["items"] = [{name: item[name] for name in names if name in item} for item in document["items"]]
        document |= {"reason": None, "user_id": None, "payments": []}


@form
def no_texts_at_all(part: str, document: Document, _dice: Random) -> None:
    """null for every text that may be missing, as an app's order has it."""
    if part == "header":
        blank = blank_header()
        for name in TEXTS_THAT_MAY_BE_MISSING:
            if name in document and document[name] == (blank[name] or ""):
                document[name] = None
