"""Pages of the V3 catalog are read product by product."""

import json
from typing import Any

import pytest

from counterfoil.bigcommerce import TryAgain
from counterfoil.bigcommerce.catalog import read_catalog
from tests.bigcommerce.faults import answer, faulty_store, says
from tests.bigcommerce.test_client_calls import client_of


def page(*products: Any, **meta: Any) -> bytes:
    """A page as the store sends it."""
    return json.dumps({"data": list(products), "meta": meta}).encode()


def test_a_product_with_its_variants_is_read() -> None:
    """Texts that are null are empty; a product is shown unless the store says otherwise."""
    variant = {"id": 11, "sku": "MUG-S", "bin_picking_number": None,
               "option_values": [{"option_display_name": "Size", "label": "S"}]}  # fmt: skip
    read = read_catalog(page({"id": 1, "name": "Mug", "sku": None, "variants": [variant]}, pagination={"total": 7}))
    (product,) = read.products
    assert (product.name, product.sku, product.type, product.is_visible) == ("Mug", "", "physical", True)
    assert (product.variants[0].sku, product.variants[0].bin_picking_number) == ("MUG-S", "")
    assert product.variants[0].option_values[0].label == "S"
    assert (read.listed, read.total) == ((1,), 7)


@pytest.mark.parametrize(
    "bad",
    [
        {"id": 2, "is_visible": "perhaps"},
        {"id": 2, "variants": [{"sku": "without an id"}]},
        {"id": 2, "sku": "X" * 501},
        {"id": 2, "variants": "none"},
    ],
)
def test_a_product_that_cannot_be_read_spoils_only_itself(bad: dict[str, Any]) -> None:
    """Its neighbors come, and its id is told."""
    read = read_catalog(page({"id": 1}, bad, {"id": 3}))
    assert [product.id for product in read.products] == [1, 3]
    assert (read.listed, read.unreadable) == ((1, 2, 3), (2,))


@pytest.mark.parametrize("meta", [{}, {"pagination": None}, {"pagination": {}}])
def test_a_page_that_does_not_say_how_many_there_are_is_read_too(meta: dict[str, Any]) -> None:
    """The progress is then told by what came."""
    assert read_catalog(page({"id": 1}, **meta)).total == 0


@pytest.mark.parametrize("body", [b"", b"{}", b'{"data": [{"id": 1}', b"[]", b'{"data": [7]}', b"<html>"])
def test_what_is_no_page_of_products_is_tried_again_smaller(body: bytes) -> None:
    """Rather than taken for an empty catalog."""
    with pytest.raises(TryAgain) as caught:
        read_catalog(body)
    assert caught.value.smaller


def test_an_empty_catalog_is_empty() -> None:
    """Whether the store says so with an empty list or with nothing at all."""
    for said in (answer(200, page(pagination={"total": 0})), answer(204, b"")):
        with faulty_store(says(said)) as store:
            assert client_of(store).catalog_products(min_id=1).listed == ()
