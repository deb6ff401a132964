"""The odd forms of real orders, as the sandbox store serves them: which there are, how many orders, always the same."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sandbox_store import SandboxStore

MANY = 400
Document = dict[str, Any]
Seen = Callable[[Document, list[Document]], bool]


@pytest.fixture(scope="module")
def odd() -> Iterator[SandboxStore]:
    """Every order in odd forms."""
    flags = ("--plan", "enterprise", "--odd-forms", "1", "--order-mix", "wide", "--pricing", "mixed")
    with SandboxStore(*flags, orders=MANY, seed=11) as store:
        yield store


@pytest.fixture(scope="module")
def served(odd: SandboxStore) -> list[tuple[Document, list[Document]]]:
    """Headers with their consignments, and lines."""
    query = "limit=250&include=consignments.line_items,fees&consignment_structure=object"
    headers = [header for page in (1, 2) for header in odd.api("GET", f"/v2/orders?{query}&page={page}").json()]
    return [(header, odd.api("GET", f"/v2/orders/{header['id']}/products").json()) for header in headers]


def _shipping(header: Document) -> list[Document]:
    return list(header["consignments"]["shipping"])


def _is_noisy(value: Any) -> bool:
    """More places than money has: what floating point leaves behind."""
    return isinstance(value, float) and len(repr(value).partition(".")[2]) > 8


def _amounts(lines: list[Document]) -> list[Any]:
    return [one.get("amount", "absent") for line in lines for one in line.get("applied_discounts") or []]


FORMS: dict[str, Seen] = {
    "an absent flag": lambda header, _: "is_tax_inclusive_pricing" not in header,
    "absent fees": lambda header, _: "fees" not in header,
    "an absent ip_address_v6": lambda header, _: "ip_address_v6" not in header,
    "absent form fields": lambda header, _: "form_fields" not in header["billing_address"],
    "an absent discounted total": lambda _, lines: "discounted_total_inc_tax" not in lines[0],
    "empty text as null": lambda header, _: header.get("external_source", "") is None,
    "empty text as a list": lambda header, _: header.get("external_source") == [],
    "empty text as an object": lambda header, _: header.get("credit_card_type") == {},
    "a parent that is an object": lambda _, lines: any(line["parent_order_product_id"] == {} for line in lines),
    "a parent that is a text": lambda _, lines: any(line["parent_order_product_id"] == "" for line in lines),
    "no discounts as a text": lambda _, lines: any(line["applied_discounts"] == "" for line in lines),
    "no discounts as an object": lambda _, lines: any(line["applied_discounts"] == {} for line in lines),
    "no form fields as null": lambda header, _: header["billing_address"].get("form_fields", "") is None,
    "an integer as zip": lambda header, _: isinstance(header["billing_address"]["zip"], int),
    "an integer as zip of a parcel": lambda header, _: any(isinstance(p["zip"], int) for p in _shipping(header)),
    "channel_id as a text": lambda header, _: isinstance(header["channel_id"], str),
    "a quantity as a text": lambda _, lines: isinstance(lines[0]["quantity"], str),
    "an address id as a text": lambda _, lines: isinstance(lines[0]["order_address_id"], str),
    "totals as numbers": lambda header, _: isinstance(header["total_inc_tax"], int | float),
    "shipping as floating point writes it": lambda header, _: any(
        _is_noisy(place["cost_inc_tax"]) for place in _shipping(header)
    ),
    "fees as floating point writes them": lambda header, _: any(
        _is_noisy(fee["cost_inc_tax"]) for fee in header.get("fees", [])
    ),
    "a discount as a number": lambda _, lines: any(isinstance(one, int | float) for one in _amounts(lines)),
    "a discount with two places": lambda _, lines: any(str(one)[-3:-2] == "." for one in _amounts(lines)),
    "a discount without an amount": lambda _, lines: "absent" in _amounts(lines),
    "a discount with an id and an amount alone": lambda _, lines: any(
        one.keys() == {"id", "amount"} for line in lines for one in line["applied_discounts"] or []
    ),
    "a status of null": lambda header, _: header["status"] is None,
    "a product id of null": lambda _, lines: any(line["product_id"] is None for line in lines),
    "tax classes of 0": lambda header, _: header["shipping_cost_tax_class_id"] == 0,
    "a zone of 0": lambda header, _: any(place["shipping_zone_id"] == 0 for place in _shipping(header)),
    "form fields with lists": lambda header, _: any(
        isinstance(one["value"], list) for one in header["billing_address"].get("form_fields") or []
    ),
    "a base price with more places": lambda _, lines: any(line["base_price"][-2:] == "19" for line in lines),
    "a subtotal tax below zero": lambda header, _: header["subtotal_tax"] == "-0.0100",
    "fields that nobody knows": lambda header, _: "extraStr1" in header,
    "a last name that is a sign": lambda header, _: header["billing_address"]["last_name"] in ("-", "."),
    "a company that is none": lambda header, _: header["billing_address"]["company"] in ("N/A", "none", "-"),
    "names and an e-mail that are empty": lambda header, _: (
        not any(header["billing_address"][name] for name in ("first_name", "last_name", "email"))
    ),
    "an order source of a checkout": lambda header, _: header["order_source"] == "checkout_api",
    "the shipping method None": lambda header, _: any(p["shipping_method"] == "None" for p in _shipping(header)),
    "Shipped with nothing shipped": lambda header, _: header["status_id"] == 2 and int(header["items_shipped"]) == 0,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_real_orders_is_served(served: list[tuple[Document, list[Document]]], form: str) -> None:
    """Among 400 orders at least one has it."""
    assert any(FORMS[form](header, lines) for header, lines in served)


def test_coupons_and_refunds_are_floating_point_too(odd: SandboxStore) -> None:
    """And a refund may say no more than what and how many."""
    orders = [odd.order(order["id"]) for order in odd.orders()]
    noisy = [order for order in orders if "floating_point" in order["odd"]["forms"]]
    coupons = [odd.api("GET", f"/v2/orders/{order['id']}/coupons") for order in noisy if order["coupons"]]
    assert any(_is_noisy(coupon["discount"]) for answer in coupons for coupon in answer.json())
    refunds = [_refunded(odd, order) for order in noisy[:40]]
    assert any(_is_noisy(refund["total_amount"]) for refund in refunds)
    assert any("requested_amount" not in item for refund in refunds for item in refund["items"])


def _refunded(store: SandboxStore, order: Document) -> Document:
    store.refund(order["id"], {"item_type": "PRODUCT", "item_id": order["lines"][0]["id"], "quantity": 1})
    path = f"/v3/orders/payment_actions/refunds?order_id:in={order['id']}"
    return dict(store.api("GET", path).json()["data"][-1])


def test_an_odd_order_is_always_served_in_the_same_way(odd: SandboxStore) -> None:
    """Alone, in lists, and from the same seed; what a person looks at behind the counter stays plain."""
    order_id = odd.place(kind="several_discounts", seed=4, manner={"odd_forms": 1})[0]
    path = f"/v2/orders/{order_id}/products"
    assert odd.api("GET", path).data == odd.api("GET", path).data
    first, again = (odd.place(kind="line_coupon", seed=9, manner={"odd_forms": 1})[0] for _ in range(2))
    assert odd.order(first)["odd"] == odd.order(again)["odd"]
    assert odd.order(first)["terms"]["year"] == odd.order(again)["terms"]["year"]
    assert odd.order(order_id)["lines"][0]["applied_discounts"][0].keys() == {"id", "amount", "name", "code", "target"}


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_the_share_of_odd_orders_is_as_set(store: SandboxStore, share: float) -> None:
    """None by default; the seed draws the same people and goods whatever the share."""
    store.reset(orders=100, seed=3, odd_forms=share)
    orders = [store.order(order["id"]) for order in store.orders()]
    assert abs(sum(bool(order["odd"]) for order in orders) - share * 100) <= (0 if share in (0, 1) else 15)
    store.reset(orders=100, seed=3)
    plain = [store.order(order["id"]) for order in store.orders()]
    assert [order["kinds"] for order in orders] == [order["kinds"] for order in plain]
    assert [_bought(order) for order in orders] == [_bought(order) for order in plain]


def _bought(order: Document) -> list[tuple[str, int]]:
    return [(line["sku"], line["quantity"]) for line in order["lines"]]


def test_a_guest_may_register_later(store: SandboxStore) -> None:
    """customer_id 0 at first, and another in the same order then."""
    order_id = store.place(kind="guest")[0]
    store.edit(order_id, customer_id=5)
    assert store.api("GET", f"/v2/orders/{order_id}").json()["customer_id"] == 5
    assert store.customer(5)["email"] == store.order(order_id)["header"]["billing_address"]["email"]
