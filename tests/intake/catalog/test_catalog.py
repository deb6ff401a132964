"""The product list from the store's catalog, and orders that wait for a product."""

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.intake.catalog.load import LoadedCatalog, load_catalog
from counterfoil.intake.matching.products import missing_products
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderLine, Product, ProductAlias, ProductSource
from counterfoil.sales.products.csv_import import apply, read_product_rows
from counterfoil.sales.products.edit import add_product
from counterfoil.stores.attention.actions import skip
from counterfoil.stores.attention.items import attention
from counterfoil.stores.attention.unknown_skus import add_alias, add_variant_alias, remove_alias
from counterfoil.stores.models import LogEntry, Payload, UnknownProduct, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from tests.factories import DOWNLOADED, connect, fresh, in_store, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore, paths
from tests.scale import at_full_size

pytestmark = pytest.mark.django_db


def load(integration: WebIntegration, told: list[tuple[str, int, int]] | None = None) -> LoadedCatalog:
    """The whole catalog of the store."""
    with open_session(fresh(integration), seconds=300) as there:
        return load_catalog(there, None if told is None else lambda *what: told.append(what))


def strict(store: SandboxStore, **options: object) -> WebIntegration:
    """A store whose orders wait for unknown products."""
    return connect(store, unknown_product=UnknownProduct.REFUSE, **options)


def with_skus(store: SandboxStore, order_id: int, sku: str) -> None:
    """Every line of the order has this SKU."""
    lines = in_store(store, order_id)["products"]
    store.edit(order_id, lines=[{"id": line["id"], "sku": sku} for line in lines])


def test_the_catalog_makes_every_order_of_the_store_importable(store: SandboxStore) -> None:
    """SKUs, product ids and variant ids agree; also of items without an SKU."""
    kinds = [kind for kind in store.control("GET", "/kinds")["kinds"] if kind != "custom_product"]
    for kind in kinds:
        store.place(1, kind=kind)
    integration = strict(store)
    loaded = load(integration)
    assert loaded.finished
    assert loaded.added == Product.objects.count() > 40
    run_sync(integration)
    assert [
        item.sentence for item in attention() if item.code == "unknown_product" and "CUSTOM-" not in item.sentence
    ] == []
    assert not OrderLine.objects.filter(product=None).exclude(kind="giftcertificate").exists()


def test_products_bins_types_and_options_come_along_as_the_store_has_them(store: SandboxStore) -> None:
    load(connect(store))
    there = {each["sku"]: each for each in store.api("GET", "/v3/catalog/variants?limit=250").json()["data"]}
    for product in Product.objects.filter(part_number__in=[sku for sku in there if sku]):
        assert product.bin == (there[product.part_number]["bin_picking_number"] or product.bin)
    assert Product.objects.get(part_number="EBOOK-BREW").type == "digital"
    shirts = Product.objects.filter(part_number__startswith="SHIRT-CREW").values_list("description", flat=True)
    assert "Crew neck T-shirt (S, Oat)" in shirts


def test_a_product_has_the_upc_of_its_variant_and_keeps_what_was_written_here(store: SandboxStore) -> None:
    """What scanners read; one that the list has without a UPC takes it, and its history says so."""
    variants = store.api("GET", "/v3/catalog/variants?limit=250").json()["data"]
    upcs = {each["sku"]: each["upc"] for each in variants if each["sku"]}
    bare, own = sorted(sku for sku, upc in upcs.items() if len(upc) == 12)[:2]
    add_product(bare, by="Ada")
    add_product(own, by="Ada", upc="4006381333931")
    load(connect(store))
    found = dict(Product.objects.values_list("part_number", "upc"))
    assert (found[bare], found[own]) == (upcs[bare], "4006381333931")
    assert {sku: found[sku] for sku in upcs if sku != own} == {sku: upcs[sku] for sku in upcs if sku != own}
    assert Product.objects.get(part_number=bare).changes.get(what="upc").after == upcs[bare]


def test_twenty_thousand_variants_take_a_call_for_250_at_most(store: SandboxStore) -> None:
    """A fixed number of statements a page, and the progress is told."""
    products = at_full_size(10_000, 1_000)
    store.control("POST", "/reset", {"products": products})
    integration = connect(store)
    store.clear_calls()
    told: list[tuple[str, int, int]] = []
    with CaptureQueriesContext(connection) as queries:
        loaded = load(integration, told)
    calls = [path for path in paths(store.calls()) if "/catalog/" in path]
    assert loaded.variants >= 2 * products
    assert len(calls) <= loaded.products // 250 + 1
    assert Product.objects.count() == loaded.added
    assert len(queries) <= 12 * len(calls) + 20
    assert {total for _, _, total in told} == {loaded.products}
    assert [done for _, done, _ in told][-1] == loaded.products


def test_memory_stays_flat_however_large_the_catalog_is(store: SandboxStore) -> None:
    """A page is forgotten before the next is read."""
    integration, peaks = connect(store), []
    for number in (500, at_full_size(4000, 1500)):
        store.control("POST", "/reset", {"products": number})
        tracemalloc.start()
        assert load(integration).products > number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_a_page_that_is_too_much_for_the_store_is_halved(store: SandboxStore) -> None:
    """Nothing is left out."""
    store.control("POST", "/reset", {"products": 600})
    store.fault(method="GET", path="catalog/products", query="limit=(250|125)&", status=500)
    loaded = load(connect(store))
    assert loaded.finished
    assert loaded.products == store.api("GET", "/v3/catalog/products").json()["meta"]["pagination"]["total"]


def test_a_missing_permission_is_named(store: SandboxStore) -> None:
    """The API account needs Products: read-only for this alone."""
    integration = connect(store)
    store.fault(method="GET", path="catalog/products", status=403)
    with pytest.raises(StoreTrouble, match="Products: read-only"):
        load(integration)


def test_loading_the_catalog_tries_the_orders_again_that_lacked_a_product(store: SandboxStore) -> None:
    """Nobody has to press retry."""
    (order_id,) = store.place(1, kind="guest")
    integration = strict(store)
    run_sync(integration)
    assert web_order(order_id).unknown_skus
    assert load(integration).tried_again == 1
    run_sync(integration)
    assert sales_order(order_id)
    assert web_order(order_id).unknown_skus == []
    assert in_store(store, order_id)["status_id"] == DOWNLOADED


def test_one_alias_imports_every_order_that_its_sku_kept_out(store: SandboxStore) -> None:
    """The order keeps the store's SKU, its line is the merchant's product."""
    blocked = store.place(3, kind="guest")
    (other,) = store.place(1, kind="guest")
    integration = strict(store)
    for order_id in blocked:
        with_skus(store, order_id, "OLD-SKU")
    with_skus(store, other, "ANOTHER")
    run_sync(integration)
    assert {web_order(order_id).unknown_skus[0] for order_id in blocked} == {"OLD-SKU"}
    product = add_product("OUR-PART", by="Ada")
    assert add_alias("WEB-", "OLD-SKU", "OUR-PART", by="Ada") == 3
    run_sync(integration)
    for order_id in blocked:
        line = sales_order(order_id).lines.first()
        assert (line.part_number, line.product) == ("OLD-SKU", product)
    assert [item.import_id for item in attention()] == [f"WEB-{other}"]
    assert LogEntry.objects.filter(text="Ada matched the SKU OLD-SKU to the product OUR-PART.").exists()


def test_an_item_without_an_sku_is_known_by_its_ids_then_by_an_alias(store: SandboxStore) -> None:
    """By the name that Needs attention shows for it, or by the variant itself."""
    named, by_ids = store.place(2, kind="guest")
    integration = strict(store)
    for order_id in (named, by_ids):
        first, *rest = in_store(store, order_id)["products"]
        number = 700 if order_id == named else 800
        unnamed = {"id": first["id"], "sku": "", "product_id": number, "variant_id": number + 1}
        store.edit(order_id, lines=[unnamed, *({"id": each["id"], "sku": "REST"} for each in rest)], raw=True)
    add_product("REST", by="Ada")
    run_sync(integration)
    assert web_order(named).unknown_skus == ["PRODUCT-700-701"]
    part = add_product("PART", by="Ada")
    add_alias("WEB-", "PRODUCT-700-701", "PART", by="Ada")
    add_variant_alias("WEB-", 800, 801, "PART", by="Ada")
    run_sync(integration)
    assert [sales_order(order_id).lines.order_by("position").first().product for order_id in (named, by_ids)] == [
        part
    ] * 2


def test_a_product_added_by_hand_or_from_a_file_tries_its_orders_again(store: SandboxStore) -> None:
    """And those only that lacked it."""
    by_hand, by_file, neither = store.place(3, kind="guest")
    integration = strict(store)
    for order_id, sku in ((by_hand, "HAND"), (by_file, "FILE"), (neither, "NEITHER")):
        with_skus(store, order_id, sku)
    run_sync(integration)
    add_product("HAND", by="Ada")
    apply(read_product_rows("sku\nFILE\n"), by="Ada")
    run_sync(integration)
    assert sales_order(by_hand)
    assert sales_order(by_file)
    assert [item.import_id for item in attention()] == [f"WEB-{neither}"]


def test_what_is_missing_is_shown_with_the_stores_description(store: SandboxStore) -> None:
    """To choose by; and with the store's own ids where it came without an SKU."""
    (order_id,) = store.place(1, kind="guest")
    with_skus(store, order_id, "OLD-SKU")
    (unnamed,) = store.place(1, kind="guest")
    first, *rest = in_store(store, unnamed)["products"]
    nothing = {"id": first["id"], "sku": "", "product_id": 700, "variant_id": 701}
    store.edit(unnamed, lines=[nothing, *({"id": each["id"], "sku": "OLD-SKU"} for each in rest)], raw=True)
    run_sync(strict(store))
    pk, unnamed_pk = web_order(order_id).pk, web_order(unnamed).pk
    found = missing_products([pk, unnamed_pk])
    assert found[pk].keys() == {"OLD-SKU"}
    assert found[pk]["OLD-SKU"].description
    assert found[pk]["OLD-SKU"].variant is None
    assert found[unnamed_pk]["PRODUCT-700-701"].variant == (700, 701)


def test_an_order_that_was_skipped_is_not_tried_again(store: SandboxStore) -> None:
    """Someone gave up on it for a reason."""
    (order_id,) = store.place(1, kind="guest")
    integration = strict(store)
    with_skus(store, order_id, "OLD-SKU")
    run_sync(integration)
    skip(f"WEB-{order_id}", why="a test order", by="Ada")
    add_product("OUR-PART", by="Ada")
    assert add_alias("WEB-", "OLD-SKU", "OUR-PART", by="Ada") == 0
    assert web_order(order_id).unknown_skus == []
    assert integration.unknown_product == "refuse"


def test_an_alias_that_says_nothing_is_refused(store: SandboxStore) -> None:
    """Each time with what to do instead; a second word for an SKU replaces the first, and it can be taken back."""
    connect(store)
    part = add_product("PART", by="Ada")
    other = add_product("OTHER", by="Ada")
    for source, sku, part_number, words in (
        ("NO-", "OLD", "PART", "no web integration NO-"),
        ("WEB-", "OLD", "NOTHING", "no product NOTHING"),
        ("WEB-", "PART", "PART", "PART is a product itself"),
        ("WEB-", "OTHER", "PART", "OTHER is a product itself"),
        ("WEB-", " ", "PART", "needs a part number"),
    ):
        with pytest.raises(Refused, match=words):
            add_alias(source, sku, part_number, by="Ada")
    add_alias("WEB-", "OLD", "PART", by="Ada")
    add_alias("WEB-", "OLD", "OTHER", by="Ada")
    alias = ProductAlias.objects.get()
    assert alias.product == other
    assert [(each.before, each.after) for each in part.changes.all()] == [("", "OLD"), ("OLD", "")]
    remove_alias(alias.pk, by="Ada")
    assert not ProductAlias.objects.exists()
    with pytest.raises(Refused):
        remove_alias(alias.pk, by="Ada")


def test_a_created_product_says_which_store_s_order_made_it(store: SandboxStore) -> None:
    """So that a merchant finds those that nobody has looked at."""
    store.place(1, kind="registered")
    run_sync(connect(store, unknown_product=UnknownProduct.CREATE))
    assert set(Product.objects.values_list("origin", "made_by")) == {("import", "WEB-")}


def test_a_created_product_is_of_the_kind_that_was_sold(store: SandboxStore) -> None:
    """A download needs no bin."""
    store.place(1, kind="digital")
    run_sync(connect(store, unknown_product=UnknownProduct.CREATE))
    assert "digital" in set(Product.objects.values_list("type", flat=True))
    assert not ProductSource.objects.exists()


def test_a_product_that_cannot_be_read_is_named_and_hides_no_other(store: SandboxStore) -> None:
    """The log says which; the others are loaded."""
    integration = connect(store)
    product = store.add_product(name="Lamp", sku="LAMP")
    broken, whole = {"id": 7, "variants": "none"}, store.api("GET", f"/v3/catalog/products/{product['id']}").json()
    data = [broken, whole["data"] | {"variants": [{"id": 1, "sku": "LAMP", "product_id": product["id"]}]}]
    store.fault("GET", "^/v3/catalog/products$", status=200, body={"data": data}, times=1)
    loaded = load(integration)
    assert (loaded.unreadable, loaded.products, loaded.finished) == ([7], 2, True)
    assert Product.objects.filter(part_number="LAMP").exists()
    assert "1 couldn’t be read (product 7)." in LogEntry.objects.latest("pk").text


def test_a_store_without_products_has_none_to_load(store: SandboxStore) -> None:
    """It is asked once, and that is the end of it."""
    integration = connect(store)
    store.fault("GET", "^/v3/catalog/products$", status=200, body={"data": []})
    store.clear_calls()
    loaded = load(integration)
    assert (loaded.products, loaded.finished, len(store.calls())) == (0, True, 1)


def test_a_store_that_leaves_out_the_variants_of_single_fields_is_asked_for_all_of_them(store: SandboxStore) -> None:
    """From then on; no page is lost over it."""
    store.reset(products=300)
    integration = connect(store)
    page = store.api("GET", "/v3/catalog/products?limit=250&sort=id&include=variants").json()
    bare = [{name: value for name, value in each.items() if name != "variants"} for each in page["data"]]
    store.fault("GET", "^/v3/catalog/products$", query="include_fields", status=200, body={"data": bare})
    store.clear_calls()
    loaded = load(integration)
    assert loaded.finished
    assert loaded.variants >= loaded.products == page["meta"]["pagination"]["total"]
    assert sum("include_fields" in call["query"] for call in store.calls()) == 1


def test_a_session_without_time_leaves_the_catalog_for_the_next_one(store: SandboxStore) -> None:
    """The log says that the rest is to come."""
    integration = connect(store)
    with open_session(fresh(integration), seconds=0) as there:
        assert not load_catalog(there).finished
    assert LogEntry.objects.latest("pk").text.endswith("The rest hasn’t been loaded yet.")


def test_nothing_is_missing_of_an_order_that_cannot_be_read(store: SandboxStore) -> None:
    """That is said of the order itself."""
    order = WebOrder.objects.create(integration=connect(store), bigcommerce_order_id=1, import_id="WEB-1")
    order.payload = Payload.objects.create(web_order=order, order=b'{"id": 1}', read_at=timezone.now())
    order.save()
    assert missing_products([order.pk]) == {order.pk: {}}
