"""The sandbox store's orders add up as those of real stores do: one checker, held against both."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.arithmetic import Served, amount, bases, faults, is_complete
from tests.sandbox_store import SandboxStore
from tests.vendor_specs import NEEDS_REAL_ORDERS, REAL_ORDERS

WHOLE = "limit=250&include=consignments.line_items,fees&consignment_structure=object"
MANNERS = (
    {"pricing": "inclusive"},
    {"pricing": "inclusive", "order_mix": "wide", "odd_forms": 0.5},
    {"pricing": "exclusive"},
    {"pricing": "exclusive", "order_mix": "wide"},
    {"pricing": "exclusive", "order_mix": "wide", "odd_forms": 0.5, "tenders": "after"},
    {"pricing": "mixed", "order_mix": "wide", "odd_forms": 0.3, "tenders": "mixed"},
)
EACH = 250


def _real(path: Path) -> Served:
    found = json.loads(path.read_text())
    return Served(found["order"], found["products"], found["fees"] or [], found["coupons"])


def _complete() -> list[Path]:
    """The orders whose header has all its sums; the others are excerpts."""
    paths = sorted(REAL_ORDERS.glob("*.json"))
    return [path for path in paths if is_complete(json.loads(path.read_text())["order"])]


@NEEDS_REAL_ORDERS
def test_every_complete_real_order_fits_the_arithmetic() -> None:
    """On one basis at least, with their lines, discounts and discounted totals."""
    paths = _complete()
    assert len(paths) >= 27
    assert {path.name: faults(_real(path)) for path in paths if faults(_real(path))} == {}


@NEEDS_REAL_ORDERS
def test_a_discount_shows_on_which_basis_a_real_order_stands() -> None:
    """Without tax in the one, with tax in the other; where no tax meets a discount, both hold."""
    assert bases(_real(REAL_ORDERS / "007.json")) == {"ex_tax"}
    assert bases(_real(REAL_ORDERS / "002.json")) == {"inc_tax"}
    assert bases(_real(REAL_ORDERS / "001.json")) == {"ex_tax", "inc_tax"}


@NEEDS_REAL_ORDERS
@pytest.mark.parametrize(
    "wrong",
    [
        {"total_inc_tax": "588.8000"},  # the parts with tax, less the discount: how the sandbox once reckoned
        {"total_inc_tax": "588.8000", "total_tax": "99.8000"},
        {"discount_amount": "12.0000"},
        {"total_ex_tax": "487.0000", "total_tax": "99.8000"},
        {"items_total": 2},
    ],
)
def test_the_checker_sees_a_real_order_that_was_tampered_with(wrong: dict[str, Any]) -> None:
    """A total, a tax, a discount or a number of items that is not the store's."""
    real = _real(REAL_ORDERS / "007.json")
    assert faults(Served(real.header | wrong, real.lines)) != []


@pytest.fixture(scope="module")
def maker() -> Iterator[SandboxStore]:
    with SandboxStore("--plan", "enterprise") as store:
        yield store


def _served(store: SandboxStore) -> Iterator[Served]:
    """Every order as an app reads it."""
    for page in range(1, EACH // 250 + 2):
        answer = store.api("GET", f"/v2/orders?{WHOLE}&page={page}")
        for header in answer.json() if answer.status == 200 else []:
            yield Served(header, _lines(store, header), header.get("fees") or [], _coupons(store, header))


def _lines(store: SandboxStore, header: dict[str, Any]) -> list[dict[str, Any]]:
    """From the consignments, or from /products where these do not show all."""
    where = header["consignments"]
    groups = [*where["pickups"], *where["shipping"], *where["downloads"], *where["email"]["gift_certificates"]]
    if not any("__warning__" in group for group in groups):
        return [line for group in groups for line in group["line_items"]]
    return list(store.api("GET", f"/v2/orders/{header['id']}/products?limit=250").json())


def _coupons(store: SandboxStore, header: dict[str, Any]) -> list[dict[str, Any]]:
    if not amount(header["coupon_discount"]):
        return []
    return list(store.api("GET", f"/v2/orders/{header['id']}/coupons").json())


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: "-".join(map(str, manner.values())))
def test_made_orders_fit_the_same_arithmetic(maker: SandboxStore, manner: dict[str, Any], seed: int) -> None:
    """3,000 of them, as an app reads them, on the basis that the store prices in; the flag says which."""
    maker.reset(orders=EACH, seed=seed, plan="enterprise", **manner)
    orders = list(_served(maker))
    assert len(orders) == EACH
    wrong = {order.header["id"]: found for order in orders if (found := faults(order, _basis(order, manner)))}
    assert wrong == {}


def _basis(order: Served, manner: dict[str, Any]) -> str | None:
    """Of the store; of a mixed one what the order's flag says, which old orders do not have."""
    if manner["pricing"] != "mixed":
        return "inc_tax" if manner["pricing"] == "inclusive" else "ex_tax"
    flag = order.header.get("is_tax_inclusive_pricing")
    return None if flag is None else "inc_tax" if flag else "ex_tax"


def test_a_made_order_with_tax_and_a_discount_stands_on_its_own_basis_alone(maker: SandboxStore) -> None:
    """As the real ones do: whoever sums the other side's estimates is off."""
    for pricing, basis in (("exclusive", "ex_tax"), ("inclusive", "inc_tax")):
        maker.reset(orders=EACH, seed=3, plan="enterprise", pricing=pricing, order_mix="wide")
        telling = [order for order in _served(maker) if _tells(order)]
        assert len(telling) > 20
        alone = [order for order in telling if bases(order) == {basis}]
        assert len(alone) > 0.9 * len(telling)


def _tells(order: Served) -> bool:
    """Taxed, and something was taken off."""
    cuts = amount(order.header["coupon_discount"]) + amount(order.header["discount_amount"])
    return bool(cuts and amount(order.header["total_tax"]))
