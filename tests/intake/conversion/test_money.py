"""A web order's money on the basis that its store prices in, to the cent (bigcommerce.md, section 2)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.intake.conversion.converter import ConvertedOrder, convert
from counterfoil.intake.conversion.document import read_document
from counterfoil.intake.importing.import_order import difference_of
from counterfoil.sales.models import TenderKind
from tests.bigcommerce.examples import ADDRESS, LINE, order

NET = {"is_tax_inclusive_pricing": False}
GROSS = {"is_tax_inclusive_pricing": True}


def line(**changes: Any) -> dict[str, Any]:
    """One item of 1 at 100.00 and 10 % tax."""
    return (
        LINE
        | {"quantity": 1, "price_ex_tax": "100", "price_inc_tax": "110", "total_ex_tax": "100", "total_inc_tax": "110"}
        | {"total_tax": "10"}
        | changes
    )


def converted(*lines: dict[str, Any], **header: Any) -> ConvertedOrder:
    """The order of these items without shipping; `header` holds its own fields."""
    items = [each | {"id": at} for at, each in enumerate(lines, 7)]
    fields = {"shipping_cost_inc_tax": "0", "shipping_cost_ex_tax": "0", "items_total": len(items)} | header
    shipping = [{**ADDRESS, "id": 1, "cost_inc_tax": 0, "cost_ex_tax": 0, "line_items": items}]
    document = order(consignments={"shipping": shipping}, **fields)
    return convert(read_document(json.dumps(document).encode()))


def totals_of(found: ConvertedOrder) -> dict[str, str | bool]:
    """What the ledger shows, but for what is nothing."""
    totals = found.draft.totals
    names = ("subtotal", "discount", "shipping", "handling", "wrapping", "fees", "tax", "total")
    return {"tax_included": totals.tax_included} | {
        name: str(getattr(totals, name).normalize()) for name in names if getattr(totals, name)
    }


def amounts_of(found: ConvertedOrder) -> list[tuple[str, ...]]:
    """Unit price, discount, tax and total of each line."""
    return [
        tuple(f"{amount:.2f}" for amount in (each.unit_price, each.discount, each.tax, each.total))
        for each in found.draft.lines
    ]


def test_prices_without_tax_are_taxed_after_the_discount() -> None:
    """The smallest taxed order with a coupon of a store in the US."""
    found = converted(
        line(total_tax="9", discounted_total_inc_tax="99"),
        **NET, subtotal_ex_tax="100", subtotal_inc_tax="110", coupon_discount="10", total_ex_tax="90", total_tax="9",
        total_inc_tax="99",
    )  # fmt: skip
    assert difference_of(found) == 0
    expected = {"tax_included": False, "subtotal": "1E+2", "discount": "1E+1", "tax": "9", "total": "99"}
    assert totals_of(found) == expected
    assert amounts_of(found) == [("100.00", "10.00", "9.00", "90.00")]


def test_prices_with_tax_contain_it() -> None:
    """There the discount is off the price with tax, and the figures without it are the store's estimates."""
    found = converted(
        line(total_tax="9", discounted_total_inc_tax="99"),
        **GROSS, discount_amount="11", total_ex_tax="90", total_tax="9", total_inc_tax="99",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert totals_of(found) == {
        "tax_included": True, "subtotal": "1.1E+2", "discount": "11", "tax": "9", "total": "99",
    }  # fmt: skip
    assert amounts_of(found) == [("110.00", "11.00", "9.00", "99.00")]


@pytest.mark.parametrize("flag", [None, True])
def test_the_figures_win_over_the_flag_and_its_absence(flag: bool | None) -> None:
    """Only one basis adds up to the total: that is the one the store prices in."""
    found = converted(
        line(total_tax="9"),
        is_tax_inclusive_pricing=flag, discount_amount="10", total_ex_tax="90", total_tax="9", total_inc_tax="99",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert found.draft.totals.tax_included is False


def test_where_both_bases_add_up_the_flag_decides() -> None:
    """Without a discount both sums meet the total."""
    figures: dict[str, Any] = {"total_ex_tax": "100", "total_tax": "10", "total_inc_tax": "110"}
    assert converted(line(), **NET, **figures).draft.totals.tax_included is False
    assert converted(line(), **GROSS, **figures).draft.totals.tax_included is True


@pytest.mark.parametrize(("base_price", "included"), [("100", False), ("110", True)])
def test_without_a_flag_the_price_that_was_entered_decides(base_price: str, included: bool) -> None:
    """The base price is what the merchant typed: of the two prices it is the one that is no estimate."""
    found = converted(line(base_price=base_price), total_ex_tax="100", total_tax="10", total_inc_tax="110")
    assert found.draft.totals.tax_included is included


def test_fractions_of_a_cent_in_estimates_are_no_difference() -> None:
    """A published order (no. 112): goods at 3 % tax, shipping at 1 %; the parts with tax miss the total by 0.0015."""
    found = converted(
        line(price_ex_tax="119.95", price_inc_tax="123.5485", total_ex_tax="119.95", total_inc_tax="123.5485",
             total_tax="3.60"),
        shipping_cost_ex_tax="10", shipping_cost_inc_tax="10.10", total_ex_tax="129.95", total_tax="3.70",
        total_inc_tax="133.65",
    )  # fmt: skip
    assert found.draft.totals.difference == 0
    assert found.draft.totals.tax_included is False
    assert amounts_of(found) == [("119.95", "0.00", "3.60", "119.95")]


@pytest.mark.parametrize(("currency", "fraction"), [("USD", "0.0049"), ("JPY", "0.4999"), ("KWD", "0.0004")])
def test_less_than_can_be_paid_is_no_difference(currency: str, fraction: str) -> None:
    """What is left of a computation stands in the rounding, and nobody is asked about it."""
    total = Decimal("110") + Decimal(fraction)
    header: dict[str, Any] = {"total_inc_tax": str(total), "total_ex_tax": "100", "total_tax": str(total - 100)}
    found = converted(line(), **NET, **header, default_currency_code=currency)
    assert difference_of(found) == 0
    coarse = converted(line(), **GROSS, **(header | {"total_inc_tax": str(total + 1)}), default_currency_code=currency)
    assert difference_of(coarse) != 0


@pytest.mark.parametrize("tax", ["9", "10"])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("discounted", [True, False])
def test_the_lines_sum_up_to_the_order_however_old_it_is(tax: str, listed: bool, discounted: bool) -> None:
    """A line's tax is before its discount in old orders; what is left of it is not named before 2023."""
    discounts = {"applied_discounts": [{"id": "coupon", "code": "TEN", "amount": "10.00"}]} if listed else {}
    left = {"discounted_total_inc_tax": "99"} if discounted else {}
    found = converted(
        line(total_tax=tax, **discounts, **left), line(total_ex_tax="50", total_inc_tax="55", total_tax="5",
        price_ex_tax="50", price_inc_tax="55", **({"discounted_total_inc_tax": "55"} if discounted else {})),
        **NET, coupon_discount="10", total_ex_tax="140", total_tax="14", total_inc_tax="154",
    )  # fmt: skip
    assert difference_of(found) == 0
    lines = found.draft.lines
    assert sum(each.tax for each in lines) == 14
    if listed or discounted:
        assert [each.discount for each in lines] == [10, 0]
        assert [each.tax for each in lines] == [9, 5]


def test_two_rates_with_a_discount_on_one_line_and_shipping_at_a_third() -> None:
    """Goods at 20 % and 5 %, shipping at 10 %, a fee and gift wrapping without tax."""
    found = converted(
        line(price_ex_tax="50", price_inc_tax="60", total_ex_tax="100", total_inc_tax="120", quantity=2,
             total_tax="18", discounted_total_inc_tax="108", applied_discounts=[{"amount": 10, "name": "Ten off"}]),
        line(price_ex_tax="20", price_inc_tax="21", total_ex_tax="20", total_inc_tax="21", total_tax="1",
             discounted_total_inc_tax="21"),
        **NET, discount_amount="10", shipping_cost_ex_tax="5", shipping_cost_inc_tax="5.5",
        wrapping_cost_ex_tax="2", wrapping_cost_inc_tax="2", fees=[{"cost_ex_tax": 3, "cost_inc_tax": 3}],
        total_ex_tax="120", total_tax="19.5", total_inc_tax="139.5",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert amounts_of(found) == [("50.00", "10.00", "18.00", "90.00"), ("20.00", "0.00", "1.00", "20.00")]
    assert totals_of(found) == {
        "tax_included": False, "subtotal": "1.2E+2", "discount": "1E+1", "shipping": "5", "wrapping": "2",
        "fees": "3", "tax": "19.5", "total": "139.5",
    }  # fmt: skip


@pytest.mark.parametrize("basis", [NET, GROSS])
def test_a_coupon_for_all_of_it_leaves_nothing(basis: dict[str, Any]) -> None:
    """100 % off: no total, no tax, and no line below zero."""
    off = "100" if basis is NET else "110"
    found = converted(
        line(total_tax="0", discounted_total_inc_tax="0", applied_discounts=[{"code": "ALL", "amount": off}]),
        **basis, coupon_discount=off, total_ex_tax="0", total_tax="0", total_inc_tax="0",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert [(each.total, each.tax) for each in found.draft.lines] == [(0, 0)]
    assert found.draft.totals.total == 0


@pytest.mark.parametrize("basis", [NET, GROSS])
@pytest.mark.parametrize("net_of_tenders", [True, False])
def test_tenders_are_no_part_of_the_total_whether_the_store_took_them_off_or_not(
    basis: dict[str, Any], net_of_tenders: bool
) -> None:
    """The books' total is before gift certificate and store credit; the rest was paid by the payment method."""
    off = 30 if net_of_tenders else 0
    found = converted(
        line(),
        **basis, total_ex_tax=str(100 - off), total_tax="10", total_inc_tax=str(110 - off), payment_method="Card",
        gift_certificate_amount="20", store_credit_amount="10",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert found.draft.totals.total == 110
    assert [(each.kind, each.amount) for each in found.draft.tenders] == [
        (TenderKind.GIFT_CERTIFICATE, 20),
        (TenderKind.STORE_CREDIT, 10),
        (TenderKind.PAYMENT, 80),
    ]


@pytest.mark.parametrize("basis", [NET, GROSS])
def test_gift_certificate_and_store_credit_may_be_the_same_amount(basis: dict[str, Any]) -> None:
    """A total that is net of both is so by their sum, also where the two are equal."""
    found = converted(
        line(),
        **basis, total_ex_tax="50", total_tax="10", total_inc_tax="60", gift_certificate_amount="25",
        store_credit_amount="25",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert found.draft.totals.total == 110


@pytest.mark.parametrize("tax", ["10", "9"])
def test_a_coupon_for_shipping_takes_nothing_off_the_tax_of_the_lines(tax: str) -> None:
    """Before 2023: free shipping and 10 % off the goods. What the coupon takes off the shipping was taxed too."""
    found = converted(
        line(total_tax=tax, applied_discounts=[{"id": "coupon", "code": "TEN", "amount": "10.00"}]),
        line(),
        **NET, shipping_cost_ex_tax="20", shipping_cost_inc_tax="22", coupon_discount="30",
        total_ex_tax="190", total_tax="19", total_inc_tax="209",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert amounts_of(found) == [("100.00", "10.00", "9.00", "90.00"), ("100.00", "0.00", "10.00", "100.00")]


@pytest.mark.parametrize("basis", [NET, GROSS])
def test_a_coupon_for_all_of_an_order_leaves_no_tax_on_its_lines(basis: dict[str, Any]) -> None:
    """Before 2023, with the shipping free as well: the tax that the store names is of the full price."""
    off = ("100", "120") if basis is NET else ("110", "132")
    found = converted(
        line(applied_discounts=[{"id": "coupon", "code": "ALL", "amount": off[0]}]),
        **basis, shipping_cost_ex_tax="20", shipping_cost_inc_tax="22", coupon_discount=off[1],
        total_ex_tax="0", total_tax="0", total_inc_tax="0",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert [(each.total, each.tax) for each in found.draft.lines] == [(0, 0)]


def test_fractions_in_what_shipping_costs_with_tax_are_not_put_on_the_lines() -> None:
    """The store's tax of a line stays what it is to the cent where all the taxes sum up to the order's."""
    found = converted(
        line(total_tax="8.25", total_inc_tax="108.25", price_inc_tax="108.25"),
        **NET, shipping_cost_ex_tax="7.95", shipping_cost_inc_tax="8.6059", total_ex_tax="107.95", total_tax="8.91",
        total_inc_tax="116.86",
    )  # fmt: skip
    assert difference_of(found) == 0
    assert found.draft.lines[0].tax == Decimal("8.25")


def test_a_total_that_was_overridden_is_missed_on_the_order_s_own_basis() -> None:
    """Tax is then whatever is left, so neither sum meets it."""
    found = converted(line(), **NET, total_ex_tax="180", total_tax="20", total_inc_tax="200")
    assert difference_of(found) == 80
    assert found.draft.totals.tax_included is False


def test_a_tax_that_contradicts_the_totals_is_a_difference() -> None:
    """The parts meet the total, and the store's own three totals do not agree."""
    found = converted(line(), **GROSS, total_ex_tax="100", total_tax="9", total_inc_tax="110")
    assert difference_of(found) == 1


def test_a_discount_without_an_amount_is_what_the_others_leave() -> None:
    """Old orders name a discount and not what it takes off."""
    found = converted(
        line(total_tax="9", discounted_total_inc_tax="99", applied_discounts=[{"name": "Spring", "code": "S"}]),
        **NET, coupon_discount="10", total_ex_tax="90", total_tax="9", total_inc_tax="99",
    )  # fmt: skip
    assert [(each.name, each.amount) for each in found.draft.lines[0].discounts] == [("Spring", 10)]


def test_what_a_consignment_costs_is_on_the_order_s_basis() -> None:
    """So that several addresses' shipping sums up to the order's."""
    figures: dict[str, Any] = {"total_ex_tax": "110", "total_tax": "11", "total_inc_tax": "121"}
    for basis, cost in ((NET, "10"), (GROSS, "11")):
        items = [line()]
        shipping = [{**ADDRESS, "id": 1, "cost_inc_tax": 11, "cost_ex_tax": 10, "line_items": items}]
        document = order(
            consignments={"shipping": shipping}, items_total=1, shipping_cost_ex_tax="10", shipping_cost_inc_tax="11",
            **basis, **figures,
        )  # fmt: skip
        found = convert(read_document(json.dumps(document).encode()))
        assert found.draft.addresses[1].shipping_cost == found.draft.totals.shipping == Decimal(cost)


def test_an_order_without_figures_before_tax_is_read_with_it_whatever_is_wanted() -> None:
    """Nothing else is known of it."""
    document = read_document(json.dumps(order()).encode())
    assert convert(document, tax_included=False).draft.totals.tax_included is True
