"""Documents with every field that the store writes, and nothing in them yet."""

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.generator.fixed_catalog import Product

_ZERO = "0.0000"
_COSTS = (
    "base_shipping_cost", "shipping_cost_ex_tax", "shipping_cost_inc_tax", "shipping_cost_tax",
    "base_handling_cost", "handling_cost_ex_tax", "handling_cost_inc_tax", "handling_cost_tax",
    "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax", "wrapping_cost_tax",
    "subtotal_ex_tax", "subtotal_inc_tax", "subtotal_tax", "total_ex_tax", "total_inc_tax", "total_tax",
    "discount_amount", "coupon_discount", "store_credit_amount", "gift_certificate_amount",
    "refunded_amount",  # always 0 (facts, section 2)
)  # fmt: skip
_HEADER: Document = {
    "customer_id": 0,
    "status_id": 11,
    **dict.fromkeys(_COSTS, _ZERO),
    "shipping_cost_tax_class_id": 2,
    "handling_cost_tax_class_id": 2,
    "wrapping_cost_tax_class_id": 3,
    "is_tax_inclusive_pricing": True,
    "items_total": 0,
    "items_shipped": 0,
    "payment_method": "",
    "payment_provider_id": "",
    "payment_status": "",
    "order_is_digital": False,
    "ip_address": "",
    "ip_address_v6": "",
    "geoip_country": "",
    "geoip_country_iso2": "",
    "currency_id": 1,
    "currency_code": "USD",
    "currency_exchange_rate": "1.0000000000",
    "default_currency_id": 1,
    "default_currency_code": "USD",
    "store_default_currency_code": "USD",
    "store_default_to_transactional_exchange_rate": "1.0000000000",
    "staff_notes": "",
    "customer_message": "",
    "shipping_address_count": 0,
    "ebay_order_id": "0",
    "cart_id": "",
    "billing_address": {},
    "is_email_opt_in": False,
    "credit_card_type": None,
    "order_source": "www",
    "channel_id": 1,
    "external_source": "",
    "external_id": None,
    "external_merchant_id": None,
    "tax_provider_id": "BasicTaxProvider",
    "customer_locale": "en",
    "external_order_id": "",
}

TEXTS_THAT_MAY_BE_MISSING = (
    "customer_message", "staff_notes", "cart_id", "external_source", "external_id", "external_order_id",
    "external_merchant_id", "credit_card_type", "payment_provider_id", "ip_address", "geoip_country",
)  # fmt: skip

_PERSON = (
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip", "country", "country_iso2",
    "phone", "email",
)  # fmt: skip
_ADDRESS: Document = {
    **dict.fromkeys(_PERSON, ""),
    "items_total": 0,
    "items_shipped": 0,
    "shipping_method": "",
    **dict.fromkeys(("base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax", "base_handling_cost"), _ZERO),
    **dict.fromkeys(("handling_cost_ex_tax", "handling_cost_inc_tax", "handling_cost_tax"), _ZERO),
    "cost_tax_class_id": 2,
    "handling_cost_tax_class_id": 2,
    "shipping_zone_id": 1,
    "shipping_zone_name": "",
    "form_fields": [],
}

_LINE_MONEY = (
    "base_price", "price_ex_tax", "price_inc_tax", "price_tax", "base_total", "total_ex_tax", "total_inc_tax",
    "total_tax", "base_cost_price", "cost_price_inc_tax", "cost_price_ex_tax", "cost_price_tax", "refund_amount",
    "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax", "wrapping_cost_tax", "fixed_shipping_cost",
    "discounted_total_inc_tax", "width", "height", "depth",
)  # fmt: skip
_LINE: Document = {
    "order_pickup_method_id": 0,
    "order_address_id": 0,
    "upc": "",
    "type": "physical",
    **dict.fromkeys(_LINE_MONEY, _ZERO),
    "quantity": 1,
    "is_refunded": False,
    "quantity_refunded": 0,
    "return_id": 0,
    "wrapping_id": 0,
    "wrapping_name": "",
    "wrapping_message": "",
    "quantity_shipped": 0,
    "event_name": None,
    "event_date": "",
    "ebay_item_id": "",
    "ebay_transaction_id": "",
    "option_set_id": None,
    "parent_order_product_id": None,
    "is_bundled_product": False,
    "bin_picking_number": "",
    "external_id": None,
    "brand": "",
    "gift_certificate_id": None,
}


def blank_header() -> Document:
    return dict(_HEADER)


def blank_address(address_id: int, order_id: int) -> Document:
    return {"id": address_id, "order_id": order_id, **_ADDRESS}


def blank_line(line_id: int, order_id: int, product: Product) -> Document:
    names = dict.fromkeys(("name", "name_customer", "name_merchant"), product.name)
    own: Document = {"id": line_id, "order_id": order_id, "product_id": product.id, "variant_id": product.id * 100}
    own |= {**names, "sku": product.sku, **_LINE, "type": product.type, "brand": product.brand}
    own["weight"] = money.written(product.weight * money.ONE)
    return own | {"applied_discounts": [], "product_options": [], "configurable_fields": []}
