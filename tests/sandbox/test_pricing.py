"""Orders with prices with tax and without it, to the figure; and what edits make of them."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.arithmetic import Served, basis_of, faults
from tests.sandbox_store import SandboxStore

PERSON = {"first_name": "Ada", "last_name": "L", "zip": "1", "email": "ada@example.com"}


def _sums(store: SandboxStore, order_id: int) -> Served:
    order = store.order(order_id)
    return Served(order["header"], order["lines"], order["fees"], order["coupons"])


def _fits(store: SandboxStore, order_id: int) -> bool:
    return faults(_sums(store, order_id), basis_of(store.order(order_id)["terms"])) == []


def _figures(document: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(document[name] for name in names)


def _posted(store: SandboxStore, *products: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = store.api("POST", "/v2/orders", {"billing_address": PERSON, "products": list(products), **more})
    assert answer.status == 201, answer.data
    return dict(answer.json())


def test_without_tax_a_coupon_of_ten_lowers_the_tax_too(store: SandboxStore) -> None:
    """100 at 10 %, less 10: 90, tax 9, total 99; the line with tax is an estimate from before."""
    store.set(pricing="exclusive")
    order_id = _posted(store, {"name": "Poster", "quantity": 1, "price_ex_tax": 100, "price_inc_tax": 110})["id"]
    store.edit(order_id, discounts=[{"amount": 10, "code": "TEN"}])
    order = store.order(order_id)
    totals = ("coupon_discount", "total_ex_tax", "total_tax", "total_inc_tax", "subtotal_tax", "subtotal_inc_tax")
    assert _figures(order["header"], *totals) == (
        "10.0000", "90.0000", "9.0000", "99.0000", "9.0000", "110.0000",
    )  # fmt: skip
    line = ("price_inc_tax", "total_inc_tax", "total_tax", "discounted_total_inc_tax")
    assert _figures(order["lines"][0], *line) == ("110.0000", "110.0000", "9.0000", "99.0000")
    assert order["header"]["is_tax_inclusive_pricing"] is False


def test_with_tax_a_discount_comes_off_what_the_shopper_saw(store: SandboxStore) -> None:
    """2,500 at 5.5 %, less 100: 2,400, of it 125.12 tax; the price without tax is what follows from that."""
    each = {"name": "Bottle", "quantity": 10, "price_inc_tax": "250", "price_ex_tax": "236.9668"}
    order_id = _posted(store, each, discount_amount="100")["id"]
    order = store.order(order_id)
    totals = ("subtotal_ex_tax", "subtotal_inc_tax", "subtotal_tax", "total_ex_tax", "total_inc_tax", "total_tax")
    assert _figures(order["header"], *totals) == (
        "2369.6667", "2500.0000", "125.1200", "2274.8800", "2400.0000", "125.1200",
    )  # fmt: skip
    line = ("price_ex_tax", "price_tax", "total_ex_tax", "total_tax", "discounted_total_inc_tax")
    assert _figures(order["lines"][0], *line) == ("236.9667", "13.0333", "2369.6667", "125.1200", "2400.0000")


def test_goods_and_shipping_are_taxed_at_their_own_rates(store: SandboxStore) -> None:
    """119.95 at 3 %, shipping 10 at 1 %: 133.65; the line with tax has fractions of a cent."""
    store.set(pricing="exclusive")
    goods = {"name": "Kettle", "quantity": 1, "price_ex_tax": "119.95", "price_inc_tax": "123.5485"}
    order_id = _posted(store, goods, shipping_cost_ex_tax="10", shipping_cost_inc_tax="10.10")["id"]
    order = store.order(order_id)
    assert _figures(order["header"], "total_ex_tax", "total_tax", "total_inc_tax") == (
        "129.9500", "3.7000", "133.6500",
    )  # fmt: skip
    assert _figures(order["lines"][0], "total_inc_tax", "total_tax") == ("123.5485", "3.6000")


def test_in_old_orders_a_lines_own_tax_is_that_of_its_full_price(store: SandboxStore) -> None:
    """And the total's is that after the discount, as ever."""
    for seed in range(40):
        manner = {"pricing": "exclusive", "odd_forms": 1}
        order = store.order(store.place(kind="order_coupon", seed=seed, manner=manner)[0])
        own = sum(Decimal(line["total_tax"]) for line in order["lines"])
        total = Decimal(order["header"]["total_tax"]) - Decimal(order["header"]["shipping_cost_tax"])
        assert own > total if order["terms"]["year"] < 2025 else own == total


@pytest.mark.parametrize("pricing", ["inclusive", "exclusive"])
def test_every_kind_of_order_is_made_on_either_basis(store: SandboxStore, pricing: str) -> None:
    """To the last ten-thousandth."""
    for kind in store.control("GET", "/kinds")["kinds"]:
        for order_id in store.place(3, kind=kind, manner={"pricing": pricing}):
            own = "inclusive" if kind == "tax_inclusive" else pricing
            assert store.order(order_id)["terms"]["inclusive"] is (own == "inclusive")
            assert _fits(store, order_id), kind


@pytest.mark.parametrize(("kind", "places"), [("yen", 0), ("euros", 2), ("dinars", 3)])
def test_a_total_has_the_places_of_its_currency(store: SandboxStore, kind: str, places: int) -> None:
    """Prices without tax, so that the tax has to be rounded; the estimates have more."""
    for order_id in store.place(10, kind=kind, manner={"pricing": "exclusive"}):
        header = store.order(order_id)["header"]
        assert all(len(f"{Decimal(header[f'total_{k}']).normalize():f}".partition(".")[2]) <= places for k in _KINDS)


_KINDS = ("ex_tax", "inc_tax", "tax")


@pytest.mark.parametrize("pricing", ["inclusive", "exclusive"])
def test_everything_can_be_free(store: SandboxStore, pricing: str) -> None:
    """Goods by a coupon of 100 %, shipping by another: no total and no tax, though both have their price."""
    for order_id in store.place(5, kind="nothing_to_pay", manner={"pricing": pricing}):
        header = store.order(order_id)["header"]
        assert _figures(header, *(f"total_{kind}" for kind in _KINDS)) == ("0.0000",) * 3
        assert Decimal(header["shipping_cost_ex_tax"]) > 0


@pytest.mark.parametrize("pricing", ["inclusive", "exclusive"])
def test_a_total_is_before_tenders_or_after_them(store: SandboxStore, pricing: str) -> None:
    """Two readings of the real store; the parts are the same, and tax is not lowered by how it was paid."""
    before, after = (
        store.order(store.place(kind="store_credit", seed=7, manner={"pricing": pricing, "tenders": tenders})[0])
        for tenders in ("before", "after")
    )
    credit = Decimal(after["header"]["store_credit_amount"])
    assert credit == Decimal(before["header"]["store_credit_amount"]) > 0
    assert Decimal(after["header"]["total_inc_tax"]) == Decimal(before["header"]["total_inc_tax"]) - credit
    assert after["header"]["total_tax"] == before["header"]["total_tax"]
    assert after["transactions"][0]["amount"] == before["transactions"][0]["amount"]


def test_a_part_that_is_refunded_is_a_part_also_where_the_total_is_what_is_left_to_pay(store: SandboxStore) -> None:
    """A gift certificate paid for everything, so that the total is 0; one of the items comes back."""
    placed = store.place(10, kind="paid_by_gift_certificate", seed=2, manner={"tenders": "after"})
    order = next(order for order in map(store.order, placed) if order["header"]["items_total"] > 1)
    order_id = order["id"]
    assert order["header"]["total_inc_tax"] == "0.0000"
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": order["lines"][0]["id"], "quantity": 1})
    assert store.status(order_id) == 14


@pytest.mark.parametrize("pricing", ["inclusive", "exclusive"])
@pytest.mark.parametrize("kind", ["several_discounts", "several_rates", "everything_charged", "dinars", "kit"])
def test_edits_of_a_person_keep_the_sums_right(store: SandboxStore, pricing: str, kind: str) -> None:
    """A quantity, a price, a line more, a line less, discounts, coupons, fees."""
    order_id = store.place(kind=kind, seed=5, manner={"pricing": pricing})[0]
    lines = store.order(order_id)["lines"]
    for change in (
        {"lines": [{"id": lines[0]["id"], "quantity": lines[0]["quantity"] + 2}]},
        {"lines": [{"id": lines[0]["id"], "price_ex_tax": "12.34"}]},
        {"lines": [{"name": "A line more", "quantity": 3, "price_ex_tax": "5.55", "price_inc_tax": "6.16"}]},
        {"lines": [{"id": lines[-1]["id"], "quantity": 0}]} if len(lines) > 1 else {"lines": []},
        {"discounts": [{"percent": 12, "code": "TWELVE"}, {"percent": 5}, {"percent": 50, "on": "shipping"}]},
        {"fees": [{"display_name_customer": "Rush", "cost_ex_tax": 7.77}]},
        {"discounts": [{"percent": 100, "code": "ALL"}]},
        {"discounts": []},
    ):
        store.edit(order_id, **change)
        assert _fits(store, order_id), change
    assert store.order(order_id)["coupons"] == []


def test_an_app_changes_lines_fees_and_discounts(store: SandboxStore) -> None:
    """As the vendor describes PUT: a changed line loses its discounts, others stay; fees replace fees."""
    store.set(pricing="exclusive")
    order_id = store.place(kind="several_discounts")[0]
    path, lines = f"/v2/orders/{order_id}", store.order(order_id)["lines"]
    body: dict[str, Any] = {"products": [{"id": lines[0]["id"], "quantity": 9}, {"name": "More", "quantity": 1}]}
    assert store.api("PUT", path, body | {"fees": [{"name": "Rush", "cost_ex_tax": 5}]}).status == 200
    order = store.order(order_id)
    assert (order["lines"][0]["quantity"], order["lines"][0]["applied_discounts"]) == (9, [])
    assert order["lines"][1]["applied_discounts"] == lines[1]["applied_discounts"]
    assert [line["name"] for line in order["lines"]][-1] == "More"
    assert _fits(store, order_id)
    body = {"products": [{"id": lines[0]["id"], "quantity": 0}], "fees": [], "discount_amount": "1.50"}
    assert store.api("PUT", path, body).status == 200
    assert store.order(order_id)["header"]["discount_amount"] == "1.5000"
    assert _fits(store, order_id)


def test_an_app_may_override_the_totals(store: SandboxStore) -> None:
    """In pairs only; tax is then whatever is left, and the parts no longer add up."""
    order_id = store.place(kind="order_discount")[0]
    path, before = f"/v2/orders/{order_id}", store.order(order_id)
    assert store.api("PUT", path, {"total_inc_tax": "50"}).status == 400
    assert store.order(order_id) == before
    assert store.api("PUT", path, {"total_ex_tax": "40", "total_inc_tax": "50"}).status == 200
    assert store.order(order_id)["header"]["total_tax"] == "10.0000"
    assert not _fits(store, order_id)


@pytest.mark.parametrize(
    "body",
    [
        {"products": [{"id": 987654}]},
        {"products": "all"},
        {"fees": [3]},
        {"products": [{"quantity": 1}]},
        {"products": [{"name": "A", "quantity": -3}]},
    ],
)
def test_a_change_of_parts_that_cannot_be_made_is_refused(store: SandboxStore, body: dict[str, Any]) -> None:
    """400, and nothing has changed."""
    order_id = store.place(kind="fees")[0]
    before = store.order(order_id)
    assert store.api("PUT", f"/v2/orders/{order_id}", body | {"staff_notes": "x"}).status == 400
    assert store.order(order_id) == before


def test_a_store_says_whether_its_prices_are_entered_with_tax(store: SandboxStore) -> None:
    """GET /v2/store."""
    assert store.api("GET", "/v2/store").json()["is_price_entered_with_tax"] is True
    store.set(pricing="exclusive")
    assert store.api("GET", "/v2/store").json()["is_price_entered_with_tax"] is False


def test_a_store_is_started_in_its_manner() -> None:
    """By flags, for whoever makes orders from outside; an impossible one is refused in words."""
    flags = ("--pricing", "exclusive", "--order-mix", "wide", "--odd-forms", "0.5", "--tenders", "mixed")
    lists = ("--products-page", "50", "--ignore-filters", "min_id,min_date_created", "--list-lag-seconds", "5")
    with SandboxStore(*flags, *lists, orders=30) as store:
        settings = store.control("GET", "/settings")
        assert (settings["pricing"], settings["odd_forms"], settings["products_page"]) == ("exclusive", 0.5, 50)
        assert settings["ignored_filters"] == ["min_id", "min_date_created"]
        assert len(store.api("GET", "/v2/orders").json()) == 30
        assert not any(store.order(order["id"])["terms"]["inclusive"] for order in store.orders())
    with pytest.raises(RuntimeError):
        SandboxStore("--odd-forms", "7")
