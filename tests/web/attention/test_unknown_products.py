"""An order lacks a product: one says which of ours it is, or adds it, and every order that it kept out comes."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import Product, ProductAlias, SalesOrder
from counterfoil.stores.models import UnknownProduct, WebIntegration, WebOrder
from tests.factories import connect, in_store, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_refused_order, a_store

pytestmark = pytest.mark.django_db
PATH = "/attention/our-part/"


def the_page(client: Client) -> str:
    """Needs attention as it is now."""
    return client.get(reverse("attention")).content.decode()


def strict(store: SandboxStore) -> WebIntegration:
    """A store whose unknown products keep orders out."""
    return connect(store, unknown_product=UnknownProduct.REFUSE)


def lacking(integration: WebIntegration, number: int, sku: str) -> None:
    """An order that this SKU keeps out."""
    order = a_refused_order(integration, number, code="unknown_product")
    order.unknown_skus = [sku]
    order.save()


def without_sku(store: SandboxStore, order_id: int) -> None:
    """The first item of the order came without an SKU, the others are in the product list."""
    first, *rest = in_store(store, order_id)["products"]
    unnamed = {"id": first["id"], "sku": "", "product_id": 700, "variant_id": 701, "name": "Blue tea towel"}
    store.edit(order_id, lines=[unnamed, *({"id": each["id"], "sku": "REST"} for each in rest)], raw=True)


def test_a_missing_product_is_added_with_one_press_and_its_orders_come(store: SandboxStore, clerk: Client) -> None:
    """The description stands there already; the orders are imported at the next sync."""
    integration = strict(store)
    (number,) = store.place(1)
    run_sync(integration)
    page = the_page(clerk)
    for line in store.order(number)["lines"]:
        assert f"Unknown SKU {line['sku']}" in page
        clerk.post(reverse("add-product"), {"part_number": line["sku"], "description": line["name"]})
    run_sync(integration)
    assert SalesOrder.objects.get().import_id == f"WEB-{number}"
    assert "All caught up" in the_page(clerk)


def test_one_alias_holds_in_every_store_that_lacks_the_product(clerk: Client) -> None:
    """One press, each store's orders; the page follows them."""
    Product.objects.create(part_number="OUR-7", description="Tea towel")
    for number, code in enumerate(("WEB-", "SHOP-"), start=1):
        lacking(a_store(code), number, "THEIRS")
    page = the_page(clerk)
    assert "store=SHOP-&amp;store=WEB-&amp;sku=THEIRS" in page
    sent = {"store": ["SHOP-", "WEB-"], "sku": "THEIRS", "product": Product.objects.get().pk}
    said = clerk.post(PATH, sent, follow=True).content.decode()
    assert "THEIRS is OUR-7. 2 orders will be retried within seconds." in said
    assert "0 of 2 resolved" in said
    assert set(ProductAlias.objects.values_list("source", "sku")) == {("WEB-", "THEIRS"), ("SHOP-", "THEIRS")}
    assert not WebOrder.objects.filter(read_again="").exists()


def test_narrowed_to_one_store_the_alias_holds_in_that_one(clerk: Client) -> None:
    """What is shown is what is meant."""
    for number, code in enumerate(("WEB-", "SHOP-"), start=1):
        lacking(a_store(code), number, "THEIRS")
    page = clerk.get(reverse("attention"), {"store": "WEB-"}).content.decode()
    assert "store=WEB-&amp;sku=THEIRS" in page
    assert "store=SHOP-&amp;" not in page


def test_an_item_without_sku_is_known_by_the_stores_own_ids(store: SandboxStore, clerk: Client) -> None:
    """Shown by its name; said once, it is found from then on, whatever SKU a later order gives it."""
    integration = strict(store)
    (number,) = store.place(1, kind="guest")
    without_sku(store, number)
    Product.objects.create(part_number="REST")
    ours = Product.objects.create(part_number="OUR-7", description="Tea towel, blue")
    run_sync(integration)
    page = the_page(clerk)
    assert "An item without a SKU: Blue tea towel" in page
    assert "item=700&amp;variant=701" in page
    sent = {"store": "WEB-", "sku": "PRODUCT-700-701", "item": "700", "variant": "701", "product": ours.pk}
    said = clerk.post(PATH, sent, follow=True).content.decode()
    assert "1 order will be retried" in said
    run_sync(integration)
    assert sales_order(number).lines.order_by("position")[0].product == ours
    alias = ProductAlias.objects.get()
    assert (alias.sku, alias.source_product_id, alias.source_variant_id) == ("", 700, 701)


def test_products_are_suggested_by_the_description_and_searched_for_in_place(clerk: Client) -> None:
    """Before anything is typed, what it reminds of; in use before out of use."""
    a_store()
    Product.objects.create(part_number="A-1", description="Blue tea towel", active=False)
    Product.objects.create(part_number="B-1", description="Blue tea towel, large")
    Product.objects.create(part_number="C-1", description="Lamp")
    asked = {"store": "WEB-", "sku": "X", "description": "Blue tea towel"}
    page = clerk.get(PATH, asked).content.decode()
    assert "Maybe one of these" in page
    assert page.index("B-1") < page.index("A-1")
    assert "C-1" not in page
    part = clerk.get(PATH, asked | {"q": "lamp"}, headers={"HX-Request": "true"}).content.decode()
    assert "C-1" in part
    assert "<html" not in part
    assert "No products match." in clerk.get(PATH, asked | {"q": "nothing"}).content.decode()


def test_a_refusal_says_what_to_do_and_keeps_the_search(clerk: Client) -> None:
    """No product chosen; an SKU that is a product itself; a store that is gone."""
    integration = a_store()
    product = Product.objects.create(part_number="OUR-7")
    Product.objects.create(part_number="SKU-1")
    for sent, sentence in (
        ({"store": "WEB-", "sku": "X", "q": "our"}, "No product selected."),
        ({"store": "WEB-", "sku": "SKU-1", "product": product.pk}, "SKU-1 is a product itself."),
        ({"store": "GONE-", "sku": "X", "product": product.pk}, "There’s no web integration GONE-."),
    ):
        answer = clerk.post(PATH, sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert integration.code == "WEB-"
    assert clerk.get(PATH, {"sku": "X"}).status_code == 302


def test_it_leads_back_to_where_it_was_asked_and_nowhere_else(clerk: Client) -> None:
    """The address to go back to is one of these pages, or none."""
    a_store()
    asked = {"store": "WEB-", "sku": "X"}
    assert (
        'href="/integrations/1/preview/"'
        in clerk.get(PATH, asked | {"next": "/integrations/1/preview/"}).content.decode()
    )
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        assert elsewhere not in clerk.get(PATH, asked | {"next": elsewhere}).content.decode()


def test_a_product_that_someone_has_just_added_is_not_written_over(clerk: Client) -> None:
    """Whoever comes second is told so; the description of the first one stays."""
    Product.objects.create(part_number="OUR-1", description="Tea towel")
    sent = {"part_number": "OUR-1", "description": "Something else"}
    answer = clerk.post(reverse("add-product"), sent, follow=True).content.decode()
    assert "There’s already a product OUR-1." in answer
    assert Product.objects.get().description == "Tea towel"


def test_the_import_preview_asks_which_of_ours_it_is(store: SandboxStore, clerk: Client) -> None:
    """Before the order is ever imported; afterwards it comes at once."""
    integration = strict(store)
    (number,) = store.place(1, kind="guest")
    without_sku(store, number)
    Product.objects.create(part_number="REST")
    ours = Product.objects.create(part_number="OUR-7")
    preview = reverse("integration-preview", args=[integration.pk])
    page = clerk.post(preview).content.decode()
    assert "sku=PRODUCT-700-701&amp;description=Blue+tea+towel&amp;item=700&amp;variant=701" in page
    sent = {"store": "WEB-", "sku": "PRODUCT-700-701", "item": "700", "variant": "701", "product": ours.pk}
    assert clerk.post(PATH, sent | {"next": preview})["Location"] == preview
    run_sync(integration)
    assert web_order(number).sales_order is not None


def test_all_unknown_products_are_added_with_one_press(clerk: Client) -> None:
    """Each card has it, and the loading of the catalog; while the orders are tried they stand in the progress alone."""
    integration = a_store()
    lacking(integration, 1, "LAMP-1")
    lacking(integration, 2, "LAMP-2")
    page = the_page(clerk)
    assert page.count("Add all 2 unknown products") == 2
    assert page.count(reverse("integration-catalog", args=[integration.pk])) == 2
    answer = clerk.post(reverse("add-products"), follow=True).content.decode()
    assert "2 products are in the product list." in answer
    assert set(Product.objects.values_list("part_number", flat=True)) == {"LAMP-1", "LAMP-2"}
    assert "2 in progress." in answer
    assert "Unknown SKU" not in answer
    assert "All caught up" not in answer
    assert "There are no products to add." in clerk.post(reverse("add-products"), follow=True).content.decode()
    WebOrder.objects.update(read_again="")
    assert the_page(clerk).count("Unknown SKU") == 2
