"""Orders that others published, as live stores sent them, through the product: imported with their total and tax."""

import json
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import WebOrder
from tests.factories import NEW, connect, fresh
from tests.sandbox_store import SandboxStore
from tests.vendor_specs import NEEDS_REAL_ORDERS, REAL_ORDERS

pytestmark = [pytest.mark.django_db, NEEDS_REAL_ORDERS]

NOT_IMPORTED = {"033": "The order is archived in BigCommerce."}
"""Why each order that is not imported is not."""


def published() -> dict[str, dict[str, Any]]:
    """Each order whose header is whole, by the name of its file."""
    found = {path.stem: json.loads(path.read_bytes()) for path in sorted(REAL_ORDERS.glob("*.json"))}
    return {
        name: each
        for name, each in found.items()
        if each["order"] and {"subtotal_ex_tax", "total_ex_tax"} <= each["order"].keys()
    }


def as_listed(number: int, given: dict[str, Any]) -> dict[str, Any]:
    """The order as the list call includes its lines; one that was published without lines has one of its subtotal."""
    header = given["order"] | {"id": number, "status_id": NEW}
    header.pop("products", None)
    lines = given["products"] or [_line_of_the_subtotal(header)]
    places = given["shipping_addresses"] or [header["billing_address"] | {"id": 1}]
    return header | {
        "items_total": sum(int(line["quantity"]) for line in lines),
        "fees": given["fees"] or [],
        "consignments": {
            "pickups": [],
            "downloads": [],
            "email": {"gift_certificates": []},
            "shipping": [{**places[0], "line_items": lines}],
        },
    }


def _line_of_the_subtotal(header: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": 1, "name": "Goods", "sku": "GOODS", "type": "physical", "quantity": 1, "order_address_id": 1,
        "price_ex_tax": header["subtotal_ex_tax"], "price_inc_tax": header["subtotal_inc_tax"],
        "total_ex_tax": header["subtotal_ex_tax"], "total_inc_tax": header["subtotal_inc_tax"],
        "total_tax": header["subtotal_tax"], "applied_discounts": [],
    }  # fmt: skip


@pytest.fixture
def orders(store: SandboxStore) -> dict[str, int]:
    """A store with the published orders in a new order status: the file's name → the order's number there."""
    numbers = {name: 5000 + at for at, name in enumerate(published())}
    for name, given in published().items():
        store.place_raw(as_listed(numbers[name], given))
    return numbers


def test_every_published_order_is_imported_with_its_total_and_its_tax(
    store: SandboxStore, orders: dict[str, int]
) -> None:
    """On the store's own basis, without a Rounding line."""
    sync_store(fresh(connect(store, unknown_product="create")), seconds=120)
    assert len(orders) >= 25
    reasons = {
        name: WebOrder.objects.get(bigcommerce_order_id=number).reason
        for name, number in orders.items()
        if not SalesOrder.objects.filter(web_order_number=str(number)).exists()
    }
    assert reasons == NOT_IMPORTED
    for name, given in published().items():
        if name in NOT_IMPORTED:
            continue
        order = SalesOrder.objects.get(web_order_number=str(orders[name]))
        header = given["order"]
        assert (order.total, order.tax) == (Decimal(header["total_inc_tax"]), Decimal(header["total_tax"])), name
        assert order.rounding == 0, name
        assert sum(line.extended - line.discount for line in order.lines.all()) <= order.subtotal, name


@pytest.mark.parametrize(
    ("name", "tax_included", "total", "tax"),
    [("007", False, "586.8000", "97.8000"), ("002", True, "2400.0000", "125.1200"), ("004", False, "133.65", "3.70")],
)
def test_the_basis_is_the_store_s(
    store: SandboxStore, orders: dict[str, int], name: str, tax_included: bool, total: str, tax: str
) -> None:
    """With a flag or without: a British store of 2013 without tax, one of 2025 with it, one with two rates."""
    sync_store(fresh(connect(store, unknown_product="create")), seconds=120)
    order = SalesOrder.objects.get(web_order_number=str(orders[name]))
    assert (order.tax_included, order.total, order.tax) == (tax_included, Decimal(total), Decimal(tax))
    lines = order.lines.all()
    assert sum(line.tax for line in lines) + _tax_on_shipping(published()[name]["order"]) == order.tax


def _tax_on_shipping(header: dict[str, Any]) -> Decimal:
    return Decimal(header["shipping_cost_inc_tax"]) - Decimal(header["shipping_cost_ex_tax"])
