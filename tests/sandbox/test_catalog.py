"""The catalog of the sandbox store, and how the orders agree with it."""

import time
from pathlib import Path

import psutil
import pytest

from tests.sandbox_store import SandboxStore


def _all(store: SandboxStore, path: str, limit: int = 250) -> list[dict]:
    """Every document of a V3 list, page by page."""
    found: list[dict] = []
    page = 1
    while True:
        joined = f"{path}{'&' if '?' in path else '?'}limit={limit}&page={page}"
        answer = store.api("GET", joined).json()
        found += answer["data"]
        if page >= answer["meta"]["pagination"]["total_pages"]:
            return found
        page += 1


def test_lines_agree_with_the_catalog(store: SandboxStore) -> None:
    """Product, variant, SKU, name, bin and chosen options of every line of every kind are those of its variant."""
    store.set(quota=10_000)
    variants = {variant["id"]: variant for variant in _all(store, "/v3/catalog/variants")}
    products = {product["id"]: product for product in _all(store, "/v3/catalog/products")}
    for kind in store.control("GET", "/kinds")["kinds"]:
        for line in store.order(store.place(kind=kind)[0])["lines"]:
            if line["product_id"] == 0:
                assert line["type"] == "giftcertificate" or line["sku"].startswith("CUSTOM-")
                continue
            product, variant = products[line["product_id"]], variants[line["variant_id"]]
            assert variant["product_id"] == product["id"]
            assert line["sku"] == (variant["sku"] or product["sku"])
            assert (line["name"], line["type"]) == (product["name"], product["type"])
            assert line["bin_picking_number"] == (variant["bin_picking_number"] or product["bin_picking_number"])
            chosen = {(option["display_name"], option["display_value"]) for option in line["product_options"]}
            assert chosen >= {(value["option_display_name"], value["label"]) for value in variant["option_values"]}


def test_a_shirt_has_a_variant_for_each_size_and_color(store: SandboxStore) -> None:
    """A product without options has its base variant alone, which carries the product's SKU."""
    (shirt,) = store.api("GET", "/v3/catalog/products?sku=shirt-crew&include=variants,options").json()["data"]
    assert len(shirt["variants"]) == 16
    assert len({variant["sku"] for variant in shirt["variants"]}) == 16
    assert [option["display_name"] for option in shirt["options"]] == ["Size", "Color"]
    assert shirt["base_variant_id"] is None
    (mug,) = store.api("GET", "/v3/catalog/products?sku=MUG-STONE&include=variants").json()["data"]
    assert [variant["sku"] for variant in mug["variants"]] == ["MUG-STONE"]
    assert mug["base_variant_id"] == mug["variants"][0]["id"]
    assert mug["variants"][0]["option_values"] == []


def test_one_product_has_no_sku_and_can_be_ordered(store: SandboxStore) -> None:
    """Only its numbers tell it from others; a random mix of orders leaves it out."""
    line = store.order(store.place(kind="without_sku")[0])["lines"][0]
    assert line["sku"] == ""
    product = store.api("GET", f"/v3/catalog/products/{line['product_id']}?include=variants").json()["data"]
    assert (product["sku"], product["variants"][0]["id"]) == ("", line["variant_id"])
    store.reset(orders=300, seed=4)
    kinds = {kind for order in store.orders() for kind in order["kinds"]}
    assert "without_sku" not in kinds


def test_ten_thousand_products_have_twenty_thousand_variants(store: SandboxStore) -> None:
    """Stocked in a moment, a call per 250, and no memory kept for what was served."""
    store.reset()
    fixed = store.api("GET", "/v3/catalog/variants").json()["meta"]["pagination"]["total"]
    began = time.monotonic()
    store.reset(products=10_000, seed=6)
    assert time.monotonic() - began < 5
    store.set(quota=10_000)
    first = _all(store, "/v3/catalog/variants")
    memory = psutil.Process(store.process.pid).memory_info().rss
    assert len(first) == len({variant["id"] for variant in first}) == fixed + 20_000
    assert _all(store, "/v3/catalog/variants") == first
    assert psutil.Process(store.process.pid).memory_info().rss - memory < 8_000_000
    assert len(store.calls()) == 2 * -(-len(first) // 250)


def test_the_same_seed_stocks_the_same_products(store: SandboxStore) -> None:
    """Numbers, names, SKUs, prices and bins; some have no SKU, some one that a spreadsheet would spoil."""
    store.reset(products=250, seed=6)
    first = _all(store, "/v3/catalog/products?exclude_fields=date_created,date_modified")
    store.reset(products=250, seed=7)
    assert _all(store, "/v3/catalog/products?exclude_fields=date_created,date_modified") != first
    store.reset(products=250, seed=6)
    assert _all(store, "/v3/catalog/products?exclude_fields=date_created,date_modified") == first
    skus = [product["sku"] for product in first]
    assert skus.count("") > 10
    assert "00000006" in skus


@pytest.mark.parametrize("products", [-1, 10_001])
def test_a_catalog_has_bounds(store: SandboxStore, products: int) -> None:
    """Up to 10,000 products; more is refused with a sentence, and nothing is reset."""
    store.place(kind="guest")
    with pytest.raises(AssertionError, match="10000"):
        store.reset(products=products)
    assert store.orders()


def test_pages_say_where_they_stand(store: SandboxStore) -> None:
    """Totals and links in every answer; past the last page there is an empty list and not a 204."""
    answer = store.api("GET", "/v3/catalog/products?limit=10&page=2&type=physical").json()
    pagination = answer["meta"]["pagination"]
    assert (pagination["count"], pagination["per_page"], pagination["current_page"]) == (10, 10, 2)
    assert pagination["total_pages"] == -(-pagination["total"] // 10)
    assert pagination["links"]["next"] == "?type=physical&page=3&limit=10"
    assert pagination["links"]["previous"] == "?type=physical&page=1&limit=10"
    past = store.api("GET", "/v3/catalog/products?page=99")
    assert (past.status, past.json()["data"]) == (200, [])


def test_more_than_250_a_page_is_cut_and_options_allow_ten(store: SandboxStore) -> None:
    """As the description says of options and modifiers."""
    store.reset(products=300)
    assert len(store.api("GET", "/v3/catalog/products?limit=1000").json()["data"]) == 250
    assert len(store.api("GET", "/v3/catalog/products?limit=250&include=options").json()["data"]) == 10


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("id=101", lambda product: product["id"] == 101),
        ("id:in=101,103", lambda product: product["id"] in (101, 103)),
        ("id:not_in=101,103", lambda product: product["id"] not in (101, 103)),
        ("id:min=120", lambda product: product["id"] >= 120),
        ("id:greater=120&id:less=130", lambda product: 120 < product["id"] < 130),
        ("sku:in=mug-stone,TEA-EARL", lambda product: product["sku"] in ("MUG-STONE", "TEA-EARL")),
        ("type=digital", lambda product: product["type"] == "digital"),
        ("is_visible=false", lambda product: not product["is_visible"]),
        ("keyword=mug", lambda product: "mug" in product["name"].lower()),
        ("name=Bread knife", lambda product: product["name"] == "Bread knife"),
    ],
)
def test_products_are_found_by(store: SandboxStore, query: str, fits: object) -> None:
    """Each filter lets through what fits and nothing else."""
    store.reset(products=40)
    every = _all(store, "/v3/catalog/products")
    found = _all(store, f"/v3/catalog/products?{query.replace(' ', '%20')}")
    assert found == [product for product in every if fits(product)]  # type: ignore[operator]
    assert 0 < len(found) < len(every)


def test_what_changed_since_is_found(store: SandboxStore) -> None:
    """An edited product is modified now, the moment itself included; its next order shows the new SKU."""
    store.set(clock_offset_seconds=1000)
    edited = store.edit_product(101, sku="MUG-NEW", bin_picking_number="Z-01", price=20.5, is_visible=False)
    assert edited["price"] == 20.5
    since = edited["date_modified"].replace("+", "%2B")
    found = store.api("GET", f"/v3/catalog/products?date_modified:min={since}").json()["data"]
    assert [(product["id"], product["sku"], product["is_visible"]) for product in found] == [(101, "MUG-NEW", False)]
    products = [{"product_id": 101, "quantity": 1}]
    body = {"billing_address": {"first_name": "Ada", "email": "ada@example.com"}, "products": products}
    order = store.order(store.api("POST", "/v2/orders", body).json()["id"])
    line = order["lines"][0]
    assert (line["sku"], line["bin_picking_number"], line["variant_id"]) == ("MUG-NEW", "Z-01", 10_100)


def test_sorting_goes_both_ways(store: SandboxStore) -> None:
    """By any documented field; another is refused."""
    ascending = [product["price"] for product in _all(store, "/v3/catalog/products?sort=price")]
    assert ascending == sorted(ascending)
    descending = [product["price"] for product in _all(store, "/v3/catalog/products?sort=price&direction=desc")]
    assert descending == ascending[::-1]
    assert store.api("GET", "/v3/catalog/products?sort=color").status == 422


def test_only_the_fields_asked_for_are_sent(store: SandboxStore) -> None:
    """The number always, and what ``include`` asks for."""
    path = "/v3/catalog/products/101?include_fields=name,sku&include=variants"
    assert store.api("GET", path).json()["data"].keys() == {"id", "name", "sku", "variants"}
    left = store.api("GET", "/v3/catalog/products/101?exclude_fields=id,name").json()["data"]
    assert "id" in left
    assert "name" not in left
    variant = store.api("GET", "/v3/catalog/variants?include_fields=sku&limit=1").json()["data"][0]
    assert variant.keys() == {"id", "sku"}


def test_variants_are_found_by_product_and_sku(store: SandboxStore) -> None:
    """Several products at once, one SKU at a time; alone under their product too."""
    found = _all(store, "/v3/catalog/variants?product_id:in=110,101")
    assert {variant["product_id"] for variant in found} == {110, 101}
    (one,) = _all(store, "/v3/catalog/variants?sku=TOWEL-LIN-MOSS")
    path = f"/v3/catalog/products/{one['product_id']}/variants"
    assert store.api("GET", f"{path}/{one['id']}").json()["data"] == one
    assert one in _all(store, path)
    assert store.api("GET", f"{path}/1").status == 404
    assert store.api("GET", "/v3/catalog/products/7").status == 404


@pytest.mark.parametrize("query", ["id:in=x", "is_visible=perhaps", "date_modified:min=soon", "limit=0"])
def test_a_filter_that_cannot_be_read_is_refused(store: SandboxStore, query: str) -> None:
    """In V3's form, with the field's name."""
    answer = store.api("GET", f"/v3/catalog/products?{query}")
    assert answer.status in (400, 422)
    assert answer.json()["title"]


def test_the_catalog_needs_its_scope(store: SandboxStore) -> None:
    """Reading is enough; orders alone are not."""
    store.set(scopes=["store_v2_orders"])
    assert store.api("GET", "/v3/catalog/products").status == 403
    assert store.api("GET", "/v3/catalog/variants").status == 403
    store.set(scopes=["store_v2_products_read_only"])
    assert store.api("GET", "/v3/catalog/products").status == 200


def test_a_person_adds_and_deletes_products(store: SandboxStore) -> None:
    """With one variant or several; a deleted one is not found, and its number is not given again."""
    plain = store.add_product(name="Jar", sku="JAR", price=3)
    several = store.add_product(name="Lid", skus=["LID-1", "LID-2"])
    assert [variant["sku"] for variant in plain["variants"]] == ["JAR"]
    assert [variant["sku"] for variant in several["variants"]] == ["LID-1", "LID-2"]
    assert len({value["label"] for v in several["variants"] for value in v["option_values"]}) == 2
    store.control("DELETE", f"/products/{several['id']}")
    assert store.api("GET", f"/v3/catalog/products/{several['id']}").status == 404
    assert store.add_product(name="Cap")["id"] > several["id"]
    assert store.control("GET", "/products?search=jar")["total"] == 1


@pytest.mark.parametrize("fields", [{"color": "red"}, {"price": -1}, {"type": "wool"}, {"sku": 5}, {"skus": []}])
def test_a_product_that_makes_no_sense_is_refused(store: SandboxStore, fields: dict) -> None:
    """With a sentence; nothing is added."""
    before = store.control("GET", "/products")["total"]
    with pytest.raises(AssertionError, match="A product's"):
        store.add_product(**fields)
    assert store.control("GET", "/products")["total"] == before


def test_an_app_orders_a_variant_by_its_numbers(store: SandboxStore) -> None:
    """Its options come along; a variant of another product is refused."""
    person = {"first_name": "Ada", "email": "ada@example.com"}
    products = [{"product_id": 112, "variant_id": 11_205, "quantity": 1}]
    order = store.api("POST", "/v2/orders", {"billing_address": person, "products": products}).json()
    line = store.order(order["id"])["lines"][0]
    variant = store.api("GET", "/v3/catalog/products/112/variants/11205").json()["data"]
    assert line["sku"] == variant["sku"]
    assert len(line["product_options"]) == 2
    products[0]["variant_id"] = 10_100
    assert store.api("POST", "/v2/orders", {"billing_address": person, "products": products}).status == 400


def test_catalog_and_customers_survive_a_restart(tmp_path: Path) -> None:
    """Made products, edits, added and deleted ones; and who the customers are."""
    state = ["--state", str(tmp_path / "state.json"), "--products", "60"]
    with SandboxStore(*state, orders=30) as store:
        store.edit_product(112, name="Shirt", variants=[{"id": 11_203, "sku": "OWN", "bin_picking_number": "Z-9"}])
        store.add_product(name="Lid", skus=["LID-1", "LID-2"])
        store.control("DELETE", "/products/105")
        store.place(kind="several_addresses", customer_id=77)
        store.edit_customer(77, phone="1234")
        products = _all(store, "/v3/catalog/products?include=variants,options", 10)
        customers = store.api("GET", "/v3/customers?limit=250&include=addresses").json()["data"]
    with SandboxStore(*state) as store:
        assert _all(store, "/v3/catalog/products?include=variants,options", 10) == products
        assert store.api("GET", "/v3/customers?limit=250&include=addresses").json()["data"] == customers
        assert store.api("GET", "/v3/catalog/products/105").status == 404
        store.place(kind="several_addresses", customer_id=77)
        numbers = [address["id"] for address in _addresses(store)]
        assert len(numbers) == len(set(numbers)) > len([a for one in customers for a in one["addresses"]])


def _addresses(store: SandboxStore) -> list[dict]:
    return _all(store, "/v3/customers/addresses")
