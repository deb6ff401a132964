"""An order as the store sends it, to be spoilt by tests."""

import copy
import json
from typing import Any

ADDRESS = {"first_name": "Ada", "last_name": "O’Brien", "company": "", "street_1": "1 Main St", "street_2": None,
           "city": "Austin", "state": "Texas", "zip": "78701", "country": "United States", "country_iso2": "US",
           "phone": "", "email": "ada@example.com", "form_fields": []}  # fmt: skip
LINE = {"id": 7, "product_id": 3, "variant_id": None, "name": "Mug", "sku": "MUG", "type": "physical", "quantity": 2,
        "price_inc_tax": "5.0000", "total_inc_tax": "10.0000", "total_tax": "0.0000", "order_address_id": 1,
        "quantity_shipped": 0, "product_options": [], "applied_discounts": []}  # fmt: skip
ORDER = {"id": 100, "status_id": 11, "date_created": "Wed, 10 Jan 2018 21:05:30 +0000", "date_modified": "",
         "subtotal_inc_tax": "10.0000", "total_inc_tax": "13.5000", "total_tax": "0.0000", "customer_id": 0,
         "shipping_cost_inc_tax": "3.5000", "items_total": 2, "items_shipped": 0, "currency_code": "USD",
         "default_currency_code": "USD", "billing_address": ADDRESS, "is_deleted": False, "staff_notes": None,
         "fees": [], "consignments": {"pickups": [], "downloads": [], "email": {"gift_certificates": []},
         "shipping": [{**ADDRESS, "id": 1, "cost_inc_tax": 3.5, "handling_cost_inc_tax": 0, "line_items": [LINE]}]},
         }  # fmt: skip


def order(**changes: Any) -> dict[str, Any]:
    """The order with some of its fields changed."""
    return copy.deepcopy(ORDER) | changes


def order_bytes(**changes: Any) -> bytes:
    """The same as it comes over the line."""
    return json.dumps(order(**changes)).encode()
