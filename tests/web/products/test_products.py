"""Products: found, added, changed, aliased, loaded from a file and from a store's catalog."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderLine, Product, ProductAlias
from counterfoil.stores.models import CatalogLoad, LogEntry, StoreState, UnknownProduct, WebOrderState
from tests.factories import connect, run_sync, web_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.clients_and_products import a_catalog_load, a_product
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def text(browser: Client, path: str, **query: object) -> str:
    """A page as it is now."""
    return browser.get(path, query).content.decode()


@pytest.mark.parametrize("words", ["engine-7", "no. 7", "DE-7", "shelf 7", "difference ENGINE-7"])
def test_a_product_is_found_by_number_description_bin_and_alias(words: str, clerk: Client) -> None:
    """Every word has to appear somewhere."""
    a_product(1)
    a_product(7)
    Product.objects.filter(part_number="ENGINE-7").update(bin="Shelf 7")
    page = text(clerk, reverse("products"), q=words)
    assert "1 product found" in page
    assert "ENGINE-7" in page
    assert "No matching products" in text(clerk, reverse("products"), q=f"{words} zeppelin")


def test_the_list_is_narrowed_to_a_type_and_to_what_is_in_use(clerk: Client) -> None:
    """Both at once, too."""
    for number, (kind, active) in enumerate([("physical", True), ("physical", False), ("digital", True)]):
        Product.objects.create(part_number=f"P-{number}", type=kind, active=active)
    assert "2 products found" in text(clerk, reverse("products"), type="physical")
    assert "1 product found" in text(clerk, reverse("products"), active="0")
    page = text(clerk, reverse("products"), type="physical", active="1")
    assert "P-0" in page
    assert "P-1" not in page


def test_a_product_is_added_changed_and_taken_out_of_use(clerk: Client) -> None:
    """What is refused says why, and what was typed stays."""
    clerk.post(reverse("product-add"), {"part_number": "A-1", "description": "First", "type": "digital", "bin": "B2"})
    product = Product.objects.get()
    assert (product.part_number, product.type, product.bin, product.active) == ("A-1", "digital", "B2", True)
    answer = clerk.post(reverse("product-add"), {"part_number": "A-1", "description": "Again", "type": "physical"})
    assert (answer.status_code, "There’s already a product A-1." in answer.content.decode()) == (422, True)
    assert 'value="Again"' in answer.content.decode()
    path = reverse("product-edit", args=[product.pk])
    clerk.post(path, {"part_number": "A-2", "description": "Second", "type": "physical", "bin": ""})
    clerk.post(path, {"act": "retire"})
    product.refresh_from_db()
    assert (product.part_number, product.description, product.bin, product.active) == ("A-2", "Second", "", False)
    clerk.post(path, {"act": "bring_back"})
    product.refresh_from_db()
    assert product.active


def test_a_product_s_history_says_how_it_was_made_and_who_changed_what(clerk: Client) -> None:
    """Each value by itself; an alias that is given and taken back; a second save changes nothing."""
    a_store()
    clerk.post(reverse("product-add"), {"part_number": "A-1", "description": "First", "type": "physical"})
    product = Product.objects.get()
    path = reverse("product-edit", args=[product.pk])
    for _ in range(2):
        clerk.post(path, {"part_number": "A-2", "description": "First", "type": "digital", "bin": ""})
    clerk.post(path, {"act": "retire"})
    clerk.post(reverse("alias-add", args=[product.pk]), {"store": "WEB-", "sku": "STORE-9"})
    clerk.post(reverse("alias-remove", args=[ProductAlias.objects.get().pk]))
    changes = product.changes.values_list("by", "what", "before", "after")
    assert list(changes) == [
        ("clerk", "type", "physical", "digital"),
        ("clerk", "part number", "A-1", "A-2"),
        ("clerk", "in use", "yes", "no"),
        ("clerk", "alias in WEB-", "", "STORE-9"),
        ("clerk", "alias in WEB-", "STORE-9", ""),
    ]
    page = text(clerk, reverse("product", args=[product.pk]))
    assert "Added by clerk." in page
    assert '<strong>Part number</strong>: <span class="before">A-1</span>' in page


def test_the_list_is_narrowed_to_how_products_were_made_and_whether_they_were_ordered(clerk: Client) -> None:
    """By an import, from a file; with an order, or without one."""
    order = an_order(a_store())
    for number, origin in enumerate(("import", "file", "catalog")):
        Product.objects.create(part_number=f"P-{number}", origin=origin, made_by="WEB-")
    order.lines.update(product=Product.objects.get(part_number="P-0"))
    for query, found in (
        ({"origin": "import"}, ["P-0"]),
        ({"origin": "file"}, ["P-1"]),
        ({"ordered": "1"}, ["P-0"]),
        ({"ordered": "0"}, ["P-1", "P-2"]),
        ({"ordered": "0", "origin": "catalog"}, ["P-2"]),
    ):
        page = text(clerk, reverse("products"), **query)
        assert [name for name in ("P-0", "P-1", "P-2") if f">{name}</a>" in page] == found, query


@pytest.mark.parametrize("sort", ["part_number", "description", "type", "bin", "alias_count", "active"])
def test_products_are_sorted_both_ways_by_each_heading(sort: str, clerk: Client) -> None:
    Product.objects.create(part_number="A", description="a", type="digital", bin="1", active=False)
    last = Product.objects.create(part_number="Z", description="z", type="physical", bin="2", active=True)
    ProductAlias.objects.create(source="WEB-", sku="S", product=last)
    up, down = (text(clerk, reverse("products"), sort=f"{sign}{sort}") for sign in ("", "-"))
    assert up.index(">A</a>") < up.index(">Z</a>")
    assert down.index(">Z</a>") < down.index(">A</a>")


def test_a_product_s_page_shows_the_newest_orders_with_it(clerk: Client) -> None:
    """Twenty at most, the newest first, and the way to all of them."""
    integration, product = a_store(), a_product(1)
    orders = [an_order(integration, number) for number in range(1, 24)]
    OrderLine.objects.filter(position=0).update(product=product)
    page = text(clerk, reverse("product", args=[product.pk]))
    assert page.index("WEB-23</a>") < page.index("WEB-22</a>") < page.index("WEB-4</a>")
    assert "WEB-3</a>" not in page
    assert f'{reverse("orders")}?q={product.part_number}"' in page
    assert len(orders) == 23


def test_aliases_of_a_product_are_added_and_taken_back(clerk: Client) -> None:
    """An SKU that is a product itself is refused in words; taking back is logged."""
    a_store()
    product, other = a_product(1), a_product(2)
    path = reverse("alias-add", args=[product.pk])
    clerk.post(path, {"store": "WEB-", "sku": "STORE-9"})
    assert ProductAlias.objects.get(sku="STORE-9").product == product
    answer = clerk.post(path, {"store": "WEB-", "sku": other.part_number})
    assert (answer.status_code, "ENGINE-2 is a product itself." in answer.content.decode()) == (422, True)
    alias = ProductAlias.objects.get(sku="STORE-9")
    clerk.post(reverse("alias-remove", args=[alias.pk]))
    assert not ProductAlias.objects.filter(sku="STORE-9").exists()
    assert LogEntry.objects.filter(text__startswith="clerk removed the match of STORE-9").count() == 1


def test_an_order_that_was_kept_out_offers_both_ways_to_resolve_it(store: SandboxStore, clerk: Client) -> None:
    """Add the product, or say which of ours it is; a choice of nothing is refused."""
    integration = connect(store, unknown_product=UnknownProduct.REFUSE)
    (number,) = store.place(1, kind="registered")
    run_sync(integration)
    sku = store.order(number)["lines"][0]["sku"]
    page = text(clerk, reverse("attention"))
    assert "Add the product" in page
    assert f"{reverse('our-part')}?store=WEB-&amp;sku={sku}" in page
    answer = clerk.post(reverse("our-part"), {"store": "WEB-", "sku": sku})
    assert (answer.status_code, "No product selected." in answer.content.decode()) == (422, True)
    ours = Product.objects.create(part_number="OURS")
    for line in store.order(number)["lines"][1:]:
        Product.objects.get_or_create(part_number=line["sku"])
    clerk.post(reverse("our-part"), {"store": "WEB-", "sku": sku, "product": ours.pk})
    run_sync(integration)
    assert web_order(number).state == WebOrderState.IMPORTED


def test_a_file_is_tried_first_and_each_row_is_answered(clerk: Client) -> None:
    """The test run writes nothing; what is refused is left out; the list comes back in the same columns."""
    Product.objects.create(part_number="A-1", description="Old")
    rows = "part_number,description,bin\nA-1,New,B1\nA-2,Second,\n,nameless,\n"
    file = SimpleUploadedFile("products.csv", rows.encode())
    page = clerk.post(reverse("product-file"), {"file": file, "test": "1"}).content.decode()
    assert "Test run: nothing changed yet" in page
    assert "Apply these 2 rows" in page
    assert "A product needs a part number." in page
    assert Product.objects.count() == 1
    page = clerk.post(reverse("product-file"), {"content": rows, "apply": "1"}).content.decode()
    assert "Applied" in page
    assert Product.objects.get(part_number="A-1").description == "New"
    sheet = clerk.get(reverse("products-csv")).content.decode("utf-8-sig").splitlines()
    assert sheet[0] == "part_number,description,type,bin,active,upc"
    assert sheet[2] == "A-2,Second,physical,,yes,"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 a workbook", "not CSV"),
        (b"price\n5\n", "There’s no column “price”."),
        (b"description\nx\n", "The column “part_number” is missing."),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content: bytes, said: str, clerk: Client) -> None:
    """In words, and the page stays."""
    file = SimpleUploadedFile("products.csv", content)
    answer = clerk.post(reverse("product-file"), {"file": file, "test": "1"})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_loading_a_catalog_shows_how_far_it_has_come(store: SandboxStore, clerk: Client) -> None:
    """Asked for twice it is loaded once; done, it says what came of it."""
    integration = connect(store)
    path = reverse("integration-catalog", args=[integration.pk])
    clerk.post(path)
    assert "It’s already loading." in clerk.post(path, follow=True).content.decode()
    assert "Loading …" in text(clerk, path)
    run_sync(integration)
    load = CatalogLoad.objects.get()
    page = text(clerk, path)
    assert "Done" in page
    assert f"{load.added} <span" in page
    assert Product.objects.count() == load.added > 0


def test_the_part_that_shows_it_comes_again_only_when_it_changed(clerk: Client) -> None:
    """204 while nothing has moved."""
    load = a_catalog_load(a_store())
    path = reverse("integration-catalog", args=[load.integration_id])
    asks = {"HX-Request": "true", "HX-Target": "loading"}
    first = clerk.get(path, headers=asks).content.decode()
    version = re.search(r'X-Seen": "(\w+)"', first)
    assert version is not None
    asks["X-Seen"] = version[1]
    assert clerk.get(path, headers=asks).status_code == 204
    CatalogLoad.objects.update(products=500)
    assert "500" in clerk.get(path, headers=asks).content.decode()


def test_a_store_that_waits_says_so_instead_of_loading(clerk: Client) -> None:
    """The trouble and what to do about it."""
    load = a_catalog_load(a_store())
    StoreState.objects.update(trouble_code="unreachable", trouble="The store does not answer.")
    page = text(clerk, reverse("integration-catalog", args=[load.integration_id]))
    assert "The store does not answer." in page
    assert "Loading …" not in page
