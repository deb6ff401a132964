"""What an order of the store is as a sales order, to the last field; and what cannot be one."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.bigcommerce import NeedsPerson, read_line_items, read_order
from counterfoil.intake.conversion.addresses import draft_addresses
from counterfoil.intake.conversion.converter import Buyer, ConvertedOrder, convert
from counterfoil.intake.conversion.document import read_document
from counterfoil.sales.models import AddressKind, LineKind, TenderKind
from counterfoil.sales.orders.drafts import (
    AddressDraft,
    DiscountDraft,
    LineDraft,
    OrderDraft,
    TenderDraft,
    TotalsDraft,
)
from tests.bigcommerce.examples import ADDRESS, LINE, order, order_bytes

BILLING = {"first_name": " Ada ", "last_name": "Byron ", "company": " Engines ", "street_1": "1 Main St ",
           "street_2": "Floor 2", "city": "Austin", "state": "Texas", "zip": " 78701", "country": "United States",
           "country_iso2": "US ", "phone": " 512 555", "email": " ada@example.com", "form_fields": [
               {"name": "Gate", "value": "North"}, {"name": "Days", "value": ["Mo", "We"]}]}  # fmt: skip
MUG = {"id": 9, "product_id": 3, "variant_id": 31, "name": "Mug", "sku": " MUG ", "type": "physical", "quantity": 4,
       "price_inc_tax": "5.0000", "total_inc_tax": "20.0000", "total_tax": "1.6000", "order_address_id": 1,
       "quantity_shipped": 1, "quantity_refunded": 2, "wrapping_name": "Ribbon", "wrapping_message": "Happy day",
       "wrapping_cost_inc_tax": "0.7000",
       "product_options": [{"display_name": "Colour", "display_value": "Red"}, {"display_name": "Size",
                                                                              "display_value": "L"}],
       "applied_discounts": [{"code": "TEN", "name": "Ten off", "amount": "1.2500"},
                             {"code": None, "name": "Club", "amount": "0.7500"}]}  # fmt: skip
PART = LINE | {"id": 12, "name": "Lid", "sku": "", "parent_order_product_id": 9, "quantity": 1, "quantity_shipped": 5,
               "total_inc_tax": "3.0000", "price_inc_tax": "3.0000", "discounted_total_inc_tax": "2.5000"}  # fmt: skip
BOOK = LINE | {"id": 10, "name": "Book", "sku": "BOOK", "type": "digital", "quantity": 1, "order_address_id": None,
               "total_inc_tax": "8.0000", "price_inc_tax": "8.0000"}  # fmt: skip
LAMP = LINE | {"id": 11, "name": "Lamp", "sku": "LAMP", "type": "rocket", "quantity": 1, "order_address_id": None,
               "total_inc_tax": "30.0000", "price_inc_tax": "30.0000"}  # fmt: skip
RICH = order(
    id=4711, customer_id=77, channel_id=3, default_currency_code="EUR", currency_code="USD",
    total_inc_tax="68.4500", total_tax="1.6000", shipping_cost_inc_tax="6.5000", handling_cost_inc_tax="1.2500",
    wrapping_cost_inc_tax="0.7000", discount_amount="2.0000", coupon_discount="1.0000", store_credit_amount="8.0000",
    gift_certificate_amount="10.0000", payment_method="Card", payment_status="captured",
    customer_message="Ring twice", staff_notes="Careful", billing_address=BILLING,
    fees=[{"cost_inc_tax": "1.5000", "display_name_customer": "Deposit"},
          {"cost_inc_tax": "0.5000", "display_name_customer": "", "display_name_merchant": "Bag"}],
    consignments={
        "shipping": [{**ADDRESS, "id": 1, "shipping_method": "Courier", "cost_inc_tax": 4.5,
                      "handling_cost_inc_tax": 1.25, "line_items": [PART, MUG]}],
        "pickups": [{"id": 5, "pickup_method_display_name": "At the shop", "line_items": [LAMP], "location": {
            "name": "Shop", "address_line_1": "2 High St", "address_line_2": "Rear", "city": "Bath", "state": "Avon",
            "postal_code": "BA1", "country_alpha2": "GB", "email": "shop@example.com", "phone": "01"}}],
        "downloads": [{"line_items": [BOOK]}], "email": {"gift_certificates": []}})  # fmt: skip
COUPONS = b'[{"code": "SPRING", "discount": "1.0000"}]'


def test_an_order_with_everything_is_converted_to_the_last_field() -> None:
    """Lines by id, each with its address and parent; every part of the total; who bought it."""
    assert convert(read_document(order_bytes(**RICH), None, COUPONS)) == ConvertedOrder(
        draft=OrderDraft(
            web_order_number="4711",
            po_number="4711",
            order_date=datetime(2018, 1, 10, 21, 5, 30, tzinfo=UTC),
            currency="EUR",
            totals=TotalsDraft(
                subtotal=Decimal(61),
                discount=Decimal(3),
                shipping=Decimal("6.5"),
                handling=Decimal("1.25"),
                wrapping=Decimal("0.7"),
                fees=Decimal(2),
                total=Decimal("68.45"),
                tax=Decimal("1.6"),
            ),
            addresses=(
                AddressDraft(
                    kind=AddressKind.BILL_TO,
                    first_name=" Ada ",
                    last_name="Byron ",
                    company=" Engines ",
                    street_1="1 Main St ",
                    street_2="Floor 2",
                    city="Austin",
                    state="Texas",
                    postcode=" 78701",
                    country="United States",
                    country_code="US ",
                    phone=" 512 555",
                    email=" ada@example.com",
                    form_fields=(("Gate", "North"), ("Days", '["Mo","We"]')),
                ),
                AddressDraft(
                    kind=AddressKind.SHIP_TO,
                    source_id=1,
                    first_name="Ada",
                    last_name="O’Brien",
                    street_1="1 Main St",
                    city="Austin",
                    state="Texas",
                    postcode="78701",
                    country="United States",
                    country_code="US",
                    email="ada@example.com",
                    shipping_method="Courier",
                    shipping_cost=Decimal("4.5"),
                    handling_cost=Decimal("1.25"),
                ),
                AddressDraft(
                    kind=AddressKind.PICKUP,
                    source_id=5,
                    company="Shop",
                    street_1="2 High St",
                    street_2="Rear",
                    city="Bath",
                    state="Avon",
                    postcode="BA1",
                    country="GB",
                    country_code="GB",
                    phone="01",
                    email="shop@example.com",
                    shipping_method="At the shop",
                ),
            ),
            lines=(_mug(), _book(), _lamp(), _lid()),
            tenders=(
                TenderDraft(TenderKind.GIFT_CERTIFICATE, "Gift certificate", Decimal(10)),
                TenderDraft(TenderKind.STORE_CREDIT, "Store credit", Decimal(8)),
                TenderDraft(TenderKind.PAYMENT, "Card", Decimal("50.45")),
            ),
            coupons=(DiscountDraft(code="SPRING", name="Coupon", amount=Decimal(1)),),
            fee_names=("Deposit", "Bag"),
            ship_via="Courier, At the shop",
            payment_method="Card",
            payment_status="captured",
            customer_message="Ring twice",
            staff_notes="Careful",
            channel=3,
        ),
        buyer=Buyer(
            customer_id=77,
            company="Engines",
            first_name="Ada",
            last_name="Byron",
            email="ada@example.com",
            phone="512 555",
            country_code="US",
            street_1="1 Main St",
            postcode="78701",
        ),
    )


def _mug() -> LineDraft:
    return LineDraft(
        source_id=9,
        source_product_id=3,
        source_variant_id=31,
        parent=None,
        ship_to=1,
        part_number="MUG",
        description="Mug",
        options="Colour: Red\nSize: L",
        kind=LineKind.PHYSICAL,
        quantity=4,
        shipped=1,
        refunded=2,
        unit_price=Decimal(5),
        extended=Decimal(20),
        discount=Decimal(2),
        tax=Decimal("1.6"),
        discounts=(DiscountDraft("TEN", "Ten off", Decimal("1.25")), DiscountDraft("", "Club", Decimal("0.75"))),
        wrapping="Ribbon",
        wrapping_message="Happy day",
        wrapping_cost=Decimal("0.7"),
    )


def _plain(line_id: int, name: str, amount: str, kind: LineKind, **more: Any) -> LineDraft:
    fields: dict[str, Any] = {
        "source_product_id": 3,
        "source_variant_id": None,
        "parent": None,
        "ship_to": None,
        "part_number": name.upper(),
        "options": "",
        "quantity": 1,
        "shipped": 0,
        "refunded": 0,
        "unit_price": Decimal(amount),
        "extended": Decimal(amount),
        "discount": Decimal(0),
        "tax": Decimal(0),
    }
    return LineDraft(source_id=line_id, description=name, kind=kind, **fields | more)


def _book() -> LineDraft:
    return _plain(10, "Book", "8", LineKind.DIGITAL)


def _lamp() -> LineDraft:
    """Of a kind that nobody knows yet: it is shipped, or here picked up."""
    return _plain(11, "Lamp", "30", LineKind.PHYSICAL, ship_to=2)


def _lid() -> LineDraft:
    """Hangs under the mug; more was shipped than is ordered now; its discount is what the store's own total says."""
    return _plain(
        12,
        "Lid",
        "3",
        LineKind.PHYSICAL,
        ship_to=1,
        part_number="PRODUCT-3",
        parent=0,
        shipped=1,
        discount=Decimal("0.5"),
    )


def _with_line(**changes: Any) -> dict[str, Any]:
    consignment = {**ADDRESS, "id": 1, "cost_inc_tax": 3.5, "line_items": [LINE | changes]}
    return {"consignments": {"shipping": [consignment]}}


@pytest.mark.parametrize(
    ("changes", "code", "sentence"),
    [
        ({"default_currency_code": "€", "currency_code": "USD"}, "currency", "“€”, which isn’t a currency code"),
        ({"default_currency_code": "", "currency_code": "usd"}, "currency", "“usd”"),
        ({"default_currency_code": " ", "currency_code": " usd"}, "currency", "“usd”"),
        ({"consignments": {"shipping": []}}, "no_lines", "The order has no items."),
        ({"consignments": {"shipping": [{**ADDRESS, "id": 1, "line_items": [LINE, LINE]}]}}, "lines_repeated", "twice"),
        (_with_line(quantity=0), "quantity", "The item “MUG” has the quantity 0."),
        (_with_line(quantity=-3), "quantity", "The item “MUG” has the quantity -3."),
        (_with_line(quantity="1.5"), "quantity", "The item “MUG” has the quantity 1.5."),
        (_with_line(quantity=10**9 + 1), "quantity", "has the quantity 1000000001."),
        (_with_line(quantity_refunded=3), "quantity", "“MUG”: more was refunded than ordered."),
        (_with_line(price_inc_tax="-0.01"), "negative_amount", "The item “MUG” has an amount below zero."),
        (_with_line(total_inc_tax="-1"), "negative_amount", "“MUG”"),
        (_with_line(sku="", discounted_total_inc_tax="11"), "negative_amount", "“Mug”"),
        (_with_line(discounted_total_inc_tax="-0.5"), "negative_amount", "“MUG”"),
        (_with_line(wrapping_cost_inc_tax="-0.5"), "negative_amount", "“MUG”"),
        ({"discount_amount": "-0.01"}, "negative_amount", "One of the order's amounts is below zero."),
        ({"shipping_cost_inc_tax": "-0.01"}, "negative_amount", "One of the order's amounts"),
        ({"handling_cost_inc_tax": "-0.01"}, "negative_amount", "One of the order's amounts"),
        ({"wrapping_cost_inc_tax": "-0.01"}, "negative_amount", "One of the order's amounts"),
        ({"total_inc_tax": "-0.01"}, "negative_amount", "One of the order's amounts"),
    ],
)
def test_what_cannot_be_a_sales_order_is_refused_in_a_sentence(
    changes: dict[str, Any], code: str, sentence: str
) -> None:
    """It names what is wrong, and where it is put right."""
    with pytest.raises(NeedsPerson) as refused:
        convert(read_document(order_bytes(**changes)))
    assert refused.value.code == code
    assert sentence in refused.value.sentence
    assert "in BigCommerce" in refused.value.next_step


@pytest.mark.parametrize(
    ("changes", "tenders"),
    [
        ({}, [("Payment", "13.5")]),
        ({"total_inc_tax": "0.0000"}, []),
        ({"store_credit_amount": "13.5000", "payment_method": "Card"}, [("Store credit", "13.5")]),
        ({"gift_certificate_amount": "0.0100"}, [("Gift certificate", "0.01"), ("Payment", "13.49")]),
    ],
)
def test_only_what_was_paid_is_a_tender(changes: dict[str, Any], tenders: list[tuple[str, str]]) -> None:
    """A part of zero is none; what has no name is a payment."""
    draft = convert(read_document(order_bytes(**changes))).draft
    assert [(each.description, each.amount) for each in draft.tenders] == [(n, Decimal(a)) for n, a in tenders]


@pytest.mark.parametrize(("channel_id", "channel"), [(0, None), (1, 1), (2**31 - 1, 2**31 - 1), (2**31, None)])
def test_a_channel_is_a_number_that_a_store_can_have(channel_id: int, channel: int | None) -> None:
    """Anything else is left out, which keeps no order out."""
    assert convert(read_document(order_bytes(channel_id=channel_id))).draft.channel == channel


def test_what_changes_by_itself_is_not_in_the_digest() -> None:
    """Shipped quantities and staff notes come anew with each reading; a quantity is a change."""
    plain = convert(read_document(order_bytes())).digest
    assert convert(read_document(order_bytes(staff_notes="Called", **_with_line(quantity_shipped=1)))).digest == plain
    assert convert(read_document(order_bytes(**_with_line(quantity=3)))).digest != plain


@pytest.mark.parametrize("changes", [{"quantity_refunded": 2}, {"quantity": 10**9}])
def test_all_that_can_be_is_taken(changes: dict[str, Any]) -> None:
    """A line that was refunded whole; the largest quantity."""
    (line,) = convert(read_document(order_bytes(**_with_line(**changes)))).draft.lines
    assert (line.quantity, line.refunded) == (changes.get("quantity", 2), changes.get("quantity_refunded", 0))


def test_amounts_of_nothing_are_amounts() -> None:
    """Where there is neither a discount nor a fee."""
    draft = convert(read_document(order_bytes())).draft
    assert [type(each) for each in (draft.totals.fees, draft.lines[0].discount)] == [Decimal, Decimal]


def test_a_line_that_is_its_own_parent_has_none() -> None:
    """Nor does one whose parent is not there, or that has none next to an item with the smallest id."""
    two = [{**ADDRESS, "id": 1, "line_items": [LINE | {"id": 1}, LINE | {"id": 2}]}]
    lines = convert(read_document(order_bytes(consignments={"shipping": two}))).draft.lines
    assert [line.parent for line in lines] == [None, None]
    for parent in (LINE["id"], 404):
        (line,) = convert(read_document(order_bytes(**_with_line(parent_order_product_id=parent)))).draft.lines
        assert line.parent is None


def test_a_pickup_without_a_place_is_an_address_without_one() -> None:
    """The method is all that is known of it."""
    pickups = [{"id": 5, "pickup_method_display_name": "", "line_items": [LAMP], "location": None}]
    raw = order_bytes(**order(total_inc_tax="30.0000", consignments={"pickups": pickups}))
    found = convert(read_document(raw)).draft.addresses[1]
    assert found == AddressDraft(kind=AddressKind.PICKUP, source_id=5, shipping_method="Pickup")


def test_a_line_that_is_read_apart_is_picked_up_where_it_says() -> None:
    """A store sends fifty lines of a consignment; the others name the pickup (bigcommerce.md, section 11)."""
    pickups = [{"id": each, "pickup_method_display_name": "", "line_items": []} for each in (5, 6)]
    raw = order_bytes(**order(consignments={"pickups": pickups}))
    places = draft_addresses(read_order(raw))
    apart = json.dumps([LINE | {"id": 70, "order_address_id": 0, "order_pickup_method_id": 6}]).encode()
    (at,) = read_line_items(apart)
    assert (places.of_line(at), places.drafts[places.of_line(at) or 0].source_id) == (2, 6)


def test_a_form_field_that_is_empty_in_any_form_is_empty() -> None:
    """Not the word null, nor brackets."""
    fields = [{"name": str(place), "value": value} for place, value in enumerate(["", None, [], {}])]
    (billing, _) = convert(
        read_document(order_bytes(billing_address=ADDRESS | {"form_fields": fields}))
    ).draft.addresses
    assert billing.form_fields == tuple((str(place), "") for place in range(4))


def test_the_same_order_in_other_forms_is_the_same_sales_order() -> None:
    """Its digest too, so that a store which changes its ways changes no order."""
    line = LINE | {"id": "7", "quantity": "2", "variant_id": "", "applied_discounts": {}}
    found = order()["consignments"]
    found["shipping"][0] |= {"id": "1", "line_items": {"0": line}, "form_fields": ""}
    odd = order_bytes(id="100", customer_id="", channel_id=[], consignments=[found], fees={}, staff_notes=[])
    plain = convert(read_document(order_bytes()))
    assert convert(read_document(odd)).digest == plain.digest
